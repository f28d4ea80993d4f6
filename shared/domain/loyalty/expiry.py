"""When points expire: what a program promises, counted in days of its store.

A policy says how long points can be spent (days, months, or not at all), up to which day that is
rounded (the end of the month, or the next of some fixed days of the year), and whether it begins
anew with each activity of the member.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.domain.loyalty import event_rules
from shared.domain.loyalty.entries import Cause

ALERT_DAYS_DEFAULT = 30
MONTH_DAYS_MIN = 28
NO_TIME = "must have afterDays, afterMonths or fixedDates"
_LEAP_YEAR = 2000
_CHECK_IN = "pointsPerCheckin"
_OWN_METHODS = frozenset({"welcome", "referral"})
"""Grants that are no purchase, event or check-in, but may have an expiry of their own."""
_UNASKED_METHODS = frozenset({"birthday", "referral", "welcome"})
"""``Cause.earning_method`` of what members get without doing anything: it is no activity."""


class Renewal(StrEnum):
    """What begins the time of all points anew."""

    EARNING = "earning"
    SPENDING = "spending"


@dataclass(frozen=True, slots=True)
class PointsExpiry:
    """The time to spend points, after the day on which they were granted.

    It is ``after_days`` or ``after_months``, or none of both if there are ``fixed_dates``. Then it
    is rounded up: ``end_of_month`` to the last day of the month, ``fixed_dates`` (``MM-DD``) to
    the next of these days.

    ``renewed_by``: each of these activities counts as the day of the grant for all points that the
    policy was applied to. It never brings a date forward.

    The expiry is announced ``alert_days`` days before; 0 if it is not announced.
    """

    after_days: int | None
    alert_days: int
    after_months: int | None = None
    end_of_month: bool = False
    fixed_dates: tuple[str, ...] = ()
    renewed_by: tuple[Renewal, ...] = ()

    @classmethod
    def of(cls, after_days: int, alert_days: int | None = None) -> PointsExpiry:
        """Return a policy of days; by default the alert is 30 days before, or after the grant."""
        default = alert_days_default(after_days, None)
        return cls(after_days, default if alert_days is None else alert_days)

    @property
    def problem(self) -> str | None:
        """What of it cannot be, in the words of requests; ``None`` if nothing."""
        if self.after_days and self.after_months:
            return "must have afterDays or afterMonths, not both"
        if self.end_of_month and self.fixed_dates:
            return "must have endOfMonth or fixedDates, not both"
        most = alert_days_max(self.after_days, self.after_months)
        if most is None:
            return None if self.fixed_dates else NO_TIME
        if self.alert_days <= most:
            return None
        if self.after_days:
            return "must have alertDays below afterDays"
        return f"must have alertDays below {MONTH_DAYS_MIN} for each of afterMonths"

    def last_day(self, granted_on: date) -> date:
        """Return the last day on which points can be spent that were granted on a day."""
        day = granted_on + timedelta(days=self.after_days or 0)
        day = months_later(day, self.after_months or 0)
        if self.end_of_month:
            day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        if self.fixed_dates:
            years = (day.year, day.year + 1)
            every = (on_date(each, year) for year in years for each in self.fixed_dates)
            day = min(each for each in every if each >= day)
        return day


@dataclass(frozen=True, slots=True)
class RuleExpiry:
    """What a rule grants expires by ``policy``; activities do not renew it.

    ``rule`` is ``check_in``, ``welcome``, ``referral``, or ``event:`` with the name of an event,
    such as ``event:birthday``.
    """

    rule: str
    policy: PointsExpiry


def alert_days_max(after_days: int | None, after_months: int | None) -> int | None:
    """Return how early an expiry can be announced and still be after the grant.

    ``None`` if only fixed dates say when it is: then it may be announced at once.
    """
    if after_days is not None:
        return after_days - 1
    return None if after_months is None else MONTH_DAYS_MIN * after_months - 1


def alert_days_default(after_days: int | None, after_months: int | None) -> int:
    """Return how early an expiry is announced: 30 days before, but after the grant."""
    most = alert_days_max(after_days, after_months)
    return ALERT_DAYS_DEFAULT if most is None else min(ALERT_DAYS_DEFAULT, most)


def months_later(day: date, months: int) -> date:
    """Return the day some months later: the last of the month if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def on_date(month_day: str, year: int) -> date:
    """Return the day ``MM-DD`` of a year: for 29 February the 28th if there is none.

    Raises:
        ValueError: There is no such day in any year.
    """
    return event_rules.in_year(date.fromisoformat(f"{_LEAP_YEAR}-{month_day}"), year)


def rule_of(cause: Cause) -> str | None:
    """Return the rule that grants, as ``RuleExpiry`` names it; ``None`` for all others."""
    if cause.earning_method in _OWN_METHODS:
        return cause.earning_method
    rule = cause.made_of.rule if cause.made_of else None
    if rule == _CHECK_IN:
        return "check_in"
    return rule if rule is not None and rule.startswith("event:") else None


def is_activity(cause: Cause) -> bool:
    """Tell whether a grant is for something that the member did."""
    return cause.earning_method not in _UNASKED_METHODS
