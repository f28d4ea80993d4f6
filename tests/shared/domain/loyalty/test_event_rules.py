"""Periods of events: by the calendar of the store, through both changes of its clocks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import counters
from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.event_rules import TOLD_WITHIN, Period, is_of_profile, period_of

ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
CHANGES = st.sampled_from(
    [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
)
AROUND = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    CHANGES,
    st.integers(-4_000, 4_000),
)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (Period.DAY, "2027-01-01"),
        (Period.WEEK, "2026-W53"),
        (Period.MONTH, "2027-01"),
        (Period.YEAR, "2027"),
        (Period.EVER, "ever"),
    ],
)
def test_periods_are_those_of_the_local_day(period: Period, expected: str) -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert period_of(new_year, period, "Europe/Berlin") == expected


@given(AROUND, ZONES)
def test_a_day_is_from_midnight_to_midnight_also_if_it_has_23_or_25_hours(
    moment: datetime, zone: str
) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    noon = local.replace(hour=12, minute=0, second=0)
    assert period_of(moment, Period.DAY, zone) == local.date().isoformat()
    assert period_of(noon, Period.DAY, zone) == period_of(moment, Period.DAY, zone)


@given(AROUND, st.integers(0, 20_000), ZONES, st.sampled_from(Period))
def test_later_moments_are_never_in_earlier_periods(
    moment: datetime, minutes: int, zone: str, period: Period
) -> None:
    later = moment + timedelta(minutes=minutes)
    assert period_of(moment, period, zone) <= period_of(later, period, zone)


@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 7 * 24 * 60)), max_size=80),
    CHANGES,
    ZONES,
    st.sampled_from(Period),
    st.integers(1, 3),
)
def test_no_order_of_events_gets_more_than_the_period_allows(
    told: list[tuple[int, int]], begin: datetime, zone: str, period: Period, times: int
) -> None:
    """Events are told up to 7 days later, in any order, and the counters forget only older ones."""
    counted, now, granted = Counters(), begin, Counter[str]()
    for waited_minutes, ago_minutes in told:
        now += timedelta(minutes=waited_minutes)
        at = now - min(timedelta(minutes=ago_minutes), TOLD_WITHIN)
        name = period_of(at, period, zone)
        if counted.times_of_event("login", name) < times:
            counted = counters.with_event(counted, "login", name, now)
            granted[name] += 1
    assert all(count <= times for count in granted.values())


def test_merged_members_share_a_limit() -> None:
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    one = counters.with_event(Counters(), "login", "2026-03-03", now)
    other = counters.with_event(one, "login", "2026-03-02", now)
    both = counters.added(one, other)
    assert both.times_of_event("login", "2026-03-03") == 2
    assert both.times_of_event("login", "2026-03-02") == 1


@pytest.mark.parametrize(
    ("event", "expected"),
    [("newsletter", True), ("field:size", True), ("field", False), ("birthday", False)],
)
def test_events_that_a_profile_says(event: str, expected: bool) -> None:
    assert is_of_profile(event) is expected
