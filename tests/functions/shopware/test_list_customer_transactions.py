"""listCustomerTransactions: each filter, in the values that clients in PHP send, and the order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.shopware import CUSTOMER, ORDER, Shop, bound, shop_of

NAME = "listCustomerTransactions"


@pytest.fixture
def shop(frozen_clock: Clock, merchant: Merchant) -> Shop:
    """A customer with 30 points that expired, 100 by an order, a purchase of 40 that was returned
    by half, 25 taken, and 8 that come later.
    """
    expiring = {"pointsExpiry": {"afterDays": 5}, "pendingDays": 0}
    member, shop = bound(merchant, program=expiring), shop_of(merchant)
    shop.ok("addPoints", customerId=CUSTOMER, points=30)
    frozen_clock.advance(days=10)
    shop.ok("addPoints", customerId=CUSTOMER, points=100, orderId=ORDER)
    frozen_clock.advance(minutes=1)
    member.add(purchaseAmount=40, transactionId="bill")
    frozen_clock.advance(minutes=1)
    returned = {"transactionId": "bill", "refundId": "r1", "amount": 20}
    merchant.api.ok("reverseLoyaltyTransaction", {**member.ids, **returned})
    frozen_clock.advance(minutes=1)
    shop.ok("deductPoints", customerId=CUSTOMER, points=25)
    frozen_clock.advance(minutes=1)
    merchant.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "pendingDays": 3})
    member.add(purchaseAmount=8, transactionId="bill 2")
    return shop


FOUND: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [12, -25, -30, 60, 100, -30, 30]),
    ({"sortDirection": "ASC", "limit": "2", "offset": "1"}, [-30, 100]),
    ({"sortBy": "value"}, [100, 60, 30, 12, -25, -30, -30]),
    ({"received": "0"}, [12]),
    ({"received": "true", "minValue": "1"}, [60, 100, 30]),
    ({"refund": "1"}, [-30]),
    ({"refund": "false", "maxValue": "-1"}, [-25, -30]),
    ({"expired": "true"}, [-30, 30]),
    ({"expired": "no", "minValue": 0}, [12, 60, 100]),
    ({"orderId": f"0X{ORDER.upper()}"}, [100]),
    ({"minValue": "-25", "maxValue": "+12"}, [12, -25]),
]


def test_lists_what_fits_in_the_order_that_is_asked_for(shop: Shop) -> None:
    for parameters, values in FOUND:
        answer = shop.ok(NAME, customerId=CUSTOMER, **parameters)

        assert (parameters, [each["value"] for each in answer["data"]]) == (parameters, values)
        assert answer["total"] == (7 if "limit" in parameters else len(values))


def test_what_the_balance_has_adds_up(shop: Shop) -> None:
    rows = shop.ok(NAME, customerId=CUSTOMER, received=1)["data"]

    assert sum(each["value"] for each in rows) == shop.points()


REFUSED = [
    {"received": ""},
    {"refund": "2"},
    {"orderId": "1"},
    {"sortBy": "points"},
    {"offset": "1001"},
    {"minValue": "1.5"},
]


def test_refuses_what_cannot_be_asked(merchant: Merchant) -> None:
    bound(merchant)

    for parameters in REFUSED:
        answer = shop_of(merchant)(NAME, {"customerId": CUSTOMER, **parameters})

        assert (answer.status, answer.body["status"]) == (400, "error")
        assert answer.body["message"].startswith(next(iter(parameters)))
