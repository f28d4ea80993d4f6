"""The one rule of shares: the points that returned money takes back."""

from __future__ import annotations

from enum import StrEnum


class ReversePolicy(StrEnum):
    """The treatment of a reversed earn whose points can be spent, or are spent already.

    ``ONLY_PENDING`` takes what cannot be spent yet, and nothing else.
    """

    ONLY_PENDING = "only_pending"
    WITHIN_BALANCE = "within_balance"
    UNLIMITED = "unlimited"


def units_to_take(earned_units: int, returned_minor: int, earning_minor: int) -> int:
    """Return the units that all returns of one purchase take back in total.

    This is the returned share of the money, rounded down in the customer's favor; everything is
    taken once everything is returned. Always call it with the sum of all returns, and book the
    difference to what was taken before: rounding each return for itself would leave points over.

    Args:
        earned_units: The units that the purchase earned (>= 0).
        returned_minor: All money that was returned so far, in minor units. More than the purchase
            counts as all of it; less than 0, if more was withdrawn than returned, as nothing.
        earning_minor: The money that earned the units, in minor units.

    Returns:
        From 0 to ``earned_units``.
    """
    assert earned_units >= 0
    if returned_minor <= 0:
        return 0
    if returned_minor >= earning_minor:
        return earned_units
    return earned_units * returned_minor // earning_minor
