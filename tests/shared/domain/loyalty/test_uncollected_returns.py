"""What returns could not take: from what cancelled redemptions it is taken, and how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.loyalty import ledger, proof, uncollected_returns
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.loyalty.uncollected_returns import UNCOLLECTED_MAX, Uncollected
from tests.support.strategies import NOW, TIERED, make_cause, make_membership, make_program

PROGRAM = make_program(TIERED)
HOUR = timedelta(hours=1)


class Books:
    """A membership with its entries; each booking is an hour after the one before."""

    def __init__(self) -> None:
        self.membership: Membership = make_membership(PROGRAM)
        self.entries: list[Entry] = []
        self.now: datetime = NOW

    def cause(self) -> Cause:
        self.now += HOUR
        return make_cause(f"le_{self.now.timestamp()}", now=self.now)

    def book(self, booked: tuple[Membership, Entry]) -> Entry:
        self.membership, entry = booked
        self.entries.append(entry)
        return entry

    def earn(self, units: int, expires_at: datetime | None = None) -> Entry:
        cause = self.cause()
        return self.book(ledger.earn(self.membership, PROGRAM, units, cause, expires_at=expires_at))

    def redeem(self, units: int) -> Entry:
        return self.book(ledger.redeem(self.membership, PROGRAM, units, self.cause()))

    def take_back(
        self, earn: Entry, units: int, policy: ReversePolicy = ReversePolicy.WITHIN_BALANCE
    ) -> None:
        cause = self.cause()
        booked = ledger.reverse(self.membership, PROGRAM, earn, units, cause, policy=policy)
        if booked is not None:
            self.book(booked)
        else:
            self.membership = ledger.uncollected(
                self.membership, earn, units, cause.now, policy=policy
            )

    def cancel(self, redeemed: Entry) -> int:
        """Cancel a redemption and write off what has expired; return what was collected."""
        cause = self.cause()
        entry = self.book(ledger.cancel(self.membership, PROGRAM, redeemed, cause))
        earns = {(each.membership_id, each.entry_id): each for each in self.entries}
        self.membership, collected = ledger.collect(
            self.membership, PROGRAM, redeemed, earns, cause
        )
        self.entries += collected
        written_off = ledger.expired(self.membership, PROGRAM, self.now)
        if written_off is not None:
            self.book(written_off)
        assert list(proof.sums_breaks(self.membership, self.entries)) == []
        return entry.collected_units or 0


def test_several_redemptions_pay_together_no_more_than_was_missing() -> None:
    books = Books()
    earn = books.earn(100)
    redeemed = [books.redeem(60), books.redeem(40)]
    books.take_back(earn, 70)

    assert [books.cancel(each) for each in redeemed] == [60, 10]
    assert books.membership.balance_units == 30
    assert books.membership.lifetime_units == 30


def test_it_takes_what_the_return_would_have_taken_and_nothing_that_had_expired_then() -> None:
    books = Books()
    earn = books.earn(50, NOW + 5 * HOUR)
    books.earn(50, NOW + 50 * HOUR)
    redeemed = books.redeem(100)
    books.now = NOW + 10 * HOUR
    books.take_back(earn, 30)

    assert books.cancel(redeemed) == 30
    assert [each.units for each in books.membership.lots] == [20]


def test_what_was_earned_later_does_not_pay_for_what_had_expired_before_the_return() -> None:
    books = Books()
    earn = books.earn(50, NOW + 5 * HOUR)
    redeemed = books.redeem(50)
    books.now = NOW + 10 * HOUR
    books.take_back(earn, 50)
    books.earn(100, NOW + 90 * HOUR)

    assert books.cancel(redeemed) == 0
    assert books.membership.balance_units == 100


def test_what_has_expired_since_the_return_pays_first() -> None:
    books = Books()
    earn = books.earn(50, NOW + 10 * HOUR)
    books.earn(50, NOW + 50 * HOUR)
    redeemed = books.redeem(100)
    books.take_back(earn, 30)
    books.now = NOW + 20 * HOUR

    assert books.cancel(redeemed) == 30
    assert [each.units for each in books.membership.lots] == [50]


@pytest.mark.parametrize(
    ("policy", "left"), [(ReversePolicy.ONLY_PENDING, 100), (ReversePolicy.UNLIMITED, 0)]
)
def test_other_policies_remember_nothing(policy: ReversePolicy, left: int) -> None:
    books = Books()
    earn = books.earn(100)
    redeemed = books.redeem(100)
    books.take_back(earn, 100, policy)

    assert books.membership.uncollected == ()
    assert books.cancel(redeemed) == 0
    assert books.membership.balance_units == left


def test_a_return_that_is_withdrawn_gives_back_what_was_taken_since() -> None:
    books = Books()
    earn = books.earn(100)
    redeemed = books.redeem(60)
    books.take_back(earn, 100)
    assert books.cancel(redeemed) == 60

    after, to_give_back = ledger.withdraw(books.membership, earn, 60)

    assert (after.uncollected, to_give_back) == ((), 60)


def test_a_return_that_is_withdrawn_is_not_missing_any_more() -> None:
    books = Books()
    earn = books.earn(100)
    redeemed = books.redeem(60)
    books.take_back(earn, 100)

    books.membership, to_give_back = ledger.withdraw(books.membership, earn, 40)

    assert to_give_back == 0
    assert books.cancel(redeemed) == 20


def test_those_are_let_go_first_of_which_nothing_is_missing() -> None:
    earn = Books().earn(1)
    every = tuple(
        Uncollected("m", f"le_{each}", each % 2, NOW + each * HOUR)
        for each in range(UNCOLLECTED_MAX)
    )
    first = replace(every[0], units=1)

    after = uncollected_returns.added((first, *every[1:]), earn, 5, NOW + 100 * HOUR)

    assert len(after) == UNCOLLECTED_MAX
    assert after[0] == first
    assert every[2] not in after
    assert after[-1].entry_id == earn.entry_id
