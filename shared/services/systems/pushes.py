"""Give records to a merchant's system: each once, even if a call or an answer gets lost.

A push is written down first, with a lease. If a system does not recognize a repeated push by
itself, it is asked for the record before the next push.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from shared import clock, config, ids
from shared.auth.caller import Caller
from shared.connectors import systems
from shared.connectors.base import ExportFile, Exporting, PushBy, Pushed, Pushing
from shared.connectors.systems import Module
from shared.domain import lease
from shared.domain.systems import sync_events
from shared.domain.systems.pushes import Push, PushState
from shared.domain.systems.sales import DataType, Record
from shared.domain.systems.syncs import SystemKind
from shared.errors import (
    Busy,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorUnsupported,
    IdempotencyKeyReused,
)
from shared.said import say
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.systems import connections
from shared.store import paths
from shared.store.client import Write
from shared.store.systems import push_documents, sync_documents

BUDGET_S = 20.0
"""Records not pushed by then are answered as not tried; the official client waits 30 seconds."""
LEASE = timedelta(seconds=90)
"""Longer than the budget and one more call with its repetitions."""
DOUBT = timedelta(minutes=2)
"""After a lost answer, the system may still work on the call for this long."""
NOT_TRIED = "NOT_TRIED"


@dataclass(frozen=True, slots=True)
class PushRow:
    """The result of one record. ``error`` is ``None`` if the system has it."""

    record_id: str
    external_id: str | None = None
    is_duplicate: bool = False
    error: str | None = None
    message: str | None = None
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class PushResult:
    """The results of all records: row for row, or a file with all of them."""

    rows: Sequence[PushRow] = ()
    file: ExportFile | None = None


@dataclass(frozen=True, slots=True)
class _Claimed:
    """Records that this process may push; ``again`` are those that the system may have already."""

    lease_id: str
    rows: dict[str, PushRow] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()


def push(
    caller: Caller,
    kind: SystemKind,
    system: str,
    store_id: str,
    data_type: DataType,
    records: Sequence[tuple[Record, str]],
    credentials: Mapping[str, Any] | None,
) -> PushResult:
    """Give records to a system.

    Args:
        caller: Must own the store.
        kind: The kind of the system.
        system: The system's name, a known one.
        store_id: The store.
        data_type: The type of the records.
        records: Each record with its fingerprint; no id twice.
        credentials: The credentials as they were sent; ``None`` for the stored ones.

    Raises:
        StoreNotFound, InvalidParameters, Busy.
        ConnectorNotConfigured: No credentials were sent, and none are stored.
        ConnectorUnsupported: The system does not take such records; ``details.file`` holds them if
            they can be imported by hand.
    """
    access.store(caller, store_id)
    module = systems.module_of(kind, system)
    by = _way(module, data_type)
    connection = sync_documents.find_connection(store_id, kind, system)
    settings = connections.settings_of(module, kind, system, credentials, connection)
    account = module.connect(settings, is_emulated=config.is_emulated())
    if by is PushBy.FILE:
        exporting = cast("Exporting", account)
        found = exporting.export(data_type, [record for record, _ in records])
        if not module.IS_FILE:
            raise _file_only(module, data_type, found)
        return PushResult([PushRow(record.record_id) for record, _ in records], found)
    blank = Push(
        push_id="",
        account_id=caller.account_id,
        store_id=store_id,
        kind=kind,
        system=system,
        data_type=data_type,
        record_id="",
        fingerprint="",
        state=PushState.PENDING,
        created_at=clock.real_now(),
        updated_at=clock.real_now(),
    )
    claimed = _claim(blank, records)
    pushing = cast("Pushing", account)
    done = _push_each(pushing, data_type, records, claimed, has_keys=module.HAS_PUSH_KEYS)
    _settle(blank, claimed.lease_id, done, is_keyed=module.HAS_PUSH_KEYS)
    rows = {**claimed.rows, **{record_id: row for record_id, (row, _) in done.items()}}
    return PushResult([rows[record.record_id] for record, _ in records])


def _claim(blank: Push, records: Sequence[tuple[Record, str]]) -> _Claimed:
    """Write down the pushes to make; answer those that are made already or held by another."""
    now = clock.real_now()
    lease_id = ids.new("lease")
    wanted = {
        _path(blank, record.record_id): (record.record_id, fingerprint)
        for record, fingerprint in records
    }

    def decide(reads: Reads) -> Effect[_Claimed]:
        rows: dict[str, PushRow] = {}
        ours, again, writes = set(), set(), []
        for path, (record_id, fingerprint) in wanted.items():
            found = push_documents.decode(reads[path])
            row = _known_row(found, record_id, fingerprint, now) if found else None
            if row is not None:
                rows[record_id] = row
                continue
            ours.add(record_id)
            if found is not None and found.state is PushState.PENDING:
                again.add(record_id)
            start = found or replace(
                blank,
                push_id=path.rsplit("/", 1)[-1],
                record_id=record_id,
                fingerprint=fingerprint,
            )
            begun = replace(
                start,
                fingerprint=fingerprint,
                state=PushState.PENDING,
                lease_id=lease_id,
                lease_until=now + LEASE,
                updated_at=now,
                failure=None,
            )
            writes.append(push_documents.write(reads[path], begun))
        claimed = _Claimed(lease_id, rows, frozenset(ours), frozenset(again))
        return Effect(claimed, writes)

    return commands.run(list(wanted), decide)


def _known_row(found: Push, record_id: str, fingerprint: str, now: datetime) -> PushRow | None:
    if found.fingerprint != fingerprint and found.state is not PushState.FAILED:
        return PushRow(
            record_id,
            error=IdempotencyKeyReused.code,
            message="The record was pushed before with other values.",
        )
    if found.state is PushState.PUSHED:
        return PushRow(record_id, found.external_id, is_duplicate=True)
    if lease.is_held(found.lease_until, now):
        message = "The record is being pushed already, or its answer got lost just now."
        return PushRow(record_id, error=Busy.code, message=message, retryable=True)
    return None


def _push_each(
    pushing: Pushing,
    data_type: DataType,
    records: Sequence[tuple[Record, str]],
    claimed: _Claimed,
    *,
    has_keys: bool,
) -> dict[str, tuple[PushRow, ConnectorError | None]]:
    """Push one after the other. Stop after a failure that would also hit the next ones."""
    done: dict[str, tuple[PushRow, ConnectorError | None]] = {}
    stop_at_s = time.monotonic() + BUDGET_S
    is_over = False
    for record, _ in records:
        record_id = record.record_id
        if record_id not in claimed.ours:
            continue
        if is_over or time.monotonic() > stop_at_s:
            done[record_id] = (_not_tried(record_id), None)
            continue
        is_again = record_id in claimed.again
        try:
            known = pushing.find_pushed(data_type, record) if is_again and not has_keys else None
            pushed: Pushed = known or pushing.push(data_type, record)
        except ConnectorError as failure:
            done[record_id] = (_failed(record_id, failure), failure)
            is_over = failure.retryable or isinstance(failure, ConnectorCredentialsRefused)
        else:
            is_duplicate = known is not None
            done[record_id] = (PushRow(record_id, pushed.external_id, is_duplicate), None)
    return done


def _settle(
    blank: Push,
    lease_id: str,
    done: Mapping[str, tuple[PushRow, ConnectorError | None]],
    *,
    is_keyed: bool,
) -> None:
    """Write down the records' results, and the events of those that the system has taken.

    If this process took too long, another may hold a record: then only that one may fail it.
    """
    if not done:
        return
    now = clock.real_now()
    by_path = {_path(blank, record_id): each for record_id, each in done.items()}
    taken = [row.record_id for row, _ in done.values() if row.error is None]
    news = outbox.Announcement()
    if taken:
        news = outbox.announce(
            [
                sync_events.from_push(
                    (blank.account_id, blank.store_id),
                    SystemKind(blank.kind),
                    blank.system,
                    blank.data_type,
                    taken,
                    clock.utc_now(),
                )
            ]
        )

    def decide(reads: Reads) -> Effect[None]:
        writes: list[Write] = []
        for path, (row, failure) in by_path.items():
            found = push_documents.decode(reads[path])
            assert found is not None, f"{path} is gone"
            is_ours = found.lease_id == lease_id
            is_open = is_ours and found.state is PushState.PENDING
            if is_open or (row.error is None and found.state is not PushState.PUSHED):
                after = _after(found, row, failure, now, is_keyed=is_keyed)
                writes.append(push_documents.write(reads[path], replace(after, updated_at=now)))
        return Effect(None, [*writes, *news.writes], tasks=news.tasks)

    commands.run(list(by_path), decide)


def _after(
    found: Push, row: PushRow, failure: ConnectorError | None, now: datetime, *, is_keyed: bool
) -> Push:
    if row.error is None:
        return replace(found, state=PushState.PUSHED, external_id=row.external_id, lease_until=None)
    if failure is not None and not failure.retryable:
        return replace(found, state=PushState.FAILED, failure=row.error, lease_until=None)
    is_in_doubt = failure is not None and failure.is_unknown and not is_keyed
    return replace(found, lease_until=now + DOUBT if is_in_doubt else None, failure=row.error)


def _path(blank: Push, record_id: str) -> str:
    return paths.push(
        ids.derived("push", blank.store_id, blank.kind, blank.system, blank.data_type, record_id)
    )


def _failed(record_id: str, failure: ConnectorError) -> PushRow:
    return PushRow(
        record_id, error=failure.code, message=failure.message, retryable=failure.retryable
    )


def _not_tried(record_id: str) -> PushRow:
    message = "The system did not answer in time for the records before this one."
    return PushRow(record_id, error=NOT_TRIED, message=message, retryable=True)


def require_possible(
    kind: SystemKind, system: str, data_type: DataType, credentials: Mapping[str, Any] | None
) -> None:
    """Refuse records of a type that a system does not take, and access that does not fit it.

    Raises:
        ConnectorUnsupported, InvalidParameters: See ``push``.
    """
    _way(systems.module_of(kind, system), data_type)
    connections.require_fitting(kind, system, credentials)


def _way(module: Module, data_type: DataType) -> PushBy:
    by = module.PUSHES.get(data_type)
    if by is None:
        raise _unsupported(module, data_type)
    return by


def _file_only(module: Module, data_type: DataType, found: ExportFile) -> ConnectorUnsupported:
    """Return a refusal: nothing was pushed, and its file can be imported by hand."""
    return ConnectorUnsupported(
        say(
            "record_refused",
            "{system} has no call that takes a {kind}: import the file there.",
            system=module.SYSTEM,
            kind=data_type,
        ),
        offers={data_type.value: PushBy.FILE.value},
        file={
            "name": found.name,
            "contentType": found.content_type,
            "content": base64.b64encode(found.content).decode(),
        },
    )


def _unsupported(module: Module, data_type: DataType) -> ConnectorUnsupported:
    offers = {each.value: by.value for each, by in module.PUSHES.items()}
    return ConnectorUnsupported(
        say("record_refused", "{system} takes no {kind}.", system=module.SYSTEM, kind=data_type),
        offers=offers,
    )
