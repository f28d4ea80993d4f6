"""What events other than purchases and check-ins earn: ``event -> points``, so often a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

NEWSLETTER = "newsletter"
"""The member has subscribed."""
FIELD = "field:"
"""With the name of a custom field behind it: the member's profile has a value there."""
BIRTHDAY = "birthday"
"""Rewarded by the calendar, at most once in twelve months."""
TOLD_WITHIN = timedelta(days=7)
"""An event that is told later earns nothing: counters know no earlier periods."""


class Period(StrEnum):
    """The time within which a rule grants so often, by the calendar of the store."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"


@dataclass(frozen=True, slots=True)
class EventRule:
    """``points`` in the program's unit for an event, at most ``times_per_period`` times."""

    event: str
    points: Decimal
    times_per_period: int = 1
    period: Period = Period.EVER


def problem_of(rule: EventRule) -> str | None:
    """Return what is wrong with the period of a rule; ``None`` if nothing is."""
    asked = rule.period, rule.times_per_period
    if is_of_profile(rule.event) and asked != (Period.EVER, 1):
        return f"must be left out: {rule.event} is rewarded once for ever"
    if rule.event == BIRTHDAY and asked != (Period.YEAR, 1):
        return "must be year, and timesPerPeriod 1: a birthday is rewarded once in twelve months"
    return None


def is_of_profile(event: str) -> bool:
    """Tell whether an event is what a profile says. It is rewarded once for ever."""
    return event == NEWSLETTER or event.startswith(FIELD)


def name_of(rule: EventRule, moment: datetime, time_zone: str) -> str:
    """Return the name of the period in which a rule counts a moment; birthdays have their day."""
    period = Period.DAY if rule.event == BIRTHDAY else rule.period
    return period_of(moment, period, time_zone)


def are_within_a_year(one: str, other: str) -> bool:
    """Tell whether two days are less than twelve months apart: ``2028-02-29``, ``2029-02-28``."""
    first, last = sorted(map(date.fromisoformat, (one, other)))
    return last < in_year(first, first.year + 1)


def in_year(day: date, year: int) -> date:
    """Return the same day of another year: for 29 February the 28th if there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def period_of(moment: datetime, period: Period, time_zone: str) -> str:
    """Return the name of the period in which a moment is, by the clock of a time zone.

    Returns:
        ``2026-03-03``, ``2026-W10`` (ISO 8601: from Monday), ``2026-03``, ``2026`` or ``ever``.
    """
    return period_on(moment.astimezone(ZoneInfo(time_zone)).date(), period)


def period_on(day: date, period: Period) -> str:
    """Return the name of the period in which a day of the store is: see ``period_of``."""
    match period:
        case Period.DAY:
            return day.isoformat()
        case Period.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case Period.MONTH:
            return day.isoformat()[:7]
        case Period.YEAR:
            return day.isoformat()[:4]
        case Period.EVER:
            return "ever"


def first_day_after(day: date, period: Period) -> date | None:
    """Return the first day after the period of a day; ``None`` if that has no end."""
    match period:
        case Period.DAY:
            return day + timedelta(days=1)
        case Period.WEEK:
            return day + timedelta(days=7 - day.weekday())
        case Period.MONTH:
            return first_of_next_month(day)
        case Period.YEAR:
            return date(day.year + 1, 1, 1)
        case Period.EVER:
            return None


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after that of a day."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
