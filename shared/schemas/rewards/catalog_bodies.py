"""Rewards of a program's catalog in requests and answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from shared.domain.loyalty.reward_rules import ForMember, Offer
from shared.domain.loyalty.rewards import Reward
from shared.domain.units import from_units
from shared.schemas import answers
from shared.schemas.base import Number, Timestamp, WireModel
from shared.schemas.fields import FreeText
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
    RewardTypeName,
    Stock,
    limit_bodies,
    own_fields,
    shop_body,
    to_limits,
    to_shop,
)

GivenRewardId = Annotated[
    RewardId, Field(description="Your id of the new reward. Left out, it gets one.")
]


class CatalogRewardBody(WireModel):
    """A reward, with all that its program says of it, and with fields of your own."""

    model_config = ConfigDict(extra="allow")

    reward_id: RewardId
    program_id: answers.ProgramId
    title: RewardTitle
    type: RewardTypeName
    required_points: RequiredPoints
    description: FreeText
    is_active: RewardIsActive
    stock: Stock | None
    valid_from: Timestamp | None = Field(
        description="The reward can be had from then on. Null: at once."
    )
    valid_until: Timestamp | None = Field(
        description="The reward can be had before then. Null: without end."
    )
    percentage: RewardPercentage | None
    amount: RewardAmount | None
    product_id: RewardProductId | None
    limits: RewardLimits
    required_tier: RequiredTier | None
    store_ids: RewardStoreIds
    shop: RewardShopBody | None = Field(description=REWARD_SHOP)
    archived_at: Timestamp | None = Field(
        description="It cannot be had since then, and its codes can still be used. Null before."
    )


def catalog_reward_fields(reward: Reward, program_id: str) -> dict[str, Any]:
    """Return the fields of a ``CatalogRewardBody``."""
    return {
        "reward_id": reward.reward_id,
        "program_id": program_id,
        "title": reward.title,
        "type": reward.type,
        "required_points": reward.required_points,
        "description": reward.description,
        "is_active": reward.is_active,
        "stock": reward.stock,
        "valid_from": reward.valid_from,
        "valid_until": reward.valid_until,
        "percentage": reward.percentage,
        "amount": reward.amount,
        "product_id": reward.product_id,
        "limits": limit_bodies(reward.limits),
        "required_tier": reward.required_tier,
        "store_ids": list(reward.store_ids),
        "shop": shop_body(reward.shop),
        "archived_at": reward.archived_at,
        **own_fields(reward, OfferBody),
    }


def catalog_reward_body(reward: Reward, program_id: str) -> CatalogRewardBody:
    """Return a reward as answers show it."""
    return CatalogRewardBody(**catalog_reward_fields(reward, program_id))


class ForMemberBody(WireModel):
    """Whether a member can have a reward now."""

    can_redeem: bool = Field(description="Whether a redemption of it would be booked now.")
    reasons: list[str] = Field(
        description=(
            "Why not: all codes of refusals that hold, first the one that redeemLoyaltyPoints and "
            "reserveLoyaltyPoints answer with. Empty if the member can have it."
        )
    )
    message: str | None = Field(description="The first reason in words. Null without one.")
    missing_points: Number = Field(description="What the member still needs; 0 if it is enough.")
    available_from: Timestamp | None = Field(
        description="When its `limits` let the member have it again. Null: now, or never."
    )


class OfferBody(CatalogRewardBody):
    """A reward, and whether a member can have it."""

    for_member: ForMemberBody | None = Field(description="For `userId`. Null without one.")


def offer_body(offer: Offer, program_id: str) -> OfferBody:
    """Return a reward as answers show it to a member."""
    return OfferBody(
        **catalog_reward_fields(offer.reward, program_id),
        for_member=None if offer.for_member is None else _for_member(offer, offer.for_member),
    )


def _for_member(offer: Offer, found: ForMember) -> ForMemberBody:
    return ForMemberBody(
        can_redeem=not found.why_not,
        reasons=[each.code for each in found.why_not],
        message=found.why_not[0].message if found.why_not else None,
        missing_points=from_units(found.missing_units, offer.scale),
        available_from=found.available_from,
    )


def domain_fields(body: WireModel, names: set[str]) -> dict[str, Any]:
    """Return some fields of a request as fields of a ``Reward``."""
    values = {name: getattr(body, name) for name in names}
    if "limits" in values:
        values["limits"] = to_limits(values["limits"])
    if "store_ids" in values:
        values["store_ids"] = tuple(dict.fromkeys(values["store_ids"]))
    if "shop" in values:
        values["shop"] = to_shop(values["shop"])
    return values


CATALOG_REWARD_EXAMPLE: dict[str, Any] = {
    "rewardId": "rw_abc123",
    "programId": "lp_abc123",
    "title": "10% Rabatt",
    "type": "discount_percent",
    "requiredPoints": 100,
    "description": "",
    "isActive": True,
    "stock": None,
    "validFrom": None,
    "validUntil": None,
    "percentage": 10,
    "amount": None,
    "productId": None,
    "limits": [{"timesPerPeriod": 1, "period": "month"}],
    "requiredTier": None,
    "storeIds": [],
    "shop": None,
    "archivedAt": None,
}
FOR_MEMBER_EXAMPLE: dict[str, Any] = {
    "canRedeem": True,
    "reasons": [],
    "message": None,
    "missingPoints": 0,
    "availableFrom": None,
}
