"""POST /api/v1/activateLoyaltyPoints: let pending points be spent before their time."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import (
    BalanceLimitExceeded,
    BookingNotFound,
    MembershipNotFound,
    ProgramNotFound,
)
from shared.schemas import answers
from shared.schemas.base import Id, Number, RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.services.loyalty import activations
from shared.services.loyalty import sandbox as mock


class Request(RequestModel):
    """All pending points of the member, or those of one booking."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    transaction_id: Id | None = Field(
        default=None, description="Only what was booked for this transaction."
    )
    entry_id: Id | None = Field(default=None, description="Only this booking.")


class Response(ResponseModel):
    """What can be spent now. Repeated, it activates nothing more."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    points_activated: Number = Field(description="What was pending and can be spent now.")
    current_balance: answers.CurrentBalance
    pending_balance: answers.PendingBalance
    current_tier: answers.CurrentTier


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "all": {"programId": "lp_abc123", "userId": "user_xyz"},
    "transaction": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "transactionId": "PB-TXN-9876",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "pointsActivated": 50,
    "currentBalance": 192,
    "pendingBalance": 0,
    "currentTier": "Silber",
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    BookingNotFound,
    BalanceLimitExceeded,
)


def handle(body: Request, caller: Caller) -> Response:
    """Activate the points."""
    activation = activations.activate(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        transaction_id=body.transaction_id,
        entry_id=body.entry_id,
    )
    scale = activation.scale
    return Response(
        program_id=body.program_id,
        user_id=activation.user_id,
        points_activated=from_units(activation.activated_units, scale),
        current_balance=from_units(activation.balance_units, scale),
        pending_balance=from_units(activation.pending_units, scale),
        current_tier=activation.tier,
        is_replay=activation.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the documented example; who is not enrolled has nothing."""
    mock.require_enrolled(body.user_id)
    return {}
