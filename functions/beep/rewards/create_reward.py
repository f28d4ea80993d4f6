"""POST /api/v1/createReward: add a reward to a program: what its points buy."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared import ids
from shared.auth.caller import Caller
from shared.domain.loyalty.rewards import Reward, require_value
from shared.errors import LimitExceeded, ProgramNotFound, RewardExists
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import FreeText, ProgramId, StoreId
from shared.schemas.loyalty.reward_bodies import (
    LATE_BEGIN,
    REWARD_SHOP,
    RequiredPoints,
    RequiredTier,
    RewardAmount,
    RewardIsActive,
    RewardLimits,
    RewardPercentage,
    RewardProductId,
    RewardShopBody,
    RewardStoreIds,
    RewardTitle,
    RewardTypeName,
    Stock,
    ValidFrom,
    ValidUntil,
)
from shared.schemas.rewards.catalog_bodies import (
    CATALOG_REWARD_EXAMPLE,
    CatalogRewardBody,
    GivenRewardId,
    catalog_reward_body,
    domain_fields,
)
from shared.services.rewards import rewards


class Request(RequestModel):
    """What it is, what it costs, and for whom, how often and where.

    ``discount_percent`` needs ``percentage``, ``discount_amount`` ``amount``, ``free_product``
    ``productId``.
    """

    program_id: ProgramId
    store_id: StoreId | None = None
    reward_id: GivenRewardId | None = None
    title: RewardTitle
    type: RewardTypeName
    required_points: RequiredPoints
    description: FreeText = ""
    is_active: RewardIsActive = True
    stock: Stock | None = None
    valid_from: ValidFrom | None = None
    valid_until: ValidUntil | None = None
    percentage: RewardPercentage | None = None
    amount: RewardAmount | None = None
    product_id: RewardProductId | None = None
    limits: RewardLimits = Field(default_factory=list)
    required_tier: RequiredTier | None = None
    store_ids: RewardStoreIds = Field(default_factory=list)
    shop: RewardShopBody | None = Field(default=None, description=REWARD_SHOP)

    @model_validator(mode="after")
    def _offered_at_some_time(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError(LATE_BEGIN)
        require_value(self.to_domain())
        return self

    def to_domain(self) -> Reward:
        """Return the reward; without an id it gets one."""
        names = set(type(self).model_fields) - {"program_id", "store_id", "reward_id"}
        reward_id = self.reward_id or ids.new("rw")
        return Reward(reward_id=reward_id, **domain_fields(self, names))


class Response(ResponseModel):
    """The reward."""

    success: Success = True
    reward: CatalogRewardBody = Field(description="The reward.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "discount": {
        "programId": "lp_abc123",
        "title": "10% Rabatt",
        "type": "discount_percent",
        "requiredPoints": 100,
        "percentage": 10,
        "limits": [{"timesPerPeriod": 1, "period": "month"}],
    },
    "product": {
        "programId": "lp_abc123",
        "title": "Gratis-Kaffee",
        "type": "free_product",
        "requiredPoints": 80,
        "productId": "coffee",
        "stock": 500,
    },
    "shop": {
        "programId": "lp_abc123",
        "title": "5 Euro im Onlineshop",
        "type": "discount_amount",
        "requiredPoints": 250,
        "amount": 5,
        "shop": {"system": "shopify"},
    },
}

EXAMPLE: dict[str, Any] = {"success": True, "reward": CATALOG_REWARD_EXAMPLE}

REFUSALS = (ProgramNotFound, RewardExists, LimitExceeded)


def handle(body: Request, caller: Caller) -> Response:
    """Write the reward into its program."""
    saved = rewards.create(caller, body.program_id, body.store_id, body.to_domain())
    shown = catalog_reward_body(saved.reward, body.program_id)
    return Response(reward=shown, is_replay=saved.is_replay)
