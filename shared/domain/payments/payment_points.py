"""Points for a payment: what it earned, and what is taken of that for money that was not kept.

Everything is fixed in the payment before it is booked in the ledger, so that it is booked once and
the same, whoever comes to do it and however often.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Taking:
    """What one refund, or another loss of money, takes back of the points.

    ``cause`` names it within its payment; ``amount_minor`` is the money, ``units`` what is to be
    taken of the points. ``taken_units`` is what could be taken of them, less if they were spent,
    and ``None`` until it is booked. All three are negative for a loss that turned out to be none:
    it gives back.
    """

    cause: str
    amount_minor: int
    units: int
    taken_units: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentPoints:
    """The points of a payment with a member.

    ``purchase_minor`` is the purchase that earns, in the payment's minor units. ``earned_units`` is
    ``None`` until it is booked, and 0 if the purchase earned nothing; ``entry_id`` is its entry in
    the ledger. ``failure`` is the code of the refusal for which no more is booked.
    """

    purchase_minor: int
    earned_units: int | None = None
    entry_id: str | None = None
    takings: tuple[Taking, ...] = ()
    failure: str | None = None

    @property
    def is_due(self) -> bool:
        """Whether something is still to be booked."""
        return self.failure is None and (self.earned_units is None or bool(self.due))

    @property
    def due(self) -> tuple[Taking, ...]:
        """What is still to be taken back, oldest first."""
        return tuple(each for each in self.takings if each.taken_units is None)

    @property
    def planned_units(self) -> int:
        """What was taken back, or is to be."""
        return sum(each.units for each in self.takings)


def planned(points: PaymentPoints, losses: Iterable[tuple[str, int]]) -> PaymentPoints:
    """Fix what losses take back that take nothing yet.

    What was taken back after each of them is always the same part of the points as what was lost is
    of the money, rounded down for the customer; and all of them once all of it is.

    Args:
        points: Of the payment; as long as nothing is earned, nothing is taken back.
        losses: All there were, as ``cause`` and minor units; those that are known already may be
            left out. What is negative takes back an earlier one.
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
        target_units = _target_units(points.earned_units, covered_minor, points.purchase_minor)
        units = target_units - planned_units
        # Nothing to take is taken at once: there is no entry of nothing.
        takings.append(Taking(cause, amount_minor, units, taken_units=None if units else 0))
        planned_units = target_units
    return replace(points, takings=tuple(takings))


def taken(points: PaymentPoints, cause: str, units: int) -> PaymentPoints:
    """Note what was taken back for a loss; what is noted already stays."""
    takings = tuple(
        replace(each, taken_units=units)
        if each.cause == cause and each.taken_units is None
        else each
        for each in points.takings
    )
    return replace(points, takings=takings)


def to_give_back(points: PaymentPoints, due: Taking) -> int:
    """Return how many units a loss that was none gives back.

    What was taken in all beyond what is to be taken without it: less than its share, and perhaps
    nothing, if the points were spent when they should have been taken.

    Args:
        points: Of the payment; everything before ``due`` is booked.
        due: One of its takings, which gives back.
    """
    earlier = points.takings[: points.takings.index(due)]
    taken_units = sum(each.taken_units or 0 for each in earlier)
    target_units = sum(each.units for each in earlier) + due.units
    return max(taken_units - target_units, 0)


def _target_units(earned_units: int, lost_minor: int, purchase_minor: int) -> int:
    """Return what is to be taken back in all. More may be given back than was paid."""
    return earned_units * min(lost_minor, purchase_minor) // purchase_minor
