"""An import: a file of rows that are booked as a task, part by part.

Each part holds some rows, and afterwards their results. A worker holds the lease. If it dies, the
next one goes on with the same part: rows that it had booked are found by their transactions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain import lease
from shared.domain.loyalty.row_results import RowResult
from shared.domain.members.member_rows import MemberImport, MemberRowResult
from shared.domain.pseudonyms import Pseudonyms
from shared.encrypted import Encrypted

KEPT = timedelta(days=30)
LEASE = timedelta(minutes=2)
"""Longer than the commits of a part."""
FAILURES_MAX = 5
"""Workers that may die in a row before an import is given up."""
BROKE_OFF = "It broke off. Send the file again: what is booked is not booked twice."


class ImportKind(StrEnum):
    """What the rows of an import are."""

    AWARDS = "awards"
    MEMBERS = "members"


class ImportState(StrEnum):
    """The state of an import. ``RECEIVING``: its file is not stored as a whole yet."""

    RECEIVING = "receiving"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Import:
    """The progress of an import.

    ``rows`` and ``parts`` are how many there are; ``parts_done`` have their results, which
    ``counts`` adds up by outcome. ``notes`` say how the file was read where that may be wrong.
    ``failures`` are workers that died in a row. ``members`` holds for all rows of members.
    ``staff_id`` is the uid of the person of the merchant's staff who began it.
    """

    import_id: str
    account_id: str
    program_id: str | None
    store_id: str | None
    state: ImportState
    started_at: datetime
    updated_at: datetime
    expires_at: datetime
    rows: int = 0
    parts: int = 0
    parts_done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    lease_id: str | None = None
    lease_until: datetime | None = None
    failures: int = 0
    finished_at: datetime | None = None
    kind: ImportKind = ImportKind.AWARDS
    members: MemberImport | None = None
    staff_id: str | None = None

    def is_held(self, now: datetime) -> bool:
        """Tell whether a worker holds it."""
        return lease.is_held(self.lease_until, now)


@dataclass(frozen=True, slots=True)
class ImportPart:
    """Some rows of an import, as encrypted JSON; ``results`` take their place once it is done.

    ``lines`` are the lines of the file in which the rows end. ``members`` are the results of rows
    of members, whom ``people`` names (``personal.person``).
    """

    import_id: str
    number: int
    expires_at: datetime
    lines: tuple[int, ...]
    rows_token: Encrypted | None = None
    results: tuple[RowResult, ...] = ()
    members: tuple[MemberRowResult, ...] = ()
    people: tuple[str, ...] = ()


def held(found: Import, lease_id: str, now: datetime) -> Import:
    """Return an import with a new worker, or one that is given up as too many have died at it."""
    failures = found.failures + (found.lease_until is not None)
    if failures >= FAILURES_MAX:
        return ended(replace(found, failures=failures), ImportState.FAILED, now)
    return replace(
        found, lease_id=lease_id, lease_until=now + LEASE, failures=failures, updated_at=now
    )


def part_done(
    found: Import, results: Iterable[RowResult | MemberRowResult], now: datetime
) -> Import:
    """Return an import after its next part; the last one ends it, unless it was ended before."""
    more = Counter(each.outcome.value for each in results)
    counts = {each: found.counts.get(each, 0) + more[each] for each in {*found.counts, *more}}
    after = replace(
        found,
        parts_done=found.parts_done + 1,
        counts=counts,
        failures=0,
        lease_until=now + LEASE,
        updated_at=now,
    )
    if after.state is ImportState.RUNNING and after.parts_done == after.parts:
        return ended(after, ImportState.SUCCEEDED, now)
    return after


def ended(found: Import, state: ImportState, now: datetime) -> Import:
    """Return an import on which nobody works any more."""
    return replace(found, state=state, lease_until=None, updated_at=now, finished_at=now)


def erased(part: ImportPart, names: Pseudonyms) -> ImportPart:
    """Return a part whose results do not name a person who is erased."""
    members = tuple(
        replace(each, user_id=None) if each.user_id in names.names else each
        for each in part.members
    )
    people = tuple(each for each in part.people if each.partition("/")[2] not in names.names)
    return replace(part, members=members, people=people)


def of_user_alone(part: ImportPart, user_id: str) -> ImportPart:
    """Return a part with the results of one person only."""
    members = tuple(each for each in part.members if each.user_id == user_id)
    return replace(part, lines=(), results=(), members=members, people=())
