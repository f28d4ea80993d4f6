"""Rewards: when one is offered, for whom, and what it cannot be."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.loyalty.rewards import Reward, require_costs, require_terms, require_value
from shared.errors import InvalidParameters
from tests.support.strategies import NOW

TICK = timedelta(milliseconds=1)
TIERS = ("Bronze", "Silber", "Gold")


def reward(**fields: Any) -> Reward:
    return Reward("rw_1", "Coffee", fields.pop("type", "free_product"), Decimal(10), **fields)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "is_offered"),
    [
        (None, None, True),
        (NOW, None, True),
        (NOW + TICK, None, False),
        (None, NOW, False),
        (None, NOW + TICK, True),
        (NOW, NOW + TICK, True),
        (NOW - TICK, NOW, False),
    ],
)
def test_a_reward_is_offered_from_its_first_moment_to_before_its_last(
    valid_from: datetime | None, valid_until: datetime | None, is_offered: bool
) -> None:
    assert reward(valid_from=valid_from, valid_until=valid_until).is_offered(NOW) is is_offered


def test_a_reward_that_is_switched_off_is_not_offered() -> None:
    assert not reward(is_active=False).is_offered(NOW)
    assert not reward(is_active=False, valid_from=NOW - TICK).is_offered(NOW)


def test_an_empty_stock_does_not_end_an_offer() -> None:
    assert reward(stock=0).is_offered(NOW)


def test_an_archived_reward_is_not_offered() -> None:
    assert not reward(archived_at=NOW - TICK).is_offered(NOW)


@pytest.mark.parametrize(
    ("costs", "scale", "field", "problem"),
    [
        (["1", "1.5"], 0, "rewards[1].requiredPoints", "must be a whole number"),
        (["1.555"], 2, "rewards[0].requiredPoints", "must be a number with at most 2 decimals"),
        (["0"], 0, "rewards[0].requiredPoints", "must be greater than 0"),
        (["1", "1000000001"], 0, "rewards[1].requiredPoints", "must be from 0 to 1000000000"),
    ],
)
def test_a_reward_that_cannot_be_paid_is_refused_by_its_place(
    costs: list[str], scale: int, field: str, problem: str
) -> None:
    rewards = [
        Reward(f"rw_{index}", "Coffee", "free_product", Decimal(cost))
        for index, cost in enumerate(costs)
    ]
    with pytest.raises(InvalidParameters) as refusal:
        require_costs(rewards, scale)
    assert refusal.value.details == {"fields": {field: problem}}


def test_rewards_that_can_be_paid_are_accepted() -> None:
    rewards = [
        Reward(f"rw_{cost}", "Coffee", "free_product", Decimal(cost)) for cost in ("0.01", "9.99")
    ]
    require_costs(rewards, 2)
    require_costs([], 0)


def test_two_rewards_of_one_id_are_refused() -> None:
    with pytest.raises(InvalidParameters) as refusal:
        require_costs([reward(), reward()], 0)
    assert refusal.value.details == {"fields": {"rewards[1].rewardId": "is used twice"}}


@pytest.mark.parametrize(
    ("required", "tier", "is_for"),
    [
        (None, None, True),
        ("Silber", None, False),
        ("Silber", "Bronze", False),
        ("Silber", "Silber", True),
        ("Silber", "Gold", True),
        ("Silber", "Platin", False),
        ("Platin", "Gold", False),
    ],
)
def test_a_reward_is_for_its_tier_and_higher_ones(
    required: str | None, tier: str | None, is_for: bool
) -> None:
    assert reward(required_tier=required).is_for(tier, TIERS) is is_for


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        (
            {"percentage": Decimal(10)},
            {"rewards[0].percentage": "is for rewards of type discount_percent"},
        ),
        (
            {"type": "discount_percent", "amount": Decimal(1), "product_id": "p"},
            {
                "rewards[0].amount": "is for rewards of type discount_amount",
                "rewards[0].productId": "is for rewards of type free_product",
            },
        ),
        (
            {"type": "discount_amount", "amount": Decimal("1.005")},
            {"rewards[0].amount": "must be a number with at most 2 decimals"},
        ),
        (
            {"required_tier": "Platin"},
            {"rewards[0].requiredTier": "names Platin, which is no tier of the program"},
        ),
        (
            {"type": "evening", "has_codes": True},
            {"rewards[0].type": "must stay voucher: the reward gives codes of its own"},
        ),
    ],
)
def test_terms_that_do_not_fit_are_refused(
    fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with pytest.raises(InvalidParameters) as refusal:
        require_terms(reward(**fields), tiers=TIERS, currency="EUR", within="rewards[0].")
    assert refusal.value.details == {"fields": problems}


def test_vouchers_and_custom_rewards_may_be_worth_anything() -> None:
    for each in ("voucher", "evening"):
        worth = reward(type=each, amount=Decimal(5), percentage=Decimal(5), product_id="p")
        require_terms(worth, tiers=(), currency="EUR")
        require_value(reward(type=each))


@pytest.mark.parametrize(
    ("type_", "field"),
    [
        ("discount_percent", "percentage"),
        ("discount_amount", "amount"),
        ("free_product", "productId"),
    ],
)
def test_the_built_in_types_say_what_they_are_worth(type_: str, field: str) -> None:
    with pytest.raises(InvalidParameters) as refusal:
        require_value(reward(type=type_))
    assert refusal.value.details == {"fields": {field: f"is required for rewards of type {type_}"}}
