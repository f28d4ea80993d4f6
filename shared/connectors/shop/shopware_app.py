"""The registration of an app in a Shopware shop, by which the shop gets a secret and we get access.

Source: the vendor's documentation of apps (registration, signatures, rotation of secrets).

The manifest of the app names an address of ours, and a secret that the merchant has stored here,
too. The shop asks there, signed with it, and gets a proof that we know it and a new secret, with
which it signs all that it sends from then on, first of all its confirmation.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from shared.connectors import signatures
from shared.connectors.shop.base import NoticeNotGenuine
from shared.connectors.shop.shopware import Config

GRACE = timedelta(minutes=1)
"""So long the secret before counts, for what was on its way."""
_TEXT_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class Registration:
    """A shop that asks to be registered. ``proof`` is what it is to be answered."""

    shop_id: str
    proof: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What a shop was answered, and has to confirm. Then it signs with ``secret``."""

    shop_id: str
    secret: str


class _Confirmation(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    api_key: str = Field(min_length=4, max_length=_TEXT_CHARS_MAX, pattern=r"^[\x21-\x7e]+$")
    secret_key: str = Field(min_length=4, max_length=_TEXT_CHARS_MAX, pattern=r"^[\x21-\x7e]+$")
    shop_id: str


def registration(config: Config, headers: Mapping[str, str], query: bytes) -> Registration:
    """Check and read the request of a shop.

    A shop that was registered before has to sign with the secret of then, too.

    Args:
        config: The access to the shop, as the merchant has stored it.
        headers: The headers; their names are in any case.
        query: The query as it came, which is what is signed.

    Raises:
        NoticeNotGenuine: A signature is missing or wrong, or it is another shop than was named.
    """
    told = {name.lower(): value for name, value in headers.items()}
    if config.app_secret is None:
        raise NoticeNotGenuine
    app_secret = config.app_secret.get_secret_value()
    values = dict(parse_qsl(query.decode(errors="replace"), keep_blank_values=True))
    by_app, by_shop = told.get("shopware-app-signature"), told.get("shopware-shop-signature")
    if not any(
        signatures.is_hmac(by_app, app_secret, each) and _knows_before(config, by_shop, each)
        for each in (query, _decoded(values))
    ):
        raise NoticeNotGenuine
    shop_id, shop_url = values.get("shop-id", ""), values.get("shop-url", "")
    if not 0 < len(shop_id) <= _TEXT_CHARS_MAX or _plain(shop_url) != _plain(config.shop_url):
        raise NoticeNotGenuine
    proved = f"{shop_id}{shop_url}{config.app_name}".encode()
    return Registration(shop_id, hmac.new(app_secret.encode(), proved, hashlib.sha256).hexdigest())


def confirmed(
    config: Config, pending: Pending, headers: Mapping[str, str], raw: bytes, now: datetime
) -> Config:
    """Check what a shop confirms, and return the access to it from then on.

    A confirmation that comes again changes nothing.

    Raises:
        NoticeNotGenuine: A signature is missing or wrong, or it is not what was asked for.
    """
    told = {name.lower(): value for name, value in headers.items()}
    if not signatures.is_hmac(told.get("shopware-shop-signature"), pending.secret, raw):
        raise NoticeNotGenuine
    before = config.webhook_secret
    if before is not None and before.get_secret_value() == pending.secret:
        return config
    if not _knows_before(config, told.get("shopware-shop-signature-previous"), raw):
        raise NoticeNotGenuine
    try:
        found = _Confirmation.model_validate_json(raw)
    except ValidationError:
        raise NoticeNotGenuine from None
    if found.shop_id != pending.shop_id:
        raise NoticeNotGenuine
    changed = {
        "clientId": found.api_key,
        "clientSecret": found.secret_key,
        "webhookSecret": pending.secret,
        "shopId": pending.shop_id,
        "previousWebhookSecret": before.get_secret_value() if before else None,
        "previousWebhookSecretUntilS": int((now + GRACE).timestamp()) if before else None,
    }
    return Config.restore({**config.reveal(), **changed})


def _decoded(values: Mapping[str, str]) -> bytes:
    """Return the query as Shopware's SDK signs it: as it was before something has encoded it."""
    names = ("shop-id", "shop-url", "timestamp")
    return "&".join(f"{name}={values.get(name, '')}" for name in names).encode()


def _knows_before(config: Config, given: str | None, signed: bytes) -> bool:
    """Tell whether who was registered before has signed with the secret of then; else ``True``."""
    before = config.webhook_secret
    return before is None or signatures.is_hmac(given, before.get_secret_value(), signed)


def _plain(url: str) -> str:
    """Return an address of a shop without the slashes at its end, which shops write or do not."""
    return url.rstrip("/").lower()
