"""Rewards on the wire, as the list of a program has them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from shared.domain.loyalty.event_rules import Period
from shared.domain.loyalty.rewards import Reward, RewardLimit
from shared.schemas.loyalty.reward_bodies import RewardBody, replaced_rewards, reward_body

REWARD = {"title": "10% Rabatt", "type": "discount_percent", "requiredPoints": 10}


def test_a_reward_is_written_as_it_was_read() -> None:
    own = {"value": 10, "percent": 12.5, "isVegan": True, "sku": "K-1"}
    times = {"validFrom": "2026-01-01T00:00:00.000Z", "validUntil": "2027-01-01T00:00:00.000Z"}
    body = {
        **REWARD,
        **own,
        **times,
        "rewardId": "rw_1",
        "description": "d",
        "isActive": False,
        "stock": 3,
    }

    reward = RewardBody.model_validate({**body, "percent": Decimal("12.5")}).to_domain()

    assert reward.extra == own
    assert reward_body(reward).model_dump(by_alias=True, mode="json") == body


def test_a_reward_without_an_id_gets_one() -> None:
    first, second = (RewardBody.model_validate(REWARD).to_domain() for _ in range(2))

    assert first.reward_id.startswith("rw_")
    assert first.reward_id != second.reward_id


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        "x" * 501,
        2**53 + 1,
        -(2**53) - 1,
        Decimal("1e999"),
        Decimal("1e9999999"),
    ],
)
def test_a_reward_keeps_plain_short_values_only(value: Any) -> None:
    with pytest.raises(ValidationError, match="must have a short plain value for own"):
        RewardBody.model_validate({**REWARD, "own": value})


@pytest.mark.parametrize("value", ["x" * 500, 2**53, -(2**53), Decimal("0.25"), False])
def test_a_reward_keeps_a_value_at_the_bounds(value: Any) -> None:
    assert RewardBody.model_validate({**REWARD, "own": value}).to_domain().extra == {"own": value}


def test_a_reward_must_be_offered_at_some_time() -> None:
    period = {"validFrom": "2026-03-03T12:00:00.000Z", "validUntil": "2026-03-03T12:00:00.000Z"}
    reward = {"title": "Coffee", "type": "free_product", "requiredPoints": 10}

    with pytest.raises(ValidationError, match="must have validFrom before validUntil"):
        RewardBody.model_validate({**reward, **period})


def test_terms_are_only_there_if_they_are_set() -> None:
    terms = {
        "percentage": 10,
        "limits": [{"timesPerPeriod": 2, "period": "month"}],
        "requiredTier": "Gold",
        "storeIds": ["store_a"],
    }
    body = {**REWARD, **terms, "rewardId": "rw_1"}

    reward = RewardBody.model_validate(body).to_domain()
    shown = reward_body(reward).model_dump(by_alias=True, mode="json")

    assert reward.limits == (RewardLimit(2, Period.MONTH),)
    assert {name: each for name, each in shown.items() if name in body} == body
    assert not {"amount", "productId"} & shown.keys()


def test_a_name_that_we_have_taken_since_is_ours() -> None:
    older = Reward("rw_1", "10%", "discount_percent", Decimal(10), extra={"percentage": "ten"})

    assert "percentage" not in reward_body(older).model_dump(by_alias=True)


def test_terms_that_a_new_list_does_not_name_stay() -> None:
    before = Reward(
        "rw_1", "10%", "discount_percent", Decimal(10), percentage=Decimal(10), required_tier="Gold"
    )
    body = {**REWARD, "rewardId": "rw_1", "title": "Anders", "requiredTier": None}

    (after,) = replaced_rewards([RewardBody.model_validate(body)])([before])

    assert (after.title, after.percentage, after.required_tier) == ("Anders", Decimal(10), None)


def test_a_reward_of_another_type_is_not_worth_the_same() -> None:
    before = Reward("rw_1", "10%", "discount_percent", Decimal(10), percentage=Decimal(10))
    body = {**REWARD, "rewardId": "rw_1", "type": "free_product"}

    (after,) = replaced_rewards([RewardBody.model_validate(body)])([before])

    assert after.percentage is None


def test_a_period_has_one_limit() -> None:
    limits = [{"timesPerPeriod": times, "period": "day"} for times in (1, 2)]

    with pytest.raises(ValidationError, match="must have one limit for each period"):
        RewardBody.model_validate({**REWARD, "limits": limits})
