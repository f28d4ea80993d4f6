"""Shops are told to send their notices, each topic once."""

from __future__ import annotations

from typing import cast

from shared import config
from shared.auth.caller import Caller
from shared.connectors import shop
from shared.connectors.shop.base import NoticeSubscribing
from shared.domain.systems.syncs import Connection, SystemKind
from shared.errors import ConnectorNotConfigured, ConnectorUnsupported
from shared.said import say
from shared.services import access
from shared.services.systems import connections, shop_addresses
from shared.store.systems import sync_documents


def subscribe(caller: Caller, system: str, store_id: str) -> str:
    """Have a store's shop send its notices here; return the address. Again changes nothing.

    Raises:
        StoreNotFound.
        ConnectorNotConfigured: The store has no access to the shop.
        ConnectorUnsupported: The shop can only be told by hand, or by its app.
        ConnectorError: The shop refuses, or does not answer.
    """
    access.store(caller, store_id)
    return subscribe_connected(system, store_id)


def subscribe_connected(system: str, store_id: str) -> str:
    """As ``subscribe``, for a store that the caller was let into otherwise."""
    module = shop.module_of(system)
    if not module.SUBSCRIBES:
        raise ConnectorUnsupported(
            say(
                "notices_not_settable",
                "{system} cannot be told by a call what to send.",
                system=system,
            ),
            offers={"docs": f"docs/connectors/shop-{system}.md"},
        )
    settings = connections.settings_of(
        module, SystemKind.SHOP, system, None, _connection(system, store_id)
    )
    connector = module.connect(settings, is_emulated=config.is_emulated())
    address = shop_addresses.of_notices(system, store_id)
    cast("NoticeSubscribing", connector).subscribe(address)
    return address


def _connection(system: str, store_id: str) -> Connection:
    found = sync_documents.find_connection(store_id, SystemKind.SHOP, system)
    if found is None:
        raise ConnectorNotConfigured(
            say("no_credentials", "The store has no stored access to {system}.", system=system),
            fix="Connect the shop by connectShop or configureSync first.",
            kind=SystemKind.SHOP,
            system=system,
        )
    return found
