"""What is due for a purchase, in the ledger: entries, grants and memberships agree."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Cause, Entry, EntryKind
from shared.domain.systems import purchase_postings, purchases
from shared.domain.systems.purchase_postings import Postings
from shared.domain.systems.purchases import Due, Purchase
from tests.support.receipts import ISSUED, decide, exchange, purchase_of, receipt
from tests.support.strategies import make_membership, make_program

PROGRAM = make_program()


class Books:
    """A member's ledger and a purchase; every receipt is booked when it is read."""

    def __init__(self) -> None:
        self.purchase = purchase_of("R-1")
        self.member = make_membership(PROGRAM)
        self.entries: dict[str, Entry] = {}

    def cause(self, name: str) -> Cause:
        return Cause(entry_id=name, fingerprint="f", now=ISSUED + timedelta(hours=1))

    def read(self, number: int, minor: int) -> Postings:
        read = exchange(number, minor) if number else receipt(minor)
        is_earning = read.customer_id is not None
        reading = purchases.with_receipt(self.purchase, read, is_earning=is_earning)
        purchase, dues = purchases.settled(reading.purchase, decide, ISSUED)
        postings = Postings(purchase, {"user_1": self.member})
        for due in dues:
            purchase_postings.post(
                postings, due, PROGRAM, self.entries, self.cause_of, read.identity
            )
        self.purchase = postings.purchase
        self.member = postings.memberships["user_1"]
        self.entries |= {each.entry_id: each for each in postings.entries.get("user_1", ())}
        return postings

    def spend(self, units: int) -> None:
        units = min(units, self.member.balance_units)
        if units > 0:
            cause = self.cause(f"spent_{self.member.seq}")
            self.member, _ = ledger.redeem(self.member, PROGRAM, units, cause)

    def cause_of(self, action: str, purchase: Purchase) -> Cause:
        return self.cause(f"{action}_{purchase.bookings}")


READ = st.tuples(st.integers(1, 6), st.integers(-2000, 2000))
SPEND = st.integers(1, 300)


@given(minor=st.integers(500, 5000), moves=st.lists(st.one_of(READ, SPEND), max_size=12))
def test_grants_say_what_the_ledger_has(minor: int, moves: list[tuple[int, int] | int]) -> None:
    books = Books()
    books.read(0, minor)
    for move in moves:
        if isinstance(move, int):
            books.spend(move)
        else:
            books.read(*move)

        books.member.assert_consistent()
        assert books.member.balance_units >= 0
        grants = books.purchase.grants
        assert sum(each.units for each in grants) == books.member.earned_units
        assert sum(each.taken_units for each in grants) == books.member.reversed_units
        for grant in grants:
            assert 0 <= grant.taken_units <= grant.asked_units <= grant.units
            assert books.entries[grant.entry_id].units == grant.units
    # Nothing is left to do: what is due was posted.
    assert purchases.settled(books.purchase, decide, ISSUED) == (books.purchase, ())


def test_what_is_spent_is_uncollected_and_not_asked_for_again() -> None:
    books = Books()
    books.read(0, 1000)
    books.spend(70)

    postings = books.read(1, -1000)

    assert (postings.has_taken, postings.uncollected_units) == (True, 70)
    (grant,) = books.purchase.grants
    assert (grant.units, grant.asked_units, grant.taken_units) == (100, 100, 30)


def test_units_that_are_given_back_are_those_that_were_taken() -> None:
    books = Books()
    books.read(0, 1000)
    books.spend(70)
    books.read(1, -1000)
    (grant,) = books.purchase.grants

    postings = Postings(books.purchase, {"user_1": books.member})
    back = Due("user_1", earn_units=0, take_units=-80)
    purchase_postings.post(postings, back, PROGRAM, books.entries, books.cause_of, "R-1")

    (after,) = postings.purchase.grants
    # Of 100 units 30 were taken; 20 are still asked for, so 10 go back.
    assert (after.asked_units, after.taken_units) == (20, 20)
    (entry,) = postings.entries["user_1"]
    assert (entry.kind, entry.units, entry.corrects_entry_id) == (
        EntryKind.REVERSE,
        10,
        grant.entry_id,
    )


def test_the_latest_grant_goes_first() -> None:
    books = Books()
    books.read(0, 1000)
    books.read(1, 500)

    books.read(2, -600)

    assert [each.asked_units for each in books.purchase.grants] == [10, 50]
    assert books.member.balance_units == 90
