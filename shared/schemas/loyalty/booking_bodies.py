"""Amounts to grant and spend in requests, and the reasons of an award in answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.domain.loyalty.earning import LineType
from shared.schemas.base import Number, PositivePoints, WireModel

LINES_MAX = 1_000
_Money = Annotated[Number, Field(ge=0, le=10_000_000)]


class PurchaseLineBody(WireModel):
    """A line of a receipt. Only items earn; discounts and rewards (negative) lower the sum."""

    amount: Annotated[Number, Field(ge=-10_000_000, le=10_000_000)] = Field(
        description="In the store's currency; negative for what lowers the sum."
    )
    type: LineType = Field(
        default=LineType.ITEM,
        strict=False,
        description="Only items earn; discounts and rewards lower the sum.",
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
        description="The lines of the receipt, whose sum earns. Instead of `purchaseAmount`.",
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
            "Why nothing was granted: `nothing_paid`, `minimum_purchase` or `below_one_unit`. Null "
            "if something was."
        )
    ),
]
