"""Exchanges, returns, voids and corrections of receipts, as a merchant's files tell of them."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.domain.loyalty import earning, ledger
from shared.domain.loyalty.membership import Membership
from shared.domain.money import Money
from shared.domain.systems import purchases
from shared.domain.systems.purchases import Purchase
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.systems.syncs import Sync, SyncState, SystemKind
from shared.services.accounts import callers
from shared.services.loyalty import balances, bookings
from shared.services.systems import receipt_points
from shared.services.systems.receipt_points import ReceiptOutcome
from shared.store import client
from shared.store.client import Usage
from shared.store.loyalty import program_documents
from tests.support.branches import TickingClock
from tests.support.merchants import Member, Merchant
from tests.support.stored import assert_sound, document, documents, entries, units

ISSUED = datetime(2026, 3, 3, 13, tzinfo=UTC)
ORDERS = 4
"""Few, because each reads files; the domain's tests try all of them."""
Row = dict[str, Any]


pytestmark = pytest.mark.usefixtures("ticking")


@dataclass(frozen=True)
class Till:
    """A till whose files are imported. Members have 10 points a euro, from the first cent on."""

    anna: Member

    @property
    def ben(self) -> Member:
        return self.anna.other("user_2")

    def read(self, *rows: Row, **fields: Any) -> dict[str, Any]:
        """Import a file with these receipts."""
        content = base64.b64encode(json.dumps({"receipts": rows}).encode()).decode()
        body = {
            "system": "generic",
            "storeId": self.anna.merchant.store_id,
            "credentials": {"file": content},
            "awardPoints": {"programId": self.anna.program_id},
            **fields,
        }
        return self.anna.api.ok("syncPOS", body)

    def status(self) -> dict[str, Any]:
        body = {"storeId": self.anna.merchant.store_id, "kind": "pos", "system": "generic"}
        (found,) = self.anna.api.ok("getSyncStatus", body)["systems"]
        return dict(found)

    def remarks(self) -> list[str]:
        return [each["reason"] for each in self.status()["lastSync"]["remarks"]]

    def sync(self) -> Sync:
        """Return a sync as its worker has it."""
        merchant = self.anna.merchant
        return Sync(
            sync_id="sync_1",
            account_id=merchant.account_id,
            store_id=merchant.store_id,
            kind=SystemKind.POS,
            system="generic",
            state=SyncState.RUNNING,
            started_at=ISSUED,
            updated_at=ISSUED,
            streams=("receipts",),
            stream="receipts",
            program_id=self.anna.program_id,
        )


@pytest.fixture
def till(merchant: Merchant) -> Till:
    rules = {"pointsPerEuro": 10}
    anna = merchant.member("points", rules=rules)
    anna.other("user_2").enroll()
    return Till(anna)


def row(receipt_id: str, amount: float, **fields: Any) -> Row:
    minutes = fields.pop("at", 0)
    return {
        "id": receipt_id,
        "issuedAt": (ISSUED + timedelta(minutes=minutes)).isoformat(),
        "total": amount,
        "eligible": amount,
        "customerId": "user_1",
        **fields,
    }


def void(receipt_id: str, amount: float, of: str = "R-1", **fields: Any) -> Row:
    return row(receipt_id, amount, kind="void", voids=of, customerId="", at=1, **fields)


STORIES = {
    "an even exchange changes nothing": ([row("R-1", 30), row("X", 0, voids="R-1")], 300),
    "an exchange for more adds to the sale": ([row("R-1", 10), row("X", 5, voids="R-1")], 150),
    "an exchange for less takes its share": ([row("R-1", 10), row("X", -4, voids="R-1")], 60),
    "a void of a deposit alone takes nothing": (
        [row("R-1", 12, eligible=10), void("V", -2, eligible=0)],
        100,
    ),
    "a return takes its share, rounded for the customer": ([row("R-1", 10), void("V", -3.33)], 67),
    "the last part takes the rest": (
        [row("R-1", 10), void("V", -3.33), void("W", -3.33), void("X", -3.34)],
        0,
    ),
    "a void of the same second": ([row("9", 10), void("10", -10, of="9")], 0),
    "a void in place": ([row("R-1", 10), row("R-1", 10, kind="void", voids="R-1")], 0),
    "more than everything comes back": ([row("R-1", 10), void("V", -10), void("W", -10)], 0),
}


@pytest.mark.parametrize(("rows", "expected"), STORIES.values(), ids=STORIES)
def test_each_receipt_counts_once_in_any_order(till: Till, rows: list[Row], expected: int) -> None:
    """Each receipt comes in a file of its own, in each order, and all of them again."""
    for number, order in enumerate(permutations(rows)):
        if number == ORDERS:
            break
        renamed = [_renamed(each, f"{number}-") for each in order]
        for each in renamed:
            till.read(each)
        assert sum(units(till.anna)) == expected * (number + 1)
        booked = entries(till.anna)
        for each in renamed:
            till.read(each)
        assert entries(till.anna) == booked
    assert_sound(till.anna)


def _renamed(receipt: Row, prefix: str) -> Row:
    return {
        name: prefix + value if name in {"id", "voids"} else value
        for name, value in receipt.items()
    }


def test_stamps_are_not_granted_twice_for_an_exchange(merchant: Merchant) -> None:
    member = merchant.member("stamps")
    till = Till(member)

    till.read(row("R-1", 10), row("X", 5, voids="R-1"), void("V", -14))
    assert units(member) == [1]
    till.read(void("W", -1))
    assert units(member) == [1, -1]


def test_minimum_and_cap_are_judged_on_the_sum(merchant: Merchant) -> None:
    cashback = {"cashbackPercentage": 10, "maxCashbackPerTransaction": 2, "minimumPurchase": 8}
    member = merchant.member("cashback", rules=cashback)
    till = Till(member)

    till.read(row("R-1", 5))
    assert units(member) == []
    till.read(row("X", 5, voids="R-1"))
    assert units(member) == [100]
    till.read(row("Y", 500, voids="R-1"))
    assert sum(units(member)) == 200


def test_a_void_that_comes_first_waits_and_is_shown(till: Till) -> None:
    answer = till.read(void("V", -10))

    assert answer["remarks"] == []
    (waiting,) = till.status()["waiting"]
    assert (waiting["receiptId"], waiting["waitingReceiptIds"]) == ("R-1", ["V"])
    till.read(row("R-1", 10))
    assert till.status()["waiting"] == []
    assert sum(units(till.anna)) == 0
    assert_sound(till.anna)


def test_a_void_whose_sale_does_not_come_is_dropped_after_90_days_and_said(
    till: Till, ticking: TickingClock
) -> None:
    till.read(void("V", -10))
    ticking.advance(timedelta(days=89))
    assert till.read()["remarks"] == []
    assert len(till.status()["waiting"]) == 1

    ticking.advance(timedelta(days=1))
    (remark,) = till.read()["remarks"]

    assert remark["reason"].startswith("1 receipts took back goods of sales that have not come")
    assert remark["reason"].endswith(": V")
    assert till.status()["waiting"] == []
    store_id = till.anna.merchant.store_id
    assert store_id not in {each["storeId"] for each in documents("purchases").values()}


def test_nothing_waits_for_a_sale_that_was_read_without_a_member(till: Till) -> None:
    till.read(row("R-1", 10, customerId=""), void("V", -10))

    assert till.status()["waiting"] == []


def test_a_void_without_a_sale_takes_nothing_and_is_said(till: Till) -> None:
    till.read(row("R-1", 10))

    answer = till.read(row("V", -10, kind="void"))

    assert answer["remarks"] == [
        {
            "stream": "receipts",
            "externalId": "V",
            "reason": (
                "It takes goods back, and does not say of which sale: no points were taken back."
            ),
        }
    ]
    assert answer["changes"]["skipped"] == 1
    assert units(till.anna) == [100]


def test_points_that_are_spent_are_not_taken_back_and_it_is_said(till: Till) -> None:
    till.read(row("R-1", 10))
    till.anna.redeem(70)

    answer = till.read(void("V", -10))

    assert [each["reason"] for each in answer["remarks"]] == [
        "70 could not be taken back: the member has spent them."
    ]
    assert units(till.anna) == [100, -70, -30]
    # They are asked back once: points that come later are not taken for them.
    till.anna.earn(500)
    till.read(void("V", -10))
    assert till.anna.balance()["currentBalance"] == 500
    assert_sound(till.anna)


def test_another_customer_without_a_revision_is_refused_and_said(till: Till) -> None:
    till.read(row("R-1", 10))

    answer = till.read(row("R-1", 10, customerId="user_2"))

    (remark,) = answer["remarks"]
    assert "another customer" in remark["reason"]
    assert (units(till.anna), units(till.ben)) == ([100], [])


def book(till: Till, *receipts: Receipt) -> list[receipt_points.ReceiptResult]:
    return [receipt_points.book(till.sync(), each, lambda _: False) for each in receipts]


def receipt(amount: int = 1000, **fields: Any) -> Receipt:
    values = {
        "external_id": "R-1",
        "number": "1",
        "issued_at": ISSUED,
        "kind": ReceiptKind.SALE,
        "customer_id": "user_1",
        **fields,
    }
    return Receipt(total=Money(amount, "EUR"), eligible=Money(amount, "EUR"), **values)


def test_a_corrected_customer_gets_the_points_and_the_other_loses_them(till: Till) -> None:
    first, second = receipt(revision=1), receipt(revision=2, customer_id="user_2")

    book(till, first, second, first, second)

    assert (units(till.anna), units(till.ben)) == ([100, -100], [100])
    book(till, receipt(revision=3))
    assert (sum(units(till.anna)), sum(units(till.ben))) == (100, 0)
    for member in (till.anna, till.ben):
        assert_sound(member)


def test_of_a_corrected_customer_what_is_spent_is_left_and_said(till: Till) -> None:
    book(till, receipt(revision=1))
    till.anna.redeem(40)

    (result,) = book(till, receipt(revision=2, customer_id="user_2"))

    assert result.notes == ("40 could not be taken back: the member has spent them.",)
    assert (sum(units(till.anna)), units(till.ben)) == (0, [100])


def test_a_till_that_is_put_in_use_again(till: Till) -> None:
    """Its numbers begin anew: the void of a new receipt takes from the customer of that one."""
    old = receipt(series="2025-01-01")
    new = receipt(series="2026-01-01", customer_id="user_2", issued_at=ISSUED + timedelta(hours=1))
    new_void = receipt(
        -1000,
        external_id="V",
        voids="R-1",
        voids_series="2026-01-01",
        customer_id=None,
        kind=ReceiptKind.VOID,
        issued_at=ISSUED + timedelta(hours=2),
    )

    book(till, old, new, new_void)

    assert (units(till.anna), units(till.ben)) == ([100], [100, -100])
    transactions = {each.transaction_id for each in (*entries(till.anna), *entries(till.ben))}
    assert len(transactions) == 3


def test_a_sale_and_its_void_at_the_same_time_leave_nothing(till: Till) -> None:
    """Two imports at once, by two processes: whoever comes second knows of the other."""
    for number in range(8):
        name = f"R-{number}"
        pair = [
            receipt(external_id=name),
            receipt(-1000, external_id=f"V-{number}", kind=ReceiptKind.VOID, voids=name),
        ]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda each: book(till, each), pair))
    assert sum(units(till.anna)) == 0
    assert_sound(till.anna)


def book_as_before(till: Till, sold: Receipt) -> None:
    """Book a sale with the code that kept no purchases: the entry's id alone told of it."""
    program = program_documents.find(till.anna.program_id)
    assert program is not None
    name = receipt_points.transaction_id(till.sync(), sold.external_id)
    award = earning.award_for_purchase(program, sold.eligible.to_major())
    cause = bookings.cause_of(
        callers.acting_for(program.account_id),
        program,
        action="earn",
        business_key=name,
        terms=("receipt",),
        transaction_id=name,
        purchase_amount=str(sold.eligible.to_major()),
    )

    def booked(membership: Membership, _: Any) -> bookings.Decided:
        return bookings.Decided(*ledger.earn(membership, program, award.awarded_units, cause))

    bookings.run(None, program, sold.customer_id or "", cause, booked)


def take_as_before(till: Till, voiding: Receipt, points: int) -> None:
    sale = entries(till.anna)[0]
    balances.take_back(
        callers.acting_for(till.anna.merchant.account_id),
        program_id=till.anna.program_id,
        user_id="user_1",
        store_id=till.anna.merchant.store_id,
        entry_id=sale.entry_id,
        units=points,
        transaction_id=receipt_points.transaction_id(till.sync(), voiding.external_id),
        description="",
    )


@pytest.mark.parametrize("series", [None, "2026-01-01"])
def test_what_was_booked_before_purchases_were_kept_is_recognised(
    till: Till, ticking: TickingClock, series: str | None
) -> None:
    sold, part, rest = (
        receipt(series=series),
        receipt(-333, external_id="V", kind=ReceiptKind.VOID, voids="R-1", customer_id=None),
        receipt(-667, external_id="W", kind=ReceiptKind.VOID, voids="R-1", customer_id=None),
    )
    ticking.advance(timedelta(hours=6))
    book_as_before(till, sold)
    take_as_before(till, part, 34)

    results = book(till, sold, part, sold, part)

    assert {each.outcome for each in results} == {ReceiptOutcome.NOTHING}
    assert units(till.anna) == [100, -34]
    book(till, rest, part, sold, rest)
    assert units(till.anna) == [100, -34, -66]
    assert_sound(till.anna)


@pytest.mark.parametrize("series", [None, "2026-01-01"])
def test_a_receipt_that_is_later_than_the_earlier_booking_is_another_one(
    till: Till, ticking: TickingClock, series: str | None
) -> None:
    ticking.advance(timedelta(hours=6))
    book_as_before(till, receipt())

    later = receipt(series=series, issued_at=ticking.now + timedelta(hours=1))
    book(till, later, later)

    assert units(till.anna) == [100, 100]


def test_another_amount_than_booked_before_is_said(till: Till, ticking: TickingClock) -> None:
    ticking.advance(timedelta(hours=6))
    book_as_before(till, receipt())

    (result,) = book(till, receipt(1200))

    assert result.notes == (purchases.OTHER_AMOUNT,)
    assert units(till.anna) == [100]


def test_what_a_booking_costs(till: Till) -> None:
    """Two calls for a sale, one of them with three documents; three calls for a void."""

    def cost(of: Receipt) -> Usage:
        usage = client.start_usage()
        book(till, of)
        return usage

    cost(receipt(external_id="R-0"))  # It fills the caches.
    voiding = receipt(-400, external_id="V", voids="R-1", kind=ReceiptKind.VOID, customer_id=None)
    assert cost(receipt()) == Usage(rpcs=2, reads=3, writes=4)
    assert cost(receipt()) == Usage(rpcs=1, reads=3, writes=0)
    assert cost(voiding) == Usage(rpcs=3, reads=4, writes=4)
    assert cost(voiding) == Usage(rpcs=1, reads=1, writes=0)
    unknown = receipt(-400, external_id="W", voids="R-9", kind=ReceiptKind.VOID, customer_id=None)
    assert cost(unknown) == Usage(rpcs=4, reads=3, writes=1)
    anonymous = receipt(external_id="R-2", customer_id=None)
    assert cost(anonymous) == Usage()


def test_what_is_kept_of_a_purchase(till: Till) -> None:
    book(till, receipt())

    path = f"purchases/{receipt_points.purchase_id(till.sync(), 'R-1')}"
    stored = document(path)
    assert stored is not None
    assert (stored["storeId"], stored["receiptId"], stored["waitingSince"]) == (
        till.anna.merchant.store_id,
        "R-1",
        None,
    )
    assert set(stored) == {
        "".join([head, *(each.capitalize() for each in rest)])
        for name in Purchase.__slots__
        for head, *rest in [name.split("_")]
    }
