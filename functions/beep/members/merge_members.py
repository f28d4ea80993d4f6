"""POST /api/v1/mergeMembers: make one member of two."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import (
    BalanceLimitExceeded,
    MemberMerged,
    MemberNotFound,
    MergeLimitExceeded,
    MergeLosesSignIn,
    StoreNotFound,
)
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success, WireModel
from shared.schemas.fields import StoreId, UserId
from shared.services import access
from shared.services.members import merging


class Request(RequestModel):
    """Who goes, and who takes over. The old id forwards from then on."""

    from_user_id: UserId = Field(description="The member who is merged into the other one.")
    into_user_id: UserId = Field(description="The member who has everything afterwards.")
    store_id: StoreId | None = None

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.from_user_id == self.into_user_id:
            raise ValueError("must name two members")
        return self


class MovedPoints(WireModel):
    """What moved in one program."""

    program_id: answers.ProgramId
    points_moved: Number = Field(description="What the old member had; negative for a debt.")
    welcome_bonus_taken: Number = Field(
        description="What was taken of a second welcome bonus, after that: one person gets one."
    )
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier


class Response(ResponseModel):
    """What moved. Points keep their dates of expiry; the tier follows from both lifetimes."""

    success: Success = True
    from_user_id: str = Field(description="The member who was merged.")
    into_user_id: str = Field(description="The member who took over.")
    memberships: list[MovedPoints] = Field(
        description="By program; empty if it was all done before."
    )
    already_merged: bool = Field(description="True if the two were merged before this request.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "members": {"fromUserId": "till_17", "intoUserId": "user_xyz"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "fromUserId": "till_17",
    "intoUserId": "user_xyz",
    "memberships": [
        {
            "programId": "lp_abc123",
            "pointsMoved": 100,
            "welcomeBonusTaken": 0,
            "newBalance": 242,
            "currentTier": None,
        }
    ],
    "alreadyMerged": False,
}

REFUSALS = (
    StoreNotFound,
    MemberNotFound,
    MemberMerged,
    MergeLosesSignIn,
    MergeLimitExceeded,
    BalanceLimitExceeded,
)


def handle(body: Request, caller: Caller) -> Response:
    """Move everything in one commit."""
    access.named_store(caller, body.store_id)
    merge = merging.merge(caller, from_user_id=body.from_user_id, into_user_id=body.into_user_id)
    return Response(
        from_user_id=merge.from_user_id,
        into_user_id=merge.into_user_id,
        memberships=[
            MovedPoints(
                program_id=each.program_id,
                points_moved=from_units(each.moved_units, each.scale),
                welcome_bonus_taken=from_units(each.welcome_units, each.scale),
                new_balance=from_units(each.balance_units, each.scale),
                current_tier=each.tier,
            )
            for each in merge.memberships
        ],
        already_merged=merge.is_repeated,
        is_replay=merge.is_replay,
    )
