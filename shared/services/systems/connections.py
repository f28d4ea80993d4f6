"""A store's access to its systems, stored so that syncs run alone and requests are short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared import clock, config
from shared.auth.caller import Caller
from shared.connectors import shop, systems
from shared.connectors.config import ConnectorConfig
from shared.connectors.shop.base import WriteChecking
from shared.connectors.systems import Module
from shared.domain.systems import syncs
from shared.domain.systems.purchases import Purchase
from shared.domain.systems.shop_writes import ShopWrite
from shared.domain.systems.syncs import Connection, Sync, SyncSchedule, SystemKind
from shared.errors import ConnectorNotConfigured, ConnectorUnsupported
from shared.said import say
from shared.schemas.base import invalid
from shared.services import access, commands
from shared.services import credentials as stored_credentials
from shared.services.commands import Effect, Reads
from shared.services.systems import shop_card_fills
from shared.store import client, paths
from shared.store.accounts import account_documents
from shared.store.client import Delete, Document, Snapshot, Write
from shared.store.systems import purchase_documents, shop_documents, sync_documents
from shared.vault import VaultError

WAITING_MAX = 100
"""The most purchases with waiting receipts that are shown."""


@dataclass(frozen=True, slots=True)
class ConfiguredConnection:
    """A connection after a request; ``is_replay`` if an earlier one had configured it."""

    connection: Connection
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """A store and one of its systems: its access, and the result of the latest sync.

    ``waiting`` are the purchases with receipts that take back goods of a sale that has not come,
    the longest first; of all systems of the store together at most ``WAITING_MAX``.
    """

    kind: SystemKind
    system: str
    connection: Connection | None
    sync: Sync | None
    waiting: tuple[Purchase, ...] = ()


def configure(
    caller: Caller,
    kind: SystemKind,
    system: str,
    store_id: str,
    credentials: Mapping[str, Any],
    *,
    schedule: SyncSchedule,
    program_id: str | None,
    writes_cards: bool = False,
) -> ConfiguredConnection:
    """Add or replace a store's access to a system, once the system accepts it.

    What the system has handed over by itself stays, unless it is sent, too, or the address or the
    app is another one. Into a shop everything is written anew: cards of all members who are linked,
    if it shows them, and what it has refused. What connectShop waits for does not count any more.

    Raises:
        StoreNotFound, ProgramNotFound, InvalidParameters, IdempotencyKeyReused, Busy.
        ConnectorUnsupported: The system is a file, and there is no access to store; or nothing can
            be written into the shop with these credentials.
        ConnectorError: The system does not accept the credentials, or does not answer.
    """
    store = access.store(caller, store_id)
    if program_id is not None:
        access.program(caller, program_id, store_id)
    require_cards(kind, system, program_id, writes_cards=writes_cards)
    module = systems.module_of(kind, system)
    path = paths.connection(store_id, kind, system)

    def settings_with(read: Snapshot | None) -> ConnectorConfig:
        stored = None if read is None else _stored(module.Config, read)
        sent = module.Config.with_obtained(credentials, stored)
        return storable_settings(kind, system, sent)

    settings = settings_with(client.get_one(path) if module.Config.OBTAINED else None)
    connector = module.connect(settings, is_emulated=config.is_emulated())
    connector.verify()
    if writes_cards and isinstance(connector, WriteChecking):
        connector.verify_writes({ShopWrite.CARD})
    now = clock.real_now()
    pending = _pending(kind, system, store_id)
    connection = Connection(
        account_id=caller.account_id,
        store_id=store_id,
        kind=kind,
        system=system,
        config_token=stored_credentials.encrypted(settings, path),
        visible=settings.visible(),
        connected_at=now,
        schedule=schedule,
        program_id=program_id,
        next_sync_at=syncs.next_sync_at(schedule, store_id, store.time_zone, now),
        writes_cards=writes_cards,
    )

    def replay(_: Document, reads: Reads) -> ConfiguredConnection:
        found = sync_documents.decode_connection(reads[path])
        return ConfiguredConnection(found or connection, is_replay=True)

    def decide(reads: Reads) -> Effect[ConfiguredConnection]:
        found = connection
        if module.Config.OBTAINED:
            # The system may have handed over something else in the meantime.
            newest = settings_with(reads[path])
            token = stored_credentials.encrypted(newest, path)
            found = replace(found, config_token=token, visible=newest.visible())
        made = connecting(found, reads)
        writes = [*made.writes, *_voided(reads, pending)]
        return Effect(ConfiguredConnection(made.result), writes, tasks=made.tasks)

    configured = commands.run(
        [*needs_of(connection), *pending], decide, claim=caller.claim, replay=replay
    )
    forget(connection)
    return configured


def needs_of(connection: Connection) -> list[str]:
    """Return the paths of what ``connecting`` reads."""
    store_id, system = connection.store_id, connection.system
    needs = [paths.connection(store_id, connection.kind, system)]
    if connection.kind is SystemKind.SHOP:
        needs.append(paths.account(connection.account_id))
    if shop_card_fills.is_needed(connection):
        needs.append(paths.shop_card_fill(store_id, system))
    return needs


def connecting(connection: Connection, reads: Reads) -> Effect[Connection]:
    """Return what makes something the access of a store to a system; ``forget`` it after that."""
    store_id, system = connection.store_id, connection.system
    read = reads[paths.connection(store_id, connection.kind, system)]
    after = _continued(connection, read)
    writes = [sync_documents.write_connection(read, after)]
    if connection.kind is SystemKind.SHOP:
        writes += _noted_shop(reads[paths.account(connection.account_id)])
    if not shop_card_fills.is_needed(connection):
        return Effect(after, writes)
    fill = reads[paths.shop_card_fill(store_id, system)]
    begun, task = shop_card_fills.begin(fill, after, connection.connected_at)
    return Effect(after, [*writes, begun], tasks=[task])


def forget(connection: Connection) -> None:
    """Read anew what this process knows of the systems of an account."""
    if connection.kind is SystemKind.SHOP:
        account_documents.forget_account(connection.account_id)
        sync_documents.forget_shops(connection.account_id)


def _pending(kind: SystemKind, system: str, store_id: str) -> list[str]:
    """Return the path of what connectShop waits for, of a shop that has such a page."""
    is_approving = kind is SystemKind.SHOP and system in shop.APPROVING
    return [paths.shop_approval(store_id, system)] if is_approving else []


def _voided(reads: Reads, pending: list[str]) -> list[Write]:
    """Return what makes a link of connectShop count no more: its state belongs to a document."""
    found = [reads[path] for path in pending]
    return [shop_documents.approval_deletion(each) for each in found if each.data is not None]


def _waits(reads: Reads, pending: list[str], now: datetime) -> bool:
    """Tell whether a link of connectShop counts still."""
    found = [shop_documents.decode_approval(reads[path]) for path in pending]
    return any(each is not None and each.is_waiting(now) for each in found)


def _stored(model: type[ConnectorConfig], read: Snapshot) -> ConnectorConfig | None:
    """Return the access that is stored; ``None`` if there is none, or none that can be read."""
    connection = sync_documents.decode_connection(read)
    if connection is None:
        return None
    try:
        return stored_credentials.decrypted(model, connection.config_token, read.path)
    except VaultError:
        return None


def _noted_shop(read: Snapshot) -> list[Write]:
    """Return the write that notes at an account that it has a shop."""
    account = account_documents.decode_account(read)
    if account is None or account.has_shops:
        return []
    return [account_documents.replace_account(read, replace(account, has_shops=True))]


def _continued(connection: Connection, read: Snapshot) -> Connection:
    """Return an access in the place of another: since when a shop's orders earn does not change.

    Unless they earn in another program, or in none any more: what has earned in the one may be told
    again, and earns nothing in the other.
    """
    if connection.kind is not SystemKind.SHOP:
        return connection
    before = sync_documents.decode_connection(read)
    since = before.orders_since if before else None
    if before is not None and before.program_id not in {None, connection.program_id}:
        since = None
    return replace(connection, orders_since=since or connection.connected_at)


def storable_settings(
    kind: SystemKind, system: str, credentials: Mapping[str, Any]
) -> ConnectorConfig:
    """Return the access to a system as it was sent, to be stored.

    Raises:
        InvalidParameters: There is no such system of this kind, or the access does not fit it.
        ConnectorUnsupported: The system is a file, and there is no access to store.
    """
    require_system(kind, system)
    module = systems.module_of(kind, system)
    if module.IS_FILE:
        raise ConnectorUnsupported(
            say(
                "read_from_files",
                "{system} is read from files: send one with each sync.",
                system=module.SYSTEM,
            ),
            offers={"syncPOS" if kind is SystemKind.POS else "syncERP": "credentials.file"},
        )
    return stored_credentials.checked(module.Config, credentials, within="credentials")


def require_cards(
    kind: SystemKind, system: str, program_id: str | None, *, writes_cards: bool
) -> None:
    """Refuse cards where there can be none.

    Raises:
        InvalidParameters: It is no shop, one that takes none, or no program is named.
    """
    if not writes_cards:
        return
    if kind is not SystemKind.SHOP:
        raise invalid({"writesCards": "is for shops only"})
    if ShopWrite.CARD not in systems.shop_module_of(system).WRITES:
        raise invalid({"writesCards": f"cannot be: nothing can be written into {system} yet"})
    if program_id is None:
        raise invalid({"writesCards": "needs awardPointsProgramId: the program that is shown"})


def require_system(kind: SystemKind, system: str) -> None:
    """Refuse a system of the other kind.

    Raises:
        InvalidParameters: There is no such system of this kind.
    """
    if system not in systems.names(kind):
        raise invalid({"system": f"must be one of {', '.join(systems.names(kind))}"})


def require_fitting(kind: SystemKind, system: str, credentials: Mapping[str, Any] | None) -> None:
    """Refuse sent access to a system that does not fit it.

    Raises:
        InvalidParameters: It does not fit.
    """
    if credentials is not None:
        module = systems.module_of(kind, system)
        stored_credentials.checked(module.Config, credentials, within="credentials")


def delete(caller: Caller, kind: SystemKind, system: str, store_id: str) -> bool:
    """Delete a store's access to a system, credentials included. Synced data stay.

    What connectShop waits for does not count any more, also if there was no access yet.

    Returns:
        True if an earlier request with the same key had done it.

    Raises:
        StoreNotFound, IdempotencyKeyReused, Busy.
        ConnectorNotConfigured: The store has no access to the system, and waits for none.
    """
    access.store(caller, store_id)
    path = paths.connection(store_id, kind, system)
    pending, now = _pending(kind, system, store_id), clock.real_now()

    def decide(reads: Reads) -> Effect[bool]:
        stored = [reads[path]] if reads[path].data is not None else []
        if not stored and not _waits(reads, pending, now):
            raise ConnectorNotConfigured(
                say(
                    "no_credentials",
                    "The store has no stored credentials of {system}.",
                    system=system,
                ),
                fix="There is nothing to delete; getSyncStatus lists what is stored.",
                kind=kind,
                system=system,
            )
        deletions = [Delete(each) for each in stored]
        return Effect(result=False, writes=[*deletions, *_voided(reads, pending)])

    is_replay = commands.run(
        [path, *pending], decide, claim=caller.claim, replay=lambda _, __: True
    )
    if kind is SystemKind.SHOP:
        sync_documents.forget_shops(caller.account_id)
    return is_replay


def statuses(caller: Caller, store_id: str) -> list[ConnectionStatus]:
    """Return the states of a store and its systems, in a fixed order.

    Raises:
        StoreNotFound: The store is absent, or not the caller's.
    """
    access.store(caller, store_id)
    connections = {
        (each.kind, each.system): each for each in sync_documents.list_connections(store_id)
    }
    latest = {(each.kind, each.system): each for each in sync_documents.list_of_store(store_id)}
    waiting = purchase_documents.list_waiting(store_id, clock.utc_now(), WAITING_MAX)
    return [
        ConnectionStatus(
            kind,
            system,
            connections.get((kind, system)),
            latest.get((kind, system)),
            tuple(
                each
                for each in waiting
                if kind is not SystemKind.ERP and each.system == syncs.source_of(kind, system)
            ),
        )
        for kind in SystemKind
        for system in systems.names(kind)
        if (kind, system) in connections.keys() | latest.keys()
    ]


def settings_of(
    module: Module,
    kind: SystemKind,
    system: str,
    credentials: Mapping[str, Any] | None,
    connection: Connection | None,
) -> ConnectorConfig:
    """Return the access to a system: the one that was sent, else the stored one.

    Raises:
        InvalidParameters: The sent access does not fit the system.
        ConnectorNotConfigured: Nothing was sent, and nothing is stored.
    """
    if credentials is not None:
        return stored_credentials.checked(module.Config, credentials, within="credentials")
    if connection is None:
        raise ConnectorNotConfigured(
            say(
                "no_credentials",
                "The store has no stored credentials of {system}: send credentials.",
                system=system,
            ),
            fix=(
                "Send the file in `credentials.file`, in base64; it is never stored."
                if module.IS_FILE
                else "Send `credentials`, or store them with configureSync."
            ),
            kind=kind,
            system=system,
        )
    path = paths.connection(connection.store_id, kind, system)
    return stored_credentials.decrypted(module.Config, connection.config_token, path)
