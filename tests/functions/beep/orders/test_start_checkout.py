"""startCheckout: one purchase, with the prices that count, and one payment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support import stored
from tests.support.checkouts import RULES, Market, milk
from tests.support.merchants import Merchant
from tests.support.payments import RETURN_URL, Till, nothing_special
from tests.support.refusals import assert_invalid, assert_refused, nothing_written


def test_begins_a_purchase_that_the_till_is_paid(market: Market) -> None:
    answer = market.begin(milk(2, 149), milk(1, -50, name="Coupon", type="discount"))

    transaction_id = answer.body["transactionId"]
    assert transaction_id.startswith("purchase_")
    assert answer.body == {
        "success": True,
        "transactionId": transaction_id,
        "status": "started",
        "amount": 248,
        "currency": "EUR",
        "loyaltyPayment": None,
        "paymentId": None,
        "redirectUrl": None,
    }
    data = {"transactionId": transaction_id, "userId": "user_1", "total": 2.48, "items": 3}
    assert market.events() == [("checkout.started", data)]
    assert market.units() == []


def test_begins_a_payment_through_the_stores_provider(till: Till) -> None:
    market = Market(
        till.merchant, till.merchant.member(rules=RULES, earningMethods=["scan_and_go"])
    )

    answer = market.begin(returnUrl=RETURN_URL)

    payment_id, transaction_id = answer.body["paymentId"], answer.body["transactionId"]
    assert answer.body["redirectUrl"] == f"{till.provider.url}/page/p_1"
    payment = till.get(payment_id)
    assert (payment["amount"], payment["purchaseId"]) == (1000, transaction_id)
    assert (payment["programId"], payment["userId"]) == (None, None)
    assert market.purchase(transaction_id)["paymentId"] == payment_id


def test_without_a_page_to_return_to_it_is_paid_at_the_till(till: Till) -> None:
    market = Market(till.merchant, till.merchant.member(rules=RULES))

    assert market.begin().body["paymentId"] is None
    assert till.provider.payments == {}


def test_without_a_provider_it_is_paid_at_the_till(market: Market) -> None:
    answer = market.begin(returnUrl=RETURN_URL)

    assert (answer.status, answer.body["paymentId"]) == (200, None)


@pytest.mark.parametrize("by", [{"orderReference": "basket_1"}, {"key": "k"}], ids=str)
def test_a_repeated_request_begins_once(till: Till, by: dict[str, str]) -> None:
    market = Market(till.merchant, till.merchant.member(rules=RULES))

    first, second = (market.begin(returnUrl=RETURN_URL, **by) for _ in range(2))

    assert (first.is_replay, second.is_replay) == (False, True)
    assert first.body == second.body
    assert list(till.provider.payments) == ["p_1"]
    assert [name for name, _ in market.events()] == ["checkout.started"]


@pytest.mark.parametrize(("succeeds", "status"), [(True, "completed"), (False, "cancelled")])
def test_a_request_that_is_repeated_after_the_end_sends_nobody_to_pay(
    till: Till, succeeds: bool, status: str
) -> None:
    market = Market(till.merchant, till.merchant.member(rules=RULES))
    first = market.begin(returnUrl=RETURN_URL, orderReference="basket_1").body
    till.pay(succeeds=succeeds)

    with nothing_written():
        again = market.begin(returnUrl=RETURN_URL, orderReference="basket_1").body

    assert again == {**first, "status": status, "redirectUrl": None}


def test_eight_requests_at_once_begin_once(till: Till) -> None:
    market = Market(till.merchant, till.merchant.member(rules=RULES))

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: market.begin(returnUrl=RETURN_URL, orderReference="b"), range(8))
        )

    assert {each.status for each in answers} <= {200, 503}
    assert 200 in {each.status for each in answers}
    assert list(till.provider.payments) == ["p_1"]
    assert [name for name, _ in market.events()] == ["checkout.started"]


def test_the_same_reference_with_other_items_is_refused(market: Market) -> None:
    transaction_id = market.started(orderReference="b")

    with nothing_written():
        answer = market.begin(milk(9), orderReference="b")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", {"transactionId": transaction_id})


def test_two_customers_may_have_the_same_reference(market: Market) -> None:
    ids = {market.started(orderReference="b", userId=user) for user in ("user_1", "user_2")}

    assert len(ids) == 2


def test_goes_on_after_the_provider_did_not_answer(till: Till) -> None:
    market = Market(till.merchant, till.merchant.member(rules=RULES))
    till.provider.after = lambda _method, path: (503, b"{}") if path == "/payments" else None
    lost = market.begin(returnUrl=RETURN_URL, orderReference="b")
    till.provider.after = nothing_special

    again = market.begin(returnUrl=RETURN_URL, orderReference="b")

    assert lost.error == "CONNECTOR_UNAVAILABLE"
    assert lost.body["details"]["transactionId"] == again.body["transactionId"]
    assert (again.status, list(till.provider.payments)) == (200, ["p_1"])


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ([milk(1, 0)], "must cost 1 to 1000000000 minor units together"),
        ([milk(1, -1)], "must cost 1 to 1000000000 minor units together"),
        ([milk(2, 10**9)], "must cost 1 to 1000000000 minor units together"),
    ],
)
def test_what_nobody_can_pay_is_refused(
    market: Market, items: list[dict[str, Any]], problem: str
) -> None:
    with nothing_written():
        answer = market.begin(*items)

    assert_invalid(answer, items=problem)


@pytest.mark.parametrize(
    "item",
    [
        milk(0),
        milk(1.5),
        milk(1, 1.49),
        milk(1001),
        milk(1, 10**9 + 1),
        milk(1, 100, vat=101),
        milk(1, 100, type="gift"),
        milk(1, 100, name=""),
        milk(True),
    ],
    ids=str,
)
def test_an_item_that_is_none_is_refused(market: Market, item: dict[str, Any]) -> None:
    with nothing_written():
        answer = market.begin(item)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")


def test_another_accounts_store_is_absent(
    market: Market, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        answer = market.begin(storeId=other.store_id)

    assert (answer.status, answer.error) == (404, "STORE_NOT_FOUND")


# Customers.


def by_customer(market: Market, *items: dict[str, Any], **fields: Any) -> Any:
    body = {"storeId": market.merchant.store_id, "items": list(items), **fields}
    return market.merchant.customer()("startCheckout", body)


def test_a_customer_pays_the_catalogs_prices(market: Market) -> None:
    product_id = market.sells(1.49)

    for named in ({"ean": "4006381333931"}, {"productId": product_id}):
        answer = by_customer(market, milk(3, 149, **named))
        assert (answer.status, answer.body["amount"]) == (200, 447)
        [item] = market.purchase(answer.body["transactionId"])["items"]
        assert item["productId"] == product_id


@pytest.mark.parametrize(
    ("changed", "row"),
    [
        ({"priceUnit": 1}, {"field": "priceUnit", "expected": 149, "sent": 1}),
        ({"priceUnit": -149}, {"field": "priceUnit", "expected": 149, "sent": -149}),
        ({"vat": 19}, {"field": "vat", "expected": 7, "sent": 19}),
        ({"type": "discount"}, {"field": "type", "expected": "item", "sent": "discount"}),
        (
            {"ean": "4000000000002"},
            {"field": "product", "expected": None, "sent": "4000000000002"},
        ),
        ({"ean": None}, {"field": "product", "expected": None, "sent": "Bio-Vollmilch 3,5%"}),
    ],
    ids=str,
)
def test_what_a_customer_says_otherwise_is_told_and_not_sold(
    market: Market, changed: dict[str, Any], row: dict[str, Any]
) -> None:
    market.sells(1.49)
    right = milk(1, 149, ean="4006381333931")

    with nothing_written():
        answer = by_customer(market, right, {**right, **changed})

    assert_refused(answer, 409, "CHECKOUT_DIFFERS", {"items": [{"index": 1, **row}]})


def test_a_customer_cannot_buy_by_another_stores_prices(market: Market) -> None:
    other = market.merchant.another_store()
    product_id = Market(other, market.member).sells(0.01)
    market.sells(1.49)

    with nothing_written():
        answer = by_customer(market, milk(1, 1, productId=product_id))

    row = {"index": 0, "field": "product", "expected": None, "sent": product_id}
    assert_refused(answer, 409, "CHECKOUT_DIFFERS", {"items": [row]})


def test_a_customers_item_that_names_two_products_is_not_sold(market: Market) -> None:
    cheap, dear = "4006381333931", "4000417025005"
    cheap_id = market.sells(1.49)
    dear_id = market.sells(1.49, ean=dear, name="Champagne")
    item = milk(1, 149, productId=cheap_id, ean=dear)
    unknown = milk(1, 149, productId="unknown", ean=dear)

    with nothing_written():
        answers = [by_customer(market, each) for each in (item, unknown)]

    other_ean = {"index": 0, "field": "ean", "expected": cheap, "sent": dear}
    other_id = {"index": 0, "field": "productId", "expected": dear_id, "sent": "unknown"}
    assert_refused(answers[0], 409, "CHECKOUT_DIFFERS", {"items": [other_ean]})
    assert_refused(answers[1], 409, "CHECKOUT_DIFFERS", {"items": [other_id]})
    assert by_customer(market, milk(1, 149, productId=dear_id, ean=dear)).status == 200


def test_staff_look_if_any_product_that_an_item_names_needs_it(market: Market) -> None:
    product_id = market.sells(1.0)
    market.sells(1.0, ean="4000417025005", flags={"requiresHumanVerification": True})

    with nothing_written():
        answer = market.begin(milk(1, productId=product_id, ean="4000417025005"))

    rows = {"items": [{"index": 0, "name": "Bio-Vollmilch 3,5%"}]}
    assert_refused(answer, 409, "STAFF_REQUIRED", rows)


def test_a_customers_claim_to_be_seen_by_staff_does_not_count(market: Market) -> None:
    market.sells(1.0, flags={"requiresHumanVerification": True})
    beer = milk(1, ean="4006381333931")
    rows = {"items": [{"index": 0, "name": "Bio-Vollmilch 3,5%"}]}

    with nothing_written():
        answers = [
            by_customer(market, beer, isVerified=True),
            by_customer(market, beer),
            market.begin(beer),
        ]

    for answer in answers:
        assert_refused(answer, 409, "STAFF_REQUIRED", rows)
    assert market.begin(beer, isVerified=True).status == 200


def test_only_a_known_package_sells(new_merchant: Callable[..., Merchant]) -> None:
    from shared.domain.accounts.packages import Package

    merchant = new_merchant(Package.GO)
    body = {"storeId": merchant.store_id, "userId": "user_1", "items": [milk()]}

    with nothing_written():
        answers = [merchant.api("startCheckout", body), merchant.customer()("startCheckout", body)]

    assert [(each.status, each.body["requiredUpgrade"]) for each in answers] == [(403, "GROW")] * 2


def test_the_sandbox_adds_up_and_writes_nothing(merchant: Merchant) -> None:
    body = {"storeId": "sandbox_store_001", "userId": "user_1", "items": [milk(3)]}

    with nothing_written():
        answer = merchant.sandbox("startCheckout", body)

    assert (answer.body["amount"], answer.body["_sandbox"]) == (300, True)
    assert stored.documents("checkouts").get("purchase_abc123") is None
