"""GET or POST /api/v1/getReward: a reward of a program, also one that is archived."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ProgramNotFound, RewardNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.loyalty.reward_bodies import RewardId
from shared.schemas.rewards.catalog_bodies import (
    CATALOG_REWARD_EXAMPLE,
    FOR_MEMBER_EXAMPLE,
    OfferBody,
    offer_body,
)
from shared.services.rewards import rewards


class Request(RequestModel):
    """The reward. With ``userId``, it says whether that member can have it now."""

    program_id: ProgramId
    reward_id: RewardId
    user_id: UserId | None = None
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The reward."""

    success: Success = True
    reward: OfferBody = Field(description="The reward.")
    pieces_left: int | None = Field(
        description=(
            "How many nobody has got or reserved, of a reward with a stock or codes of its own. "
            "Null without, and for customers."
        )
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "member": {"programId": "lp_abc123", "rewardId": "rw_abc123", "userId": "user_xyz"},
    "one": {"programId": "lp_abc123", "rewardId": "rw_abc123"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "reward": {**CATALOG_REWARD_EXAMPLE, "forMember": FOR_MEMBER_EXAMPLE},
    "piecesLeft": None,
}

REFUSALS = (ProgramNotFound, RewardNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read the program, which has the reward, its stock, and the member if one is named."""
    found = rewards.find(
        caller,
        program_id=body.program_id,
        store_id=body.store_id,
        reward_id=body.reward_id,
        user_id=body.user_id,
    )
    return Response(reward=offer_body(found.offer, body.program_id), pieces_left=found.pieces_left)


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the documented example; without a member nobody can have it or not."""
    if body.user_id is not None:
        return {}
    return {"reward": {**CATALOG_REWARD_EXAMPLE, "forMember": None}}
