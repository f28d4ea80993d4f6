"""POST /api/v1/updateReward: change a reward; missing fields stay."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.errors import ProgramNotFound, RewardNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success, refuse_fixed
from shared.schemas.fields import FreeText, ProgramId, StoreId
from shared.schemas.loyalty.reward_bodies import (
    REWARD_SHOP,
    RequiredPoints,
    RequiredTier,
    RewardAmount,
    RewardId,
    RewardIsActive,
    RewardLimits,
    RewardPercentage,
    RewardProductId,
    RewardShopBody,
    RewardStoreIds,
    RewardTitle,
    Stock,
    ValidFrom,
    ValidUntil,
)
from shared.schemas.rewards.catalog_bodies import (
    CATALOG_REWARD_EXAMPLE,
    CatalogRewardBody,
    catalog_reward_body,
    domain_fields,
)
from shared.services.rewards import rewards

_OPTIONAL = {
    "stock",
    "valid_from",
    "valid_until",
    "percentage",
    "amount",
    "product_id",
    "required_tier",
    "shop",
}


class Request(RequestModel):
    """The changes. Null removes what is optional; lists are replaced as a whole.

    A named ``stock`` is what is left from now on. What is reserved keeps its price.
    """

    program_id: ProgramId
    reward_id: RewardId
    store_id: StoreId | None = None
    title: RewardTitle | None = None
    required_points: RequiredPoints | None = None
    description: FreeText | None = None
    is_active: RewardIsActive | None = None
    stock: Stock | None = None
    valid_from: ValidFrom | None = None
    valid_until: ValidUntil | None = None
    percentage: RewardPercentage | None = None
    amount: RewardAmount | None = None
    product_id: RewardProductId | None = None
    limits: RewardLimits | None = None
    required_tier: RequiredTier | None = None
    store_ids: RewardStoreIds | None = None
    shop: RewardShopBody | None = Field(default=None, description=REWARD_SHOP)

    @model_validator(mode="before")
    @classmethod
    def _keeps_its_type(cls, data: Any) -> Any:
        refuse_fixed(cls, data, {"type": "cannot be changed"})
        return data


class Response(ResponseModel):
    """The reward after the change."""

    success: Success = True
    reward: CatalogRewardBody = Field(description="The reward.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "cheaper": {"programId": "lp_abc123", "rewardId": "rw_abc123", "requiredPoints": 80},
    "restocked": {"programId": "lp_abc123", "rewardId": "rw_abc123", "stock": 500},
}

EXAMPLE: dict[str, Any] = {"success": True, "reward": CATALOG_REWARD_EXAMPLE}

REFUSALS = (ProgramNotFound, RewardNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Write the reward into its program."""
    named = body.model_fields_set - {"program_id", "reward_id", "store_id"}
    names = {each for each in named if each in _OPTIONAL or getattr(body, each) is not None}
    saved = rewards.change(
        caller, body.program_id, body.store_id, body.reward_id, domain_fields(body, names)
    )
    shown = catalog_reward_body(saved.reward, body.program_id)
    return Response(reward=shown, is_replay=saved.is_replay)
