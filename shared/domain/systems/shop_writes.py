"""What is written into an online shop: a customer's loyalty card, and codes of rewards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

CARD_NAMESPACE = "punktwerk"
"""Groups the fields of a card where a shop has groups of fields."""
TIER_TAG_PREFIX = "loyalty-tier:"
"""A customer has one tag that begins so: the tier's. Tags of other tiers are taken away."""


class ShopWrite(StrEnum):
    """What a shop takes: cards of customers, and codes that take something off an order."""

    CARD = "card"
    CODE = "code"


class CodeFate(StrEnum):
    """What became of a code that was to be revoked: nobody can use it now, or somebody did."""

    REVOKED = "revoked"
    USED = "used"


@dataclass(frozen=True, slots=True)
class ShopCard:
    """What a customer of a shop sees of the membership. Each writing replaces the one before.

    Attributes:
        customer_id: The shop's id of the customer.
        balance: In the program's unit: 120 points, 12.50 of cashback. Below zero if more was taken
            back than was there.
        unit: ``points``, ``stamps`` or a currency such as ``EUR``.
        tier: Name of the tier; ``None`` without tiers.
        code: What a till scans; ``None`` if the member has none.
    """

    customer_id: str
    balance: Decimal
    unit: str
    tier: str | None
    code: str | None

    @property
    def tier_tag(self) -> str | None:
        """The customer's tag; ``None`` without a tier."""
        return None if self.tier is None else f"{TIER_TAG_PREFIX}{self.tier}"


@dataclass(frozen=True, slots=True)
class ShopCode:
    """A code that one customer can use once, for one order. Either ``percentage`` or ``amount``.

    Attributes:
        code: As the customer types it. No other code of the shop is spelled so.
        title: Of the reward, for the merchant.
        customer_id: Who can use it, where a shop can tell.
        percentage: Taken off the goods of the order, above 0 and at most 100.
        amount: Taken off the goods of the order, above 0, in ``currency``.
        currency: ISO 4217.
        starts_at: When it can be used first.
        ends_at: When it cannot be used any more; ``None`` for never.
    """

    code: str
    title: str
    customer_id: str
    percentage: Decimal | None
    amount: Decimal | None
    currency: str
    starts_at: datetime
    ends_at: datetime | None = None
