"""Keep a store in step with one of its systems: begin, work, go on after whatever happened.

What is small is answered at once. What takes longer goes on as a task, and what dies goes on by the
sweep. Two at once on a store and system: one works, the other is told.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared import clock, config, ids, logs, tasks
from shared.auth.caller import Caller
from shared.connectors import systems
from shared.connectors.base import Page, Stream
from shared.connectors.config import ConnectorConfig
from shared.connectors.systems import Module, System
from shared.domain.accounts.packages import Package
from shared.domain.systems import sync_events, syncs
from shared.domain.systems.syncs import Connection, Counts, Kind, Sync, SyncState
from shared.errors import (
    ConnectorError,
    ConnectorNotConfigured,
    InternalError,
    PunktwerkError,
    SyncRunning,
)
from shared.services import access, commands
from shared.services import credentials as connector_configs
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.systems import due_prices, receipt_points, shelves, sync_pages
from shared.services.systems.receipt_points import Outcome
from shared.services.systems.sync_pages import LEASE, LeaseLost, Run
from shared.store import paths
from shared.store.client import Document
from shared.store.systems import sync_documents
from shared.tasks import Task

CONTINUE = "continueSync"
"""The function that goes on with a sync; its queue has the same name."""
AT_ONCE_S = 15.0
"""A caller waits so long; the official client gives up after 30 seconds."""
TASK_S = 400.0
"""A task works so long, and leaves the rest to the next one."""
TASK_LOST_AFTER = timedelta(minutes=5)
"""So long a task may wait in its queue before the sweep puts in another one."""
RESUMED_PER_SWEEP = 50
SCHEDULED_PER_SWEEP = 200


@dataclass(frozen=True, slots=True)
class Terms:
    """What a sync is to do besides reading.

    ``program_id``: receipts issued since ``issued_since`` earn points in it. ``is_full``: begin
    anew, as if nothing had been read before.
    """

    program_id: str | None = None
    issued_since: datetime | None = None
    is_full: bool = False
    may_delete_most: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """A sync after a request; ``is_replay`` if an earlier request with the same key began it."""

    sync: Sync
    is_replay: bool = False


def start(
    caller: Caller,
    kind: Kind,
    system: str,
    store_id: str,
    credentials: Mapping[str, Any] | None,
    terms: Terms,
) -> Begun:
    """Sync a store with a system, as far as that goes at once.

    Args:
        caller: Whose store it must be.
        kind: What the system is.
        system: Its name, a known one.
        store_id: Which store.
        credentials: As they were sent; ``None`` for those of the store's connection.
        terms: What to do.

    Raises:
        StoreNotFound, ProgramNotFound, InvalidParameters, IdempotencyKeyReused, Busy.
        ConnectorNotConfigured: No credentials were sent, and none are stored.
        SyncRunning: Another one is at it.
        ConnectorError: The system refuses, or does not answer, before anything was read.
    """
    access.store(caller, store_id)
    module = systems.module_of(kind, system)
    connection = sync_documents.find_connection(store_id, kind, system)
    settings = settings_of(module, kind, system, credentials, connection)
    if connection is not None and terms.program_id is None:
        terms = replace(terms, program_id=connection.program_id)
    if terms.program_id is not None:
        access.program(caller, terms.program_id, store_id)
    begun = _begin(caller, module, (kind, system, store_id), settings, terms)
    if begun.is_replay:
        return begun
    account = module.connect(settings, is_emulated=config.is_emulated())
    at_once_s = None if module.IS_FILE else AT_ONCE_S
    return Begun(_work(begun.sync, account, at_once_s, is_awaited=True))


def settings_of(
    module: Module,
    kind: Kind,
    system: str,
    credentials: Mapping[str, Any] | None,
    connection: Connection | None,
) -> ConnectorConfig:
    """Return what lets us into a system: what was sent, else what is stored.

    Raises:
        InvalidParameters: What was sent is not what the system needs.
        ConnectorNotConfigured: Nothing was sent, and nothing is stored.
    """
    if credentials is not None:
        return connector_configs.checked(module.Config, credentials, within="credentials")
    if connection is None:
        raise ConnectorNotConfigured(
            f"The store has no stored credentials of {system}: send credentials.",
            kind=kind,
            system=system,
        )
    return connector_configs.decrypted(module.Config, connection.config_token)


def resume(store_id: str, kind: Kind, system: str, sync_id: str) -> None:
    """Go on with a sync, unless it has ended or somebody is at it."""
    now = clock.utc_now()
    lease_id = ids.new("lease")
    path = paths.sync(store_id, kind, system)

    def decide(reads: Reads) -> Effect[Sync | None]:
        found = sync_documents.decode(reads[path])
        if found is None or found.sync_id != sync_id:
            return Effect(None)
        if not _is_open(found, now):
            return Effect(None)
        after = syncs.resumed(found, lease_id, now + LEASE, now)
        return Effect(after, [sync_documents.write(reads[path], after)])

    sync = commands.run([path], decide)
    if sync is None or not sync.is_running:
        return
    module = systems.module_of(kind, system)
    assert sync.config_token is not None
    settings = connector_configs.decrypted(module.Config, sync.config_token)
    account = module.connect(settings, is_emulated=config.is_emulated())
    _work(sync, account, TASK_S, is_awaited=False)


def resume_open() -> int:
    """Have syncs gone on with whose worker died or whose pause is over; return how many.

    What came with a request that died cannot be gone on with, and is given up.
    """
    now = clock.utc_now()
    running = sync_documents.list_running(RESUMED_PER_SWEEP)
    for sync in running:
        if sync.config_token is None and not sync.is_held(now):
            _give_up(sync)
    waiting = [each for each in running if _is_open(each, now) and not _is_queued(each, now)]
    for sync in waiting:
        # The queue remembers the names of tasks that it has run, also of those that failed.
        _enqueue(replace(sync, retry_at=None, updated_at=now))
    return len(waiting)


def start_due() -> int:
    """Begin the syncs whose time has come; return how many. They run as tasks."""
    due = sync_documents.list_due(clock.utc_now(), SCHEDULED_PER_SWEEP)
    for connection in due:
        try:
            _start_scheduled(connection)
        except Exception:  # noqa: BLE001 - one that fails must not keep the others from it
            logs.exception("sync not begun", storeId=connection.store_id, system=connection.system)
    return len(due)


def _start_scheduled(connection: Connection) -> None:
    caller = Caller(connection.account_id, Package.PRIME, is_live=True)
    store = access.store(caller, connection.store_id)
    now = clock.utc_now()
    following = syncs.next_sync_at(connection.schedule, store.store_id, store.time_zone, now)
    if not _move_schedule(connection, following):
        return
    module = systems.module_of(connection.kind, connection.system)
    settings = connector_configs.decrypted(module.Config, connection.config_token)
    where = (connection.kind, connection.system, connection.store_id)
    try:
        begun = _begin(caller, module, where, settings, Terms(connection.program_id))
    except SyncRunning:
        return
    _enqueue(_released(begun.sync))


def _move_schedule(connection: Connection, next_sync_at: datetime | None) -> bool:
    """Set when a connection is due next; ``False`` if it was deleted, or is another's to begin."""
    path = paths.connection(connection.store_id, connection.kind, connection.system)

    def decide(reads: Reads) -> Effect[bool]:
        found = sync_documents.decode_connection(reads[path])
        if found is None or found.next_sync_at != connection.next_sync_at:
            return Effect(result=False)
        moved = replace(found, next_sync_at=next_sync_at)
        return Effect(result=True, writes=[sync_documents.write_connection(reads[path], moved)])

    return commands.run([path], decide)


def _give_up(sync: Sync) -> None:
    """Fail a sync that nobody can go on with."""
    path = sync_documents.path_of(sync)
    now = clock.utc_now()

    def decide(reads: Reads) -> Effect[None]:
        found = sync_documents.decode(reads[path])
        if found is None or found.lease_id != sync.lease_id or not found.is_running:
            return Effect(None)
        after = syncs.failed(found, InternalError.code, syncs.BROKE_OFF, now)
        return Effect(None, [sync_documents.write(reads[path], after)])

    commands.run([path], decide)


def _begin(
    caller: Caller,
    module: Module,
    where: tuple[Kind, str, str],
    settings: ConnectorConfig,
    terms: Terms,
) -> Begun:
    """Write down what is to be done, and hold it; what was left half done is gone on with."""
    kind, system, store_id = where
    now = clock.utc_now()
    sync_id, lease_id = ids.new("sync"), ids.new("lease")
    token = None if module.IS_FILE else connector_configs.encrypted(settings)
    digest = "" if module.IS_FILE else _digest(settings)
    path = paths.sync(store_id, kind, system)
    streams = tuple(
        each.value
        for each in Stream
        if each in module.STREAMS and (each is not Stream.RECEIPTS or terms.program_id)
    )

    def replay(_: Document, reads: Reads) -> Begun:
        found = sync_documents.decode(reads[path])
        assert found is not None, f"{path} is gone"
        return Begun(found, is_replay=True)

    def decide(reads: Reads) -> Effect[Begun]:
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
        return Effect(Begun(after), writes, {"syncId": after.sync_id})

    return commands.run([path], decide, claim=caller.claim, replay=replay)


def _goes_on(found: Sync, streams: tuple[str, ...], token: str | None, terms: Terms) -> bool:
    return (
        found.is_running
        and token is not None
        and found.streams == streams
        and found.program_id == terms.program_id
        and found.issued_since == terms.issued_since
    )


def _digest(settings: ConnectorConfig) -> str:
    return ids.digest(json.dumps(settings.visible(), sort_keys=True, default=str))


def _is_open(sync: Sync, now: datetime) -> bool:
    is_paused = sync.retry_at is not None and sync.retry_at > now
    can_go_on = sync.config_token is not None
    return sync.is_running and can_go_on and not sync.is_held(now) and not is_paused


def _is_queued(sync: Sync, now: datetime) -> bool:
    """Tell whether a task was put in lately that may be run at once."""
    is_left_to_task = sync.lease_until is None and sync.retry_at is None
    return is_left_to_task and sync.updated_at > now - TASK_LOST_AFTER


def _work(sync: Sync, account: System, budget_s: float | None, *, is_awaited: bool) -> Sync:
    """Read page by page, until there is nothing left or the time is up.

    Args:
        sync: Held by this process.
        account: With the system.
        budget_s: How long to work; ``None`` to the end.
        is_awaited: Somebody waits for the answer, and is told if nothing could be read at all.
    """
    stop_at_s = None if budget_s is None else time.monotonic() + budget_s
    run = Run(sync, sync_documents.seen(sync))
    try:
        while run.sync.stream is not None:
            if stop_at_s is not None and time.monotonic() > stop_at_s:
                _enqueue(_released(run.sync))
                return run.sync
            _turn_page(run, account)
        return _finish(run)
    except LeaseLost:
        return run.sync
    except ConnectorError as failure:
        return _stopped(run, failure, is_awaited=is_awaited)
    except Exception as failure:
        _broken(run, failure)
        raise


def _turn_page(run: Run, account: System) -> None:
    sync, stream = run.sync, Stream(run.stream)
    if stream is Stream.PRODUCTS and sync.position is None:
        due_prices.apply_due(run)
    page = systems.read(account, stream, sync.position, sync.since.get(run.stream))
    is_last = page.position is None

    def turn(found: Sync) -> Sync:
        turned = syncs.turned(found, page.position, is_listing=page.is_listing)
        return syncs.streamed(turned, page.since) if is_last else turned

    if stream is Stream.RECEIPTS:
        _book_receipts(run, page)
        run.commit(move=turn)
    elif is_last and page.is_listing and sync.is_listing:
        sync_pages.take_over(run, shelves.shelf_of(sync), page, None)
        sync_pages.retire_missing(run, shelves.shelf_of(sync))
        run.commit(move=turn)
    else:
        sync_pages.take_over(run, shelves.shelf_of(sync), page, turn)
    if is_last:
        run.seen = sync_documents.Seen()


def _book_receipts(run: Run, page: Page[Any]) -> None:
    for each in page.skipped:
        run.remark(each.external_id, each.reason)
    for receipt in page.items:
        result = receipt_points.book(run.sync, receipt)
        is_news = receipt.external_id not in run.seen.keys
        run.see(receipt.external_id, receipt.external_id, is_ended=False)
        if result.outcome is Outcome.AWARDED and is_news:
            run.count(Counts(awarded=1))
        if result.outcome is Outcome.REFUSED:
            run.remark(receipt.external_id, result.reason)


def _finish(run: Run) -> Sync:
    """Say that it is done, in the commit that makes it so."""
    run.commit(
        move=lambda found: syncs.succeeded(found, clock.utc_now()),
        tell=lambda after: outbox.announce([sync_events.from_sync(after)]),
    )
    sync_documents.delete_parts(run.sync)
    if run.sync.problem is not None:
        logs.error("sync needs attention", syncId=run.sync.sync_id, problem=run.sync.problem)
    return run.sync


def _stopped(run: Run, failure: ConnectorError, *, is_awaited: bool) -> Sync:
    """Write down why it does not go on, and for how long."""
    now = clock.utc_now()
    failure.details["syncId"] = run.sync.sync_id
    has_read = run.sync.position is not None or bool(run.sync.counts)
    can_wait = failure.retryable and run.sync.config_token is not None
    if can_wait and (has_read or not is_awaited):
        retry_after_s = int(failure.details.get("retryAfter", 0))
        after = _moved(
            run,
            lambda found: syncs.put_off(found, failure.code, failure.message, retry_after_s, now),
        )
        if after.is_running and after.retry_at is not None:
            _enqueue(after)
        return after
    _moved(run, lambda found: syncs.failed(found, failure.code, failure.message, now))
    if is_awaited:
        raise failure
    logs.warning("sync failed", syncId=run.sync.sync_id, error=failure.code)
    return run.sync


def _broken(run: Run, failure: Exception) -> None:
    """Let it be tried again, and not for ever, after a failure of our own."""
    code = failure.code if isinstance(failure, PunktwerkError) else InternalError.code
    message = failure.message if isinstance(failure, PunktwerkError) else syncs.BROKE_OFF
    now = clock.utc_now()
    if run.sync.config_token is None:
        _moved(run, lambda found: syncs.failed(found, code, message, now))
    else:
        _moved(run, lambda found: syncs.put_off(found, code, message, 0, now))


def _moved(run: Run, move: Callable[[Sync], Sync]) -> Sync:
    try:
        run.commit(move=move)
    except LeaseLost:
        logs.info("sync is another's", syncId=run.sync.sync_id)
    return run.sync


def _released(sync: Sync) -> Sync:
    """Let the next worker begin at once."""
    path = sync_documents.path_of(sync)

    def decide(reads: Reads) -> Effect[Sync]:
        found = sync_documents.decode(reads[path])
        if found is None or found.lease_id != sync.lease_id:
            return Effect(sync)
        after = replace(found, lease_until=None)
        return Effect(after, [sync_documents.write(reads[path], after)])

    return commands.run([path], decide)


def _enqueue(sync: Sync) -> None:
    """Have a task go on with a sync. Losing it is harmless: the sweep looks for open ones."""
    at = sync.retry_at
    if at is not None and config.is_emulated():
        return  # The emulator runs every task at once; the sweep finds it when its pause is over.
    data = {
        "storeId": sync.store_id,
        "kind": sync.kind.value,
        "system": sync.system,
        "syncId": sync.sync_id,
    }
    task_id = f"{sync.sync_id}-{int(sync.updated_at.timestamp() * 1000)}"
    tasks.enqueue(Task(CONTINUE, task_id, data, at))
