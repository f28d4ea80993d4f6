"""When the units expired that are written off now: at one moment, or one after the other.

Whoever has read a membership between two expiries has known of the first one alone. So each moment
is an entry of its own, however late it is booked: else both readings would have one version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.lots import Lots

MOMENTS_MAX = 50
"""Entries that one booking writes for expiries at most; of more, the first ones are one."""

Units = dict[datetime, int]
"""Units by the moment from which they cannot be spent."""


def due(open_lots: Lots, ended: Iterable[Hold], now: datetime) -> list[Units]:
    """Return what has expired at ``now``, in the order in which it did.

    Args:
        open_lots: The lots, with those that ended holds have given back.
        ended: These holds: what was held expires when they end, if not later.
        now: UTC.

    Returns:
        For each moment the units to write off, by the dates of their lots.
    """
    left: Units = {}
    for each in open_lots:
        if each.expires_at is None or each.expires_at > now:
            break  # Lots are in the order of their dates.
        _add(left, each.expires_at, each.units)
    found: dict[datetime, Units] = {}
    for hold in ended:
        for lot in hold.lots:
            date = lot.expires_at
            if date is None or date not in left or date >= hold.ends_at:
                continue
            units = min(lot.units, left[date])
            left[date] -= units
            _add(found.setdefault(hold.ends_at, {}), date, units)
    for date, units in left.items():
        _add(found.setdefault(date, {}), date, units)
    moments = [part for _, part in sorted(found.items()) if part]
    while len(moments) > MOMENTS_MAX:
        first, second, *others = moments
        for date, units in second.items():
            _add(first, date, units)
        moments = [first, *others]
    return moments


def without(open_lots: Lots, units: Units) -> Lots:
    """Return lots without what has expired of them."""
    left = dict(units)
    after = []
    for each in open_lots:
        taken = min(left.get(each.expires_at, 0), each.units) if each.expires_at else 0
        if each.expires_at and taken:
            left[each.expires_at] -= taken
        if each.units > taken:
            after.append(replace(each, units=each.units - taken))
    return tuple(after)


def _add(part: Units, date: datetime, units: int) -> None:
    if units:
        part[date] = part.get(date, 0) + units
