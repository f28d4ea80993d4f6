"""POST /api/v1/cancelRedemption: give back what a redemption spent."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import (
    CONNECTOR_REFUSALS,
    BalanceLimitExceeded,
    CancellationTooLate,
    ConnectorNotConfigured,
    MembershipNotFound,
    OwnMembership,
    ProgramNotFound,
    PurchaseHasOwnRefund,
    RedemptionCancelled,
    RedemptionNotFound,
    RewardCodeUsed,
    ShopCodeUnsettled,
    UndoNotAllowed,
)
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success
from shared.schemas.fields import FreeText, ProgramId, RedemptionId, StoreId, UserId
from shared.services.loyalty import sandbox as mock
from shared.services.rewards import redemptions


class Request(RequestModel):
    """A redemption whose reward was not handed out, within the program's days."""

    program_id: ProgramId
    user_id: UserId
    redemption_id: RedemptionId
    reason: FreeText | None = None
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The points are back with the dates that they had, and the reward is in stock again.

    ``newBalance`` is ``previousBalance`` and what was given back, less what was collected. What has
    reached its date meanwhile expires at once, after that.
    """

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    redemption_id: str = Field(description="What was cancelled.")
    cancellation_id: str = Field(
        description=f"The ledger entry that gave the points back. {answers.ENTRY_ID_SCOPE}"
    )
    points_returned: Number = Field(description="What was given back.")
    points_collected: Number = Field(
        description=(
            "What of it was taken at once, for returns that could not take it before, as it was "
            "spent. Each has an entry of its own."
        )
    )
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "one": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "redemptionId": "le_def456",
        "reason": "Ausverkauft",
    }
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "redemptionId": "le_def456",
    "cancellationId": "le_ghi789",
    "pointsReturned": 100,
    "pointsCollected": 0,
    "previousBalance": 142,
    "newBalance": 242,
    "currentTier": None,
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    RedemptionNotFound,
    RewardCodeUsed,
    RedemptionCancelled,
    CancellationTooLate,
    PurchaseHasOwnRefund,
    OwnMembership,
    UndoNotAllowed,
    BalanceLimitExceeded,
    ShopCodeUnsettled,
    ConnectorNotConfigured,
    *CONNECTOR_REFUSALS,
)


def handle(body: Request, caller: Caller) -> Response:
    """Book the cancellation, or refuse it with nothing changed."""
    booking = redemptions.cancel(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        redemption_id=body.redemption_id,
        reason=body.reason,
    )
    entry, scale = booking.entry, booking.program.scale
    assert entry is not None
    collected_units = entry.collected_units or 0
    return Response(
        program_id=body.program_id,
        user_id=booking.user_id,
        redemption_id=body.redemption_id,
        cancellation_id=entry.entry_id,
        points_returned=from_units(entry.units, scale),
        points_collected=from_units(collected_units, scale),
        previous_balance=from_units(booking.previous_units, scale),
        new_balance=from_units(booking.new_units - collected_units, scale),
        current_tier=booking.tier,
        is_replay=booking.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the documented example; who is not enrolled has none."""
    mock.require_enrolled(body.user_id)
    return {}
