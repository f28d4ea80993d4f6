"""Rewards: what points buy, for whom, how often, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared.domain.loyalty.event_rules import Period
from shared.domain.units import currency_scale, to_units
from shared.errors import InvalidParameters


class RewardType(StrEnum):
    """The types that every package may use; any other name is a custom reward (GROW and up)."""

    DISCOUNT_PERCENT = "discount_percent"
    DISCOUNT_AMOUNT = "discount_amount"
    FREE_PRODUCT = "free_product"
    VOUCHER = "voucher"


REWARD_TYPES_BUILT_IN: frozenset[str] = frozenset(each.value for each in RewardType)
VALUE_OF_TYPE: Mapping[str, str] = {
    RewardType.DISCOUNT_PERCENT: "percentage",
    RewardType.DISCOUNT_AMOUNT: "amount",
    RewardType.FREE_PRODUCT: "product_id",
}
"""The field that says what a reward of a type is worth. Other types may have any of them."""
DISCOUNTS = frozenset({RewardType.DISCOUNT_PERCENT.value, RewardType.DISCOUNT_AMOUNT.value})
"""The types whose codes an online shop can take."""
TERMS = ("percentage", "amount", "product_id", "limits", "required_tier", "store_ids", "shop")
"""What the short form of a reward, ``rewards`` of a program, need not say."""
REWARDS_MAX = 50
"""Rewards of a program that are not archived: every booking looks at all of them."""
ARCHIVED_MAX = 50
"""Archived ones that a program keeps; the one that was archived first leaves it first."""


@dataclass(frozen=True, slots=True)
class RewardLimit:
    """A member gets a reward at most ``times_per_period`` times in a period of the store."""

    times_per_period: int
    period: Period


@dataclass(frozen=True, slots=True)
class RewardShop:
    """The online shop in which alone the codes of a reward are used.

    ``store_id``: the store whose shop it is; ``None`` for the program's.
    """

    system: str
    store_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reward:
    """A reward that points buy.

    ``stock`` is the number when it was last set (``None``: unlimited); another document counts
    the remaining stock. ``extra`` keeps fields that integrators add for themselves.

    ``percentage`` (0 to 100), ``amount`` in the store's currency and ``product_id`` say what it is
    worth, as its type needs. ``limits`` hold for each member, one a period. ``required_tier``: only
    for members of this tier or a higher one. ``store_ids`` are where its codes can be used; none:
    in every store of the account. ``archived_at``: it cannot be had any more since then.
    ``has_codes``: it gives imported codes, of which ``stock`` is how many were ever imported.
    ``shop``: its codes are put into this online shop, and are of no use at a till.
    """

    reward_id: str
    title: str
    type: str
    required_points: Decimal
    description: str = ""
    is_active: bool = True
    stock: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    extra: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    percentage: Decimal | None = None
    amount: Decimal | None = None
    product_id: str | None = None
    limits: tuple[RewardLimit, ...] = ()
    required_tier: str | None = None
    store_ids: tuple[str, ...] = ()
    archived_at: datetime | None = None
    has_codes: bool = False
    shop: RewardShop | None = None

    def is_offered(self, now: datetime) -> bool:
        """Tell whether the reward is offered at ``now``, without regard to stock and member."""
        started = self.valid_from is None or self.valid_from <= now
        ended = self.valid_until is not None and self.valid_until <= now
        return self.is_active and self.archived_at is None and started and not ended

    @property
    def is_counted(self) -> bool:
        """Tell whether it can be out of stock."""
        return self.stock is not None and self.archived_at is None

    def is_for(self, tier: str | None, tiers: Sequence[str]) -> bool:
        """Tell whether it is for members of a tier; ``tiers`` are the program's, ascending."""
        if self.required_tier is None:
            return True
        if self.required_tier not in tiers or tier not in tiers:
            return False
        return tiers.index(tier) >= tiers.index(self.required_tier)

    def with_terms_of(self, before: Reward, named: Iterable[str]) -> Reward:
        """Return the reward with the terms of ``before`` that a short form has not ``named``.

        What only another type can have is left out.
        """
        kept = {name: getattr(before, name) for name in TERMS if name not in named}
        for type_, value in VALUE_OF_TYPE.items():
            if type_ != self.type and self.type in VALUE_OF_TYPE:
                kept.pop(value, None)
        if before.has_codes:
            kept |= {"has_codes": True, "stock": before.stock if self.stock is None else self.stock}
        return replace(self, **kept)


def require_costs(rewards: Iterable[Reward], scale: int) -> None:
    """Refuse rewards that cannot be paid in a unit of ``scale`` decimals, or that share an id.

    Raises:
        InvalidParameters: Fields are named ``rewards[0].requiredPoints`` and so on.
    """
    seen: set[str] = set()
    for index, reward in enumerate(rewards):
        require_cost(reward, scale, within=f"rewards[{index}].")
        if reward.reward_id in seen:
            name = f"rewards[{index}].rewardId"
            raise InvalidParameters(f"{name} is used twice.", fields={name: "is used twice"})
        seen.add(reward.reward_id)


def require_cost(reward: Reward, scale: int, *, within: str = "") -> None:
    """Refuse a reward that cannot be paid in a unit of ``scale`` decimals.

    Raises:
        InvalidParameters: The field is named ``requiredPoints``, with ``within`` before it.
    """
    name = f"{within}requiredPoints"
    if to_units(reward.required_points, scale, field=name) == 0:
        raise InvalidParameters(
            f"{name} must be greater than 0.", fields={name: "must be greater than 0"}
        )


def require_terms(reward: Reward, *, tiers: Sequence[str], currency: str, within: str = "") -> None:
    """Refuse terms that do not fit the type of a reward, or its program.

    Args:
        reward: The reward.
        tiers: The names of the program's tiers.
        currency: The currency of its store.
        within: What stands before the names of its fields.

    Raises:
        InvalidParameters: The fields are named.
    """
    problems = {
        f"{within}{_WIRE[value]}": f"is for rewards of type {type_}"
        for type_, value in VALUE_OF_TYPE.items()
        if type_ != reward.type
        and reward.type in VALUE_OF_TYPE
        and getattr(reward, value) is not None
    }
    if reward.required_tier is not None and reward.required_tier not in tiers:
        problems[f"{within}requiredTier"] = (
            f"names {reward.required_tier}, which is no tier of the program"
        )
    if reward.has_codes and reward.type != RewardType.VOUCHER:
        problems[f"{within}type"] = "must stay voucher: the reward gives codes of its own"
    problems |= {f"{within}{name}": why for name, why in _problems_of_shop(reward).items()}
    if problems:
        text = "; ".join(f"{name} {problem}" for name, problem in problems.items())
        raise InvalidParameters(f"{text}.", fields=problems)
    if reward.amount is not None:
        to_units(reward.amount, currency_scale(currency), field=f"{within}amount")


def _problems_of_shop(reward: Reward) -> dict[str, str]:
    """Return why a reward cannot be one of an online shop."""
    if reward.shop is None:
        return {}
    if reward.type not in DISCOUNTS:
        return {"shop": f"is for rewards of type {' or '.join(sorted(DISCOUNTS))}"}
    value = VALUE_OF_TYPE[reward.type]
    if getattr(reward, value) is None:
        return {_WIRE[value]: "is required for rewards of a shop"}
    if reward.store_ids:
        return {"storeIds": "is not for rewards of a shop: their codes are used there alone"}
    return {}


def require_codes(reward: Reward) -> None:
    """Refuse to give imported codes to what is no voucher, or what has pieces without a code.

    Raises:
        InvalidParameters: ``rewardId`` says why.
    """
    problem = None
    if reward.type != RewardType.VOUCHER:
        problem = "names no voucher"
    elif reward.archived_at is not None:
        problem = "names a reward that is archived"
    elif reward.stock and not reward.has_codes:
        problem = "names a reward whose stock are no codes: set its stock to 0 before"
    if problem is not None:
        raise InvalidParameters(f"rewardId {problem}.", fields={"rewardId": problem})


def require_value(reward: Reward) -> None:
    """Refuse a reward that does not say what it is worth although its type can.

    Raises:
        InvalidParameters: The field is named.
    """
    value = VALUE_OF_TYPE.get(reward.type)
    if value is not None and getattr(reward, value) is None:
        problem = f"is required for rewards of type {reward.type}"
        raise InvalidParameters(f"{_WIRE[value]} {problem}.", fields={_WIRE[value]: problem})


_WIRE = {"percentage": "percentage", "amount": "amount", "product_id": "productId"}
