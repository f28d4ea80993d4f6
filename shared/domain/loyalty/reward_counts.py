"""How often a member had each reward: what its limits need to know.

Counted for every reward, limited or not: so a limit knows what was before it. There is one record
for each reward. It knows the periods of the last day on which the member had it, and no earlier
ones.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from shared.domain.loyalty.event_rules import Period, period_on

_KEPT_AFTER_END = timedelta(days=2)
"""A process may know a program as it was a minute ago. What it does not know is kept for days."""


@dataclass(frozen=True, slots=True)
class RewardCount:
    """How often a member had a reward in the periods of ``day``, the last one on which they did."""

    reward_id: str
    day: str
    in_day: int = 0
    in_week: int = 0
    in_month: int = 0
    in_year: int = 0
    ever: int = 0


_FIELDS = {
    Period.DAY: "in_day",
    Period.WEEK: "in_week",
    Period.MONTH: "in_month",
    Period.YEAR: "in_year",
    Period.EVER: "ever",
}
Counts = tuple[RewardCount, ...]


def times(counts: Sequence[RewardCount], reward_id: str, period: Period, day: date) -> int:
    """Return how often a member had a reward in the period of a day, as far as that is known."""
    found = _find(counts, reward_id)
    return 0 if found is None else _in_period_of(found, period, day)


def added(counts: Counts, reward_id: str, day: date, known: Collection[str]) -> Counts:
    """Count that a member had a reward on a day, and forget rewards that are gone.

    Args:
        counts: The counts before.
        reward_id: The reward.
        day: The day of the store.
        known: Ids of the program's rewards.
    """
    once = RewardCount(reward_id, day.isoformat(), 1, 1, 1, 1, 1)
    before = _find(counts, reward_id)
    after = once if before is None else _sum(before, once)
    kept = (
        each
        for each in counts
        if each.reward_id != reward_id
        and (each.reward_id in known or day - date.fromisoformat(each.day) < _KEPT_AFTER_END)
    )
    return (*kept, after)


def taken_back(counts: Counts, reward_id: str, day: date) -> Counts:
    """Return the counts without one that was counted on a day."""
    before = _find(counts, reward_id)
    if before is None:
        return counts
    less = {
        name: max(getattr(before, name) - _is_same(before, period, day), 0)
        for period, name in _FIELDS.items()
    }
    after = replace(before, **less)
    others = tuple(each for each in counts if each.reward_id != reward_id)
    return (*others, after) if after.ever else others


def merged(one: Counts, other: Counts) -> Counts:
    """Return the counts of two memberships that became one: two halves are not twice a limit."""
    alone = [each for each in other if _find(one, each.reward_id) is None]
    both = (
        each if (found := _find(other, each.reward_id)) is None else _sum(each, found)
        for each in one
    )
    return (*both, *alone)


def _find(counts: Sequence[RewardCount], reward_id: str) -> RewardCount | None:
    return next((each for each in counts if each.reward_id == reward_id), None)


def _sum(one: RewardCount, other: RewardCount) -> RewardCount:
    """Return both, in the periods of the later day."""
    day = max(one.day, other.day)
    then = date.fromisoformat(day)
    counted = {
        name: _in_period_of(one, period, then) + _in_period_of(other, period, then)
        for period, name in _FIELDS.items()
    }
    return RewardCount(one.reward_id, day, **counted)


def _in_period_of(count: RewardCount, period: Period, day: date) -> int:
    times: int = getattr(count, _FIELDS[period])
    return times if _is_same(count, period, day) else 0


def _is_same(count: RewardCount, period: Period, day: date) -> bool:
    return period_on(date.fromisoformat(count.day), period) == period_on(day, period)
