"""Lots: units that expire together, and the order in which they are spent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Lot:
    """Units that expire together; ``expires_at`` is ``None`` if they never expire.

    ``alert_at`` is the time to announce the expiry: ``None`` if it was announced or never will be.
    """

    units: int
    expires_at: datetime | None = None
    alert_at: datetime | None = None


Lots = tuple[Lot, ...]


def add(lots: Iterable[Lot], added: Lot) -> Lots:
    """Merge lots by expiry, so that there are at most as many lots as expiry dates.

    A lot that was announced already is announced again if new units join it.
    """
    if added.units == 0:
        return tuple(lots)
    by_expiry = {lot.expires_at: lot for lot in lots}
    held = by_expiry.get(added.expires_at)
    by_expiry[added.expires_at] = _merged(held, added) if held else added
    return tuple(sorted(by_expiry.values(), key=_spending_order))


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

    def order(lot: Lot) -> tuple[bool, bool, float]:
        return (lot.expires_at not in own, *_spending_order(lot))

    remaining = units
    left: list[Lot] = []
    for lot in sorted(lots, key=order):
        taken = min(lot.units, remaining)
        remaining -= taken
        if lot.units > taken:
            left.append(replace(lot, units=lot.units - taken))
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
    return Lot(held.units + added.units, held.expires_at, min(alerts, default=None))


def _spending_order(lot: Lot) -> tuple[bool, float]:
    """Return the sort key: earliest expiry first, lots that never expire last."""
    return (lot.expires_at is None, lot.expires_at.timestamp() if lot.expires_at else 0.0)
