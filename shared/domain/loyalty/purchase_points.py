"""Points for what was paid: the earned points, and those taken back for returned money.

Payments, checkouts and Click & Collect orders keep them. Everything is fixed there before it is
booked in the ledger, so that it is booked once, in the same way by every process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from shared.domain.loyalty.returns import units_to_take


@dataclass(frozen=True, slots=True)
class Taking:
    """The points that one refund, or another loss of money, takes back.

    ``cause`` names it within its purchase; ``amount_minor`` is the money, ``units`` are the points
    to take. ``taken_units`` are the points that were taken, fewer if the member had spent them,
    and ``None`` until they are booked. All three are negative for a loss that turned out to be
    none: it gives points back.
    """

    cause: str
    amount_minor: int
    units: int
    taken_units: int | None = None


@dataclass(frozen=True, slots=True)
class PurchasePoints:
    """The points of one purchase for a member, in one program.

    ``purchase_minor`` is the purchase that earns, in minor units of its currency. ``earned_units``
    is ``None`` until it is booked, and 0 if the purchase earned nothing; ``entry_id`` is its entry
    in the ledger. ``capped_by`` says what cut it, ``reason`` why it is nothing: as ``Award`` says.
    ``failure`` is the code of a refusal, after which no more is booked.
    """

    purchase_minor: int
    earned_units: int | None = None
    entry_id: str | None = None
    takings: tuple[Taking, ...] = ()
    failure: str | None = None
    capped_by: str | None = None
    reason: str | None = None

    @property
    def is_due(self) -> bool:
        """True if something is still to be booked."""
        return self.failure is None and (self.earned_units is None or bool(self.due))

    @property
    def due(self) -> tuple[Taking, ...]:
        """The takings that are still to be booked, oldest first."""
        return tuple(each for each in self.takings if each.taken_units is None)

    @property
    def planned_units(self) -> int:
        """The units that were taken back, or are still to be taken."""
        return sum(each.units for each in self.takings)


@dataclass(frozen=True, slots=True)
class PurchaseEarning:
    """What a purchase has earned; ``entry_id`` is ``None`` if that is nothing.

    ``capped_by`` and ``reason`` are those of ``PurchasePoints``.
    """

    units: int
    entry_id: str | None
    capped_by: str | None = None
    reason: str | None = None


def earned(points: PurchasePoints, earning: PurchaseEarning) -> PurchasePoints:
    """Note what the purchase has earned; an earlier note stays."""
    if points.earned_units is not None:
        return points
    return replace(
        points,
        earned_units=earning.units,
        entry_id=earning.entry_id,
        capped_by=earning.capped_by,
        reason=earning.reason,
    )


def planned(points: PurchasePoints, losses: Iterable[tuple[str, int]]) -> PurchasePoints:
    """Return the points with takings for new losses.

    ``shared/domain/loyalty/returns.py`` says how many all losses together take.

    Args:
        points: The purchase's points; before any are earned, none are taken back.
        losses: All losses, as ``cause`` and minor units; known ones may be left out. A negative
            loss takes back an earlier one.
    """
    if not points.earned_units or points.failure is not None:
        return points
    takings = list(points.takings)
    known = {each.cause for each in takings}
    covered_minor = sum(each.amount_minor for each in takings)
    planned_units = points.planned_units
    for cause, amount_minor in losses:
        if cause in known:
            continue
        covered_minor += amount_minor
        target_units = units_to_take(points.earned_units, covered_minor, points.purchase_minor)
        units = target_units - planned_units
        # A taking of 0 units counts as booked at once: the ledger has no entries of 0.
        takings.append(Taking(cause, amount_minor, units, taken_units=None if units else 0))
        planned_units = target_units
    return replace(points, takings=tuple(takings))


def taken(points: PurchasePoints, cause: str, units: int) -> PurchasePoints:
    """Note the units taken back for a loss; an earlier note stays."""
    takings = tuple(
        replace(each, taken_units=units)
        if each.cause == cause and each.taken_units is None
        else each
        for each in points.takings
    )
    return replace(points, takings=takings)


def to_give_back(points: PurchasePoints, due: Taking) -> int:
    """Return the number of units that a withdrawn loss gives back.

    These are the units taken in total beyond the units to take without this loss. They are fewer
    than its share, perhaps 0, if the member had spent the points before they were to be taken.

    Args:
        points: The purchase's points; everything before ``due`` is booked.
        due: One of its takings, which gives back.
    """
    earlier = points.takings[: points.takings.index(due)]
    taken_units = sum(each.taken_units or 0 for each in earlier)
    target_units = sum(each.units for each in earlier) + due.units
    return max(taken_units - target_units, 0)
