"""POST /api/v1/calculateLoyaltyPoints: say what a purchase would earn now, and book nothing."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import BalanceLimitExceeded, MembershipNotFound, ProgramInactive, ProgramNotFound
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.loyalty.booking_bodies import (
    MADE_OF_EXAMPLE,
    CappedBy,
    MadeOfAnswer,
    NoAwardReason,
    PointsRequested,
    PurchaseAmount,
    PurchaseCount,
    PurchaseLines,
    made_of_body,
    made_of_json,
    to_lines,
)
from shared.services.loyalty import balances
from shared.services.loyalty import sandbox as mock


class Request(RequestModel):
    """A purchase that is not made yet: its amount, its lines, or how many it is."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    purchase_amount: PurchaseAmount | None = None
    purchase_lines: PurchaseLines | None = None
    purchase_count: PurchaseCount | None = None

    @model_validator(mode="after")
    def _is_a_purchase(self) -> Self:
        purchase = (self.purchase_amount, self.purchase_lines, self.purchase_count)
        if len([each for each in purchase if each is not None]) != 1:
            raise ValueError("needs one of purchaseAmount, purchaseLines and purchaseCount")
        return self


class Response(ResponseModel):
    """What addLoyaltyPoints would answer now; it may change until the purchase is made."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    points: Number = Field(description="What would be granted.")
    points_requested: PointsRequested
    capped_by: CappedBy
    reason: NoAwardReason
    made_of: MadeOfAnswer
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "purchase": {"programId": "lp_abc123", "userId": "user_xyz", "purchaseAmount": 28.5},
    "receipt": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "purchaseLines": [
            {"amount": 31.5, "category": "coffee"},
            {"amount": -3, "type": "discount"},
        ],
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "points": 285,
    "pointsRequested": 285,
    "cappedBy": None,
    "reason": None,
    "madeOf": MADE_OF_EXAMPLE,
    "previousBalance": 142,
    "newBalance": 427,
    "currentTier": "Silber",
}

REFUSALS = (ProgramNotFound, MembershipNotFound, ProgramInactive, BalanceLimitExceeded)


def handle(body: Request, caller: Caller) -> Response:
    """Decide as for a booking, and write nothing."""
    booking = balances.calculate(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        purchase_lines=to_lines(body.purchase_amount, body.purchase_lines),
        purchase_count=body.purchase_count,
    )
    award, scale = booking.award, booking.program.scale
    assert award is not None, "it was just computed"
    return Response(
        program_id=body.program_id,
        user_id=booking.user_id,
        points=from_units(award.awarded_units, scale),
        points_requested=from_units(award.requested_units, scale),
        capped_by=award.capped_by,
        reason=award.reason,
        made_of=made_of_body(award.made_of),
        previous_balance=from_units(booking.previous_units, scale),
        new_balance=from_units(booking.new_units, scale),
        current_tier=booking.tier,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Compute for the sandbox's member."""
    lines = to_lines(body.purchase_amount, body.purchase_lines)
    change = mock.add(body.user_id, None, lines, body.purchase_count)
    return {
        "points": change.after - change.before,
        "pointsRequested": change.requested,
        "cappedBy": change.award.capped_by,
        "reason": change.award.reason,
        "madeOf": made_of_json(change.award.made_of),
        "previousBalance": change.before,
        "newBalance": change.after,
    }
