"""Counters by day, week and month: each member counts once in each, in the store's calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import due, ledger, period_figures, period_report
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.period_figures import MonthCounters
from shared.domain.loyalty.period_report import Interval
from tests.support.strategies import make_cause, make_membership, make_program

BERLIN = "Europe/Berlin"
PROGRAM = make_program()
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
_, EARN = ledger.earn(make_membership(PROGRAM), PROGRAM, 5, make_cause())


def entry_at(moment: datetime, kind: EntryKind = EntryKind.EARN, units: int = 5) -> Entry:
    return replace(EARN, kind=kind, units=units, recorded_at=moment, reward_id="rw_1")


def counted(entries: list[Entry]) -> dict[str, MonthCounters]:
    """Count a member's entries as the trigger does, each with what came before it."""
    parts: dict[str, list[MonthCounters]] = {}
    for number, entry in enumerate(entries):
        since = period_figures.matters_since(entry, BERLIN)
        before = [
            each.recorded_at
            for each in entries[:number]
            if period_figures.is_activity(each) and each.recorded_at >= since
        ]
        part = period_figures.from_entry(
            entry, BERLIN, enrolled_at=NOON, active_at=before[-1] if before else None
        )
        month = period_figures.month_key(due.local_day(entry.recorded_at, BERLIN))
        parts.setdefault(month, []).append(part)
    return {month: period_figures.total(each) for month, each in parts.items()}


MOMENTS = st.lists(st.integers(0, 100 * 24), max_size=40).map(
    lambda hours: [NOON + timedelta(hours=each) for each in sorted(hours)]
)
KINDS = st.sampled_from([EntryKind.EARN, EntryKind.REDEEM, EntryKind.EXPIRE, EntryKind.REVERSE])
TAKING = {EntryKind.REDEEM, EntryKind.EXPIRE}
BOTH_WAYS = {EntryKind.REVERSE, EntryKind.ADJUST}


@given(
    st.lists(st.tuples(st.integers(0, 100 * 24), st.sampled_from(EntryKind), st.integers(-9, 9)))
)
def test_the_figures_of_each_period_give_the_change_of_all_balances(
    booked: list[tuple[int, EntryKind, int]],
) -> None:
    entries = []
    for hour, kind, units in sorted(booked):
        moment = NOON + timedelta(hours=hour)
        if kind in TAKING:
            entries.append(entry_at(moment, kind, -abs(units)))
        elif kind is EntryKind.EARN:
            entries.append(entry_at(moment, kind, abs(units)))
        elif kind in BOTH_WAYS:
            entries.append(entry_at(moment, kind, units))
        elif kind in {EntryKind.TRANSFER, EntryKind.MERGE}:  # One gives it, and one gets it.
            entries += [entry_at(moment, kind, each) for each in (-units, units)]
        else:
            entries.append(entry_at(moment, kind, 0))
    by_month = counted(entries)

    for interval in Interval:
        wanted = period_report.periods(interval, date(2026, 3, 1), date(2026, 6, 30))
        for row in period_report.rows(interval, wanted, by_month):
            within = [
                each
                for each in entries
                if row.first_day <= due.local_day(each.recorded_at, BERLIN) <= row.last_day
            ]
            assert row.change_units == sum(each.units for each in within)
            reversed_units = [each.units for each in within if each.kind is EntryKind.REVERSE]
            assert row.taken_back_units == -sum(each for each in reversed_units if each < 0)
            assert row.given_back_units == sum(each for each in reversed_units if each > 0)
            moved = [each.units for each in within if each.kind is EntryKind.TRANSFER]
            assert row.transferred_units == sum(abs(each) for each in moved) // 2


@given(MOMENTS, st.data())
def test_a_member_counts_once_in_each_period_and_sums_are_exact(
    moments: list[datetime], data: st.DataObject
) -> None:
    entries = [entry_at(each, data.draw(KINDS)) for each in moments]
    by_month = counted(entries)
    first, last = date(2026, 3, 1), date(2026, 6, 30)
    active = [each for each in entries if period_figures.is_activity(each)]
    for interval in Interval:
        wanted = period_report.periods(interval, first, last)
        rows = period_report.rows(interval, wanted, by_month)
        for row in rows:
            days = {due.local_day(each.recorded_at, BERLIN) for each in active}
            is_active = any(row.first_day <= day <= row.last_day for day in days)
            assert row.active == is_active
        assert sum(row.earned_units for row in rows) == sum(
            each.units for each in entries if each.kind is EntryKind.EARN
        )
        assert sum(row.redemptions for row in rows) == sum(
            each.kind is EntryKind.REDEEM for each in entries
        )
        assert sum(row.expired_units + row.reversed_units for row in rows) == -sum(
            each.units for each in entries if each.kind in {EntryKind.EXPIRE, EntryKind.REVERSE}
        )
    top = dict(period_report.top_rewards(first, last, by_month.values()))
    assert top.get("rw_1", 0) == sum(each.kind is EntryKind.REDEEM for each in entries)


def test_what_time_brings_is_no_activity() -> None:
    assert period_figures.is_activity(EARN)
    assert period_figures.is_activity(entry_at(NOON, EntryKind.REDEEM))
    assert not period_figures.is_activity(replace(EARN, activates_entry_id="le_1"))
    assert not period_figures.is_activity(replace(EARN, earning_method="birthday"))
    pending = replace(EARN, kind=EntryKind.PENDING, units=0, pending_units=5)
    assert period_figures.is_activity(replace(pending, pending_until=NOON))
    assert not period_figures.is_activity(pending)
    for kind in (EntryKind.EXPIRE, EntryKind.ADJUST, EntryKind.REVERSE, EntryKind.MERGE):
        assert not period_figures.is_activity(entry_at(NOON, kind))


def test_a_day_ends_when_it_does_in_the_store() -> None:
    late = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    assert [*counted([entry_at(late)])] == ["2026-04"]
    assert period_figures.from_enrollment(late, BERLIN).members == {"2026-04-01": 1}


def test_a_clock_that_was_wrong_counts_nobody_twice() -> None:
    before = entry_at(NOON - timedelta(days=1))
    part = period_figures.from_entry(before, BERLIN, enrolled_at=NOON, active_at=NOON)
    assert (part.active, part.active_by_week, part.active_by_cohort) == ({}, {}, {})


def test_periods_are_whole() -> None:
    day = date(2026, 3, 3)
    assert period_report.periods(Interval.DAY, day, day) == [(day, day)]
    assert period_report.periods(Interval.WEEK, day, day) == [(date(2026, 3, 2), date(2026, 3, 8))]
    assert period_report.periods(Interval.MONTH, date(2026, 1, 31), day) == [
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 31)),
    ]
    assert period_report.months(date(2025, 12, 29), day) == [
        "2025-12",
        "2026-01",
        "2026-02",
        "2026-03",
    ]


def test_cohorts_follow_who_joined() -> None:
    by_month = {
        "2026-01": MonthCounters(
            members={"2026-01-05": 2, "2026-01-09": 1}, active_by_cohort={"2026-01": 3}
        ),
        "2026-02": MonthCounters(active_by_cohort={"2026-01": 1, "2025-12": 4}),
        "2026-03": MonthCounters(members={"2026-03-01": 1}),
    }
    found = period_report.cohorts(by_month)
    assert [(each.month, each.members, each.active_by_month) for each in found] == [
        ("2026-01", 3, {"2026-01": 3, "2026-02": 1, "2026-03": 0}),
        ("2026-03", 1, {"2026-03": 0}),
    ]


def test_top_rewards_are_those_of_the_days() -> None:
    counters = MonthCounters(
        redemptions_of={
            "2026-03-01 a": 1,
            "2026-03-02 b": 2,
            "2026-03-02 c c": 2,
            "2026-03-09 a": 9,
        }
    )
    found = period_report.top_rewards(date(2026, 3, 1), date(2026, 3, 8), [counters])
    assert found == [("b", 2), ("c c", 2), ("a", 1)]
