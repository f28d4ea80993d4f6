"""Lots: units that expire together, and the order in which they are spent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Lot:
    """Units that expire together; ``expires_at`` is ``None`` for those that never do.

    ``alert_at`` is when that is to be announced: ``None`` once it was, or if it is not to be.
    """

    units: int
    expires_at: datetime | None = None
    alert_at: datetime | None = None


Lots = tuple[Lot, ...]


def add(lots: Iterable[Lot], added: Lot) -> Lots:
    """Merge by expiry, so that the number of lots is bounded by the number of expiry dates.

    A lot that was announced already is announced once more if units join it that were not.
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
    """Take units, those that expire first first.

    Args:
        lots: Open lots.
        units: How many to take.
        own: Expiry of lots that are taken from before all others.

    Returns:
        What is left, and how many units there were not.
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


def split_due(lots: Iterable[Lot], now: datetime) -> tuple[Lots, int]:
    """Return the lots whose time has not come at ``now``, and the units of those whose has."""
    every = tuple(lots)
    open_lots = tuple(lot for lot in every if lot.expires_at is None or lot.expires_at > now)
    return open_lots, sum(lot.units for lot in every) - sum(lot.units for lot in open_lots)


def _merged(held: Lot, added: Lot) -> Lot:
    alerts = [lot.alert_at for lot in (held, added) if lot.alert_at is not None]
    return Lot(held.units + added.units, held.expires_at, min(alerts, default=None))


def _spending_order(lot: Lot) -> tuple[bool, float]:
    """Earliest expiry first, what never expires last."""
    return (lot.expires_at is None, lot.expires_at.timestamp() if lot.expires_at else 0.0)
