"""Apps of shops: a shop registers itself, gets the secret of its notices, and gives us access."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from shared import clock
from shared.connectors.shop import shopware_app
from shared.connectors.shop.base import NoticeNotGenuine
from shared.connectors.shop.shopware import Config
from shared.connectors.shop.shopware_app import Pending
from shared.domain.systems.syncs import SystemKind
from shared.encrypted import Encrypted
from shared.services import commands, credentials
from shared.services.commands import Effect, Reads
from shared.services.systems import shop_addresses
from shared.services.vaults import vault
from shared.store import client, paths
from shared.store.client import Snapshot
from shared.store.systems import sync_documents
from shared.vault import VaultError

SYSTEM = "shopware"
CONFIRMED_WITHIN = timedelta(minutes=10)
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class RegistrationAnswer:
    """What a shop is answered that asks to be registered.

    Attributes:
        proof: That we know the secret of the app.
        secret: With which the shop signs from then on, once it has confirmed.
        confirmation_url: Where it confirms. Nothing is stored before: the address says, encrypted,
            what is to be confirmed.
    """

    proof: str
    secret: str
    confirmation_url: str


def register(store_id: str, headers: Mapping[str, str], query: bytes) -> RegistrationAnswer:
    """Answer a shop that asks to be registered for a store. Writes nothing.

    Raises:
        NoticeNotGenuine: The request is not signed as it should be, or the store has no such shop.
    """
    path = paths.connection(store_id, SystemKind.SHOP, SYSTEM)
    asked = shopware_app.registration(_settings(client.get_one(path)), headers, query)
    secret = secrets.token_hex(_SECRET_BYTES)
    pending = {"shopId": asked.shop_id, "secret": secret, "at": clock.real_now().isoformat()}
    token = vault().encrypt(json.dumps(pending), _sealed_for(path))
    address = f"{shop_addresses.of_notices(SYSTEM, store_id)}/confirm"
    return RegistrationAnswer(
        asked.proof, secret, f"{address}?registration={quote(token, safe='')}"
    )


def confirm(store_id: str, headers: Mapping[str, str], raw: bytes, token: str) -> None:
    """Store the access that a shop gives with its confirmation; a repetition changes nothing.

    Raises:
        NoticeNotGenuine: It is not signed as it should be, or too late; or there is no such shop.
        Busy.
    """
    path = paths.connection(store_id, SystemKind.SHOP, SYSTEM)
    now = clock.real_now()
    pending = _pending(token, path, now)

    def decide(reads: Reads) -> Effect[None]:
        connection = sync_documents.decode_connection(reads[path])
        settings = _settings(reads[path])
        after = shopware_app.confirmed(settings, pending, headers, raw, now)
        if connection is None or after == settings:
            return Effect(None)
        changed = replace(
            connection,
            config_token=credentials.encrypted(after, path),
            visible=after.visible(),
        )
        return Effect(None, [sync_documents.write_connection(reads[path], changed)])

    commands.run([path], decide)


def _settings(read: Snapshot) -> Config:
    connection = sync_documents.decode_connection(read)
    if connection is None:
        raise NoticeNotGenuine
    return credentials.decrypted(Config, connection.config_token, read.path)


def _pending(token: str, path: str, now: datetime) -> Pending:
    try:
        found = json.loads(vault().decrypt(Encrypted(token), _sealed_for(path)))
    except (VaultError, ValueError):
        raise NoticeNotGenuine from None
    if now - datetime.fromisoformat(found["at"]) > CONFIRMED_WITHIN:
        raise NoticeNotGenuine
    return Pending(found["shopId"], found["secret"])


def _sealed_for(path: str) -> str:
    """Return what a registration is bound to: the connection, and this use alone."""
    return f"{path}#registration"
