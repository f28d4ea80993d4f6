"""The welcome bonus of who was two members: the first one stays, the other is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import chain, ledger, proof, welcome
from shared.domain.loyalty.earn_returns import EarnReturns
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from tests.support.strategies import NOW, TIERED, make_cause, make_membership, make_program

PROGRAM = replace(make_program(TIERED), welcome_bonus=Decimal(50))
NOTHING = EarnReturns("acc_1", "lp_1")


def greeted(user_id: str, at: datetime, units: int = 50) -> tuple[Membership, Entry]:
    """Return a member who was welcomed then, and the entry."""
    new = replace(
        make_membership(PROGRAM),
        membership_id=f"lp_1_{user_id}",
        user_id=user_id,
        awaits_welcome=True,
    )
    program = replace(PROGRAM, welcome_bonus=Decimal(units))
    membership, entry = welcome.greeted(new, program, is_verified=True, now=at)
    assert entry is not None
    return membership, entry


def spent(membership: Membership, entries: list[Entry], units: int) -> Membership:
    if units == 0 or units > membership.balance_units:
        return membership
    after, entry = ledger.redeem(membership, PROGRAM, units, make_cause(f"le_{user(membership)}"))
    entries.append(entry)
    return after


def user(membership: Membership) -> str:
    return f"{membership.user_id}_{membership.seq}"


def joined(source: Membership, target: Membership, entries: list[Entry]) -> Membership:
    _, (membership, entry) = ledger.merge(
        source, target, PROGRAM, make_cause("le_out"), make_cause("le_in")
    )
    entries.append(entry)
    return membership


@given(
    st.integers(0, 80), st.integers(0, 80), st.integers(0, 30), st.booleans(), st.integers(0, 50)
)
def test_who_was_two_has_one_bonus_less_what_was_spent(
    spent_by_source: int, spent_by_target: int, earned: int, is_source_first: bool, back: int
) -> None:
    """Never below zero; what cannot be taken is remembered; and the books stay right."""
    later = NOW + timedelta(minutes=1)
    source, of_source = greeted("a", NOW if is_source_first else later)
    target, of_target = greeted("b", later if is_source_first else NOW)
    entries = [of_target]
    if earned:
        target, more = ledger.earn(target, PROGRAM, earned, make_cause("le_more"))
        entries.append(more)
    source = spent(source, [], spent_by_source)
    target = spent(target, entries, spent_by_target)
    before = joined(source, target, entries)
    second = of_target if is_source_first else of_source
    taken_before = replace(NOTHING, returned_units=back, asked_units=back)
    granted = [
        (each, taken_before if each is second else NOTHING) for each in (of_source, of_target)
    ]

    surplus = welcome.beyond_the_first(granted, later)
    after, entry, returns = before, None, taken_before
    for bonus, told in surplus:
        after, entry, returns = welcome.taken_back(after, PROGRAM, bonus, told, later)

    wanted = 50 - back
    taken = min(wanted, before.balance_units)
    assert [each for each, _ in surplus] == ([second] if wanted else [])
    assert after.balance_units == before.balance_units - taken >= 0
    assert after.lifetime_units == before.lifetime_units - taken
    assert after.deficit_units == 0
    assert sum(each.units for each in after.uncollected) == wanted - taken
    assert returns.asked_units == 50
    assert (entry is None) is (taken == 0)
    if entry is not None:
        assert (entry.units, entry.corrects_entry_id) == (-taken, second.entry_id)
        entries.append(entry)
    after.assert_consistent()
    assert [*proof.sums_breaks(after, entries)] == []
    assert chain.find_break(entries, after.head_hash) is None


def test_the_first_one_stays_whatever_it_was_worth() -> None:
    first, second = greeted("a", NOW, 20)[1], greeted("b", NOW + timedelta(days=1), 90)[1]
    granted = [(second, NOTHING), (first, NOTHING)]

    assert welcome.beyond_the_first(granted, NOW) == [(second, NOTHING)]


def test_what_staff_have_taken_back_before_was_none() -> None:
    """They took the first one back: then the other one is the first that the person has had."""
    first, second = greeted("a", NOW)[1], greeted("b", NOW + timedelta(days=1))[1]
    gone = replace(NOTHING, returned_units=50, asked_units=50)

    assert welcome.beyond_the_first([(first, gone), (second, NOTHING)], NOW) == []


@pytest.mark.parametrize(("renews", "is_taken"), [(None, False), (True, True)])
def test_what_has_expired_is_not_taken_of_other_points(renews: bool | None, is_taken: bool) -> None:
    first, second = greeted("a", NOW)[1], greeted("b", NOW + timedelta(days=1))[1]
    over = replace(second, lot_expires_at=NOW + timedelta(days=2), renews=renews)
    granted = [(first, NOTHING), (over, NOTHING)]

    assert len(welcome.beyond_the_first(granted, NOW + timedelta(days=1))) == 1
    assert bool(welcome.beyond_the_first(granted, NOW + timedelta(days=3))) is is_taken
