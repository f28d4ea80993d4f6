"""POST /api/v1/useRewardCode: hand out the reward of a code, once."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from shared import ids
from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import (
    InsufficientBalance,
    MembershipClosed,
    MemberSuspended,
    RedemptionCancelled,
    ReservationClosed,
    ReservationExpired,
    RewardCodeNotFound,
    RewardCodeOfShop,
    RewardCodeUsed,
    RewardLimitReached,
    RewardNotInStore,
    RewardOutOfStock,
    StoreNotFound,
)
from shared.schemas import answers
from shared.schemas.base import Id, Number, RequestModel, ResponseModel, Success, Timestamp
from shared.schemas.fields import StoreId
from shared.services.rewards import redemptions


class Request(RequestModel):
    """The code that the customer shows. Send an ``Idempotency-Key``: without it, a repetition is
    refused as a second use.
    """

    store_id: StoreId
    reward_code: Annotated[
        str, Field(min_length=1, max_length=64, description="The code, as the customer shows it.")
    ]
    used_by: Id | None = Field(
        default=None,
        description="Your id of the till or of the person who hands the reward out. If somebody "
        "of the staff calls, it is their uid instead.",
    )


class Response(ResponseModel):
    """The reward to hand out. A code that was reserved is redeemed by this, too."""

    success: Success = True
    reward_code: str = Field(description="The code.")
    program_id: answers.ProgramId
    user_id: answers.UserId
    redemption_id: str = Field(
        description=f"The ledger entry of the redemption. {answers.ENTRY_ID_SCOPE}"
    )
    reward_id: str | None = Field(description="The reward that was bought.")
    reward_description: str = Field(description="What to hand out.")
    points: Number = Field(description="What was spent for it.")
    redeemed_at: Timestamp = Field(description="When the points were spent.")
    used_at: Timestamp = Field(description="When the code was used: now.")
    store_id: answers.StoreId
    used_by: str | None = Field(
        description="As in the request; the uid of who calls, if it is somebody of the staff."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "code": {"storeId": "store_a", "rewardCode": "RW-7K2M-9QXT-4HBC-W3ZP", "usedBy": "till_17"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "rewardCode": "RW-7K2M-9QXT-4HBC-W3ZP",
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "redemptionId": "le_def456",
    "rewardId": "rw_abc123",
    "rewardDescription": "10% Rabatt",
    "points": 100,
    "redeemedAt": "2026-03-03T12:00:00.000Z",
    "usedAt": "2026-03-03T12:05:00.000Z",
    "storeId": "store_a",
    "usedBy": "till_17",
}

REFUSALS = (
    StoreNotFound,
    RewardCodeNotFound,
    RewardCodeUsed,
    RedemptionCancelled,
    RewardNotInStore,
    RewardCodeOfShop,
    RewardLimitReached,
    ReservationExpired,
    ReservationClosed,
    MemberSuspended,
    MembershipClosed,
    InsufficientBalance,
    RewardOutOfStock,
)


def handle(body: Request, caller: Caller) -> Response:
    """Use the code, or refuse it with nothing changed."""
    used = redemptions.use(
        caller,
        store_id=body.store_id,
        reward_code=body.reward_code,
        used_by=caller.staff_id or body.used_by,
    )
    return Response(
        reward_code=ids.typed_reward_code(body.reward_code),
        program_id=used.program_id,
        user_id=used.user_id,
        redemption_id=used.redemption_id,
        reward_id=used.reward_id,
        reward_description=used.description,
        points=from_units(used.units, used.scale),
        redeemed_at=used.redeemed_at,
        used_at=used.used_at,
        store_id=used.store_id,
        used_by=used.used_by,
        is_replay=used.is_replay,
    )


def sandbox(body: Request, caller: Caller) -> dict[str, Any]:
    """Show the documented example with the code of the request."""
    return {
        "rewardCode": ids.typed_reward_code(body.reward_code),
        "storeId": body.store_id,
        "usedBy": caller.staff_id or body.used_by,
    }
