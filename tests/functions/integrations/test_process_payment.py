"""processPayment: one request, one payment, whatever gets lost on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support.payments import Till, nothing_special
from tests.support.refusals import assert_refused


def test_begins_a_payment_on_the_providers_page(till: Till) -> None:
    answer = till.process()

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "paymentId": answer.body["paymentId"],
        "status": "requires_action",
        "provider": "custom",
        "redirectUrl": f"{till.provider.url}/page/p_1",
        "amount": 1099,
        "currency": "EUR",
    }
    asked = till.provider.payments["p_1"]
    assert asked["reference"] == answer.body["paymentId"]
    assert (asked["amountMinor"], asked["currency"]) == (1099, "EUR")


def test_is_paid_once_the_provider_says_so(till: Till) -> None:
    payment_id = till.process().body["paymentId"]
    till.pay()

    payment = till.get(payment_id)
    assert (payment["status"], payment["captured"], payment["refundable"]) == ("paid", 1099, 1099)


def test_a_repeated_request_pays_once(till: Till) -> None:
    first, second = till.process(), till.process()

    assert second.body == first.body
    assert (first.is_replay, second.is_replay) == (False, True)
    assert list(till.provider.payments) == ["p_1"]


def test_the_same_purchase_with_another_amount_is_refused(till: Till) -> None:
    payment_id = till.process().body["paymentId"]

    answer = till.process(1100)

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", {"paymentId": payment_id})
    assert list(till.provider.payments) == ["p_1"]


def test_eight_requests_at_once_pay_once(till: Till) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: till.process(), range(8)))

    assert {answer.status for answer in answers} <= {200, 503}
    assert 200 in {answer.status for answer in answers}
    assert list(till.provider.payments) == ["p_1"]


def test_needs_a_purchase_or_a_key(till: Till) -> None:
    answer = till.merchant.api(
        "processPayment",
        {
            "storeId": till.merchant.store_id,
            "amount": 1,
            "currency": "EUR",
            "returnUrl": "https://shop.example.com/",
        },
    )

    assert answer.status == 400
    assert till.provider.payments == {}


def test_what_the_provider_did_without_our_knowing_is_not_done_again(till: Till) -> None:
    till.provider.after = lambda _method, path: (503, b"{}") if path == "/payments" else None
    first = till.process()
    till.provider.after = nothing_special

    assert first.error == "CONNECTOR_UNAVAILABLE"
    again = till.process()

    assert (again.status, again.body["status"]) == (200, "requires_action")
    assert list(till.provider.payments) == ["p_1"]
