"""What was earned in which month: bounded, and never less than nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import earned_months, figures
from shared.domain.loyalty.counters import PeriodCount

MONTHS = st.integers(0, 40).map(lambda count: earned_months.plus("2026-01", count))


def test_months_are_counted_over_years() -> None:
    assert earned_months.plus("2026-01", -1) == "2025-12"
    assert earned_months.plus("2026-12", 1) == "2027-01"
    assert earned_months.plus("2026-03", 13) == "2027-04"
    assert earned_months.first_day("2026-12") == date(2026, 12, 1)
    midnight = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert figures.month_of(midnight, "Europe/Berlin") == "2027-01"


def test_what_comes_back_is_taken_from_the_month_in_which_it_was_earned() -> None:
    months = earned_months.changed((), 100, "2026-02", "2026-03")
    months = earned_months.changed(months, 50, "2026-03", "2026-03")
    months = earned_months.changed(months, -30, "2026-02", "2026-03")
    assert months == (PeriodCount("2026-03", 50), PeriodCount("2026-02", 70))
    # What is missing there comes from the others; what was earned long ago counts no more.
    months = earned_months.changed(months, -80, "2026-02", "2026-03")
    assert months == (PeriodCount("2026-03", 40),)
    assert earned_months.changed(months, -40, "2025-02", "2026-03") == months
    assert earned_months.changed(months, 40, "2025-02", "2026-03") == months


@given(st.lists(st.tuples(st.integers(-300, 300), MONTHS, MONTHS), max_size=60))
def test_there_are_thirteen_months_at_most(steps: list[tuple[int, str, str]]) -> None:
    months: earned_months.Months = ()
    for units, month, now in steps:
        months = earned_months.changed(months, units, min(month, now), now)
        assert all(each.units > 0 for each in months)
        assert [each.period for each in months] == sorted(
            {each.period for each in months}, reverse=True
        )
        assert all(earned_months.plus(now, -12) <= each.period for each in months)
    assert earned_months.sum_since(months, "2000-01") == sum(each.units for each in months)
    assert len(earned_months.added(months, ((PeriodCount("2019-01", 5)),))) <= 13
