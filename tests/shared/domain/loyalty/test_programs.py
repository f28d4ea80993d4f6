"""Programs: what a reward costs, and the unit that is counted in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.loyalty.programs import (
    RULES_BY_TYPE,
    ProgramType,
    Rules,
    require_milestones,
)
from shared.domain.loyalty.rewards import Reward
from shared.errors import InvalidParameters, ProgramInactive, RewardNotFound
from tests.support.strategies import CASHBACK, POINTS, STAMPS, TIERED, TIERS, make_program

TICK = timedelta(milliseconds=1)


def reward(**fields: Any) -> Reward:
    return Reward("rw_1", "Coffee", "free_product", Decimal(10), **fields)


@pytest.mark.parametrize(
    ("rules", "currency", "scale"),
    [
        (STAMPS, "EUR", 0),
        (POINTS, "EUR", 0),
        (TIERED, "KWD", 0),
        (CASHBACK, "EUR", 2),
        (CASHBACK, "JPY", 0),
        (CASHBACK, "KWD", 3),
    ],
)
def test_only_cashback_counts_in_money(rules: Rules, currency: str, scale: int) -> None:
    assert make_program(rules, currency=currency).scale == scale


@pytest.mark.parametrize(
    ("rules", "cost", "units"),
    [(POINTS, "100", 100), (POINTS, "1E+2", 100), (CASHBACK, "2.50", 250), (CASHBACK, "3", 300)],
)
def test_a_reward_costs_units(rules: Rules, cost: str, units: int) -> None:
    priced = Reward("rw_1", "Coffee", "free_product", Decimal(cost))
    cost_units = make_program(rules).cost_units(priced)
    assert cost_units == units
    assert type(cost_units) is int


def test_only_tier_programs_have_tiers() -> None:
    assert make_program(TIERED).tiers == TIERS
    assert [make_program(rules).tiers for rules in (POINTS, STAMPS, CASHBACK)] == [(), (), ()]


def test_a_reward_is_found_by_its_id() -> None:
    program = make_program(rewards=(reward(),))
    assert program.reward("rw_1") == program.find_reward("rw_1") == reward()
    assert program.find_reward("rw_2") is None
    with pytest.raises(RewardNotFound):
        program.reward("rw_2")


def test_an_inactive_program_refuses_by_name() -> None:
    make_program().require_active()
    with pytest.raises(ProgramInactive) as refusal:
        make_program(is_active=False).require_active()
    assert refusal.value.details == {"programId": "lp_1"}


def test_every_program_type_has_rules() -> None:
    assert set(RULES_BY_TYPE) == set(ProgramType)


@pytest.mark.parametrize(
    ("rules", "units"), [(POINTS, (100, 250)), (STAMPS, (100, 250)), (CASHBACK, (10_000, 25_000))]
)
def test_milestones_are_in_the_unit_of_the_program(rules: Rules, units: tuple[int, ...]) -> None:
    program = make_program(rules, milestones=(Decimal(100), Decimal(250)))

    assert program.milestones_units == units


def test_by_default_a_program_has_milestones() -> None:
    assert make_program().milestones_units == (100, 500, 1_000, 5_000, 10_000, 50_000, 100_000)


@pytest.mark.parametrize(
    ("milestone", "scale", "problem"),
    [
        (Decimal("99.5"), 0, "must be a whole number"),
        (Decimal("99.501"), 2, "must be a number with at most 2 decimals"),
        (Decimal(1_000_000_001), 0, "must be from 0 to 1000000000"),
    ],
)
def test_a_milestone_must_fit_the_unit(milestone: Decimal, scale: int, problem: str) -> None:
    require_milestones([Decimal(1), Decimal("1E+2")], scale)
    with pytest.raises(InvalidParameters) as caught:
        require_milestones([Decimal(1), milestone], scale)
    assert caught.value.details == {"fields": {"milestones[1]": problem}}
