"""The double of SumUp. Source: SumUp API, github.com/sumup/sumup-openapi of 2026-06-18."""

from __future__ import annotations

import hashlib
import hmac
import json
from decimal import Decimal
from typing import Any

from shared import clock
from tests.support.psp_doubles.book import Payment
from tests.support.psp_doubles.dialect import NOTHING_THERE, Call, Dialect, Reply, Report, Route

_AT = "2026-03-03T12:00:00.000Z"


class Sumup(Dialect):
    """A checkout, the transaction that paid it, and refunds among the transaction's events."""

    provider = "sumup"
    spec = "sumup/sumup.trim.json"
    authorizes = False
    harmless_to_refunds = ("changed_types",)  # the answer is 204, without a body

    def merchant(self, call: Call) -> Reply:
        found = {
            "merchant_code": call.parts["merchant_code"],
            "country": "DE",
            "default_currency": "EUR",
            "default_locale": "de-DE",
            "sandbox": True,
            "created_at": _AT,
            "updated_at": _AT,
        }
        return Reply(200, found)

    def create(self, call: Call) -> Reply:
        sent = call.json
        if self.book.of(sent["checkout_reference"]):
            problem = {"error_code": "DUPLICATED_CHECKOUT", "message": "It exists."}
            return Reply(409, problem)
        minor = int(Decimal(str(sent["amount"])) * 100)
        made = self.book.begin(sent["checkout_reference"], minor, sent["currency"])
        return Reply(201, self.checkout(made))

    def find(self, call: Call) -> Reply:
        found = self.book.of(call.query["checkout_reference"])
        return Reply(200, [self.checkout(each) for each in found])

    def status(self, call: Call) -> Reply:
        made = self.book.number(call.parts["checkout_id"].removeprefix("c-"))
        return Reply(200, self.checkout(made)) if made else NOTHING_THERE

    def refund(self, call: Call) -> Reply:
        made = self.book.number(call.parts["transaction_id"].removeprefix("t-"))
        if made is None:
            return NOTHING_THERE
        self.book.refund(made, "", int(Decimal(str(call.json["amount"])) * 100))
        return Reply(204, None)

    def transaction(self, call: Call) -> Reply:
        made = self.book.number(call.query["id"].removeprefix("t-"))
        if made is None:
            return NOTHING_THERE
        events = [
            {
                "id": each.number,
                "event_type": "REFUND",
                "status": self.book.says("REFUNDED"),
                "amount": each.amount_minor / 100,
                "timestamp": _AT,
            }
            for each in made.refunds
        ]
        return Reply(200, {**self.paying(made), "transaction_events": events})

    def paying(self, made: Payment) -> dict[str, Any]:
        return {
            "id": f"t-{made.number}",
            "transaction_code": f"TEENSK{made.number}",
            "amount": made.said_minor / 100,
            "currency": made.currency,
            "timestamp": _AT,
            "status": "SUCCESSFUL",
            "payment_type": "ECOM",
            "installments_count": 1,
            "merchant_code": self.config["merchantCode"],
        }

    def checkout(self, made: Payment) -> dict[str, Any]:
        is_paid = made.stage == "paid"
        found = {
            "id": f"c-{made.number}",
            "status": self.book.says("PAID" if is_paid else "PENDING"),
            "amount": made.said_minor / 100,
            "currency": made.currency,
            "checkout_reference": made.reference,
            "merchant_code": self.config["merchantCode"],
            "date": _AT,
            "hosted_checkout_url": f"https://checkout.sumup.com/pay/c-{made.number}",
        }
        return found | ({"transactions": [self.paying(made)]} if is_paid else {})

    routes = (
        Route("verify", "GET", "/v1/merchants/{merchant_code}", merchant),
        Route("create", "POST", "/v0.1/checkouts", create),
        Route("find", "GET", "/v0.1/checkouts", find),
        Route("status", "GET", "/v0.1/checkouts/{checkout_id}", status),
        Route(
            "refund",
            "POST",
            "/v1.0/merchants/{merchant_code}/payments/{transaction_id}/refunds",
            refund,
        ),
        Route("find_refund", "GET", "/v2.1/merchants/{merchant_code}/transactions", transaction),
    )

    def report(self, made: Payment, what: str) -> Report:
        said = {"event_type": "CHECKOUT_STATUS_CHANGED", "id": f"c-{made.number}"}
        return Report(json.dumps(said).encode())

    def forgeries(self, made: Payment) -> list[Report]:
        body = json.dumps({"object": {"id": f"c-{made.number}", "type": "checkout"}}).encode()
        at_s = int(clock.utc_now().timestamp())
        signature = hmac.new(b"another-secret", b"v1:%d:" % at_s + body, hashlib.sha256)
        header = {"X-SumUp-Webhook-Signature": f"t={at_s},v1={signature.hexdigest()}"}
        return [Report(body, header), Report(body), Report(b'{"id": "../c-1", "event_type": "x"}')]
