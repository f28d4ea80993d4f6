"""The report of a program: its counters as a series of days, weeks or months."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.domain.loyalty import event_rules, period_figures
from shared.domain.loyalty.period_figures import MonthCounters, monday_of, month_key

DAYS_MAX = 731
"""Two years: a report reads so many months at most, whatever its rows are."""
TOP_MAX = 10


class Interval(StrEnum):
    """What a row of the series is about."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Row:
    """A day, week or month. The last day is in it. Sums are in units.

    ``reversed_units`` are those that were taken back, less those that were given back.
    """

    first_day: date
    last_day: date
    members: int
    active: int
    earned_units: int
    redeemed_units: int
    redemptions: int
    expired_units: int
    reversed_units: int
    given_back_units: int
    adjusted_up_units: int
    adjusted_down_units: int
    transferred_units: int

    @property
    def taken_back_units(self) -> int:
        """What was taken back, whatever was given back."""
        return self.reversed_units + self.given_back_units

    @property
    def change_units(self) -> int:
        """By how much the sum of all balances has changed."""
        grown = self.earned_units + self.adjusted_up_units
        spent = self.redeemed_units + self.expired_units + self.reversed_units
        return grown - spent - self.adjusted_down_units


@dataclass(frozen=True, slots=True)
class Cohort:
    """Members who joined in one month, and how many were active in it and in each later one."""

    month: str
    members: int
    active_by_month: Mapping[str, int]


def periods(interval: Interval, first: date, last: date) -> list[tuple[date, date]]:
    """Return the whole days, weeks or months that have a day from ``first`` to ``last``."""
    found = []
    begin = _begin(interval, first)
    while begin <= last:
        following = _following(interval, begin)
        found.append((begin, following - timedelta(days=1)))
        begin = following
    return found


def months(first: date, last: date) -> list[str]:
    """Return the months from a day to another one."""
    return [month_key(begin) for begin, _ in periods(Interval.MONTH, first, last)]


def rows(
    interval: Interval, wanted: Sequence[tuple[date, date]], by_month: Mapping[str, MonthCounters]
) -> list[Row]:
    """Return a row for each period.

    Args:
        interval: What the periods are.
        wanted: Their first and last days.
        by_month: The counters of all months that have a day of them.
    """
    every = period_figures.total(by_month.values())
    return [_row(interval, begin, end, every, by_month) for begin, end in wanted]


def top_rewards(first: date, last: date, counted: Iterable[MonthCounters]) -> list[tuple[str, int]]:
    """Return the rewards that were redeemed most often from a day to another one, and how often."""
    sums: dict[str, int] = {}
    for counters in counted:
        for key, times in counters.redemptions_of.items():
            day, _, reward_id = key.partition(" ")
            if first.isoformat() <= day <= last.isoformat():
                sums[reward_id] = sums.get(reward_id, 0) + times
    return sorted(sums.items(), key=lambda each: (-each[1], each[0]))[:TOP_MAX]


def cohorts(by_month: Mapping[str, MonthCounters]) -> list[Cohort]:
    """Return the cohorts of the months of a report, oldest first; months nobody joined have none.

    Args:
        by_month: The counters of whole months, by month.
    """
    found = []
    for month in sorted(by_month):
        members = sum(by_month[month].members.values())
        active = {
            later: counters.active_by_cohort.get(month, 0)
            for later, counters in sorted(by_month.items())
            if later >= month
        }
        if members:
            found.append(Cohort(month, members, active))
    return found


def _row(
    interval: Interval,
    begin: date,
    end: date,
    every: MonthCounters,
    by_month: Mapping[str, MonthCounters],
) -> Row:
    def within(counted: Mapping[str, int]) -> int:
        days = (end - begin).days + 1
        keys = ((begin + timedelta(days=number)).isoformat() for number in range(days))
        return sum(counted.get(key, 0) for key in keys)

    match interval:
        case Interval.DAY:
            active = every.active.get(begin.isoformat(), 0)
        case Interval.WEEK:
            active = every.active_by_week.get(begin.isoformat(), 0)
        case Interval.MONTH:
            counters = by_month.get(month_key(begin), MonthCounters())
            active = sum(counters.active_by_cohort.values())
    return Row(
        first_day=begin,
        last_day=end,
        members=within(every.members),
        active=active,
        earned_units=within(every.earned_units),
        redeemed_units=within(every.redeemed_units),
        redemptions=within(every.redemptions),
        expired_units=within(every.expired_units),
        reversed_units=within(every.reversed_units),
        given_back_units=within(every.given_back_units),
        adjusted_up_units=within(every.adjusted_up_units),
        adjusted_down_units=within(every.adjusted_down_units),
        transferred_units=within(every.transferred_units),
    )


def _begin(interval: Interval, day: date) -> date:
    match interval:
        case Interval.DAY:
            return day
        case Interval.WEEK:
            return monday_of(day)
        case Interval.MONTH:
            return day.replace(day=1)


def _following(interval: Interval, begin: date) -> date:
    match interval:
        case Interval.DAY:
            return begin + timedelta(days=1)
        case Interval.WEEK:
            return begin + timedelta(days=7)
        case Interval.MONTH:
            return event_rules.first_of_next_month(begin)
