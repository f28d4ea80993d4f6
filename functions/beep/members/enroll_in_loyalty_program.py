"""POST /api/v1/enrollInLoyaltyProgram: make a customer a member of a program."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.schemas.base import Id, Number, RequestModel, ResponseModel, Success, Timestamp
from shared.services.members import memberships


class Request(RequestModel):
    """Who joins what."""

    program_id: Id
    user_id: Id
    store_id: Id | None = None


class Response(ResponseModel):
    """The membership. Enrolling twice answers with the same one, and ``alreadyEnrolled``."""

    success: Success = True
    program_id: str
    user_id: str
    member_id: str
    current_balance: Number
    current_tier: str | None
    enrolled_at: Timestamp
    already_enrolled: bool


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "member": {"programId": "lp_abc123", "userId": "user_xyz"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "memberId": "lp_abc123_user_xyz",
    "currentBalance": 0,
    "currentTier": None,
    "enrolledAt": "2026-03-03T12:00:00.000Z",
    "alreadyEnrolled": False,
}


def handle(body: Request, caller: Caller) -> Response:
    """Open the membership."""
    enrolment = memberships.enroll(
        caller, program_id=body.program_id, user_id=body.user_id, store_id=body.store_id
    )
    membership = enrolment.membership
    return Response(
        program_id=membership.program_id,
        user_id=membership.user_id,
        member_id=membership.membership_id,
        current_balance=from_units(membership.balance_units, membership.scale),
        current_tier=membership.tier,
        enrolled_at=membership.enrolled_at,
        already_enrolled=not enrolment.is_new,
        is_replay=enrolment.is_replay,
    )
