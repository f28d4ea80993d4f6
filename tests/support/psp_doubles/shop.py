"""A merchant whose payments go through the double of a provider."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask

from shared import ids
from shared.services.payments import payment_settlement
from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.payments import RETURN_URL
from tests.support.psp_doubles.book import Book, Payment
from tests.support.psp_doubles.dialect import Report

if TYPE_CHECKING:
    from tests.support.psp_doubles.server import Double

AMOUNT = 1099
UNDOUBTED = timedelta(minutes=3)
"""After this time, leases and doubts have ended."""
LATER = timedelta(hours=3)
"""After this time, every payment's check at its provider is due."""


class SkippedTime:
    """A replacement of the module ``time`` that does not wait."""

    def __init__(self) -> None:
        self._skipped_s = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._skipped_s

    def sleep(self, pause_s: float) -> None:
        self._skipped_s += pause_s


@dataclass(frozen=True)
class Shop:
    """The requests of a till, the actions of a customer, and the reports of the provider.

    Payments belong to ``member``, if there is one.
    """

    merchant: Merchant
    double: Double
    app: Flask
    clock: Clock
    member: Member | None = None

    @property
    def book(self) -> Book:
        return self.double.book

    def process(self, **fields: Any) -> Answer:
        body = {
            "storeId": self.merchant.store_id,
            "amount": AMOUNT,
            "currency": "EUR",
            "purchaseId": ids.new("order"),
            "returnUrl": RETURN_URL,
            **(self.member.ids if self.member else {}),
            **fields,
        }
        return self.merchant.api("processPayment", body)

    def capture(self, payment_id: str) -> Answer:
        return self.merchant.api("capturePayment", {"paymentId": payment_id})

    def refund(self, payment_id: str, amount: int = 300, reference: str = "a") -> Answer:
        body = {"paymentId": payment_id, "amount": amount, "refundReference": reference}
        return self.merchant.api("refundPayment", body)

    def get(self, payment_id: str) -> dict[str, Any]:
        return self.merchant.api.ok("getPayment", {"paymentId": payment_id})["payment"]

    def made(self, payment_id: str) -> Payment:
        """Return the only payment that the provider has made for one of ours."""
        [made] = self.book.of(payment_id)
        return made

    def begun(self, **fields: Any) -> str:
        """Begin a payment; return its id."""
        answer = self.process(**fields)
        assert answer.status == 200, answer.body
        return answer.body["paymentId"]

    def authorized(self, **fields: Any) -> str:
        return self._paid(what="authorized", captureLater=True, **fields)

    def paid(self, **fields: Any) -> str:
        return self._paid(what="paid", **fields)

    def _paid(self, *, what: str, **fields: Any) -> str:
        payment_id = self.begun(**fields)
        made = self.made(payment_id)
        self.book.pay(made)
        assert self.tell(made, what) == 200
        return payment_id

    def tell(self, made: Payment, what: str) -> int:
        """Let the provider send a report; return the status of the answer."""
        return self.send(self.double.dialect.report(made, what))

    def send(self, report: Report) -> int:
        provider = self.double.dialect.provider
        path = f"/apiGateway/pspWebhook/{provider}/{self.merchant.store_id}"
        client = self.app.test_client()
        return client.post(path, data=report.body, headers=dict(report.headers)).status_code

    def wait(self) -> None:
        """Let enough time pass that no earlier call can still be running."""
        self.clock.now += UNDOUBTED

    def sweep(self) -> None:
        """Let time pass, and settle the due payments."""
        self.clock.now += LATER
        payment_settlement.settle_due()

    def learn(self, *payments: Payment, what: str) -> None:
        """Let time pass until we know the results of payments.

        A provider that is not asked any more, or cannot be asked, reports the result.
        """
        self.sweep()
        if self.double.dialect.only_reports or self.double.dialect.tells_page_once:
            for made in payments:
                for report in self.double.dialect.reports(made, what):
                    assert self.send(report) == 200

    def points(self) -> int:
        assert self.member is not None
        return self.member.balance()["currentBalance"]
