"""Merges: both balances become one, to the unit and to the day."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import chain, ledger, merging, proof
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Absence, Membership, MembershipStatus
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.units import BALANCE_UNITS_MAX
from shared.errors import BalanceLimitExceeded, MembershipClosed, MergeLimitExceeded
from tests.support.strategies import NOW, TIERED, make_cause, make_membership, make_program

PROGRAM = make_program(TIERED)
DAYS = [NOW + timedelta(days=each) for each in (30, 60, 90)]


class Books:
    """A membership with its entries."""

    def __init__(self, user_id: str, enrolled_at: datetime = NOW) -> None:
        self.membership = replace(
            make_membership(PROGRAM),
            membership_id=f"lp_1_{user_id}",
            user_id=user_id,
            enrolled_at=enrolled_at,
        )
        self.entries: list[Entry] = []

    def book(self, booked: tuple[Membership, Entry] | None) -> None:
        if booked is not None:
            self.membership, entry = booked
            self.entries.append(entry)

    def earn(self, units: int, expires_at: datetime | None = None) -> None:
        cause = make_cause(f"le_{len(self.entries)}")
        self.book(ledger.earn(self.membership, PROGRAM, units, cause, expires_at=expires_at))

    def redeem(self, units: int) -> None:
        if units <= self.membership.balance_units:
            cause = make_cause(f"le_{len(self.entries)}")
            self.book(ledger.redeem(self.membership, PROGRAM, units, cause))

    def take_back(self, index: int, policy: ReversePolicy) -> None:
        earns = [each for each in self.entries if each.kind == "earn"]
        if earns:
            original = earns[index % len(earns)]
            cause = make_cause(f"le_{len(self.entries)}")
            units = original.units
            if any(each.corrects_entry_id == original.entry_id for each in self.entries):
                return
            self.book(
                ledger.reverse(self.membership, PROGRAM, original, units, cause, policy=policy)
            )

    def assert_right(self) -> None:
        self.membership.assert_consistent()
        assert [*proof.sums_breaks(self.membership, self.entries)] == []
        assert chain.find_break(self.entries, self.membership.head_hash) is None


def merge(source: Books, target: Books) -> None:
    given_, taken = ledger.merge(
        source.membership, target.membership, PROGRAM, make_cause("le_out"), make_cause("le_in")
    )
    source.book(given_)
    target.book(taken)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("earn"), st.integers(1, 900), st.sampled_from([None, *DAYS])),
        st.tuples(st.just("redeem"), st.integers(1, 900), st.none()),
        st.tuples(st.just("take_back"), st.integers(0, 9), st.sampled_from([*ReversePolicy])),
    ),
    max_size=12,
)


def booked(user_id: str, what: list[tuple[str, int, object]]) -> Books:
    books = Books(user_id)
    for kind, number, more in what:
        if kind == "redeem":
            books.redeem(number)
        else:
            getattr(books, kind)(number, more)
    return books


def held(membership: Membership) -> Counter[datetime | None]:
    return Counter({each.expires_at: each.units for each in membership.lots})


@given(steps, steps, steps)
def test_nothing_is_lost_or_doubled_and_both_books_stay_right(
    first: list[tuple[str, int, object]],
    second: list[tuple[str, int, object]],
    after: list[tuple[str, int, object]],
) -> None:
    source, target = booked("a", first), booked("b", second)
    a, b = source.membership, target.membership

    merge(source, target)
    target.assert_right()
    joined = target.membership
    for kind, number, more in after:
        if kind == "redeem":
            target.redeem(number)
        else:
            getattr(target, kind)(number, more)

    source.assert_right()
    target.assert_right()
    assert joined.balance_units == a.balance_units + b.balance_units
    assert joined.lifetime_units == a.lifetime_units + b.lifetime_units
    assert joined.earned_units == a.earned_units + b.earned_units
    assert source.membership.balance_units == source.membership.lifetime_units == 0
    if a.deficit_units == b.deficit_units == 0:
        assert held(joined) == held(a) + held(b)


def test_silver_of_the_sum() -> None:
    """100 units of somebody with Silber and 200 of somebody with Bronze: 300, and Silber."""
    source, target = Books("a"), Books("b")
    source.earn(600, DAYS[0])
    source.redeem(500)
    target.earn(200, DAYS[1])

    merge(source, target)

    joined, closed = target.membership, source.membership
    assert (joined.balance_units, joined.tier) == (300, "Silber")
    assert held(joined) == {DAYS[0]: 100, DAYS[1]: 200}
    assert (closed.balance_units, closed.lots, closed.tier) == (0, (), "Silber")
    assert (closed.status, closed.merged_into) == (MembershipStatus.MERGED, "lp_1_b")
    assert (closed.merged_into_user_id, closed.next_due_at) == ("b", None)
    assert joined.merged_from == ("lp_1_a",)
    out, into = source.entries[-1], target.entries[-1]
    assert (out.units, into.units) == (-100, 100)
    assert (out.tier_before, out.tier_after) == ("Silber", "Silber")
    assert (into.tier_before, into.tier_after) == ("Bronze", "Silber")


@pytest.mark.parametrize("debtor", ["a", "b"])
def test_a_debt_is_paid_from_both(debtor: str) -> None:
    books = {"a": Books("a"), "b": Books("b")}
    books[debtor].earn(100)
    books[debtor].redeem(80)
    books[debtor].take_back(0, ReversePolicy.UNLIMITED)
    other = "b" if debtor == "a" else "a"
    books[other].earn(100, DAYS[0])
    assert books[debtor].membership.balance_units == -80

    merge(books["a"], books["b"])

    joined = books["b"].membership
    assert (joined.balance_units, joined.deficit_units) == (20, 0)
    assert held(joined) == {DAYS[0]: 20}
    books["b"].assert_right()


def test_the_earlier_enrolment_counts_with_its_anniversaries() -> None:
    early = NOW - timedelta(days=800)
    source, target = Books("a", early), Books("b")
    source.membership = replace(source.membership, anniversary_years=2)

    merge(source, target)

    joined = target.membership
    assert (joined.enrolled_at, joined.anniversary_years) == (early, 2)


GONE = Absence(NOW - timedelta(days=3))
ACTIVE, LEFT, SUSPENDED = (
    {},
    {"status": MembershipStatus.LEFT, "left_at": GONE.began_at, "absences": (GONE,)},
    {"status": MembershipStatus.SUSPENDED, "status_reason": "fraud", "absences": (GONE,)},
)


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (ACTIVE, ACTIVE, MembershipStatus.ACTIVE),
        (LEFT, ACTIVE, MembershipStatus.ACTIVE),
        (ACTIVE, LEFT, MembershipStatus.ACTIVE),
        (LEFT, LEFT, MembershipStatus.LEFT),
        (SUSPENDED, ACTIVE, MembershipStatus.SUSPENDED),
        (ACTIVE, SUSPENDED, MembershipStatus.SUSPENDED),
        (SUSPENDED, LEFT, MembershipStatus.SUSPENDED),
    ],
)
def test_nobody_escapes_a_suspension_by_a_merge(
    first: dict[str, object], second: dict[str, object], status: MembershipStatus
) -> None:
    source, target = Books("a"), Books("b")
    source.membership = replace(source.membership, **first)
    target.membership = replace(target.membership, **second)

    merge(source, target)

    joined = target.membership
    assert joined.status is status
    assert (joined.status_reason == "fraud") is (status is MembershipStatus.SUSPENDED)
    assert joined.was_absent_at(NOW) is (status is not MembershipStatus.ACTIVE)
    assert (joined.left_at is not None) is (first is second is LEFT)


def test_a_membership_that_a_merge_opens_stands_as_the_old_one() -> None:
    source = Books("a")
    source.membership = replace(source.membership, **SUSPENDED)
    target = Books("b")
    target.membership = merging.opened(source.membership, membership_id="lp_1_b", user_id="b")
    source.membership = replace(source.membership, status=MembershipStatus.SUSPENDED)

    merge(source, target)

    target.assert_right()
    assert target.membership.status is MembershipStatus.SUSPENDED
    assert target.membership.absences == (GONE,)
    assert target.membership.is_taken_over


@pytest.mark.parametrize("which", ["a", "b"])
def test_what_was_merged_is_neither_merged_nor_merged_into_again(which: str) -> None:
    source, target, third = Books("a"), Books("b"), Books("c")
    merge(source, target)
    pair = (source, third) if which == "a" else (third, source)

    with pytest.raises(MembershipClosed):
        merge(*pair)


def test_a_reversal_of_the_old_memberships_entry_says_the_lifetime() -> None:
    source, target = Books("a"), Books("b")
    source.earn(600)
    original = source.entries[0]
    merge(source, target)
    assert target.membership.tier == "Silber"

    taken_back = ledger.reverse(target.membership, PROGRAM, original, 200, make_cause("le_back"))
    target.book(taken_back)

    target.assert_right()
    assert (target.membership.lifetime_units, target.membership.tier) == (400, "Bronze")
    assert target.entries[-1].lifetime_after_units == 400


def test_there_are_bounds() -> None:
    source, target = Books("a"), Books("b")
    full = tuple(f"lp_1_{each}" for each in range(merging.MERGED_MAX))
    target.membership = replace(target.membership, merged_from=full)
    with pytest.raises(MergeLimitExceeded):
        merge(source, target)

    target.membership = replace(target.membership, merged_from=())
    rich = {"balance_units": BALANCE_UNITS_MAX, "earned_units": BALANCE_UNITS_MAX}
    for books in (source, target):
        books.earn(1)
        lots = (replace(books.membership.lots[0], units=BALANCE_UNITS_MAX),)
        books.membership = replace(books.membership, lots=lots, **rich)
    with pytest.raises(BalanceLimitExceeded):
        merge(source, target)


def test_every_field_of_a_membership_is_decided() -> None:
    assert {each.name for each in fields(Membership)} == merging.FIELDS
