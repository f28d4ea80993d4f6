"""Exchanges, returns, voids and corrections of receipts, as a merchant's files tell of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.domain.systems.purchases import Purchase
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.services.systems import receipt_points
from shared.store import client
from shared.store.client import Usage
from tests.support.branches import TickingClock
from tests.support.merchants import Merchant
from tests.support.receipts import ISSUED, ReceiptTill, Row, book, receipt, row, void
from tests.support.stored import assert_sound, document, documents, entries, units

ORDERS = 4
"""Few, because each reads files; the domain's tests try all of them."""


pytestmark = pytest.mark.usefixtures("ticking")


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
ONE_STORY = "an exchange for less takes its share"


@pytest.mark.parametrize(
    ("rows", "expected"),
    # Each reads up to 20 files.
    [
        pytest.param(*story, id=name, marks=() if name == ONE_STORY else pytest.mark.wide)
        for name, story in STORIES.items()
    ],
)
def test_each_receipt_counts_once_in_any_order(
    receipt_till: ReceiptTill, rows: list[Row], expected: int
) -> None:
    """Each receipt comes in a file of its own, in each order, and then all of them in one."""
    for number, order in enumerate(permutations(rows)):
        if number == ORDERS:
            break
        renamed = [_renamed(each, f"{number}-") for each in order]
        for each in renamed:
            receipt_till.read(each)
        assert sum(units(receipt_till.anna)) == expected * (number + 1)
        booked = entries(receipt_till.anna)
        receipt_till.read(*renamed)
        assert entries(receipt_till.anna) == booked
    assert_sound(receipt_till.anna)


def _renamed(receipt: Row, prefix: str) -> Row:
    return {
        name: prefix + value if name in {"id", "voids"} else value
        for name, value in receipt.items()
    }


def number_two(amount: float, **fields: Any) -> Row:
    """Return a receipt that refers to the second receipt, not to the sale."""
    return row("Z", amount, **{"voids": "X", "customerId": "", "at": 5, **fields})


CHAINS = {
    "a return that names the exchange": (
        [row("R-1", 10), row("X", 5, voids="R-1", at=2), number_two(-15)],
        0,
    ),
    "a return after an even exchange": (
        [row("R-1", 10), row("X", 0, voids="R-1", at=2), number_two(-10, kind="void")],
        0,
    ),
    "the void of an exchange": (
        [row("R-1", 10), row("X", 5, voids="R-1", at=2), number_two(-5, kind="void")],
        100,
    ),
    "the void of a return": (
        [row("R-1", 10), void("X", -4), number_two(4, kind="void")],
        100,
    ),
    "the void of a void": ([row("R-1", 10), void("X", -10), number_two(10, kind="void")], 100),
    "an exchange that is void itself": (
        [row("R-1", 10), row("X", 5, voids="R-1", at=2), row("X", 5, kind="void", voids="X", at=2)],
        100,
    ),
    "a return that is void itself": (
        [
            row("R-1", 10),
            row("X", -5, voids="R-1", at=2),
            row("X", 5, kind="void", voids="X", at=2),
        ],
        100,
    ),
}


@pytest.mark.parametrize(("rows", "expected"), CHAINS.values(), ids=CHAINS)
def test_what_refers_to_a_receipt_that_refers_to_the_sale_counts_too(
    receipt_till: ReceiptTill, rows: list[Row], expected: int
) -> None:
    for number, order in enumerate(permutations(rows)):
        renamed = [_renamed(each, f"{number}-") for each in order]
        for each in renamed:
            receipt_till.read(each)
        assert sum(units(receipt_till.anna)) == expected * (number + 1), order
        receipt_till.read(*renamed)
        assert sum(units(receipt_till.anna)) == expected * (number + 1), order
    assert receipt_till.status()["waiting"] == []
    assert_sound(receipt_till.anna)


def test_a_later_reading_of_a_return_corrects_it(receipt_till: ReceiptTill) -> None:
    first = row("X", -5, voids="R-1", updatedAt="2026-03-03T14:00:00Z")
    later = row("X", -2, voids="R-1", updatedAt="2026-03-03T15:00:00Z")

    receipt_till.read(row("R-1", 10), first)
    receipt_till.read(later)
    receipt_till.read(first)
    assert sum(units(receipt_till.anna)) == 80

    answer = receipt_till.read(row("X", -3, voids="R-1"))
    assert answer["remarks"] == []  # It is older than what was read with a time of change.
    assert sum(units(receipt_till.anna)) == 80


def test_a_void_that_was_undone_later_counts_no_more(receipt_till: ReceiptTill) -> None:
    sold = row("R-1", 10, updatedAt="2026-03-03T14:00:00Z")
    voided = {**sold, "kind": "void", "voids": "R-1", "updatedAt": "2026-03-03T15:00:00Z"}
    again = {**sold, "updatedAt": "2026-03-03T16:00:00Z"}

    receipt_till.read(sold)
    receipt_till.read(voided)
    assert sum(units(receipt_till.anna)) == 0
    receipt_till.read(again)
    receipt_till.read(voided)
    receipt_till.read(sold)
    assert sum(units(receipt_till.anna)) == 100


def test_a_receipt_of_the_future_earns_nothing_and_it_is_said(receipt_till: ReceiptTill) -> None:
    answer = receipt_till.read(row("R-1", 10, issuedAt="2099-01-01T00:00:00Z"))

    assert [each["reason"] for each in answer["remarks"]] == ["It is dated in the future."]
    assert units(receipt_till.anna) == []


def test_stamps_are_not_granted_twice_for_an_exchange(merchant: Merchant) -> None:
    member = merchant.member("stamps")
    receipt_till = ReceiptTill(member)

    receipt_till.read(row("R-1", 10), row("X", 5, voids="R-1"), void("V", -14))
    assert units(member) == [1]
    receipt_till.read(void("W", -1))
    assert units(member) == [1, -1]


def test_minimum_and_cap_are_judged_on_the_sum(merchant: Merchant) -> None:
    cashback = {"cashbackPercentage": 10, "maxCashbackPerTransaction": 2, "minimumPurchase": 8}
    member = merchant.member("cashback", rules=cashback)
    receipt_till = ReceiptTill(member)

    receipt_till.read(row("R-1", 5))
    assert units(member) == []
    receipt_till.read(row("X", 5, voids="R-1"))
    assert units(member) == [100]
    receipt_till.read(row("Y", 500, voids="R-1"))
    assert sum(units(member)) == 200


def test_a_void_that_comes_first_waits_and_is_shown(receipt_till: ReceiptTill) -> None:
    answer = receipt_till.read(void("V", -10))

    assert answer["remarks"] == []
    (waiting,) = receipt_till.status()["waiting"]
    assert (waiting["receiptId"], waiting["waitingReceiptIds"]) == ("R-1", ["V"])
    receipt_till.read(row("R-1", 10))
    assert receipt_till.status()["waiting"] == []
    assert sum(units(receipt_till.anna)) == 0
    assert_sound(receipt_till.anna)


def test_a_void_whose_sale_does_not_come_is_dropped_after_90_days_and_said(
    receipt_till: ReceiptTill, ticking: TickingClock
) -> None:
    receipt_till.read(void("V", -10))
    ticking.advance(timedelta(days=89))
    assert receipt_till.read()["remarks"] == []
    assert len(receipt_till.status()["waiting"]) == 1

    ticking.advance(timedelta(days=1))
    (remark,) = receipt_till.read()["remarks"]

    assert remark["reason"].startswith("1 receipts took back goods of sales that have not come")
    assert remark["reason"].endswith(": V")
    assert receipt_till.status()["waiting"] == []
    store_id = receipt_till.anna.merchant.store_id
    left = [each for each in documents("purchases").values() if each.get("storeId") == store_id]
    # The void's own id still says to which sale it belongs.
    assert [each["receiptId"] for each in left] == ["V"]


def test_nothing_waits_for_a_sale_that_was_read_without_a_member(receipt_till: ReceiptTill) -> None:
    receipt_till.read(row("R-1", 10, customerId=""), void("V", -10))

    assert receipt_till.status()["waiting"] == []


def test_a_void_without_a_sale_takes_nothing_and_is_said(receipt_till: ReceiptTill) -> None:
    receipt_till.read(row("R-1", 10))

    answer = receipt_till.read(row("V", -10, kind="void"))

    assert answer["remarks"] == [
        {
            "stream": "receipts",
            "externalId": "V",
            "reason": (
                "It takes goods back, and does not say of which sale: no points were taken back."
            ),
            "meaning": {"code": "return_without_sale", "parameters": {}},
        }
    ]
    assert answer["changes"]["skipped"] == 1
    assert units(receipt_till.anna) == [100]


def test_points_that_are_spent_are_not_taken_back_and_it_is_said(receipt_till: ReceiptTill) -> None:
    receipt_till.read(row("R-1", 10))
    receipt_till.anna.redeem(70)

    answer = receipt_till.read(void("V", -10))

    assert answer["changes"]["receiptsTakenBack"] == 1
    assert [each["reason"] for each in answer["remarks"]] == [
        "70 could not be taken back: the member has spent them."
    ]
    assert units(receipt_till.anna) == [100, -70, -30]
    # They are asked back once: points that come later are not taken for them.
    receipt_till.anna.earn(500)
    receipt_till.read(void("V", -10))
    assert receipt_till.anna.balance()["currentBalance"] == 500
    assert_sound(receipt_till.anna)


def test_another_customer_without_a_revision_is_refused_and_said(receipt_till: ReceiptTill) -> None:
    receipt_till.read(row("R-1", 10))

    answer = receipt_till.read(row("R-1", 10, customerId="user_2"))

    (remark,) = answer["remarks"]
    assert "another customer" in remark["reason"]
    assert (units(receipt_till.anna), units(receipt_till.ben)) == ([100], [])


def test_a_corrected_customer_gets_the_points_and_the_other_loses_them(
    receipt_till: ReceiptTill,
) -> None:
    first, second = receipt(revision=1), receipt(revision=2, customer_id="user_2")

    book(receipt_till, first, second, first, second)

    assert (units(receipt_till.anna), units(receipt_till.ben)) == ([100, -100], [100])
    book(receipt_till, receipt(revision=3))
    assert (sum(units(receipt_till.anna)), sum(units(receipt_till.ben))) == (100, 0)
    for member in (receipt_till.anna, receipt_till.ben):
        assert_sound(member)


def test_of_a_corrected_customer_what_is_spent_is_left_and_said(receipt_till: ReceiptTill) -> None:
    book(receipt_till, receipt(revision=1))
    receipt_till.anna.redeem(40)

    (result,) = book(receipt_till, receipt(revision=2, customer_id="user_2"))

    assert result.notes == ("40 could not be taken back: the member has spent them.",)
    assert (sum(units(receipt_till.anna)), units(receipt_till.ben)) == (0, [100])


def test_a_till_that_is_put_in_use_again(receipt_till: ReceiptTill) -> None:
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

    book(receipt_till, old, new, new_void)

    assert (units(receipt_till.anna), units(receipt_till.ben)) == ([100], [100, -100])
    transactions = {
        each.transaction_id for each in (*entries(receipt_till.anna), *entries(receipt_till.ben))
    }
    assert len(transactions) == 3


def test_a_sale_and_its_void_at_the_same_time_leave_nothing(receipt_till: ReceiptTill) -> None:
    """Two imports at once, by two processes: whoever comes second knows of the other."""
    for number in range(8):
        name = f"R-{number}"
        pair = [
            receipt(external_id=name),
            receipt(-1000, external_id=f"V-{number}", kind=ReceiptKind.VOID, voids=name),
        ]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda each: book(receipt_till, each), pair))
    assert sum(units(receipt_till.anna)) == 0
    assert_sound(receipt_till.anna)


def test_what_a_booking_costs(receipt_till: ReceiptTill) -> None:
    """Two calls for a sale, one of them with three documents; three calls for a void."""

    def cost(of: Receipt) -> Usage:
        usage = client.start_usage()
        book(receipt_till, of)
        return usage

    cost(receipt(external_id="R-0"))  # It fills the caches.
    voiding = receipt(-400, external_id="V", voids="R-1", kind=ReceiptKind.VOID, customer_id=None)
    assert cost(receipt()) == Usage(rpcs=2, reads=3, writes=4)
    assert cost(receipt()) == Usage(rpcs=1, reads=3, writes=0)
    assert cost(voiding) == Usage(rpcs=3, reads=6, writes=5)
    assert cost(voiding) == Usage(rpcs=1, reads=2, writes=0)
    unknown = receipt(-400, external_id="W", voids="R-9", kind=ReceiptKind.VOID, customer_id=None)
    assert cost(unknown) == Usage(rpcs=4, reads=5, writes=2)
    anonymous = receipt(external_id="R-2", customer_id=None)
    assert cost(anonymous) == Usage()


def test_what_is_kept_of_a_purchase(receipt_till: ReceiptTill) -> None:
    book(receipt_till, receipt())

    path = f"purchases/{receipt_points.purchase_id(receipt_till.sync(), 'R-1')}"
    stored = document(path)
    assert stored is not None
    assert (stored["storeId"], stored["receiptId"], stored["waitingSince"]) == (
        receipt_till.anna.merchant.store_id,
        "R-1",
        None,
    )
    assert set(stored) - {"people"} == {
        "".join([head, *(each.capitalize() for each in rest)])
        for name in Purchase.__slots__
        for head, *rest in [name.split("_")]
    }
