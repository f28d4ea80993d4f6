"""Programs on the wire: rules read and written, rewards, what no program could have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

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
    parse_rules,
    refuse_impossible_rules,
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


def test_whole_numbers_may_be_written_with_a_zero_fraction() -> None:
    rules = parse_rules(ProgramType.STAMPS, {"requiredStamps": Decimal("10.0")})

    assert rules == StampsRules(required_stamps=10)
    assert type(rules.required_stamps) is int
