"""POST /api/v1/getReferralCode: the code by which a member refers others, and what came of it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import MemberNotFound, MembershipNotFound, ProgramNotFound, SignInNotVerified
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.services.members import referral_codes
from shared.services.stores import store_qr_codes


class Request(RequestModel):
    """The member and the program."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The code, which stays the same, and the numbers of referrals to the program."""

    success: Success = True
    code: str = Field(description="What a friend names as `referralCode` in the enrolment.")
    link: str | None = Field(
        description="Where the friend joins with it: `appUrl` of configureMembers. Null without."
    )
    svg: str | None = Field(description="The link as a QR code, an SVG picture. Null without.")
    pending_referrals: int = Field(
        description="Friends who joined, and whose first purchase is not past its cool-off."
    )
    rewarded_referrals: int = Field(description="Friends for whom it was rewarded.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "code": {"programId": "lp_abc123", "userId": "user_xyz"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "code": "K7M2X9QT4H",
    "link": None,
    "svg": None,
    "pendingReferrals": 0,
    "rewardedReferrals": 0,
}

REFUSALS = (ProgramNotFound, MemberNotFound, MembershipNotFound, SignInNotVerified)


def handle(body: Request, caller: Caller) -> Response:
    """Give the code; make it if there is none yet."""
    issued = referral_codes.issue(
        caller, program_id=body.program_id, user_id=body.user_id, store_id=body.store_id
    )
    return Response(
        code=issued.code,
        link=issued.link,
        svg=store_qr_codes.draw_svg(issued.link) if issued.link else None,
        pending_referrals=issued.pending,
        rewarded_referrals=issued.rewarded,
        is_replay=issued.is_replay,
    )
