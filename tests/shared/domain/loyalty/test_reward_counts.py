"""How often a member had a reward: against a list of the days on which they did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import reward_counts
from shared.domain.loyalty.event_rules import Period, period_on
from shared.domain.loyalty.reward_counts import Counts

FIRST = date(2026, 12, 20)
KNOWN = ("rw_1", "rw_2")
days = st.integers(0, 60).map(lambda day: FIRST + timedelta(days=day))


def counted(had: Sequence[date]) -> Counts:
    counts: Counts = ()
    for day in had:
        counts = reward_counts.added(counts, "rw_1", day, KNOWN)
    return counts


def expected(had: Sequence[date], period: Period, day: date) -> int:
    return sum(period_on(each, period) == period_on(day, period) for each in had)


@given(st.lists(days))
def test_the_periods_of_the_last_day_are_known(had: list[date]) -> None:
    last = max(had, default=FIRST)

    # What a till tells later is counted, too.
    counts = counted(had)

    for period in Period:
        known = reward_counts.times(counts, "rw_1", period, last)
        assert known == expected(sorted(had), period, last)
        assert reward_counts.times(counts, "rw_2", period, last) == 0
        assert reward_counts.times(counts, "rw_1", period, last + timedelta(days=400)) == (
            len(had) if period is Period.EVER else 0
        )


@given(st.lists(days, min_size=1), st.data())
def test_what_is_taken_back_was_never_there(had: list[date], data: st.DataObject) -> None:
    had.sort()
    gone = data.draw(st.integers(0, len(had) - 1))

    counts = reward_counts.taken_back(counted(had), "rw_1", had[gone])

    left = [*had[:gone], *had[gone + 1 :]]
    for period in Period:
        assert reward_counts.times(counts, "rw_1", period, had[-1]) == expected(
            left, period, had[-1]
        )
    assert bool(counts) is bool(left)


@given(st.lists(days), st.lists(days))
def test_two_halves_are_one_whole(one: list[date], other: list[date]) -> None:
    both = sorted([*one, *other])
    last = both[-1] if both else FIRST

    counts = reward_counts.merged(counted(one), counted(other))

    for period in Period:
        assert reward_counts.times(counts, "rw_1", period, last) == expected(both, period, last)


def test_rewards_that_are_gone_are_forgotten() -> None:
    counts = reward_counts.added((), "rw_old", FIRST, ())

    tomorrow = reward_counts.added(counts, "rw_1", FIRST + timedelta(days=1), KNOWN)
    later = reward_counts.added(counts, "rw_1", FIRST + timedelta(days=2), KNOWN)

    assert [each.reward_id for each in tomorrow] == ["rw_old", "rw_1"]
    assert [each.reward_id for each in later] == ["rw_1"]


def test_what_was_not_counted_is_not_taken_back() -> None:
    assert reward_counts.taken_back((), "rw_1", FIRST) == ()
