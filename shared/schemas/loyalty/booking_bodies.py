"""Amounts to grant and spend in requests, and the reasons of an award in answers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from shared.domain.loyalty import earning_base
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
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
            "What cut the award: `maxCashbackPerTransaction`. Null if it was granted in full."
        )
    ),
]
NoAwardReason = Annotated[
    str | None,
    Field(
        description=(
            "Why nothing was granted: `nothing_paid`, `nothing_that_earns` (all that was bought is "
            "excluded), `minimum_purchase` or `below_one_unit`. Null if something was."
        )
    ),
]


def to_lines(
    amount: Decimal | None, lines: Sequence[PurchaseLineBody] | None
) -> tuple[PurchaseLine, ...] | None:
    """Return the lines of a purchase in a request, ``None`` if it tells of no purchase."""
    if lines is not None:
        return tuple(line.to_domain() for line in lines)
    return None if amount is None else earning_base.of_amount(amount)
