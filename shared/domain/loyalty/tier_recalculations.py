"""A recalculation of tiers: who moves by the present thresholds, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.pseudonyms import Pseudonyms

KEPT = timedelta(days=30)
GIVEN_UP_AFTER = timedelta(minutes=30)
"""If nobody has gone on with one for so long, though the schedule has tried, a new one may begin.
"""
SHOWN_MAX = 100
"""Members that are named; all others are counted."""


class RecalculationState(StrEnum):
    """The state of a recalculation. ``GIVEN_UP``: it stood still, and a later one was begun."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class TierMove:
    """A member who moves from one tier to another; ``user_id`` is ``None`` if erased since."""

    user_id: str | None
    from_tier: str | None
    to_tier: str | None


@dataclass(frozen=True, slots=True)
class TierFlow:
    """How many members move from one tier to another."""

    from_tier: str | None
    to_tier: str | None
    members: int


@dataclass(frozen=True, slots=True)
class TierRecalculation:
    """A recalculation of all members of a program.

    ``is_dry``: it only says who would move. ``position`` is the id of the last membership that was
    looked at, ``checked`` how many were. ``shown`` are the first members who move, and ``people``
    names them for their export and erasure.
    """

    recalculation_id: str
    account_id: str
    program_id: str
    is_dry: bool
    state: RecalculationState
    started_at: datetime
    updated_at: datetime
    expires_at: datetime
    finished_at: datetime | None = None
    position: str | None = None
    checked: int = 0
    flows: tuple[TierFlow, ...] = ()
    shown: tuple[TierMove, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def moved(self) -> int:
        """How many members move."""
        return sum(each.members for each in self.flows)


@dataclass(frozen=True, slots=True)
class RecalculationTurn:
    """The latest recalculation of a program: of those that move, or of the dry ones.

    The next one may begin when it has ended.
    """

    account_id: str
    program_id: str
    is_dry: bool
    recalculation_id: str


def stands_still(found: TierRecalculation, now: datetime) -> bool:
    """Tell whether nobody goes on with a recalculation, and another one may take its turn."""
    return now - found.updated_at >= GIVEN_UP_AFTER


def given_up(before: TierRecalculation, now: datetime) -> TierRecalculation:
    """Return a recalculation with which nobody goes on any more."""
    return replace(before, state=RecalculationState.GIVEN_UP, updated_at=now, finished_at=now)


def went_on(
    before: TierRecalculation,
    moves: Sequence[TierMove],
    *,
    position: str,
    checked: int,
    now: datetime,
) -> TierRecalculation:
    """Return a recalculation after some more members.

    Args:
        before: It before.
        moves: Those of them who move.
        position: The id of the last membership.
        checked: How many there were.
        now: UTC.
    """
    members = {(each.from_tier, each.to_tier): each.members for each in before.flows}
    for each in moves:
        members[each.from_tier, each.to_tier] = members.get((each.from_tier, each.to_tier), 0) + 1
    shown = (*before.shown, *moves)[:SHOWN_MAX]
    return replace(
        before,
        position=position,
        checked=before.checked + checked,
        flows=tuple(TierFlow(*each, count) for each, count in members.items()),
        shown=shown,
        updated_at=now,
    )


def ended(before: TierRecalculation, now: datetime) -> TierRecalculation:
    """Return a recalculation of which nothing is left."""
    return replace(
        before,
        state=RecalculationState.SUCCEEDED,
        position=None,
        updated_at=now,
        finished_at=now,
    )


def erased(found: TierRecalculation, names: Pseudonyms) -> TierRecalculation:
    """Return a recalculation that does not name a person who is erased."""
    shown = tuple(
        replace(each, user_id=None) if each.user_id in names.names else each for each in found.shown
    )
    people = tuple(each for each in found.people if each.partition("/")[2] not in names.names)
    return replace(found, shown=shown, people=people)


def of_user_alone(found: TierRecalculation, user_id: str) -> TierRecalculation:
    """Return a recalculation with the move of one person only."""
    shown = tuple(each for each in found.shown if each.user_id == user_id)
    return replace(found, shown=shown, people=(), position=None)
