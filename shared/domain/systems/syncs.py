"""A sync of a store with one of its systems: its progress and its findings.

Each store and system has one sync at a time. Its worker holds the lease. If the worker dies, the
next one goes on after the last commit. Unchanged items are not written, so it does no harm if the
next worker sees items again that the dead one had not noted yet.
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
from shared.said import Meaning, meaning_of, say


class SystemKind(StrEnum):
    """The kind of a merchant's system."""

    POS = "pos"
    ERP = "erp"
    SHOP = "shop"


class SyncState(StrEnum):
    """The state of a sync."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class SyncSchedule(StrEnum):
    """The schedule of a connection's syncs. Nightly is 03:00 in the store's time zone."""

    NONE = "none"
    HOURLY = "hourly"
    NIGHTLY = "nightly"


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of a sync in one stream.

    ``read`` counts all listed items, each once; ``priced`` known products that got another price;
    ``skipped`` items that could not be taken over; ``awarded`` receipts that earned points;
    ``taken_back`` receipts that took points back.
    """

    read: int = 0
    created: int = 0
    changed: int = 0
    deleted: int = 0
    priced: int = 0
    skipped: int = 0
    awarded: int = 0
    taken_back: int = 0

    def plus(self, other: Counts) -> Counts:
        """Return the sum of both."""
        return Counts(
            self.read + other.read,
            self.created + other.created,
            self.changed + other.changed,
            self.deleted + other.deleted,
            self.priced + other.priced,
            self.skipped + other.skipped,
            self.awarded + other.awarded,
            self.taken_back + other.taken_back,
        )


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on an item that a sync could not take over, or that a person should check."""

    stream: str
    external_id: str
    reason: str
    meaning: Meaning | None = None


def source_of(kind: SystemKind, system: str) -> str:
    """Return the name of a system among all systems of a store, of whatever kind.

    A till and a shop may both be ``generic``. It is the ``source`` of what the system causes, and
    its name in ``externalIds``.
    """
    return f"{system}_{kind}" if (kind, system) == (SystemKind.SHOP, "generic") else system


REMARKS_MAX = 50
"""The most remarks that a sync keeps; it counts all."""
FAILURES_MAX = 5
"""Failed calls in a row after which a sync is given up."""
PAUSES = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
NIGHT_HOUR = 3
BROKE_OFF = say("broke_off", "It broke off.")


@dataclass(frozen=True, slots=True)
class Sync:
    """The latest sync of a store with a system.

    Attributes:
        sync_id: The id of this run.
        streams: The streams to read, in this order; ``stream`` is the present one.
        position: The position of the next page; ``None`` for a stream's first page.
        is_listing: True if the pages of ``stream`` read so far are a full list.
        parts: The number of notes about items seen.
        since: The position at which each stream begins; from the sync before.
        next_since: The position at which each stream begins next time, as far as it is known.
        program_id: The program in which receipts earn points; ``None`` if they earn none.
        is_first: True if no sync with this system has succeeded before.
        issued_since: Older receipts earn nothing.
        may_delete_most: True if more than half of the known items may be marked as gone.
        lease_id: The id of the worker that holds the sync until ``lease_until``.
        retry_at: The time to go on after a failed call.
        failures: The number of failed calls in a row.
        failure: The code of its failure; ``failure_message`` says it in words, and
            ``failure_meaning`` for other languages.
        problem: A problem that a person should check although the sync succeeded.
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
    failure_meaning: Meaning | None = None
    problem: str | None = None
    config_token: Encrypted | None = None
    settings_digest: str = ""
    version: int = 0
    finished_at: datetime | None = None

    @property
    def source(self) -> str:
        """What its receipts come from, other than every other system of the store."""
        return source_of(self.kind, self.system)

    @property
    def is_running(self) -> bool:
        """True if work is left to do."""
        return self.state is SyncState.RUNNING

    def is_held(self, now: datetime) -> bool:
        """Tell whether a worker holds it."""
        return self.is_running and lease.is_held(self.lease_until, now)

    def counted(self, stream: str) -> Counts:
        """Return the counts of a stream."""
        return self.counts.get(stream, Counts())


@dataclass(frozen=True, slots=True)
class Connection:
    """A store's access to a system, stored so that requests need no credentials.

    ``visible`` is the part of the configuration that is not secret. ``next_sync_at`` is ``None``
    without a schedule. ``orders_since``: when the shop was first connected, or got another program;
    what was bought before earns nothing. ``None`` for what is no shop. ``writes_cards``: linked
    customers of the shop see their balance and tier there.
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
    orders_since: datetime | None = None
    writes_cards: bool = False

    @property
    def source(self) -> str:
        """As ``Sync.source``."""
        return source_of(self.kind, self.system)


def with_findings(sync: Sync, found: Counts, remarks: tuple[Remark, ...], now: datetime) -> Sync:
    """Return a sync after items of its stream were taken over."""
    counts = dict(sync.counts)
    if sync.stream is not None:
        counts[sync.stream] = sync.counted(sync.stream).plus(found)
    remembered = (*sync.remarks, *remarks)[:REMARKS_MAX]
    return replace(sync, counts=counts, remarks=remembered, updated_at=now)


def page_done(sync: Sync, position: str | None, *, is_listing: bool) -> Sync:
    """Return a sync whose current page was taken over; ``position`` is the next page's."""
    return replace(
        sync,
        position=position,
        is_listing=sync.is_listing and is_listing,
        failures=0,
        failure=None,
        failure_message=None,
        failure_meaning=None,
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
        failure_meaning=None,
    )


def resumed(sync: Sync, lease_id: str, lease_until: datetime, now: datetime) -> Sync:
    """Return a sync with a new worker, or one that is given up.

    If a lease ran out, its worker died. If several workers die at the same place, the data that
    they read kill them.
    """
    has_died = sync.lease_until is not None
    failures = sync.failures + int(has_died)
    held = replace(sync, lease_id=lease_id, failures=failures)
    if failures >= FAILURES_MAX:
        return failed(held, InternalError.code, BROKE_OFF, now)
    return replace(held, lease_until=lease_until, retry_at=None, updated_at=now)


def succeeded(sync: Sync, now: datetime) -> Sync:
    """Return a sync that has read everything, without its credentials."""
    return replace(
        sync,
        state=SyncState.SUCCEEDED,
        since=dict(sync.next_since),
        lease_until=None,
        retry_at=None,
        config_token=None,
        failure=None,
        failure_message=None,
        failure_meaning=None,
        updated_at=now,
        finished_at=now,
    )


def failed(sync: Sync, code: str, message: str, now: datetime) -> Sync:
    """Return a sync that is given up. The next one begins at the same position as this one did."""
    return replace(
        sync,
        state=SyncState.FAILED,
        lease_until=None,
        retry_at=None,
        config_token=None,
        failure=code,
        failure_message=str(message),
        failure_meaning=meaning_of(message),
        updated_at=now,
        finished_at=now,
    )


def put_off(sync: Sync, code: str, message: str, retry_after_s: int, now: datetime) -> Sync:
    """Return a sync after a failed call that may succeed later: it waits, or is given up."""
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
        failure_message=str(message),
        failure_meaning=meaning_of(message),
        updated_at=now,
    )


def next_sync_at(
    schedule: SyncSchedule, store_id: str, time_zone: str, now: datetime
) -> datetime | None:
    """Return the time when a scheduled sync is due next.

    Stores are spread over the hour by their ids, so that not all of them call at once.
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
