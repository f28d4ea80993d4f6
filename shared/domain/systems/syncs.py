"""A sync of a store with one of its systems: how far it has come, and what it has found.

There is one for each store and system at a time. Whoever works on it holds its lease; if they die,
the next one goes on where the last commit left it. What was seen and not changed is not written,
so what was not written down yet is harmlessly seen again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shared import ids
from shared.domain import lease
from shared.encrypted import Encrypted
from shared.errors import InternalError


class SystemKind(StrEnum):
    """What a system is to the merchant."""

    POS = "pos"
    ERP = "erp"


class SyncState(StrEnum):
    """Whether a sync goes on."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class SyncSchedule(StrEnum):
    """How often a connection is synced by itself. Nightly is 03:00 of the store's time zone."""

    NONE = "none"
    HOURLY = "hourly"
    NIGHTLY = "nightly"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a sync found in one stream.

    ``read`` is everything that was listed, each once; ``priced`` are known products that got
    another price; ``skipped`` could not be taken; ``awarded`` are receipts that earned points.
    """

    read: int = 0
    created: int = 0
    changed: int = 0
    deleted: int = 0
    priced: int = 0
    skipped: int = 0
    awarded: int = 0

    def plus(self, other: Counts) -> Counts:
        """Return the sum."""
        return Counts(
            self.read + other.read,
            self.created + other.created,
            self.changed + other.changed,
            self.deleted + other.deleted,
            self.priced + other.priced,
            self.skipped + other.skipped,
            self.awarded + other.awarded,
        )


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a sync could not take, or somebody should look at."""

    stream: str
    external_id: str
    reason: str


REMARKS_MAX = 50
"""Kept of a sync; all are counted."""
FAILURES_MAX = 5
"""Of calls in a row, before a sync is given up."""
PAUSES = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
NIGHT_HOUR = 3
BROKE_OFF = "It broke off."


@dataclass(frozen=True, slots=True)
class Sync:
    """The latest sync of a store with a system.

    Attributes:
        sync_id: Of this run.
        streams: What is read, in this order; ``stream`` is the one it is at.
        position: Of the page to be read next; ``None`` for a stream's first.
        is_listing: Whether the pages of ``stream`` read so far are a full list.
        parts: How many notes were made of what was seen.
        since: Where each stream begins; from the sync before.
        next_since: Where each stream begins next time, as far as it is known.
        program_id: In which receipts earn points; ``None`` if they earn none.
        is_first: No sync with this system has succeeded before.
        issued_since: Receipts that are older earn nothing.
        may_delete_most: More than half of what is known may be marked as gone.
        lease_id: Of who works on it, until ``lease_until``.
        retry_at: When to go on after a call that failed.
        failures: Calls that failed in a row.
        failure: Code of why it failed; ``failure_message`` says it in words.
        problem: What somebody should look at although it succeeded.
        config_token: The credentials, encrypted, as long as it runs; ``None`` if they came with
            the request and cannot be kept.
        settings_digest: Of what of the credentials is no secret. With other settings, such as
            another account, ``since`` means nothing.
        version: How often whoever works on it has written it.
    """

    sync_id: str
    account_id: str
    store_id: str
    kind: SystemKind
    system: str
    state: SyncState
    started_at: datetime
    updated_at: datetime
    streams: tuple[str, ...]
    stream: str | None = None
    position: str | None = None
    is_listing: bool = True
    parts: int = 0
    since: Mapping[str, str] = field(default_factory=dict)
    next_since: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, Counts] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    program_id: str | None = None
    issued_since: datetime | None = None
    is_first: bool = True
    may_delete_most: bool = False
    lease_id: str | None = None
    lease_until: datetime | None = None
    retry_at: datetime | None = None
    failures: int = 0
    failure: str | None = None
    failure_message: str | None = None
    problem: str | None = None
    config_token: Encrypted | None = None
    settings_digest: str = ""
    version: int = 0
    finished_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is something left to do."""
        return self.state is SyncState.RUNNING

    def is_held(self, now: datetime) -> bool:
        """Tell whether somebody works on it."""
        return self.is_running and lease.is_held(self.lease_until, now)

    def counted(self, stream: str) -> Counts:
        """Return what was found in a stream."""
        return self.counts.get(stream, Counts())


@dataclass(frozen=True, slots=True)
class Connection:
    """A store's access to a system, kept so that requests need no credentials.

    ``visible`` is what of the configuration is no secret. ``next_sync_at`` is ``None`` without a
    schedule.
    """

    account_id: str
    store_id: str
    kind: SystemKind
    system: str
    config_token: Encrypted
    visible: Mapping[str, object]
    connected_at: datetime
    schedule: SyncSchedule = SyncSchedule.NONE
    program_id: str | None = None
    next_sync_at: datetime | None = None


def with_findings(sync: Sync, found: Counts, remarks: tuple[Remark, ...], now: datetime) -> Sync:
    """Return a sync after something of its stream was taken over."""
    counts = dict(sync.counts)
    if sync.stream is not None:
        counts[sync.stream] = sync.counted(sync.stream).plus(found)
    remembered = (*sync.remarks, *remarks)[:REMARKS_MAX]
    return replace(sync, counts=counts, remarks=remembered, updated_at=now)


def page_done(sync: Sync, position: str | None, *, is_listing: bool) -> Sync:
    """Return a sync whose current page was taken over; ``position`` is the next one's."""
    return replace(
        sync,
        position=position,
        is_listing=sync.is_listing and is_listing,
        failures=0,
        failure=None,
        failure_message=None,
    )


def stream_done(sync: Sync, since: str | None) -> Sync:
    """Return a sync whose current stream was read to its end; it goes on with the next one."""
    assert sync.stream is not None
    rest = sync.streams[sync.streams.index(sync.stream) + 1 :]
    known = {**sync.next_since, sync.stream: since} if since is not None else dict(sync.next_since)
    return replace(
        sync,
        stream=rest[0] if rest else None,
        position=None,
        is_listing=True,
        parts=0,
        next_since=known,
        failures=0,
        failure=None,
        failure_message=None,
    )


def resumed(sync: Sync, lease_id: str, lease_until: datetime, now: datetime) -> Sync:
    """Return a sync that somebody goes on with, or that is given up.

    A lease that ran out is that of a worker who died. If each of them dies without coming further,
    it is what they read that kills them.
    """
    has_died = sync.lease_until is not None
    failures = sync.failures + int(has_died)
    held = replace(sync, lease_id=lease_id, failures=failures)
    if failures >= FAILURES_MAX:
        return failed(held, InternalError.code, BROKE_OFF, now)
    return replace(held, lease_until=lease_until, retry_at=None, updated_at=now)


def succeeded(sync: Sync, now: datetime) -> Sync:
    """Return a sync that has read everything. The credentials are forgotten."""
    return replace(
        sync,
        state=SyncState.SUCCEEDED,
        since=dict(sync.next_since),
        lease_until=None,
        retry_at=None,
        config_token=None,
        failure=None,
        failure_message=None,
        updated_at=now,
        finished_at=now,
    )


def failed(sync: Sync, code: str, message: str, now: datetime) -> Sync:
    """Return a sync that is given up. The next one begins anew, from where this one did."""
    return replace(
        sync,
        state=SyncState.FAILED,
        lease_until=None,
        retry_at=None,
        config_token=None,
        failure=code,
        failure_message=message,
        updated_at=now,
        finished_at=now,
    )


def put_off(sync: Sync, code: str, message: str, retry_after_s: int, now: datetime) -> Sync:
    """Return a sync after a call that may succeed later: it goes on then, or is given up."""
    failures = sync.failures + 1
    if failures >= FAILURES_MAX:
        return failed(replace(sync, failures=failures), code, message, now)
    pause = max(PAUSES[failures - 1], timedelta(seconds=retry_after_s))
    return replace(
        sync,
        failures=failures,
        retry_at=now + pause,
        lease_until=None,
        failure=code,
        failure_message=message,
        updated_at=now,
    )


def next_sync_at(
    schedule: SyncSchedule, store_id: str, time_zone: str, now: datetime
) -> datetime | None:
    """Return when a scheduled sync is due next.

    Stores are spread over the hour by their ids: else all of them would call at once.
    """
    if schedule is SyncSchedule.NONE:
        return None
    minute = int(ids.digest(store_id)[:8], 16) % 60
    if schedule is SyncSchedule.HOURLY:
        hourly = now.astimezone(UTC).replace(minute=minute, second=0, microsecond=0)
        return hourly if hourly > now else hourly + timedelta(hours=1)
    local = now.astimezone(ZoneInfo(time_zone))
    nightly = local.replace(hour=NIGHT_HOUR, minute=minute, second=0, microsecond=0, fold=0)
    # Compared in UTC: a night may be an hour longer or shorter.
    while (moment := nightly.astimezone(UTC)) <= now:
        nightly += timedelta(days=1)
    return moment
