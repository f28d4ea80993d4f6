"""fetchPurchase: one's own purchase, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.checkouts import RULES, Market, milk
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written


def test_shows_a_purchase(market: Market) -> None:
    transaction_id = market.started(milk(2, 149, category="dairy"), orderReference="basket_77")

    purchase = market.purchase(transaction_id)

    assert purchase == {
        "transactionId": transaction_id,
        "storeId": market.merchant.store_id,
        "userId": "user_1",
        "status": "started",
        "items": [
            {
                "name": "Bio-Vollmilch 3,5%",
                "priceUnit": 149,
                "quantity": 2,
                "vat": 7,
                "productId": None,
                "ean": None,
                "category": "dairy",
                "type": "item",
            }
        ],
        "amount": 298,
        "currency": "EUR",
        "paid": 0,
        "overpaid": 0,
        "orderReference": "basket_77",
        "paymentId": None,
        "cancelReason": None,
        "loyaltyPayment": None,
        "points": [],
        "createdAt": purchase["createdAt"],
        "timesOutAt": purchase["timesOutAt"],
        "completedAt": None,
        "cancelledAt": None,
    }


@pytest.mark.parametrize(
    ("fields", "units", "capped_by", "reason"),
    [
        ({"earningBase": {"excludedCategories": ["dairy"]}}, 0, None, "nothing_that_earns"),
        ({"rules": {**RULES, "minimumPurchase": 50}}, 0, None, "minimum_purchase"),
        ({"earningLimits": {"maxPerBooking": 3}}, 3, "maxPerBooking", None),
    ],
    ids=str,
)
def test_says_why_a_purchase_has_earned_nothing_or_less(
    merchant: Merchant,
    fields: dict[str, Any],
    units: int,
    capped_by: str | None,
    reason: str | None,
) -> None:
    member = merchant.member(**{"rules": RULES, "earningMethods": ["scan_and_go"], **fields})
    market = Market(merchant, member)
    transaction_id = market.started(milk(2, 149, category="dairy"))
    market.complete(transaction_id)

    [points] = market.purchase(transaction_id)["points"]

    assert points == {
        "programId": member.program_id,
        "awarded": units,
        "cappedBy": capped_by,
        "reason": reason,
        "takenBack": 0,
        "failure": None,
    }


def test_the_same_404_for_what_is_absent_and_what_is_anothers(
    market: Market, new_merchant: Callable[..., Merchant]
) -> None:
    transaction_id, other = market.started(), new_merchant()
    body = {"transactionId": transaction_id}
    own = market.merchant.customer("user_1", names_account=True)
    stranger = market.merchant.customer("user_2", names_account=True)
    elsewhere = other.customer("user_1", names_account=True)

    with nothing_written():
        refused = [call("fetchPurchase", body) for call in (other.api, stranger, elsewhere)] + [
            own("fetchPurchase", {"transactionId": "purchase_none"})
        ]

    assert [(each.status, each.error) for each in refused] == [(404, "CHECKOUT_NOT_FOUND")] * 4
    assert {tuple(each.body) for each in refused} == {tuple(refused[0].body)}
    assert own("fetchPurchase", body).body["purchase"]["transactionId"] == transaction_id
