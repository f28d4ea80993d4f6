"""A store that sells by Scan & Go, with a member who buys there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from shared.domain.orders.checkouts import Checkout
from shared.store.orders import checkout_documents
from tests.support import stored
from tests.support.api import Answer, Api
from tests.support.merchants import Member, Merchant

MILK = {"ean": "4006381333931", "name": "Bio-Vollmilch 3,5%", "vat": 7}
RULES = {"pointsPerEuro": 10}
METHODS = ["scan_and_go", "click_collect"]


def milk(quantity: int = 1, price: int = 100, **fields: Any) -> dict[str, Any]:
    """Return an item: milk, for one euro."""
    return {"name": MILK["name"], "priceUnit": price, "quantity": quantity, "vat": 7, **fields}


@dataclass(frozen=True)
class Market:
    """A store, and its member ``user_1``, who gets 10 points a euro."""

    merchant: Merchant
    member: Member

    @property
    def api(self) -> Api:
        return self.merchant.api

    def begin(self, *items: dict[str, Any], key: str | None = None, **fields: Any) -> Answer:
        """Start a checkout, by default of milk for 10 euros."""
        body = {
            "storeId": self.merchant.store_id,
            "userId": self.member.user_id,
            "items": list(items) or [milk(10)],
            **fields,
        }
        return self.api("startCheckout", body, idempotency_key=key)

    def started(self, *items: dict[str, Any], **fields: Any) -> str:
        """Start a checkout; return its id."""
        answer = self.begin(*items, **fields)
        assert answer.status == 200, answer.body
        transaction_id: str = answer.body["transactionId"]
        return transaction_id

    def complete(self, transaction_id: str) -> Answer:
        return self.api("completeCheckout", {"transactionId": transaction_id})

    def cancel(self, transaction_id: str) -> Answer:
        return self.api("cancelCheckout", {"transactionId": transaction_id})

    def refund(self, transaction_id: str, key: str | None = None, **fields: Any) -> Answer:
        body = {"transactionId": transaction_id, **fields}
        return self.api("refundCheckout", body, idempotency_key=key)

    def order(self, quantity: int = 10, key: str | None = None, **fields: Any) -> Answer:
        """Order milk for collection; the store must sell it."""
        body = {
            "storeId": self.merchant.store_id,
            "userId": self.member.user_id,
            "items": [{"productId": MILK["ean"], "quantity": quantity}],
            **fields,
        }
        return self.api("submitClickCollectOrder", body, idempotency_key=key)

    def ordered(self, *statuses: str, **fields: Any) -> str:
        """Order milk and bring the order through these statuses; return its id."""
        answer = self.order(**fields)
        assert answer.status == 200, answer.body
        order_id: str = answer.body["orderId"]
        for status in statuses:
            assert self.move(order_id, status).status == 200
        return order_id

    def move(self, order_id: str, status: str) -> Answer:
        return self.api("updateClickCollectStatus", {"orderId": order_id, "status": status})

    def purchase(self, transaction_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.ok("fetchPurchase", {"transactionId": transaction_id})
        body: dict[str, Any] = found["purchase"]
        return body

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the store's events of checkouts and orders, oldest first, with their data."""
        found = self.api.ok("listEvents", {"storeId": self.merchant.store_id, "limit": 100})
        return [
            (each["type"], each["data"])
            for each in reversed(found["events"])
            if each["type"].startswith(("checkout.", "clickcollect."))
        ]

    def units(self) -> list[int]:
        return stored.units(self.member)

    def stored(self, transaction_id: str) -> Checkout:
        found = checkout_documents.find(transaction_id)
        assert found is not None
        return found

    def sells(self, price: float = 1.0, **fields: Any) -> str:
        """Put milk into the catalog; return the product's id."""
        body = {"storeId": self.merchant.store_id, **MILK, "price": price, "ifExists": "update"}
        product = self.api.ok("insertProduct", {**body, **fields})["product"]
        product_id: str = product["productId"]
        return product_id


@pytest.fixture
def market(merchant: Merchant) -> Market:
    """A store with one program that rewards Scan & Go and Click & Collect."""
    return Market(merchant, merchant.member(rules=RULES, earningMethods=METHODS))
