"""The welcome bonus of who was two members: the largest one stays, the other is taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import chain, ledger, proof, welcome
from shared.domain.loyalty.earn_returns import EarnReturns
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.expiry import PointsExpiry, Renewal
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
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

    surplus = welcome.beyond_one(granted, before, later)
    after, entry, returns = before, None, taken_before
    for bonus, told in surplus:
        after, entry, returns = welcome.taken_back(after, PROGRAM, bonus, told, later)

    # Of the second one staff have left less, or as much: so the first one stays.
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


ALONE = make_membership(PROGRAM)


def test_the_largest_one_stays_and_of_equal_ones_the_first() -> None:
    first, second = greeted("a", NOW, 20)[1], greeted("b", NOW + timedelta(days=1), 90)[1]
    third = greeted("c", NOW + timedelta(days=2), 90)[1]
    granted = [(third, NOTHING), (first, NOTHING), (second, NOTHING)]

    assert welcome.beyond_one(granted, ALONE, NOW) == [(third, NOTHING), (first, NOTHING)]


@pytest.mark.parametrize(
    ("back", "surplus"), [(0, ["lp_1_b"]), (1, ["lp_1_a"]), (49, ["lp_1_a"]), (50, [])]
)
def test_it_is_as_large_as_staff_have_left_it(back: int, surplus: list[str]) -> None:
    """They took some of the first one: the other one is larger. If all, it was none."""
    first, second = greeted("a", NOW)[1], greeted("b", NOW + timedelta(days=1))[1]
    told = replace(NOTHING, returned_units=back, asked_units=back)

    found = welcome.beyond_one([(first, told), (second, NOTHING)], ALONE, NOW)

    assert [each.membership_id for each, _ in found] == surplus


@pytest.mark.parametrize(
    ("renews", "expired_units", "redeemed_units", "is_taken"),
    [
        (None, 0, 0, True),
        (None, 0, 1, False),
        (None, 1, 0, False),
        (True, 0, 1, True),
        (True, 1, 0, False),
    ],
)
def test_of_older_bonuses_only_the_first_date_is_known(
    renews: bool | None, expired_units: int, redeemed_units: int, is_taken: bool
) -> None:
    """After that it is taken only if it has been put off for sure: not of other points."""
    first, second = greeted("a", NOW)[1], greeted("b", NOW + timedelta(days=1))[1]
    over = replace(second, lot_expires_at=NOW + timedelta(days=2), renews=renews)
    both = replace(ALONE, expired_units=expired_units, redeemed_units=redeemed_units)
    granted = [(first, NOTHING), (over, NOTHING)]

    assert len(welcome.beyond_one(granted, both, NOW + timedelta(days=1))) == 1
    assert bool(welcome.beyond_one(granted, both, NOW + timedelta(days=3))) is is_taken


EXPIRING = replace(
    PROGRAM,
    points_expiry=replace(PointsExpiry.of(30), renewed_by=(Renewal.EARNING, Renewal.SPENDING)),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "redeem", "hold", "free", "extend", "wait"]), st.integers(1, 60)
    ),
    max_size=8,
)


@dataclass
class Shopper:
    """One member who does something each day, and a count of what happens to their bonus alone.

    ``lived``: it has not expired, by the dates of all that they have.
    """

    program: Program
    membership: Membership
    now: datetime
    bonus: Entry
    expires_at: datetime | None
    number: int = 0

    def cause(self) -> Cause:
        self.number += 1
        name = f"le_{self.membership.user_id}_{self.number}"
        return replace(make_cause(name), now=self.now)

    def caught_up(self, now: datetime) -> None:
        self.now = now
        self.membership, _ = ledger.caught_up(self.membership, self.program, now)

    def does(self, what: str, size: int) -> None:
        """Do it, and put off the date of the bonus as the program promises."""
        is_alive = self.expires_at is None or self.expires_at > self.now
        member, there = self.membership, self.membership.available_units
        if what == "earn":
            self.membership, entry = ledger.earn(member, self.program, size, self.cause())
            is_alive = is_alive and bool(self.bonus.renews) and entry.renewed_until is not None
            self.put_off(entry.renewed_until, is_alive)
        elif what == "redeem" and there:
            units = min(size, there)
            self.membership, entry = ledger.redeem(member, self.program, units, self.cause())
            is_alive = is_alive and bool(self.bonus.renews) and entry.renewed_until is not None
            self.put_off(entry.renewed_until, is_alive)
        elif what == "extend":
            until = self.now + timedelta(days=size)
            if ledger.extend(member, self.program, until, self.cause()) is not None:
                extended = ledger.extend(member, self.program, until, self.cause())
                assert extended is not None
                self.membership = extended[0]
                self.put_off(until, is_alive)
        elif what == "hold" and there:
            name = f"rs_{member.user_id}_{self.number}"
            wanted = Hold(name, member.membership_id, (), self.now, self.now + timedelta(days=2))
            self.number += 1
            self.membership = ledger.hold(member, self.program, wanted, min(size, there))
        elif what == "free" and member.holds:
            self.membership = ledger.release(member, self.program, member.holds[0], self.now)

    def put_off(self, until: datetime | None, is_alive: bool) -> None:
        if is_alive and until is not None and self.expires_at is not None:
            self.expires_at = max(self.expires_at, until)


def shopper(user_id: str, program: Program, at: datetime) -> Shopper:
    new = replace(
        make_membership(program),
        membership_id=f"lp_1_{user_id}",
        user_id=user_id,
        awaits_welcome=True,
    )
    membership, entry = welcome.greeted(new, program, is_verified=True, now=at)
    assert entry is not None
    return Shopper(program, membership, at, entry, entry.lot_expires_at)


def walked(
    user_id: str, program: Program, began: datetime, steps: list[tuple[str, int]]
) -> Shopper:
    one = shopper(user_id, program, began)
    for what, size in steps:
        # Holds end before the next step, so that none of them keeps anything from expiring.
        one.caught_up(one.now + timedelta(days=size if what == "wait" else 3))
        one.does(what, size)
    return one


@given(STEPS, STEPS, st.booleans(), st.sampled_from([PROGRAM, EXPIRING, None]))
def test_whatever_the_two_did_before(
    steps_of_a: list[tuple[str, int]],
    steps_of_b: list[tuple[str, int]],
    is_into_a: bool,
    chosen: Program | None,
) -> None:
    """It takes the second bonus, if that lives: of what can be spent, and never of what is held."""
    plain = replace(PROGRAM, points_expiry=PointsExpiry.of(30))
    program = chosen or plain
    a, b = walked("a", program, NOW, steps_of_a), walked("b", program, NOW, steps_of_b)
    now = max(a.now, b.now)
    for each in (a, b):
        each.caught_up(now)
    source, target = (b, a) if is_into_a else (a, b)
    _, (before, _) = ledger.merge(
        source.membership, target.membership, program, source.cause(), target.cause()
    )

    surplus = welcome.beyond_one([(a.bonus, NOTHING), (b.bonus, NOTHING)], before, now)

    is_alive = b.expires_at is None or b.expires_at > now
    assert [each for each, _ in surplus] == ([b.bonus] if is_alive else [])
    for bonus, told in surplus:
        after, entry, returns = welcome.taken_back(before, program, bonus, told, now)
        taken = 0 if entry is None else -entry.units
        missing = sum(each.units for each in after.uncollected)
        assert (
            taken == min(50, before.available_units) == before.balance_units - after.balance_units
        )
        assert after.available_units >= 0
        assert after.holds == before.holds
        # What is neither taken nor held was spent.
        assert returns.asked_units == taken + missing
        assert 50 - returns.asked_units == min(50 - taken, before.held_units)
        after.assert_consistent()


def test_what_was_held_can_be_taken_when_a_third_one_comes() -> None:
    """The entry of that has another id."""
    later = NOW + timedelta(minutes=1)
    (source, of_source), (target, of_target) = greeted("a", NOW), greeted("b", later)
    wanted = Hold("rs_1", target.membership_id, (), later, later + timedelta(minutes=15))
    target = ledger.hold(target, PROGRAM, wanted, 40)
    source = spent(source, [], 50)
    both = joined(source, target, [])
    ((bonus, told),) = welcome.beyond_one([(of_source, NOTHING), (of_target, NOTHING)], both, later)

    both, first, returns = welcome.taken_back(both, PROGRAM, bonus, told, later)
    assert first is not None
    assert (first.units, returns.asked_units, both.uncollected) == (-10, 10, ())
    assert welcome.taken_back(both, PROGRAM, bonus, returns, later) == (both, None, returns)

    both = ledger.release(both, PROGRAM, both.holds[0], later)
    both, second, returns = welcome.taken_back(both, PROGRAM, bonus, returns, later)
    assert second is not None
    assert (second.units, returns.asked_units, both.balance_units) == (-40, 50, 0)
    assert second.entry_id != first.entry_id
