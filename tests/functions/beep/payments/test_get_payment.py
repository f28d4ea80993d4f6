"""getPayment: what is known of a payment, and what it has booked."""

from __future__ import annotations

from tests.support.payments import Till
from tests.support.refusals import assert_refused

UNCUT = {"cappedBy": None, "reason": None}


def test_shows_the_points_that_a_payment_has_booked(till: Till) -> None:
    member = till.merchant.member("points")
    waiting = till.process(purchaseId="order_0", **member.ids).body["paymentId"]
    assert till.get(waiting)["points"] is None

    payment_id = till.paid(purchaseId="order_1", **member.ids)

    payment = till.get(payment_id)
    assert (payment["programId"], payment["userId"]) == (member.program_id, member.user_id)
    assert payment["points"] == {**UNCUT, "awarded": 109, "takenBack": 0, "failure": None}
    till.refund(payment_id, amount=500, refundReference="a")
    assert till.get(payment_id)["points"] == {
        **UNCUT,
        "awarded": 109,
        "takenBack": 49,
        "failure": None,
    }
    till.refund(payment_id)
    assert till.get(payment_id)["points"] == {
        **UNCUT,
        "awarded": 109,
        "takenBack": 109,
        "failure": None,
    }


def test_shows_cashback_as_money(till: Till) -> None:
    member = till.merchant.member("cashback")
    payment_id = till.paid(**member.ids)
    till.refund(payment_id, amount=550, refundReference="a")

    assert till.get(payment_id)["points"] == {
        **UNCUT,
        "awarded": 0.32,
        "takenBack": 0.16,
        "failure": None,
    }


def test_says_why_a_payment_has_earned_nothing(till: Till) -> None:
    member = till.merchant.member("points", rules={"pointsPerEuro": 10, "minimumPurchase": 50})

    points = till.get(till.paid(**member.ids))["points"]

    assert (points["awarded"], points["reason"]) == (0, "minimum_purchase")
    assert till.get(till.paid(purchaseId="p2", **member.ids))["problem"] is None


def test_the_list_shows_them_too(till: Till) -> None:
    member = till.merchant.member("points")
    payment_id = till.paid(**member.ids)

    listed = till.merchant.api.ok("listPayments", {"storeId": till.merchant.store_id})

    assert listed["payments"] == [till.get(payment_id)]
    assert listed["payments"][0]["points"]["awarded"] == 109


def test_says_why_points_were_not_booked(till: Till) -> None:
    member = till.merchant.member("points")
    payment_id = till.process(**member.ids).body["paymentId"]
    switched_off = {"programId": member.program_id, "isActive": False}
    till.merchant.api.ok("updateLoyaltyProgram", switched_off)

    till.pay()

    payment = till.get(payment_id)
    assert payment["status"] == "paid"
    assert payment["points"] == {
        **UNCUT,
        "awarded": None,
        "takenBack": 0,
        "failure": "PROGRAM_INACTIVE",
    }
    assert payment["problem"] == "points_not_booked"


def test_says_that_an_amount_is_not_the_one_that_was_asked_for(till: Till) -> None:
    payment_id = till.process().body["paymentId"]
    till.provider.payments["p_1"]["amountMinor"] = 1

    till.pay()

    payment = till.get(payment_id)
    assert (payment["status"], payment["problem"]) == ("requires_action", "amount_mismatch")


def test_another_merchants_payment_does_not_exist(till: Till, new_merchant) -> None:
    payment_id = till.process().body["paymentId"]

    answer = new_merchant().api("getPayment", {"paymentId": payment_id})

    assert_refused(answer, 404, "PAYMENT_NOT_FOUND")
