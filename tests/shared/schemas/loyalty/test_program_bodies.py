"""Programs on the wire: rules read and written, rewards, what no program could have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from shared.domain.loyalty.programs import (
    CashbackRules,
    PointsRules,
    ProgramType,
    StampsRules,
    Tier,
    TierRules,
)
from shared.errors import InvalidParameters
from shared.schemas.loyalty.program_bodies import (
    RewardBody,
    parse_rules,
    refuse_impossible_rules,
    reward_body,
    rules_body,
)

DOCUMENTED: dict[ProgramType, dict[str, Any]] = {
    ProgramType.STAMPS: {"requiredStamps": 10, "stampsPerPurchase": 1, "pointsPerCheckin": 1},
    ProgramType.POINTS: {
        "pointsPerEuro": 10,
        "minimumPurchase": Decimal("5.0"),
        "pointsPerCheckin": 5,
    },
    ProgramType.CASHBACK: {
        "cashbackPercentage": 3,
        "maxCashbackPerTransaction": Decimal("5.0"),
    },
    ProgramType.TIER: {
        "pointsPerEuro": 10,
        "pointsPerCheckin": 5,
        "tiers": [{"name": "Bronze", "minPoints": 0}, {"name": "Silber", "minPoints": 500}],
    },
}
REWARD = {"title": "10% Rabatt", "type": "discount_percent", "requiredPoints": 10}


def impossible(rules: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidParameters) as caught:
        refuse_impossible_rules(rules)
    fields: dict[str, str] = caught.value.details["fields"]
    return fields


def test_reads_the_documented_rules() -> None:
    parsed = {each: parse_rules(each, rules) for each, rules in DOCUMENTED.items()}

    tiers = (Tier("Bronze", 0), Tier("Silber", 500))
    assert parsed == {
        ProgramType.STAMPS: StampsRules(10, 1, 1),
        ProgramType.POINTS: PointsRules(Decimal(10), Decimal(5), 5),
        ProgramType.CASHBACK: CashbackRules(Decimal(3), Decimal(5)),
        ProgramType.TIER: TierRules(Decimal(10), tiers, None, 5),
    }


@pytest.mark.parametrize("program_type", list(ProgramType))
def test_writes_rules_as_they_were_read(program_type: ProgramType) -> None:
    rules = DOCUMENTED[program_type]

    assert rules_body(parse_rules(program_type, rules)) == rules


@pytest.mark.parametrize(
    "rules",
    [
        *DOCUMENTED.values(),
        {},
        {"minimumPurchase": 5},
        {"tiers": DOCUMENTED[ProgramType.TIER]["tiers"]},
    ],
)
def test_rules_that_some_program_could_have_pass(rules: dict[str, Any]) -> None:
    refuse_impossible_rules(rules)


@pytest.mark.parametrize(
    ("rules", "problems"),
    [
        ({"bogus": 1}, {"rules.bogus": "is not a known field"}),
        ({"cashbackPercentage": 101}, {"rules.cashbackPercentage": "must be at most 100"}),
        (
            {"pointsPerEuro": "10", "tiers": []},
            {
                "rules.pointsPerEuro": "must be a number",
                "rules.tiers": "must have at least 1 items",
            },
        ),
        (
            {"pointsPerEuro": 10, "requiredStamps": 10},
            {"rules.pointsPerEuro": "is for points and tier programs"},
        ),
    ],
)
def test_rules_that_no_program_could_have_are_refused(
    rules: dict[str, Any], problems: dict[str, str]
) -> None:
    assert impossible(rules) == problems


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


def test_whole_numbers_may_be_written_with_a_zero_fraction() -> None:
    rules = parse_rules(ProgramType.STAMPS, {"requiredStamps": Decimal("10.0")})

    assert rules == StampsRules(required_stamps=10)
    assert type(rules.required_stamps) is int


def test_a_reward_must_be_offered_at_some_time() -> None:
    period = {"validFrom": "2026-03-03T12:00:00.000Z", "validUntil": "2026-03-03T12:00:00.000Z"}
    reward = {"title": "Coffee", "type": "free_product", "requiredPoints": 10}

    with pytest.raises(ValidationError, match="must have validFrom before validUntil"):
        RewardBody.model_validate({**reward, **period})
