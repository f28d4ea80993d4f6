"""A reward is in reach since a booking if the member can have it, and could not pay it before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.loyalty import ledger, reward_rules, rewards_in_reach, standing
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.event_rules import Period
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.rewards import Reward, RewardLimit
from tests.support.strategies import NOW, STAMPS, TIERED, make_cause, make_membership, make_program

LATER = NOW + timedelta(days=9)
DAY = timedelta(days=1)


def reward(name: str, points: int, **terms: object) -> Reward:
    return replace(Reward(name, name, "free_product", Decimal(points)), **terms)  # type: ignore[arg-type]


REWARDS = (
    reward("small", 10),
    reward("middle", 150),
    reward("silver", 20, required_tier="Silber"),
    reward("gold", 700, required_tier="Gold"),
    reward("off", 30, is_active=False),
    reward("archived", 30, archived_at=NOW),
    reward("later", 30, valid_from=NOW + DAY),
    reward("over", 30, valid_until=NOW),
    reward("once", 40, limits=(RewardLimit(1, Period.EVER),)),
)
PROGRAM = replace(make_program(TIERED), rewards=REWARDS)


def in_reach(entry: Entry, after: Membership, program: Program = PROGRAM) -> list[str]:
    found = rewards_in_reach.of_entry(entry, after, program, NOW)
    return [each.reward_id for each in found]


def expected(before: Membership, after: Membership) -> list[str]:
    """Say it from what the member could pay, and from all that a redemption would be refused by."""
    return [
        each.reward_id
        for each in REWARDS
        if not [*reward_rules.refusals(PROGRAM, each, after, NOW)]
        and not (
            PROGRAM.cost_units(each) <= before.available_units
            and each.is_for(before.tier, PROGRAM.tier_names)
        )
    ]


def booked(membership: Membership, kind: str, units: int, number: int) -> tuple[Membership, Entry]:
    cause = make_cause(f"le_{number}", reward_id="once", reward_code="RW")
    if kind == "redeem":
        return ledger.redeem(membership, PROGRAM, units, cause)
    return ledger.earn(membership, PROGRAM, units, cause)


def held(membership: Membership, units: int, number: int) -> Membership:
    wanted = Hold(f"rs_{number}", "lp_1_user_1", (), NOW, LATER)
    return ledger.hold(membership, PROGRAM, wanted, units)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["earn", "earn", "redeem", "hold", "release"]), st.integers(1, 700)
        ),
        max_size=15,
    )
)
@settings(max_examples=200)
def test_says_what_a_redemption_says(steps: Sequence[tuple[str, int]]) -> None:
    membership = make_membership(PROGRAM)
    for number, (kind, units) in enumerate(steps):
        if kind == "hold":
            if units <= membership.available_units and len(membership.holds) < 3:
                membership = held(membership, units, number)
        elif kind == "release":
            if membership.holds:
                membership = ledger.release(membership, PROGRAM, membership.holds[0], NOW)
        elif kind == "earn" or units <= membership.available_units:
            before = membership
            membership, entry = booked(before, kind, units, number)
            assert in_reach(entry, membership) == expected(before, membership)


def test_is_told_at_the_point_that_was_missing() -> None:
    after, entry = booked(make_membership(PROGRAM), "earn", 9, 1)
    assert in_reach(entry, after) == []
    after, entry = booked(after, "earn", 1, 2)
    assert in_reach(entry, after) == ["small"]
    after, entry = booked(after, "earn", 1, 3)
    assert in_reach(entry, after) == []


def test_a_tier_brings_what_the_balance_covered_before() -> None:
    after, _ = booked(make_membership(PROGRAM), "earn", 499, 1)
    after, entry = booked(after, "earn", 1, 2)
    assert (entry.tier_before, entry.tier_after) == ("Bronze", "Silber")
    assert in_reach(entry, after) == ["silver"]


def test_nothing_is_in_reach_of_who_was_suspended_since() -> None:
    after, entry = booked(make_membership(PROGRAM), "earn", 10, 1)
    assert in_reach(entry, standing.suspended(after, "Test", NOW)) == []


def test_what_was_spent_since_is_in_reach_no_more() -> None:
    after, entry = booked(make_membership(PROGRAM), "earn", 10, 1)
    spent, _ = booked(after, "redeem", 1, 2)
    assert in_reach(entry, spent) == []


@pytest.mark.parametrize(("stamps", "is_full"), [(9, False), (10, True), (11, True)])
def test_a_stamp_card_without_rewards_is_full(stamps: int, is_full: bool) -> None:
    program = make_program(STAMPS)
    after, entry = ledger.earn(make_membership(program), program, stamps, make_cause())

    assert rewards_in_reach.fills_card(entry, after, program) is is_full
    assert not rewards_in_reach.fills_card(entry, standing.left(after, NOW), program)
    more, second = ledger.earn(after, program, 1, make_cause("le_2"))
    assert rewards_in_reach.fills_card(second, more, program) is (stamps == 9)


def test_a_card_with_rewards_is_never_full() -> None:
    program = replace(make_program(STAMPS), rewards=(reward("small", 10),))
    after, entry = ledger.earn(make_membership(program), program, 10, make_cause())
    assert not rewards_in_reach.fills_card(entry, after, program)
    assert in_reach(entry, after, program) == ["small"]
