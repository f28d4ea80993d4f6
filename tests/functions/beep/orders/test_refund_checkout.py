"""refundCheckout: what the till gives back takes its share of the points, once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.support import stored
from tests.support.checkouts import METHODS, RULES, Market
from tests.support.merchants import Merchant
from tests.support.payments import RETURN_URL, Till
from tests.support.refusals import assert_refused, nothing_written


def completed(market: Market) -> str:
    """Let a member pay 10 euros at the till; return the checkout's id."""
    transaction_id = market.started()
    assert market.complete(transaction_id).status == 200
    return transaction_id


def test_parts_take_back_their_share_and_all_takes_all(market: Market) -> None:
    transaction_id = completed(market)

    first = market.refund(transaction_id, amount=333, refundReference="a").body["purchase"]
    rest = market.refund(transaction_id).body["purchase"]

    assert (first["status"], first["paid"]) == ("partially_refunded", 667)
    assert (first["points"][0]["awarded"], first["points"][0]["takenBack"]) == (100, 33)
    assert (rest["status"], rest["paid"]) == ("refunded", 0)
    assert rest["points"][0]["takenBack"] == 100
    assert market.units() == [100, -33, -67]
    stored.assert_sound(market.member)


def test_a_repeated_refund_counts_once(market: Market) -> None:
    transaction_id = completed(market)

    by_reference = [market.refund(transaction_id, amount=100, refundReference="a") for _ in "12"]
    by_key = [market.refund(transaction_id, amount=100, key="k") for _ in "12"]

    replays = [each.is_replay for each in (*by_reference, *by_key)]
    assert replays == [False, True, False, True]
    assert market.purchase(transaction_id)["paid"] == 800
    assert market.units() == [100, -10, -10]


def test_eight_refunds_at_once_never_exceed_what_was_paid(market: Market) -> None:
    transaction_id = completed(market)

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda number: market.refund(
                    transaction_id, amount=300, refundReference=f"r_{number}"
                ),
                range(8),
            )
        )

    assert sorted(each.status for each in answers) == [200] * 3 + [400] * 5
    assert market.purchase(transaction_id)["paid"] == 100
    assert sum(market.units()) == 10


def test_more_than_is_left_is_refused(market: Market) -> None:
    transaction_id = completed(market)

    with nothing_written():
        answer = market.refund(transaction_id, amount=1001, refundReference="a")

    assert_refused(answer, 400, "REFUND_EXCEEDS_PAYMENT", {"refundable": 1000, "requested": 1001})
    assert market.units() == [100]


def test_another_amount_under_one_reference_is_refused(market: Market) -> None:
    transaction_id = completed(market)
    market.refund(transaction_id, amount=100, refundReference="a")

    with nothing_written():
        answer = market.refund(transaction_id, amount=200, refundReference="a")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", {"transactionId": transaction_id})


def test_a_part_without_a_name_is_refused(market: Market) -> None:
    transaction_id = completed(market)

    with nothing_written():
        answer = market.refund(transaction_id, amount=100)

    problem = "is required unless the header Idempotency-Key is sent"
    assert answer.body["details"]["fields"] == {"refundReference": problem}


def test_what_the_till_did_not_take_it_cannot_give_back(till: Till) -> None:
    market = Market(till.merchant, till.merchant.member(rules=RULES, earningMethods=METHODS))
    transaction_id = market.started(returnUrl=RETURN_URL)
    till.pay()

    with nothing_written():
        answer = market.refund(transaction_id)

    payment_id = market.purchase(transaction_id)["paymentId"]
    details = {"transactionId": transaction_id, "status": "completed", "paymentId": payment_id}
    assert_refused(answer, 409, "CHECKOUT_STATE_CONFLICT", details)
    assert market.units() == [100]


def test_anothers_is_absent(market: Market, new_merchant: Callable[..., Merchant]) -> None:
    transaction_id, other = completed(market), new_merchant()

    with nothing_written():
        answer = other.api("refundCheckout", {"transactionId": transaction_id})

    assert (answer.status, answer.error) == (404, "CHECKOUT_NOT_FOUND")
    assert market.units() == [100]
