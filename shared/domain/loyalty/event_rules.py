"""What events other than purchases and check-ins earn: ``event -> points``, so often a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

NEWSLETTER = "newsletter"
"""The member has subscribed."""
FIELD = "field:"
"""With the name of a custom field behind it: the member's profile has a value there."""
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


def is_of_profile(event: str) -> bool:
    """Tell whether an event is what a profile says. It is rewarded once for ever."""
    return event == NEWSLETTER or event.startswith(FIELD)


def period_of(moment: datetime, period: Period, time_zone: str) -> str:
    """Return the name of the period in which a moment is, by the clock of a time zone.

    Returns:
        ``2026-03-03``, ``2026-W10`` (ISO 8601: from Monday), ``2026-03``, ``2026`` or ``ever``.
    """
    day = moment.astimezone(ZoneInfo(time_zone)).date()
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
