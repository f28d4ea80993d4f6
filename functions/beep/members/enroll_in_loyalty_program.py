"""POST /api/v1/enrollInLoyaltyProgram: make a customer a member of a program."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import (
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    ProgramInactive,
    ProgramNotFound,
    ReferralCodeNotFound,
    ReferralNotAllowed,
    VerificationRequired,
)
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success
from shared.schemas.fields import NewUserId, ProgramId, StoreId
from shared.services.members import memberships
from shared.services.systems import awaited_orders
from shared.store import paths


class Request(RequestModel):
    """The request names the customer and the program.

    If a customer calls, the verified e-mail and phone of the sign-in are written to the member who
    has none, unless another member has them.
    """

    program_id: ProgramId
    user_id: NewUserId
    store_id: StoreId | None = None
    referral_code: str | None = Field(
        default=None,
        min_length=1,
        max_length=40,
        description="The code of the member who referred a new one (getReferralCode).",
    )


class Response(ResponseModel):
    """The membership. A second enrolment gets the same one, with ``alreadyEnrolled``.

    So does the first one after leaving: the membership is open again, with its points.
    """

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    member_id: answers.MembershipId
    status: answers.MembershipStatus
    current_balance: answers.CurrentBalance
    welcome_bonus: Number = Field(
        description="The welcome bonus that this request granted, in the balance. 0 if none."
    )
    awaits_welcome_bonus: bool = Field(
        description="True if a welcome bonus waits until the customer joins again as verified."
    )
    current_tier: answers.CurrentTier
    enrolled_at: answers.EnrolledAt
    already_enrolled: bool = Field(
        description="True if there was a membership before this request, left or not."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "member": {"programId": "lp_abc123", "userId": "user_xyz"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "memberId": "lp_abc123_user_xyz",
    "status": "active",
    "currentBalance": 0,
    "welcomeBonus": 0,
    "awaitsWelcomeBonus": False,
    "currentTier": None,
    "enrolledAt": "2026-03-03T12:00:00.000Z",
    "alreadyEnrolled": False,
}

REFUSALS = (
    ProgramNotFound,
    ProgramInactive,
    MemberSuspended,
    MembershipClosed,
    MembershipNotFound,
    VerificationRequired,
    ReferralCodeNotFound,
    ReferralNotAllowed,
)


def handle(body: Request, caller: Caller) -> Response:
    """Open the membership."""
    enrolment = memberships.enroll(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        referral_code=body.referral_code,
    )
    membership = enrolment.membership
    awaited_orders.book(caller, membership.user_id)
    return Response(
        program_id=membership.program_id,
        user_id=membership.user_id,
        member_id=membership.membership_id,
        status=membership.status.value,
        current_balance=from_units(membership.balance_units, membership.scale),
        welcome_bonus=from_units(enrolment.bonus_units, membership.scale),
        awaits_welcome_bonus=membership.awaits_welcome,
        current_tier=membership.tier,
        enrolled_at=membership.member_since,
        already_enrolled=not enrolment.is_new,
        is_replay=enrolment.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Name the membership."""
    return {"memberId": paths.membership_id(body.program_id, body.user_id)}
