"""GET or POST /api/v1/getReward: a reward of a program, also one that is archived."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ProgramNotFound, RewardNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty.reward_bodies import RewardId
from shared.schemas.rewards.catalog_bodies import (
    CATALOG_REWARD_EXAMPLE,
    CatalogRewardBody,
    catalog_reward_body,
)
from shared.services.rewards import rewards


class Request(RequestModel):
    """The reward."""

    program_id: ProgramId
    reward_id: RewardId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The reward."""

    success: Success = True
    reward: CatalogRewardBody = Field(description="The reward.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "one": {"programId": "lp_abc123", "rewardId": "rw_abc123"}
}

EXAMPLE: dict[str, Any] = {"success": True, "reward": CATALOG_REWARD_EXAMPLE}

REFUSALS = (ProgramNotFound, RewardNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read the program, which has the reward."""
    found = rewards.find(caller, body.program_id, body.store_id, body.reward_id)
    return Response(reward=catalog_reward_body(found, body.program_id))
