"""Syncs of a store with its systems, as requests name them and answers show them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from shared.domain.systems import sync_events, system_names
from shared.domain.systems.syncs import Connection, Counts, Kind, Schedule, Sync, SyncState
from shared.schemas.base import Id, RequestTime, Timestamp, WireModel

PosName = system_names.PosName
ErpName = system_names.ErpName
SystemName = system_names.SystemName
KindName = Annotated[Kind, Field(strict=False)]
ScheduleName = Annotated[Schedule, Field(strict=False)]


class AwardPointsBody(WireModel):
    """Have receipts earn points in a program, from ``issuedSince`` on."""

    program_id: Id
    issued_since: RequestTime | None = None


class PosSynced(WireModel):
    """What was read of a till system; ``priceUpdates`` are known products with another price."""

    products: int
    categories: int
    price_updates: int


class ErpSynced(WireModel):
    """What was read of an ERP."""

    inventory: int
    orders: int
    suppliers: int


class SyncChanges(WireModel):
    """What became of what was read."""

    created: int
    changed: int
    deleted: int
    skipped: int
    receipts_awarded: int


class RemarkBody(WireModel):
    """Something that could not be taken, and why."""

    stream: str
    external_id: str
    reason: str


class StreamCounts(WireModel):
    """What was found in one stream."""

    read: int
    created: int
    changed: int
    deleted: int
    priced: int
    skipped: int
    awarded: int


class SyncBody(WireModel):
    """The latest sync with a system."""

    sync_id: str
    state: SyncState
    stream: str | None
    counts: dict[str, StreamCounts]
    remarks: list[RemarkBody]
    problem: str | None
    failure: str | None
    failure_message: str | None
    started_at: Timestamp
    updated_at: Timestamp
    finished_at: Timestamp | None
    retry_at: Timestamp | None


class SystemBody(WireModel):
    """A system of a store: its stored connection, and its latest sync."""

    kind: Kind
    system: SystemName
    is_configured: bool
    config: dict[str, Any]
    schedule: Schedule
    award_points_program_id: str | None
    next_sync_at: Timestamp | None
    last_sync: SyncBody | None


SYNC_EXAMPLE: dict[str, Any] = {
    "syncId": "sync_k3v9a7xq2mztc4ewnp5h",
    "state": "succeeded",
    "stream": None,
    "counts": {
        "products": {
            "read": 42,
            "created": 0,
            "changed": 8,
            "deleted": 0,
            "priced": 8,
            "skipped": 0,
            "awarded": 0,
        }
    },
    "remarks": [],
    "problem": None,
    "failure": None,
    "failureMessage": None,
    "startedAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:02.000Z",
    "finishedAt": "2026-03-03T12:00:02.000Z",
    "retryAt": None,
}
CHANGES_EXAMPLE: dict[str, Any] = {
    "created": 0,
    "changed": 8,
    "deleted": 0,
    "skipped": 0,
    "receiptsAwarded": 0,
}


def to_changes(sync: Sync) -> SyncChanges:
    """Write what became of what was read."""
    return SyncChanges.model_validate(dict(sync_events.changes(sync)))


def to_system_body(
    kind: Kind, system: str, connection: Connection | None, sync: Sync | None
) -> SystemBody:
    """Write what is known of a store and one of its systems."""
    return SystemBody(
        kind=kind,
        system=system,  # type: ignore[arg-type]
        is_configured=connection is not None,
        config=dict(connection.visible) if connection else {},
        schedule=connection.schedule if connection else Schedule.NONE,
        award_points_program_id=connection.program_id if connection else None,
        next_sync_at=connection.next_sync_at if connection else None,
        last_sync=_sync(sync) if sync else None,
    )


def _sync(sync: Sync) -> SyncBody:
    return SyncBody(
        sync_id=sync.sync_id,
        state=sync.state,
        stream=sync.stream,
        counts={name: _counts(each) for name, each in sync.counts.items()},
        remarks=[
            RemarkBody(stream=each.stream, external_id=each.external_id, reason=each.reason)
            for each in sync.remarks
        ],
        problem=sync.problem,
        failure=sync.failure,
        failure_message=sync.failure_message,
        started_at=sync.started_at,
        updated_at=sync.updated_at,
        finished_at=sync.finished_at,
        retry_at=sync.retry_at,
    )


def _counts(counts: Counts) -> StreamCounts:
    return StreamCounts(
        read=counts.read,
        created=counts.created,
        changed=counts.changed,
        deleted=counts.deleted,
        priced=counts.priced,
        skipped=counts.skipped,
        awarded=counts.awarded,
    )
