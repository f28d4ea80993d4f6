"""What a membership knows of the referral that opened it: which purchase decides, and when.

Who referred stands in a document of its own, so that a membership tells nothing of another person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from shared.domain.loyalty.entries import Cause, Entry


@dataclass(frozen=True, slots=True)
class ReferralTerms:
    """What a program promises for a referral, in the program's unit.

    Attributes:
        referrer_points: For who referred.
        new_member_points: For who was referred.
        minimum_purchase: What the first purchase must come to, in the store's currency.
        cool_off_days: How many days after the day of the purchase it must not have come back.
        limit_per_year: How many referrals of a member are rewarded in a year; ``None``: all.
    """

    referrer_points: Decimal
    new_member_points: Decimal
    minimum_purchase: Decimal = Decimal(0)
    cool_off_days: int = 14
    limit_per_year: int | None = None


@dataclass(frozen=True, slots=True)
class DecidingPurchase:
    """The purchase that decides: the grant of ``entry_id``, and what of it was not taken back."""

    membership_id: str
    entry_id: str
    amount: str
    units: int
    left_units: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Referred:
    """A referral as it stands in the new member's membership.

    ``terms`` are those of the enrolment. ``is_unverified``: nobody vouches for the member yet.
    ``is_settled``: it was rewarded, or never will be.
    """

    referral_id: str
    terms: ReferralTerms
    is_unverified: bool = False
    is_settled: bool = False
    purchase: DecidingPurchase | None = None

    @property
    def due_at(self) -> datetime | None:
        """When it is rewarded; ``None`` if that is not known."""
        if self.is_settled or self.is_unverified or self.purchase is None:
            return None
        return self.purchase.due_at


def after_purchase(
    referred: Referred | None, membership_id: str, cause: Cause, units: int, due_at: datetime
) -> Referred | None:
    """Return the referral after a grant: the first purchase that is large enough decides.

    Args:
        referred: The referral, if the membership was opened by one.
        membership_id: The membership.
        cause: Why units are granted.
        units: The units of the grant.
        due_at: When the purchase's cool-off is over.
    """
    if referred is None or referred.is_settled or referred.purchase is not None:
        return referred
    amount = Decimal(cause.purchase_amount or 0)
    is_bought = amount > 0 or cause.purchase_count is not None
    if not is_bought or amount < referred.terms.minimum_purchase:
        return referred
    purchase = DecidingPurchase(
        membership_id, cause.entry_id, format(amount, "f"), units, units, due_at
    )
    return replace(referred, purchase=purchase)


def after_return(referred: Referred | None, original: Entry, units: int) -> Referred | None:
    """Return the referral after units of an entry were taken back, or given back if negative.

    If what is left is not large enough, the next purchase decides.
    """
    purchase = referred.purchase if referred else None
    if referred is None or purchase is None or referred.is_settled:
        return referred
    if (purchase.membership_id, purchase.entry_id) != (original.membership_id, original.entry_id):
        return referred
    left_units = min(purchase.left_units - units, purchase.units)
    left = Decimal(purchase.amount) * left_units
    if left_units <= 0 or left < referred.terms.minimum_purchase * purchase.units:
        return replace(referred, purchase=None)
    return replace(referred, purchase=replace(purchase, left_units=left_units))


def settled(referred: Referred) -> Referred:
    """Return a referral of which nothing more comes."""
    return replace(referred, is_settled=True, purchase=None)


def verified(referred: Referred | None) -> Referred | None:
    """Return a referral whose new member somebody vouches for."""
    return replace(referred, is_unverified=False) if referred else None
