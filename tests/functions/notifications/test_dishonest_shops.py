"""Shops that lie, customers who try, and what is odd and true: nobody gets what was not paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support import stored
from tests.support.merchants import Member
from tests.support.refusals import assert_invalid, nothing_written
from tests.support.shops import NOON, OnlineShop, order, refund


def days(count: float) -> str:
    """Return the time so many days after noon."""
    return (NOON + timedelta(days=count)).isoformat()


def test_refunds_greater_than_the_order_take_its_points_and_no_others(
    linked_shop: OnlineShop,
) -> None:
    linked_shop.tell(order("1001"), order("1002"))
    linked_shop.tell(order("1001", at=1, refunds=[refund("r1", "999999999.00")]))
    linked_shop.tell(order("1001", at=2, refunds=[refund("r1", "5.00"), refund("r2", "900.00")]))
    assert linked_shop.points() == 200
    stored.assert_sound(linked_shop.anna)


def test_one_refund_id_in_two_orders_takes_from_each_its_own(linked_shop: OnlineShop) -> None:
    back = refund("r1", "5.00")
    linked_shop.tell(order("1001", refunds=[back]), order("1002", refunds=[back]))
    linked_shop.tell(order("1002", at=1, refunds=[back]), order("1001", at=1, refunds=[back]))
    assert linked_shop.points() == 300


def test_an_order_with_the_id_of_a_refund_is_refused(linked_shop: OnlineShop) -> None:
    linked_shop.tell(order("1001", refunds=[refund("r1", "5.00")]))
    linked_shop.tell(order("refund:r1", "500.00"))
    assert linked_shop.points() == 150


def test_what_was_paid_back_before_the_rest_was_paid_is_taken_back(
    linked_shop: OnlineShop,
) -> None:
    """The order is paid in full again days after the refund: its time of payment moves."""
    linked_shop.clock.advance(days=4)
    back = refund("r1", "5.00", refundedAt=days(1))
    linked_shop.tell(order(at=1, refunds=[back]))
    assert linked_shop.points() == 150
    linked_shop.tell(order(at=2, paidAt=days(3), refunds=[back]))
    assert linked_shop.points() == 150
    linked_shop.tell(order("1002", at=2, paidAt=days(3), refunds=[{**back, "id": "r2"}]))
    assert linked_shop.points() == 300


@pytest.mark.parametrize("field", ["changedAt", "paidAt"])
def test_a_shop_whose_clock_is_wrong_does_not_freeze_an_order(
    linked_shop: OnlineShop, field: str
) -> None:
    linked_shop.tell(order())
    linked_shop.tell(order(total="900.00", at=1, **{field: days(400)}))
    assert linked_shop.points() == 200
    linked_shop.tell(order(at=2, status="cancelled"))
    assert linked_shop.points() == 0


def test_a_cancellation_counts_in_any_currency_and_nothing_else_does(
    linked_shop: OnlineShop,
) -> None:
    linked_shop.tell(order())
    linked_shop.tell(order(at=1, total="900.00", currency="JPY"))
    assert linked_shop.points() == 200
    linked_shop.tell(order(at=2, status="cancelled", currency="CHF"))
    assert linked_shop.points() == 0


def test_an_order_of_before_the_shop_was_connected_earns_nothing_whatever_is_said_later(
    linked_shop: OnlineShop,
) -> None:
    old = order(paidAt=days(-1))
    linked_shop.tell(old, {**old, "total": "500.00", "changedAt": days(0.1)})
    linked_shop.tell(order(paidAt=days(-1), at=5, refunds=[refund("r1", "5.00")]))
    assert linked_shop.points() == 0


@pytest.mark.parametrize(
    "lines",
    [
        [{"amount": "-20.00"}],
        [{"amount": "500.00"}, {"amount": "-480.00", "type": "gift_card"}],
        [{"amount": "500.00"}, {"amount": "480.00", "type": "discount"}],
        [{"amount": "1000.00"}, {"amount": "-1000.00", "type": "deposit"}],
    ],
    ids=str,
)
def test_no_line_below_zero_lets_more_earn_than_was_paid(
    linked_shop: OnlineShop, lines: list[dict[str, Any]]
) -> None:
    linked_shop.tell(order(total="20.00", lines=lines))
    had = linked_shop.points()
    assert 0 <= had <= 200
    linked_shop.tell(order(total="20.00", lines=lines, at=1, refunds=[refund("r1", "20.00")]))
    assert linked_shop.points() == 0


@pytest.mark.parametrize(
    "told", [{"lines": [{"amount": "1"}] * 10_000}, {"refunds": [{}] * 10_000}]
)
def test_ten_thousand_lines_are_too_many_and_stop_nobody(
    linked_shop: OnlineShop, told: dict[str, Any]
) -> None:
    linked_shop.tell(order(total="10000.00", **told), order("1002"))
    assert linked_shop.points() == 200


def test_a_waiting_order_keeps_all_that_came_back_of_it(shop: OnlineShop) -> None:
    back = [refund(f"r{number}", "0.20") for number in range(100)]
    shop.tell(order(refunds=back))
    assert shop.link(customerId="17").body["ordersBooked"] == 1
    assert shop.points() == 0


def test_an_older_reading_does_not_say_whose_a_waiting_order_is(shop: OnlineShop) -> None:
    ben = shop.anna.other("ben")
    ben.enroll()
    of_anna, of_ben = {"id": "17"}, {"id": "18"}
    shop.tell(order(at=2, customer=of_ben), order(at=1, customer=of_anna))
    assert shop.link(customerId="17").body["ordersBooked"] == 0
    assert shop.link(userId="ben", customerId="18").body["ordersBooked"] == 1
    assert (shop.points(), ben.balance()["currentBalance"]) == (0, 200)


def test_an_order_that_changes_hands_is_had_once(linked_shop: OnlineShop) -> None:
    ben = linked_shop.anna.other("ben")
    ben.enroll()
    assert linked_shop.link(userId="ben", customerId="18").status == 200
    linked_shop.tell(order(), order(at=1, customer={"id": "18"}))
    linked_shop.tell(order(at=2, customer={"id": "18"}, refunds=[refund("r1", "5.00")]))
    assert (linked_shop.points(), ben.balance()["currentBalance"]) == (150, 0)

    # A customer who is another member's cannot be taken over, nor can a member be two customers.
    with nothing_written():
        assert linked_shop.link(customerId="18").error == "MEMBER_EXISTS"
        assert linked_shop.link(userId="ben", customerId="17").error == "MEMBER_EXISTS"


def test_a_customer_links_neither_others_nor_a_customers_id(shop: OnlineShop) -> None:
    ben = shop.anna.other("ben")
    ben.enroll()
    shop.tell(order(customer={"id": "17", "email": "ben@example.com"}))
    mallory = shop.merchant.customer("user_1", email="anna@example.com", is_email_verified=True)
    with nothing_written():
        assert shop.link(mallory, userId="ben").status in {403, 404}
        assert_invalid(
            shop.link(mallory, customerId="17"), customerId="can only be said by the merchant"
        )
    assert shop.link(mallory).body["ordersBooked"] == 0
    unproven = shop.merchant.customer("user_1", email="ben@example.com", is_email_verified=False)
    assert shop.link(unproven).body["ordersBooked"] == 0
    assert (shop.points(), ben.balance()["currentBalance"]) == (0, 0)


def test_no_order_earns_in_two_programs_if_the_shop_gets_another_one(
    linked_shop: OnlineShop,
) -> None:
    linked_shop.tell(order("1001"))
    of_second = linked_shop.merchant.program("points", rules={"pointsPerEuro": 1})
    second = Member(linked_shop.merchant, of_second, "user_1")
    second.enroll()
    linked_shop.clock.advance(hours=1)
    linked_shop.connect(awardPointsProgramId=None)
    linked_shop.clock.advance(hours=1)
    linked_shop.connect(awardPointsProgramId=second.program_id)

    back = [refund("r1", "5.00")]
    paid_later = days(2.1 / 24)
    linked_shop.tell(order("1001", at=1), order("1001", at=2, refunds=back))
    linked_shop.tell(order("1002", at=125, paidAt=paid_later))
    assert (linked_shop.points(), second.balance()["currentBalance"]) == (200, 20)

    linked_shop.clock.advance(hours=1)
    linked_shop.connect()
    linked_shop.tell(order("1001", at=3, refunds=back), order("1002", at=126, paidAt=paid_later))
    assert (linked_shop.points(), second.balance()["currentBalance"]) == (150, 20)
