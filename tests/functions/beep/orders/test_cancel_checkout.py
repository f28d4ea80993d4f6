"""cancelCheckout: what is not paid ends, here and at the provider."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.checkouts import METHODS, RULES, Market
from tests.support.merchants import Merchant
from tests.support.payments import RETURN_URL, Till
from tests.support.refusals import assert_refused, nothing_written


def test_cancels_and_tells_once(market: Market) -> None:
    transaction_id = market.started()

    first, second = market.cancel(transaction_id), market.cancel(transaction_id)

    purchase = first.body["purchase"]
    assert (purchase["status"], purchase["cancelReason"]) == ("cancelled", "cancelled")
    assert (first.is_replay, second.is_replay) == (False, True)
    assert second.body == first.body
    assert [name for name, _ in market.events()] == ["checkout.started", "checkout.cancelled"]
    assert market.stored(transaction_id).check_at is None


def test_cancels_the_payment_at_the_provider(till: Till) -> None:
    market = Market(till.merchant, till.merchant.member(rules=RULES, earningMethods=METHODS))
    transaction_id = market.started(returnUrl=RETURN_URL)

    assert market.cancel(transaction_id).status == 200

    assert till.provider.payments["p_1"]["status"] == "canceled"
    payment_id = market.purchase(transaction_id)["paymentId"]
    assert till.get(payment_id)["status"] == "canceled"
    told = [name for name, _ in market.events()]
    assert told == ["checkout.started", "checkout.cancelled"]


def test_what_the_provider_was_paid_meanwhile_is_not_cancelled(till: Till) -> None:
    market = Market(till.merchant, till.merchant.member(rules=RULES, earningMethods=METHODS))
    transaction_id = market.started(returnUrl=RETURN_URL)
    till.provider.pay("p_1", notifies=False)

    answer = market.cancel(transaction_id)

    assert answer.status >= 400
    till.notify("p_1")
    assert market.purchase(transaction_id)["status"] == "completed"
    assert market.units() == [100]


def test_a_paid_one_is_refused(market: Market) -> None:
    transaction_id = market.started()
    market.complete(transaction_id)

    with nothing_written():
        answer = market.cancel(transaction_id)

    details = {"transactionId": transaction_id, "status": "completed", "paymentId": None}
    assert_refused(answer, 409, "CHECKOUT_STATE_CONFLICT", details)
    assert market.units() == [100]


def test_a_customer_cancels_only_their_own(
    market: Market, new_merchant: Callable[..., Merchant]
) -> None:
    transaction_id, other = market.started(), new_merchant()
    body = {"transactionId": transaction_id, "storeId": market.merchant.store_id}

    with nothing_written():
        answers = [
            market.merchant.customer("user_2")("cancelCheckout", body),
            market.merchant.customer("user_1")("cancelCheckout", {**body, "transactionId": "no"}),
            other.customer("user_1")("cancelCheckout", {**body, "storeId": other.store_id}),
        ]

    assert [(each.status, each.error) for each in answers] == [(404, "CHECKOUT_NOT_FOUND")] * 3
    assert market.merchant.customer("user_1")("cancelCheckout", body).status == 200
