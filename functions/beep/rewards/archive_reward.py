"""POST /api/v1/archiveReward: end a reward; its codes still can be used."""

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
    """The reward. Again, it changes nothing."""

    program_id: ProgramId
    reward_id: RewardId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The reward, which can be had no more. What is reserved still can be redeemed."""

    success: Success = True
    reward: CatalogRewardBody = Field(description="The reward.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "one": {"programId": "lp_abc123", "rewardId": "rw_abc123"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "reward": {**CATALOG_REWARD_EXAMPLE, "archivedAt": "2026-03-03T12:00:00.000Z"},
}

REFUSALS = (ProgramNotFound, RewardNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Take the reward out of its program's list."""
    saved = rewards.archive(caller, body.program_id, body.store_id, body.reward_id)
    shown = catalog_reward_body(saved.reward, body.program_id)
    return Response(reward=shown, is_replay=saved.is_replay)
