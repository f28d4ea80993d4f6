"""Amounts to grant and spend in requests, and the reasons of an award in answers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from shared.domain.loyalty import earning_base
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.loyalty.entries import MadeOf
from shared.domain.members.member_codes import CODE_CHARS_MAX
from shared.schemas.base import Id, Number, PositivePoints, WireModel
from shared.schemas.fields import Percent

LINES_MAX = 1_000
_Money = Annotated[Number, Field(ge=0, le=10_000_000)]


class PurchaseLineBody(WireModel):
    """A line of a receipt. The program's `earningBase` says which lines earn."""

    amount: Annotated[Number, Field(ge=-10_000_000, le=10_000_000)] = Field(
        description=(
            "The whole line, taxes included, in the store's currency; negative for discounts, "
            "rewards and returned goods."
        )
    )
    type: LineType = Field(
        default=LineType.ITEM,
        strict=False,
        description="Discounts and rewards lower the goods, each item by its share of the price.",
    )
    category: Id | None = Field(
        default=None, description="Category of the product, as you name it."
    )
    product_id: Id | None = Field(default=None, description="The product, as you name it.")
    vat_percent: Percent | None = Field(
        default=None,
        description="Rate of its value added tax, for programs that count without it.",
    )

    def to_domain(self) -> PurchaseLine:
        """Return the line."""
        return PurchaseLine(
            self.amount, self.type, self.category, self.product_id, self.vat_percent
        )


MoneyToPay = Annotated[Number, Field(gt=0, le=10_000_000)]
AmountToPay = Annotated[
    MoneyToPay,
    Field(
        description=(
            "What the points are to pay of a purchase, in the store's currency, by the program's "
            "`pointValue`; points are rounded up. Instead of `points`. See quoteLoyaltyPayment."
        )
    ),
]
ShownCode = Annotated[
    str,
    Field(
        min_length=1,
        max_length=CODE_CHARS_MAX,
        description=(
            "The code on the card of the customer, who is there: their own, a rotating one of the "
            "last 15 minutes. Cashiers must send it, with `changingCodes` of configureMembers a "
            "rotating one; it is not for customers. What is booked already needs no present code."
        ),
    ),
]
AmountPaid = Annotated[
    Number | None,
    Field(description="What it paid of a purchase, in the store's currency. Null if no amount."),
]
PointsToAdd = Annotated[
    PositivePoints,
    Field(
        description=(
            "How many points or stamps, or how much cashback (in the store's currency). If given, "
            "it wins over the purchase."
        )
    ),
]
PurchaseAmount = Annotated[
    _Money,
    Field(
        description=(
            "What was paid, in the store's currency, with its decimals; the program's rules say "
            "what it earns, rounded down. Instead of `purchaseLines`."
        )
    ),
]
PURCHASE_COUNT_MAX = 20
"""A whole table; who types more has mistyped."""
PurchaseCount = Annotated[
    int,
    Field(
        ge=1,
        le=PURCHASE_COUNT_MAX,
        description=(
            "How many purchases, such as coffees, if nobody tells what was paid: for stamp cards, "
            "each earns `stampsPerPurchase`. One booking: limits hold for all of it, a campaign's "
            "bonus comes once, one for the first purchase or with a limit counts for one of them, "
            "and none with a minimum spend. Instead of `purchaseAmount`."
        ),
    ),
]
PurchaseLines = Annotated[
    list[PurchaseLineBody],
    Field(
        min_length=1,
        max_length=LINES_MAX,
        description=(
            "The lines of the receipt; the program's `earningBase` says what of them earns. "
            "Instead of `purchaseAmount`."
        ),
    ),
]
RewardDescription = Annotated[
    str,
    Field(
        max_length=200,
        description=(
            "What was bought; shown in the customer's history. By default the reward's title."
        ),
    ),
]

PointsRequested = Annotated[
    Number,
    Field(description="What was asked for, or what the purchase would earn without a cap."),
]
CappedBy = Annotated[
    str | None,
    Field(
        description=(
            "What cut the award: `maxCashbackPerTransaction`, or the limit `maxPerBooking`, "
            "`maxPerDay` or `maxPerMonth`. Null if it was granted in full."
        )
    ),
]
NoAwardReason = Annotated[
    str | None,
    Field(
        description=(
            "Why nothing was granted: `nothing_paid`, `nothing_that_earns` (all that was bought is "
            "excluded), `minimum_purchase`, `below_one_unit` or `limit_reached`. Null if "
            "something was."
        )
    ),
]


class CampaignPartBody(WireModel):
    """What a campaign added, before rounding."""

    campaign_id: str = Field(description="Id of the campaign.")
    points: Number = Field(description="What it added, before rounding.")


class MadeOfBody(WireModel):
    """What rules computed. `basePoints` times `tierMultiplier`, plus the points of the campaigns,
    rounded down, is `pointsRequested`.
    """

    rule: str = Field(description="The rule, such as `pointsPerEuro`.")
    base: Number | None = Field(description="The earning base of the purchase; null without one.")
    base_points: Number = Field(description="What the rule gives by itself, before rounding.")
    tier_multiplier: Number = Field(description="Multiplier of the member's tier.")
    campaigns: list[CampaignPartBody] = Field(description="The campaigns that applied.")


MadeOfAnswer = Annotated[
    MadeOfBody | None, Field(description="What it was made of. Null if no rule computed it.")
]
MADE_OF_EXAMPLE: dict[str, Any] = {
    "rule": "pointsPerEuro",
    "base": 28.5,
    "basePoints": 285,
    "tierMultiplier": 1,
    "campaigns": [],
}


def made_of_body(made_of: MadeOf | None) -> MadeOfBody | None:
    """Return what a booking was made of, as answers show it."""
    if made_of is None:
        return None
    return MadeOfBody(
        rule=made_of.rule,
        base=None if made_of.base is None else Decimal(made_of.base),
        base_points=Decimal(made_of.base_points),
        tier_multiplier=Decimal(made_of.tier_multiplier),
        campaigns=[
            CampaignPartBody(campaign_id=each.campaign_id, points=Decimal(each.points))
            for each in made_of.campaigns
        ],
    )


def made_of_json(made_of: MadeOf | None) -> dict[str, Any] | None:
    """Return the same for the sandbox, whose answers are JSON."""
    body = made_of_body(made_of)
    return None if body is None else body.model_dump(by_alias=True)


def to_lines(
    amount: Decimal | None, lines: Sequence[PurchaseLineBody] | None
) -> tuple[PurchaseLine, ...] | None:
    """Return the lines of a purchase in a request, ``None`` if it tells of no purchase."""
    if lines is not None:
        return tuple(line.to_domain() for line in lines)
    return None if amount is None else earning_base.of_amount(amount)
