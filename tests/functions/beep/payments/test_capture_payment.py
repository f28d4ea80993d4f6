"""capturePayment and cancelPayment: what was authorized is taken, or given up."""

from __future__ import annotations

import pytest

from tests.support.payments import Till, nothing_special
from tests.support.refusals import assert_refused, nothing_written


def authorized(till: Till) -> str:
    payment_id: str = till.process(captureLater=True).body["paymentId"]
    till.pay()
    assert till.get(payment_id)["status"] == "authorized"
    return payment_id


def test_takes_what_was_authorized(till: Till) -> None:
    payment_id = authorized(till)

    payment = till.merchant.api.ok("capturePayment", {"paymentId": payment_id})["payment"]

    assert (payment["status"], payment["captured"]) == ("paid", 1099)
    assert till.provider.payments["p_1"]["status"] == "paid"


def test_taking_again_changes_nothing(till: Till) -> None:
    payment_id = authorized(till)
    first = till.merchant.api.ok("capturePayment", {"paymentId": payment_id})

    with nothing_written():
        assert till.merchant.api.ok("capturePayment", {"paymentId": payment_id}) == first


def test_a_capture_whose_answer_got_lost_can_be_repeated(till: Till) -> None:
    payment_id = authorized(till)
    till.provider.after = lambda _, path: (500, b"") if path.endswith("/capture") else None
    lost = till.merchant.api("capturePayment", {"paymentId": payment_id})
    till.provider.after = nothing_special

    assert lost.error == "CONNECTOR_UNAVAILABLE"
    again = till.merchant.api.ok("capturePayment", {"paymentId": payment_id})
    assert again["payment"]["status"] == "paid"


@pytest.mark.parametrize("action", ["capturePayment", "cancelPayment"])
def test_what_is_paid_or_not_authorized_is_refused(till: Till, action: str) -> None:
    payment_id = till.process().body["paymentId"]
    if action == "cancelPayment":
        till.pay()
    status = till.get(payment_id)["status"]

    with nothing_written():
        answer = till.merchant.api(action, {"paymentId": payment_id})

    details = {"paymentId": payment_id, "status": status}
    assert_refused(answer, 400, "PAYMENT_STATE_CONFLICT", details)


def test_gives_up_what_was_not_paid(till: Till) -> None:
    payment_id = authorized(till)

    payment = till.merchant.api.ok("cancelPayment", {"paymentId": payment_id})["payment"]

    assert payment["status"] == "canceled"
    assert till.provider.payments["p_1"]["status"] == "canceled"
    with nothing_written():
        again = till.merchant.api.ok("cancelPayment", {"paymentId": payment_id})
    assert again["payment"] == payment
