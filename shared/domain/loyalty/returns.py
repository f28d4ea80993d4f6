"""The one rule of shares: the points that returned money takes back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class ReversePolicy(StrEnum):
    """The treatment of a reversed earn whose points can be spent, or are spent already.

    ``ONLY_PENDING`` takes what cannot be spent yet, and nothing else.
    """

    ONLY_PENDING = "only_pending"
    WITHIN_BALANCE = "within_balance"
    UNLIMITED = "unlimited"


@dataclass(frozen=True, slots=True)
class Returned:
    """What comes back: an ``amount`` of money, or ``points``; everything that is left if neither.

    ``refund`` is the digest of its id, and ``fingerprint`` tells it from another return of that id.
    If lines of the purchase come back, ``amount`` is what was paid for them, ``base`` what of that
    has earned, as an exact fraction, and ``reward`` what lines of the type reward among them have
    paid, ``None`` if there are none.
    """

    refund: str
    fingerprint: str
    amount: Decimal | None = None
    points: Decimal | None = None
    base: str | None = None
    reward: str | None = None

    @property
    def names_part(self) -> bool:
        """Tell whether it says what comes back; else all that is left does."""
        return self.amount is not None or self.points is not None

    def gives_back(self, amount_paid: str | None) -> bool:
        """Tell whether a redemption comes back with a part of its purchase: if its reward does.

        Args:
            amount_paid: What of the purchase it paid; ``None`` if it bought something else.
        """
        if self.reward is None:
            return False
        return amount_paid is None or Decimal(self.reward) >= Decimal(amount_paid)


def share_to_take(earned_units: int, share: Fraction) -> int:
    """Return the units that a share of a purchase takes back, rounded down: at most all."""
    return min(int(earned_units * max(share, Fraction(0))), earned_units)


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
    return share_to_take(earned_units, Fraction(returned_minor, earning_minor))
