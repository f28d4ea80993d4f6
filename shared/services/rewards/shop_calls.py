"""Call a store's shop with the access that is stored."""

from __future__ import annotations

from typing import cast

from shared import config
from shared.connectors import systems
from shared.connectors.shop.base import CardWriting, CodeWriting, ShopConnector
from shared.domain.systems.shop_writes import ShopCode, ShopWrite
from shared.domain.systems.shop_writings import Failure, ShopWriting
from shared.domain.systems.syncs import Connection, SystemKind
from shared.errors import (
    ConnectorConflict,
    ConnectorError,
    ConnectorNotConfigured,
    ConnectorUnsupported,
)
from shared.said import say
from shared.services import credentials
from shared.services.events import shop_outbox
from shared.store import paths


def cards_of(connection: Connection) -> CardWriting:
    """Return a shop as what writes cards into it, without calling it."""
    return cast("CardWriting", _connected(connection))


def codes_of(connection: Connection) -> CodeWriting:
    """Return a shop as what writes codes into it, without calling it."""
    return cast("CodeWriting", _connected(connection))


def require(connection: Connection, what: ShopWrite) -> None:
    """Refuse to write what a shop does not take.

    Raises:
        ConnectorUnsupported.
    """
    offers = systems.shop_module_of(connection.system).WRITES
    if what not in offers:
        raise ConnectorUnsupported(
            say(
                "shop_takes_none", "{system} takes no {what}s.", system=connection.system, what=what
            ),
            offers=sorted(offers),
        )


def require_own(connection: Connection, writing: ShopWriting) -> None:
    """Refuse to look in one shop for a code that is in another one.

    Raises:
        ConnectorNotConfigured.
    """
    address = shop_outbox.address_of(connection)
    if address is not None and not writing.is_for(address):
        raise ConnectorNotConfigured(
            say(
                "code_in_other_shop",
                "The code is of another shop than the store is connected to: {shop}.",
                shop=writing.shop_address,
            ),
            fix="Connect that shop again with configureSync, or look there yourself.",
            kind=SystemKind.SHOP,
            system=writing.system,
        )


def not_configured(writing: ShopWriting) -> ConnectorNotConfigured:
    """Return the refusal of what a shop has that the store is not connected to any more."""
    return ConnectorNotConfigured(
        say(
            "no_credentials",
            "The store has no stored credentials of {system}.",
            system=writing.system,
        ),
        fix="Connect the shop again with configureSync, kind `shop`.",
        kind=SystemKind.SHOP,
        system=writing.system,
    )


def code_of(writing: ShopWriting) -> ShopCode:
    """Return the code of a redemption as a shop takes it."""
    assert writing.terms is not None, "it is a card"
    assert writing.code is not None, "it is a card"
    return ShopCode(
        code=writing.code,
        title=writing.terms.title,
        customer_id=writing.customer_id,
        percentage=writing.terms.percentage,
        amount=writing.terms.amount,
        currency=writing.terms.currency,
        starts_at=writing.terms.starts_at,
    )


def failure_of(error: ConnectorError) -> tuple[Failure, int | None]:
    """Return why a call failed, and the seconds that the shop asks to wait.

    A conflict ends by itself: somebody else changes the same object.
    """
    is_retryable = error.retryable or isinstance(error, ConnectorConflict)
    failure = Failure(error.code, error.message, is_retryable, error.is_unknown)
    return failure, error.details.get("retryAfter")


def _connected(connection: Connection) -> ShopConnector:
    module = systems.shop_module_of(connection.system)
    path = paths.connection(connection.store_id, connection.kind, connection.system)
    settings = credentials.decrypted(module.Config, connection.config_token, path)
    return module.connect(settings, is_emulated=config.is_emulated())
