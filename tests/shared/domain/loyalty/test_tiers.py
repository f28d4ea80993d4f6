"""Levels: reached exactly at their threshold, never lost by spending."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import ledger, tiers
from shared.domain.loyalty.programs import Tier
from shared.domain.loyalty.tiers import TierProgress
from tests.support.strategies import TIERED, TIERS, make_cause, make_membership, make_program

LADDERS = (
    st.lists(st.integers(0, 5_000), min_size=1, max_size=20, unique=True)
    .map(sorted)
    .map(lambda marks: tuple(Tier(f"T{index}", mark) for index, mark in enumerate(marks)))
)


@pytest.mark.parametrize(
    ("lifetime_units", "tier"),
    [
        (0, "Bronze"),
        (1, "Bronze"),
        (499, "Bronze"),
        (500, "Silber"),
        (501, "Silber"),
        (1499, "Silber"),
        (1500, "Gold"),
        (10**15, "Gold"),
        (-80, None),
    ],
)
def test_a_tier_begins_exactly_at_its_threshold(lifetime_units: int, tier: str | None) -> None:
    assert tiers.tier_for(TIERS, lifetime_units) == tier


def test_below_the_first_threshold_there_is_no_tier() -> None:
    ladder = (Tier("Silber", 100), Tier("Gold", 200))
    assert tiers.tier_for(ladder, 99) is None
    assert tiers.progress(ladder, 99) == TierProgress(None, "Silber", 1, None)
    assert tiers.progress(ladder, 100) == TierProgress("Silber", "Gold", 100, None)


def test_a_program_without_tiers_has_no_progress() -> None:
    assert tiers.tier_for((), 1_000) is None
    assert tiers.progress((), 1_000) == TierProgress(None, None, 0, None)


@pytest.mark.parametrize(
    ("lifetime_units", "progress"),
    [
        (0, TierProgress("Bronze", "Silber", 500, None)),
        (499, TierProgress("Bronze", "Silber", 1, None)),
        (500, TierProgress("Silber", "Gold", 1000, 1)),
        (530, TierProgress("Silber", "Gold", 970, 31)),
        (1499, TierProgress("Silber", "Gold", 1, 1000)),
        (1500, TierProgress("Gold", None, 0, 1)),
        (1600, TierProgress("Gold", None, 0, 101)),
    ],
)
def test_the_distances_lead_up_and_down(lifetime_units: int, progress: TierProgress) -> None:
    assert tiers.progress(TIERS, lifetime_units) == progress


@given(LADDERS, st.integers(-100, 6_000))
def test_the_distances_are_the_least_that_change_the_tier(
    ladder: tuple[Tier, ...], lifetime_units: int
) -> None:
    found = tiers.progress(ladder, lifetime_units)
    assert found.current == tiers.tier_for(ladder, lifetime_units)
    if found.next is None:
        assert found.points_to_reach == 0
        assert found.current == ladder[-1].name
    else:
        reached = lifetime_units + found.points_to_reach
        assert tiers.tier_for(ladder, reached) == found.next
        assert tiers.tier_for(ladder, reached - 1) == found.current
    if found.points_to_fall_down is None:
        assert found.current in {None, ladder[0].name}
    else:
        fallen = lifetime_units - found.points_to_fall_down
        assert tiers.tier_for(ladder, fallen) != found.current
        assert tiers.tier_for(ladder, fallen + 1) == found.current


@given(LADDERS, st.lists(st.integers(-100, 6_000), min_size=2, max_size=10).map(sorted))
def test_who_earned_more_never_stands_lower(ladder: tuple[Tier, ...], lifetimes: list[int]) -> None:
    order = [None, *(tier.name for tier in ladder)]
    ranks = [order.index(tiers.tier_for(ladder, lifetime)) for lifetime in lifetimes]
    assert all(low <= high for low, high in pairwise(ranks))


@given(st.integers(1, 3_000), st.data())
def test_spending_never_lowers_a_tier(earned: int, data: st.DataObject) -> None:
    program = make_program(TIERED)
    membership, _ = ledger.earn(make_membership(program), program, earned, make_cause())
    spent = data.draw(st.integers(1, earned))
    after, entry = ledger.redeem(membership, program, spent, make_cause("le_2"))
    assert after.tier == membership.tier == tiers.tier_for(TIERS, earned)
    assert (entry.tier_before, entry.tier_after) == (membership.tier, membership.tier)


RAISED = (Tier("Bronze", 0), Tier("Silber", 800), Tier("Gold", 2_000))


def test_a_raised_threshold_takes_no_tier_away() -> None:
    assert tiers.tier_after(RAISED, "Silber", lifetime_before=600, lifetime_after=600) == "Silber"
    assert tiers.tier_after(RAISED, "Silber", lifetime_before=600, lifetime_after=700) == "Silber"
    assert tiers.tier_after(RAISED, "Silber", lifetime_before=600, lifetime_after=2_000) == "Gold"


def test_a_reversal_leads_to_the_tier_that_is_left() -> None:
    assert tiers.tier_after(RAISED, "Silber", lifetime_before=600, lifetime_after=599) == "Bronze"
    assert tiers.tier_after(RAISED, "Gold", lifetime_before=2_000, lifetime_after=900) == "Silber"


def test_a_tier_that_was_renamed_gives_way_to_the_one_that_is_reached() -> None:
    assert tiers.tier_after(RAISED, "Silver", lifetime_before=600, lifetime_after=700) == "Bronze"
    assert tiers.progress(RAISED, 700, "Silver").current == "Bronze"


def test_the_way_from_a_tier_that_is_held_leads_up_from_there() -> None:
    assert tiers.progress(RAISED, 600, "Silber") == TierProgress("Silber", "Gold", 1_400, 1)
