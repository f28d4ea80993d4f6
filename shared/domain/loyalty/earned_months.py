"""What a member has earned in which month: the months that tiers can count, and no others.

Months are those of the store's time zone: ``2026-03``. A month counts as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from shared.domain.loyalty.counters import PeriodCount

MONTHS_KEPT = 13
"""The present month and the twelve before it."""

Months = tuple[PeriodCount, ...]


def plus(month: str, months: int) -> str:
    """Return the month that is some months later, or earlier if negative."""
    years, index = divmod(int(month[5:]) - 1 + months, 12)
    return f"{int(month[:4]) + years:04}-{index + 1:02}"


def first_day(month: str) -> date:
    """Return the first day of a month."""
    return date(int(month[:4]), int(month[5:]), 1)


def sum_since(months: Iterable[PeriodCount], first: str) -> int:
    """Return what was earned in a month and those after it."""
    return sum(each.units for each in months if each.period >= first)


def changed(months: Months, units: int, month: str, now: str) -> Months:
    """Return the months after something was earned, or taken back if ``units`` are negative.

    What is taken back comes from the month in which it was earned. If less is left there, because
    something else was taken before, the rest comes from the others, the latest first. What was
    earned before the months that are kept does not count any more, and nothing is taken for it.

    Args:
        months: The months before, latest first.
        units: What was earned; negative if it was taken back.
        month: The month in which it was earned.
        now: The present month.
    """
    oldest = plus(now, 1 - MONTHS_KEPT)
    left = {each.period: each.units for each in months if each.period >= oldest}
    if month >= oldest:
        left[month] = left.get(month, 0) + max(units, 0)
        missing = max(-units, 0)
        for each in (month, *sorted(left, reverse=True)):
            taken = min(left[each], missing)
            left[each] -= taken
            missing -= taken
    return _ordered(left)


def added(one: Months, other: Months) -> Months:
    """Return the months of two memberships that became one."""
    units: dict[str, int] = {}
    for each in (*one, *other):
        units[each.period] = units.get(each.period, 0) + each.units
    return _ordered(units)[:MONTHS_KEPT]


def _ordered(units: dict[str, int]) -> Months:
    return tuple(
        PeriodCount(each, units[each]) for each in sorted(units, reverse=True) if units[each]
    )
