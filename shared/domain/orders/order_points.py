"""Points for a checkout or an order, in each program of the store that rewards such purchases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from shared.domain.loyalty import purchase_points
from shared.domain.loyalty.purchase_points import PurchasePoints


@dataclass(frozen=True, slots=True)
class ProgramPoints:
    """The points of a purchase in one program."""

    program_id: str
    points: PurchasePoints


OrderPoints = tuple[ProgramPoints, ...]
"""The points in all programs that the purchase earns in, perhaps none."""


def is_due(found: OrderPoints | None) -> bool:
    """Tell whether something is still to be booked; ``None``: the programs are not known yet."""
    return found is None or any(each.points.is_due for each in found)


def first_due(found: OrderPoints) -> ProgramPoints:
    """Return the program in which something is to be booked next; ``is_due`` says if there is."""
    return next(each for each in found if each.points.is_due)


def with_returned(found: OrderPoints | None, returned_minor: int) -> OrderPoints | None:
    """Return the points with takings for what was returned since, or given again.

    Args:
        found: The points so far.
        returned_minor: All money of the purchase that the merchant does not have, in minor units.
    """
    if found is None:
        return None
    return tuple(replace(each, points=_returned(each.points, returned_minor)) for each in found)


def with_points(found: OrderPoints, program_id: str, points: PurchasePoints) -> OrderPoints:
    """Return the points with those of one program changed."""
    return tuple(
        replace(each, points=points) if each.program_id == program_id else each for each in found
    )


def of(found: Iterable[ProgramPoints], program_id: str) -> PurchasePoints:
    """Return the points in one program, which must be among them."""
    return next(each.points for each in found if each.program_id == program_id)


def _returned(points: PurchasePoints, returned_minor: int) -> PurchasePoints:
    """Plan the difference to what is covered: its number is its cause, as it only ever grows."""
    covered_minor = sum(each.amount_minor for each in points.takings)
    if covered_minor == returned_minor:
        return points
    cause = str(len(points.takings) + 1)
    return purchase_points.planned(points, [(cause, returned_minor - covered_minor)])
