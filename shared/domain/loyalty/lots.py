"""Lots: units that expire together, and the order in which they are spent."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

LOTS_MAX = 1_200
"""Days of expiry that a membership tells apart: more than three years of daily purchases. Beyond
it, units of one month expire together, the last months first: see ``add``."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Units that expire together; ``expires_at`` is ``None`` if they never expire.

    ``alert_at`` is the time to announce the expiry: ``None`` if it was announced or never will be.
    ``renews``: activities of the member put the expiry off.
    """

    units: int
    expires_at: datetime | None = None
    alert_at: datetime | None = None
    renews: bool = False


Lots = tuple[Lot, ...]


def add(lots: Iterable[Lot], added: Lot) -> Lots:
    """Merge lots by expiry, so that there are at most as many lots as expiry dates.

    A lot that was announced already is announced again if new units join it.

    There are never more than ``LOTS_MAX``, however long the history is. If there would be, the
    lots of the last month that has several become one, which expires with the last of them: no
    unit ever expires earlier than promised, and none more than a month later.

    Args:
        lots: Open lots, in the order in which they are spent.
        added: The lot to add.
    """
    held = tuple(lots)
    if added.units == 0:
        return held
    place = bisect_left(held, _spending_order(added), key=_spending_order)
    if place < len(held) and _spending_order(held[place]) == _spending_order(added):
        return (*held[:place], _merged(held[place], added), *held[place + 1 :])
    every = (*held[:place], added, *held[place:])
    return every if len(every) <= LOTS_MAX else _with_a_month_merged(every)


def take(
    lots: Iterable[Lot], units: int, *, own: Sequence[datetime | None] = ()
) -> tuple[Lots, int]:
    """Take units, beginning with those that expire first.

    Args:
        lots: Open lots.
        units: The number of units to take.
        own: Lots with this expiry are taken from before all others.

    Returns:
        The remaining lots, and the number of missing units.
    """

    def order(lot: Lot) -> tuple[bool, bool, float, bool]:
        return (lot.expires_at not in own, *_spending_order(lot))

    remaining = units
    left: list[Lot] = []
    for lot in sorted(lots, key=order):
        taken = min(lot.units, remaining)
        remaining -= taken
        if lot.units > taken:
            left.append(replace(lot, units=lot.units - taken) if taken else lot)
    return tuple(sorted(left, key=_spending_order)), remaining


def split(lots: Iterable[Lot], units: int) -> tuple[Lots, Lots]:
    """Return the lots of ``units``, beginning with those that expire first, and the lots left."""
    part: list[Lot] = []
    left: list[Lot] = []
    remaining = units
    for lot in sorted(lots, key=_spending_order):
        taken = min(lot.units, remaining)
        remaining -= taken
        part += [replace(lot, units=taken)] if taken else []
        left += [replace(lot, units=lot.units - taken)] if lot.units > taken else []
    return tuple(part), tuple(left)


def put_off(
    lots: Iterable[Lot],
    until: datetime,
    alert_at: datetime | None,
    which: Callable[[Lot], bool],
) -> tuple[Lots, int]:
    """Let lots expire at ``until`` that would expire before. None expires earlier than it did.

    Args:
        lots: Open lots.
        until: The new time of expiry.
        alert_at: When it is announced.
        which: Tells which lots are meant.

    Returns:
        The lots, and the number of units that expire later than before.
    """
    stay: list[Lot] = []
    moved: list[Lot] = []
    for lot in lots:
        is_moved = lot.expires_at is not None and lot.expires_at < until and which(lot)
        (moved if is_moved else stay).append(lot)
    after = tuple(stay)
    for lot in moved:
        after = add(after, replace(lot, expires_at=until, alert_at=alert_at))
    return after, total(moved)


def total(lots: Iterable[Lot]) -> int:
    """Return the units of all lots."""
    return sum(lot.units for lot in lots)


def split_due(lots: Iterable[Lot], now: datetime) -> tuple[Lots, int]:
    """Return the lots that have not expired at ``now``, and the units of the expired lots."""
    every = tuple(lots)
    open_lots = tuple(lot for lot in every if lot.expires_at is None or lot.expires_at > now)
    return open_lots, sum(lot.units for lot in every) - sum(lot.units for lot in open_lots)


def _merged(held: Lot, added: Lot) -> Lot:
    alerts = [lot.alert_at for lot in (held, added) if lot.alert_at is not None]
    return replace(held, units=held.units + added.units, alert_at=min(alerts, default=None))


def _with_a_month_merged(every: Lots) -> Lots:
    """Return lots of which those of the last month that has several are one.

    There is such a month: a dozen years have far fewer months than there are lots.
    """
    seen: set[tuple[int, int, bool]] = set()
    last = len(every) - (every[-1].expires_at is None)
    for place in reversed(range(last)):
        month = _month(every[place])
        if month in seen:
            break
        seen.add(month)
    # The lots of the month are next to each other, apart from those that renew or do not.
    first = place
    while first > 0 and _month(every[first - 1])[:2] == month[:2]:
        first -= 1
    its = [lot for lot in every[first:last] if _month(lot) == month]
    one = replace(its[-1], units=total(its))
    rest = [lot for lot in every[first:last] if _month(lot) != month]
    return (*every[:first], *sorted([*rest, one], key=_spending_order), *every[last:])


def _month(lot: Lot) -> tuple[int, int, bool]:
    assert lot.expires_at is not None
    return (lot.expires_at.year, lot.expires_at.month, lot.renews)


def _spending_order(lot: Lot) -> tuple[bool, float, bool]:
    """Return the sort key: earliest expiry first, lots that never expire last."""
    expires_at = lot.expires_at
    return (expires_at is None, expires_at.timestamp() if expires_at else 0.0, lot.renews)
