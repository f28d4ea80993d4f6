"""Receipts whose points are pending: returns and voids take exactly what they gave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.services.loyalty import member_calendar
from tests.support.branches import TickingClock
from tests.support.merchants import Merchant
from tests.support.receipts import ReceiptTill, row, void
from tests.support.stored import assert_sound, entries

pytestmark = pytest.mark.usefixtures("ticking")


@pytest.fixture
def till(ticking: TickingClock, merchant: Merchant) -> ReceiptTill:
    assert ticking.now.day == 3
    anna = merchant.member("points", rules={"pointsPerEuro": 10}, pendingDays=14)
    anna.other("user_2").enroll()
    return ReceiptTill(anna)


def balances(till: ReceiptTill) -> tuple[float, float]:
    answer = till.anna.balance()
    return answer["currentBalance"], answer["pendingBalance"]


def test_a_sale_is_pending_and_counts_once(till: ReceiptTill) -> None:
    answer = till.read(row("R-1", 10))
    again = till.read(row("R-1", 10))

    assert answer["changes"]["receiptsAwarded"] == 1
    assert again["changes"]["receiptsAwarded"] == 0
    assert balances(till) == (0, 100)
    assert_sound(till.anna)


def test_a_return_and_a_void_take_what_is_pending(till: ReceiptTill) -> None:
    till.read(row("R-1", 10), row("R-2", 20))
    answer = till.read(void("V", -4), void("W", -20, of="R-2"))

    assert answer["changes"]["receiptsTakenBack"] == 2
    assert answer["remarks"] == []
    assert balances(till) == (0, 60)
    totals = till.anna.balance()
    assert (totals["totalEarned"], totals["totalReversed"]) == (0, 0)
    assert_sound(till.anna)


def test_what_comes_back_later_is_taken_from_the_balance(
    till: ReceiptTill, ticking: TickingClock
) -> None:
    till.read(row("R-1", 10))
    till.read(void("V", -4))
    ticking.advance(timedelta(days=20))
    member_calendar.run()
    assert balances(till) == (60, 0)

    till.read(void("W", -6))

    assert balances(till) == (0, 0)
    assert sum(each.units for each in entries(till.anna)) == 0
    assert_sound(till.anna)


def test_a_receipt_is_not_booked_again_after_it_was_activated(
    till: ReceiptTill, ticking: TickingClock
) -> None:
    till.read(row("R-1", 10))
    till.anna.api.ok("activateLoyaltyPoints", till.anna.ids)
    ticking.advance(timedelta(days=1))

    till.read(row("R-1", 10), isFull=True)
    till.read(void("V", -10, of="R-1"))

    assert balances(till) == (0, 0)
    assert_sound(till.anna)
