"""Rewards in requests and answers, as the list of a program has them: their short form."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from shared import ids
from shared.domain.loyalty.event_rules import Period
from shared.domain.loyalty.rewards import REWARDS_MAX, TERMS, Reward, RewardLimit, RewardShop
from shared.domain.systems.system_names import ShopName
from shared.schemas.base import Id, Name, Number, RequestTime, Whole, WireModel, worded
from shared.schemas.fields import FreeText
from shared.schemas.loyalty.numbers import Percentage, PositiveMoney

EXTRAS_MAX = 20
EXTRA_CHARS_MAX = 500
EXTRA_NUMBER_MAX = 2**53
STORES_MAX = 50
LATE_BEGIN = "must have validFrom before validUntil"


class RewardLimitBody(WireModel):
    """``{"timesPerPeriod": 1, "period": "month"}``."""

    times_per_period: Whole = Field(
        ge=1, le=1_000, description="How often a member gets it in a period."
    )
    period: Period = Field(
        strict=False, description="By the calendar of the store; weeks begin on Monday."
    )


def _one_for_each_period(limits: list[RewardLimitBody]) -> list[RewardLimitBody]:
    if len({each.period for each in limits}) < len(limits):
        raise ValueError("must have one limit for each period")
    return limits


RewardId = Annotated[Id, Field(description="Id of the reward.")]
RewardTitle = Annotated[Name, Field(description="Name that customers see.")]
RewardTypeName = Annotated[
    str,
    Field(
        pattern=worded(
            r"^[a-z][a-z0-9_]{0,49}$",
            "must have 1 to 50 of a-z, 0-9 and _, and begin with a letter",
        ),
        description=(
            "Kind of reward; any but `discount_percent`, `discount_amount`, `free_product` and "
            "`voucher` is a custom reward and needs GROW."
        ),
    ),
]
RequiredPoints = Annotated[Number, Field(gt=0, description="What the reward costs.")]
RewardIsActive = Annotated[bool, Field(description="Whether it can be used.")]
Stock = Annotated[
    Whole,
    Field(
        ge=0,
        le=1_000_000_000,
        description="How many there were when it was last set. Null: without limit.",
    ),
]
ValidFrom = Annotated[
    RequestTime, Field(description="The reward can be had from then on. Null: at once.")
]
ValidUntil = Annotated[
    RequestTime, Field(description="The reward can be had before then. Null: without end.")
]
RewardPercentage = Annotated[
    Percentage, Field(description="The discount of a `discount_percent`, in percent.")
]
RewardAmount = Annotated[
    PositiveMoney,
    Field(description="The discount of a `discount_amount`, in the store's currency."),
]
RewardProductId = Annotated[Id, Field(description="Your id of the product of a `free_product`.")]
RewardLimits = Annotated[
    list[RewardLimitBody],
    Field(
        max_length=len(Period),
        description="How often a member gets it; one limit for each period. Empty: without limit.",
    ),
    AfterValidator(_one_for_each_period),
]
RequiredTier = Annotated[
    Id, Field(description="Only for members of this tier or a higher one. Null: for all.")
]
RewardStoreIds = Annotated[
    list[Id],
    Field(
        max_length=STORES_MAX,
        description="Where useRewardCode takes its codes. Empty: in every store of the account.",
    ),
]


class RewardShopBody(WireModel):
    """The online shop in which alone the codes of a reward are used."""

    system: ShopName = Field(description="The shop's system, as configureSync names it.")
    store_id: Id | None = Field(
        default=None, description="The store whose shop it is. Left out: the program's."
    )


REWARD_SHOP = (
    "Its codes are put into this online shop, once, for the customer who the member is there, and "
    "are of no use at a till. For discounts only. Null: used at tills."
)


def to_shop(body: RewardShopBody | None) -> RewardShop | None:
    """Return the shop of a request."""
    return None if body is None else RewardShop(body.system, body.store_id)


def shop_body(shop: RewardShop | None) -> RewardShopBody | None:
    """Return a shop as answers show it."""
    return (
        None
        if shop is None
        else RewardShopBody.model_validate({"system": shop.system, "storeId": shop.store_id})
    )


def to_limits(bodies: Sequence[RewardLimitBody]) -> tuple[RewardLimit, ...]:
    """Return the limits of a request."""
    return tuple(RewardLimit(each.times_per_period, each.period) for each in bodies)


def limit_bodies(limits: Sequence[RewardLimit]) -> list[RewardLimitBody]:
    """Return limits as answers show them."""
    return [
        RewardLimitBody(times_per_period=each.times_per_period, period=each.period)
        for each in limits
    ]


def _is_plain(value: Any) -> bool:
    """Tell whether the database and every JSON reader keep a value unchanged."""
    if isinstance(value, str):
        return len(value) <= EXTRA_CHARS_MAX
    is_number = isinstance(value, int | float | Decimal)
    return is_number and -EXTRA_NUMBER_MAX <= value <= EXTRA_NUMBER_MAX


def _is_missing(value: Any) -> bool:
    return not value


class RewardBody(WireModel):
    """A reward that points buy. Further fields with plain values are kept unchanged.

    The last seven are only there if they are set. What a change does not name of them stays.
    """

    model_config = ConfigDict(extra="allow")

    reward_id: Id | None = Field(
        default=None, description="Id of the reward. A new reward without one gets one."
    )
    title: RewardTitle
    type: RewardTypeName
    required_points: RequiredPoints
    description: FreeText = ""
    is_active: RewardIsActive = True
    stock: Stock | None = None
    valid_from: ValidFrom | None = None
    valid_until: ValidUntil | None = None
    percentage: RewardPercentage | None = Field(default=None, exclude_if=_is_missing)
    amount: RewardAmount | None = Field(default=None, exclude_if=_is_missing)
    product_id: RewardProductId | None = Field(default=None, exclude_if=_is_missing)
    limits: RewardLimits = Field(default_factory=list, exclude_if=_is_missing)
    required_tier: RequiredTier | None = Field(default=None, exclude_if=_is_missing)
    store_ids: RewardStoreIds = Field(default_factory=list, exclude_if=_is_missing)
    shop: RewardShopBody | None = Field(
        default=None, exclude_if=_is_missing, description=REWARD_SHOP
    )

    @model_validator(mode="after")
    def _offered_at_some_time(self) -> RewardBody:
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError(LATE_BEGIN)
        return self

    @model_validator(mode="after")
    def _plain_extras(self) -> RewardBody:
        extras = self.model_extra or {}
        if len(extras) > EXTRAS_MAX:
            raise ValueError(f"must have at most {EXTRAS_MAX} fields of its own")
        for name, value in extras.items():
            if not _is_plain(value):
                raise ValueError(f"must have a short plain value for {name[:100]}")
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,49}", name):
                raise ValueError("must have names of letters, digits and _")
        return self

    def to_domain(self) -> Reward:
        """Return the reward; without an id it gets one."""
        return Reward(
            reward_id=self.reward_id or ids.new("rw"),
            title=self.title,
            type=self.type,
            required_points=self.required_points,
            description=self.description,
            is_active=self.is_active,
            stock=self.stock,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            extra={
                name: float(value) if isinstance(value, Decimal) else value
                for name, value in (self.model_extra or {}).items()
            },
            percentage=self.percentage,
            amount=self.amount,
            product_id=self.product_id,
            limits=to_limits(self.limits),
            required_tier=self.required_tier,
            store_ids=tuple(dict.fromkeys(self.store_ids)),
            shop=to_shop(self.shop),
        )


def reward_body(reward: Reward) -> RewardBody:
    """Return a reward as answers show it."""
    return RewardBody(
        reward_id=reward.reward_id,
        title=reward.title,
        type=reward.type,
        required_points=reward.required_points,
        description=reward.description,
        is_active=reward.is_active,
        stock=reward.stock,
        percentage=reward.percentage,
        amount=reward.amount,
        product_id=reward.product_id,
        limits=limit_bodies(reward.limits),
        required_tier=reward.required_tier,
        store_ids=list(reward.store_ids),
        shop=shop_body(reward.shop),
    ).model_copy(
        update={
            "valid_from": reward.valid_from,
            "valid_until": reward.valid_until,
            **own_fields(reward, RewardBody),
        }
    )


def own_fields(reward: Reward, model: type[WireModel]) -> dict[str, Any]:
    """Return what integrators keep in a reward, under names that the answer does not have itself.

    They may be older than a field of ours.
    """
    ours = _names_of(model)
    return {name: value for name, value in reward.extra.items() if name not in ours}


@cache
def _names_of(model: type[WireModel]) -> frozenset[str]:
    """Return the names of a model's fields, in both spellings."""
    spellings = ((name, field.alias or name) for name, field in model.model_fields.items())
    return frozenset(part for each in spellings for part in each)


Rewards = Annotated[
    list[RewardBody], Field(max_length=REWARDS_MAX, description="What members can buy.")
]


def to_rewards(bodies: Sequence[RewardBody]) -> tuple[Reward, ...]:
    """Return the rewards of a request."""
    return tuple(body.to_domain() for body in bodies)


def replaced_rewards(
    bodies: Sequence[RewardBody],
) -> Callable[[Sequence[Reward]], tuple[Reward, ...]]:
    """Return the change of a program's rewards that a request asks for: all of them anew.

    Known ones keep the terms that the request does not name.
    """
    asked = [(body.to_domain(), body.model_fields_set & set(TERMS)) for body in bodies]

    def replaced(before: Sequence[Reward]) -> tuple[Reward, ...]:
        known = {each.reward_id: each for each in before}
        return tuple(
            reward.with_terms_of(known.get(reward.reward_id, reward), named)
            for reward, named in asked
        )

    return replaced
