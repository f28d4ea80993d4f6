"""POST /api/v1/addLoyaltyPoints: grant points, stamps or cashback."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.loyalty import earning
from shared.domain.loyalty.earning import LineType
from shared.domain.units import from_units
from shared.schemas.base import (
    Duplicate,
    Id,
    Number,
    PositivePoints,
    RequestModel,
    ResponseModel,
    Success,
    Text,
    WireModel,
)
from shared.services.loyalty import balances

LINES_MAX = 1_000
Money = Annotated[Number, Field(ge=0, le=10_000_000)]


class PurchaseLine(WireModel):
    """A line of a receipt. Only items earn; discounts and rewards (negative) lower what does."""

    amount: Annotated[Number, Field(ge=-10_000_000, le=10_000_000)]
    type: Annotated[LineType, Field(strict=False)] = LineType.ITEM


class Request(RequestModel):
    """``points``, or a purchase from which the program's rules compute them; ``points`` win."""

    program_id: Id
    user_id: Id
    store_id: Id | None = None
    points: PositivePoints | None = None
    purchase_amount: Money | None = None
    purchase_lines: (
        Annotated[list[PurchaseLine], Field(min_length=1, max_length=LINES_MAX)] | None
    ) = None
    transaction_id: Id | None = None
    description: Text = ""
    source: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.points is None and self.purchase_amount is None and self.purchase_lines is None:
            raise ValueError("needs points, purchaseAmount or purchaseLines")
        if self.purchase_amount is not None and self.purchase_lines is not None:
            raise ValueError("takes purchaseAmount or purchaseLines, not both")
        return self

    def paid_amount(self) -> Decimal | None:
        """Return what was paid for goods, ``None`` if the request does not say."""
        if self.purchase_lines is None:
            return self.purchase_amount
        return earning.paid_amount(
            earning.PurchaseLine(line.amount, line.type) for line in self.purchase_lines
        )


class Response(ResponseModel):
    """What was asked for, what was awarded, and what capped it.

    ``reason`` says why nothing was awarded. ``duplicate``: an earlier request, with another
    ``Idempotency-Key``, booked this ``transactionId``; this is its answer.
    """

    success: Success = True
    program_id: str
    user_id: str
    entry_id: str | None
    points_added: Number
    points_requested: Number
    capped_by: str | None
    reason: str | None
    previous_balance: Number
    new_balance: Number
    current_tier: str | None
    transaction_id: str | None
    duplicate: Duplicate = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "points": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "points": 50,
        "transactionId": "PB-TXN-9876",
    },
    "purchase": {"programId": "lp_abc123", "userId": "user_xyz", "purchaseAmount": 28.5},
    "receipt": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "purchaseLines": [{"amount": 31.5}, {"amount": -3, "type": "discount"}],
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "entryId": "le_abc123",
    "pointsAdded": 50,
    "pointsRequested": 50,
    "cappedBy": None,
    "reason": None,
    "previousBalance": 100,
    "newBalance": 150,
    "currentTier": "Silber",
    "transactionId": "PB-TXN-9876",
}


def handle(body: Request, caller: Caller) -> Response:
    """Book the award."""
    booking = balances.add(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        points=body.points,
        purchase_amount=body.paid_amount(),
        transaction_id=body.transaction_id,
        source=body.source,
        description=body.description,
    )
    award, entry, scale = booking.award, booking.entry, booking.program.scale
    assert award is not None
    requested_units = entry.requested_units if entry else award.requested_units
    return Response(
        program_id=body.program_id,
        user_id=body.user_id,
        entry_id=entry.entry_id if entry else None,
        points_added=from_units(entry.units if entry else 0, scale),
        points_requested=from_units(requested_units or 0, scale),
        capped_by=entry.capped_by if entry else None,
        reason=None if entry else award.reason,
        previous_balance=from_units(booking.previous_units, scale),
        new_balance=from_units(booking.new_units, scale),
        current_tier=booking.tier,
        transaction_id=body.transaction_id,
        duplicate=True if booking.is_duplicate else None,
        is_replay=booking.is_replay,
    )
