"""A merchant whose payments go through a stand-in of a provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from shared import clock
from shared.domain.payments.payments import Payment
from shared.store.payments import payment_documents
from tests.support.api import Answer
from tests.support.merchants import Merchant
from tools import psp_stand_in
from tools.psp_stand_in import API_KEY, NOTIFICATION_SECRET, StandIn

RETURN_URL = "https://shop.example.com/done"


@dataclass(frozen=True)
class Till:
    """Takes payments of a merchant with the provider ``custom``."""

    merchant: Merchant
    provider: StandIn
    app: Flask

    @property
    def config(self) -> dict[str, Any]:
        return {
            "apiUrl": self.provider.url,
            "apiKey": API_KEY,
            "notificationSecret": NOTIFICATION_SECRET,
        }

    def configure(self, **fields: Any) -> Answer:
        body = {"provider": "custom", "storeId": self.merchant.store_id, "config": self.config}
        return self.merchant.api("configurePSP", {**body, **fields})

    def process(self, amount: int = 1099, key: str | None = None, **fields: Any) -> Answer:
        body = {
            "storeId": self.merchant.store_id,
            "amount": amount,
            "currency": "EUR",
            "returnUrl": RETURN_URL,
            **({} if key or "purchaseId" in fields else {"purchaseId": "order_1"}),
            **fields,
        }
        return self.merchant.api("processPayment", body, idempotency_key=key)

    def refund(self, payment_id: str, key: str | None = None, **fields: Any) -> Answer:
        body = {"paymentId": payment_id, **fields}
        return self.merchant.api("refundPayment", body, idempotency_key=key)

    def get(self, payment_id: str) -> dict[str, Any]:
        return self.merchant.api.ok("getPayment", {"paymentId": payment_id})["payment"]

    def notify(self, vendor_payment_id: str) -> int:
        """Let the provider report a payment; return the status of the answer."""
        payment = self.provider.payments[vendor_payment_id]
        body = (
            f'{{"paymentId": "{vendor_payment_id}", "reference": "{payment["reference"]}"}}'
        ).encode()
        at_s = int(clock.utc_now().timestamp())
        return self.report(body, psp_stand_in.sign(body, at_s=at_s))

    def report(self, body: bytes, signature: str, provider: str = "custom") -> int:
        """Post a notification unchanged; return the status of the answer."""
        path = f"/apiGateway/pspWebhook/{provider}/{self.merchant.store_id}"
        headers = {"X-Signature": signature}
        return self.app.test_client().post(path, data=body, headers=headers).status_code

    def pay(self, vendor_payment_id: str = "p_1", *, succeeds: bool = True) -> None:
        """Pay as a customer does, and let the provider report it."""
        self.provider.pay(vendor_payment_id, succeeds=succeeds, notifies=False)
        assert self.notify(vendor_payment_id) == 200

    def paid(self, amount: int = 1099, **fields: Any) -> str:
        """Make a paid payment; return its id."""
        made = self.process(amount, **fields)
        assert made.status == 200, made.body
        payment_id: str = made.body["paymentId"]
        stored_payment = self.stored(payment_id)
        assert stored_payment.vendor_payment_id is not None
        self.pay(stored_payment.vendor_payment_id)
        return payment_id

    def stored(self, payment_id: str) -> Payment:
        found = payment_documents.find(payment_id)
        assert found is not None
        return found


def nothing_special(_method: str, _path: str) -> None:
    """Leave the provider's answer unchanged."""


@pytest.fixture(scope="session")
def shared_provider() -> Iterator[StandIn]:
    """A provider for tests that do not check which requests it got."""
    with psp_stand_in.running() as provider:
        yield provider


@pytest.fixture
def till(app: Flask, merchant: Merchant) -> Iterator[Till]:
    """A merchant with a configured provider that no other test uses."""
    with psp_stand_in.running() as provider:
        made = Till(merchant, provider, app)
        assert made.configure().status == 200
        yield made
