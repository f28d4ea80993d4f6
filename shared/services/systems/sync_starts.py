"""Begin syncs of a store with one of its systems: by a request, or by a schedule.

Of two syncs of the same store and system at once, one works and the other is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared import clock, config, ids, logs
from shared.auth.caller import Caller
from shared.connectors import systems
from shared.connectors.base import Stream
from shared.connectors.config import ConnectorConfig
from shared.connectors.systems import Module
from shared.domain.systems import syncs
from shared.domain.systems.syncs import Connection, Sync, SyncState, SystemKind
from shared.errors import (
    SyncRunning,
)
from shared.services import access, commands
from shared.services import credentials as stored_credentials
from shared.services.accounts import callers
from shared.services.commands import Effect, Reads
from shared.services.systems import connections, sync_worker
from shared.services.systems.sync_progress import LEASE
from shared.store import paths
from shared.store.client import Document
from shared.store.systems import sync_documents

AT_ONCE_S = 15.0
"""A caller waits this long; the official client gives up after 30 seconds."""
SCHEDULED_PER_SWEEP = 200


@dataclass(frozen=True, slots=True)
class SyncTerms:
    """The tasks of a sync besides reading.

    ``program_id``: receipts issued since ``issued_since`` earn points in this program.
    ``is_full``: read everything, as if nothing had been read before.
    """

    program_id: str | None = None
    issued_since: datetime | None = None
    is_full: bool = False
    may_delete_most: bool = False


@dataclass(frozen=True, slots=True)
class BegunSync:
    """A sync after a request; ``is_replay`` if an earlier request with the same key began it."""

    sync: Sync
    is_replay: bool = False


def start(
    caller: Caller,
    kind: SystemKind,
    system: str,
    store_id: str,
    credentials: Mapping[str, Any] | None,
    terms: SyncTerms,
) -> BegunSync:
    """Begin to sync a store with a system, and work for ``AT_ONCE_S`` at most.

    Args:
        caller: Must own the store.
        kind: The kind of the system.
        system: The system's name, a known one.
        store_id: The store.
        credentials: The credentials as they were sent; ``None`` for the stored ones.
        terms: The sync's tasks.

    Raises:
        StoreNotFound, ProgramNotFound, InvalidParameters, IdempotencyKeyReused, Busy.
        ConnectorNotConfigured: No credentials were sent, and none are stored.
        SyncRunning: Another sync is running.
        ConnectorError: The system refuses, or does not answer, before anything was read.
    """
    access.store(caller, store_id)
    module = systems.module_of(kind, system)
    connection = sync_documents.find_connection(store_id, kind, system)
    settings = connections.settings_of(module, kind, system, credentials, connection)
    if connection is not None:
        terms = _completed(terms, connection)
    if terms.program_id is not None:
        access.program(caller, terms.program_id, store_id)
    begun = _begin(caller, module, (kind, system, store_id), settings, terms)
    if begun.is_replay:
        return begun
    account = module.connect(settings, is_emulated=config.is_emulated())
    at_once_s = None if module.IS_FILE else AT_ONCE_S
    return BegunSync(sync_worker.work(begun.sync, account, at_once_s, is_awaited=True))


def start_due() -> int:
    """Begin the due syncs; return their number. They run as tasks."""
    due = sync_documents.list_due(clock.real_now(), SCHEDULED_PER_SWEEP)
    for connection in due:
        try:
            _start_scheduled(connection)
        except Exception:  # noqa: BLE001 - one that fails must not keep the others from it
            logs.exception("sync not begun", storeId=connection.store_id, system=connection.system)
    return len(due)


def _start_scheduled(connection: Connection) -> None:
    caller = callers.acting_for(connection.account_id)
    store = access.store(caller, connection.store_id)
    now = clock.real_now()
    following = syncs.next_sync_at(connection.schedule, store.store_id, store.time_zone, now)
    if not _move_schedule(connection, following):
        return
    module = systems.module_of(connection.kind, connection.system)
    path = paths.connection(connection.store_id, connection.kind, connection.system)
    settings = stored_credentials.decrypted(module.Config, connection.config_token, path)
    where = (connection.kind, connection.system, connection.store_id)
    try:
        begun = _begin(caller, module, where, settings, _completed(SyncTerms(), connection))
    except SyncRunning:
        return
    sync_worker.enqueue(sync_worker.release(begun.sync))


def _move_schedule(connection: Connection, next_sync_at: datetime | None) -> bool:
    """Set a connection's next due time; ``False`` if it was deleted, or another process begins."""
    path = paths.connection(connection.store_id, connection.kind, connection.system)

    def decide(reads: Reads) -> Effect[bool]:
        found = sync_documents.decode_connection(reads[path])
        if found is None or found.next_sync_at != connection.next_sync_at:
            return Effect(result=False)
        moved = replace(found, next_sync_at=next_sync_at)
        return Effect(result=True, writes=[sync_documents.write_connection(reads[path], moved)])

    return commands.run([path], decide)


def _begin(
    caller: Caller,
    module: Module,
    where: tuple[SystemKind, str, str],
    settings: ConnectorConfig,
    terms: SyncTerms,
) -> BegunSync:
    """Write down a sync and hold it; an unfinished one goes on."""
    kind, system, store_id = where
    now = clock.real_now()
    sync_id, lease_id = ids.new("sync"), ids.new("lease")
    path = paths.sync(store_id, kind, system)
    token = None if module.IS_FILE else stored_credentials.encrypted(settings, path)
    digest = "" if module.IS_FILE else _digest(settings)
    streams = tuple(
        each.value
        for each in Stream
        if each in module.STREAMS and (each is not Stream.RECEIPTS or terms.program_id)
    )

    def replay(_: Document, reads: Reads) -> BegunSync:
        found = sync_documents.decode(reads[path])
        assert found is not None, f"{path} is gone"
        return BegunSync(found, is_replay=True)

    def decide(reads: Reads) -> Effect[BegunSync]:
        found = sync_documents.decode(reads[path])
        if found is not None and found.is_held(now):
            raise SyncRunning(
                f"The store is being synced with {system} already.", syncId=found.sync_id
            )
        held = {"lease_id": lease_id, "lease_until": now + LEASE, "config_token": token}
        is_same = found is not None and found.settings_digest == digest and not terms.is_full
        if found is not None and is_same and _goes_on(found, streams, token, terms):
            may_delete_most = found.may_delete_most or terms.may_delete_most
            after = replace(found, retry_at=None, may_delete_most=may_delete_most, **held)  # type: ignore[arg-type]
        else:
            after = Sync(
                sync_id=sync_id,
                account_id=caller.account_id,
                store_id=store_id,
                kind=kind,
                system=system,
                state=SyncState.RUNNING,
                started_at=now,
                updated_at=now,
                streams=streams,
                stream=streams[0] if streams else None,
                since=found.since if found and is_same else {},
                settings_digest=digest,
                is_first=found is None,
                program_id=terms.program_id,
                issued_since=terms.issued_since,
                may_delete_most=terms.may_delete_most,
                **held,  # type: ignore[arg-type]
            )
        writes = [sync_documents.write(reads[path], after)]
        return Effect(BegunSync(after), writes, {"syncId": after.sync_id})

    return commands.run([path], decide, claim=caller.claim, replay=replay)


def _goes_on(found: Sync, streams: tuple[str, ...], token: str | None, terms: SyncTerms) -> bool:
    return (
        found.is_running
        and token is not None
        and found.streams == streams
        and found.program_id == terms.program_id
        and found.issued_since == terms.issued_since
    )


def _completed(terms: SyncTerms, connection: Connection) -> SyncTerms:
    """Return the terms of a sync with what the stored connection says."""
    return replace(
        terms,
        program_id=terms.program_id or connection.program_id,
        issued_since=terms.issued_since or connection.orders_since,
    )


def _digest(settings: ConnectorConfig) -> str:
    return ids.digest(json.dumps(settings.visible(), sort_keys=True, default=str))
