"""The double of PAYONE (PCP). Source: PAYONE's OpenAPI definition 1.61.0; for signatures of
notifications, its plugin for Salesforce, which checks them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from tests.support.psp_doubles.book import Payment, Refund
from tests.support.psp_doubles.dialect import NOTHING_THERE, Call, Dialect, Reply, Report, Route

_CASES = "/v1/{merchantId}/commerce-cases"
_CHECKOUT = f"{_CASES}/{{commerceCaseId}}/checkouts/{{checkoutId}}"
_EXECUTION = f"{_CHECKOUT}/payment-executions/{{paymentExecutionId}}"
_WORDS = {"open": "REDIRECTED", "authorized": "PENDING_CAPTURE", "paid": "CAPTURED"}


class Payone(Dialect):
    """A commerce case with one checkout and one execution, whose events tell everything."""

    provider = "payone"
    spec = "payone/pcp-1.61.0.trim.json"
    tells_page_once = True

    def cases(self, call: Call) -> Reply:
        found = self.book.of(call.query.get("merchantReference", ""))
        return Reply(
            200,
            [
                {
                    "commerceCaseId": self.uuid(each.number),
                    "merchantReference": each.reference,
                    "checkouts": [self.checkout(each)],
                }
                for each in found
            ],
        )

    def create(self, call: Call) -> Reply:
        checkout = call.json["checkout"]
        order = checkout["orderRequest"]
        method = order["paymentMethodSpecificInput"]["redirectPaymentMethodSpecificInput"]
        amount = checkout["amountOfMoney"]
        made = self.book.begin(
            call.json["merchantReference"],
            amount["amount"],
            amount["currencyCode"],
            captures_later=method["requiresApproval"],
        )
        self.short_references[made.number] = order["orderReferences"]["merchantReference"]
        page = f"https://pay.example.com/{made.number}"
        response = {
            "paymentExecutionId": self.uuid(made.number),
            "payment": {"status": self.book.says("REDIRECTED")},
            "merchantAction": {"actionType": "REDIRECT", "redirectData": {"redirectURL": page}},
        }
        answer = {
            "commerceCaseId": self.uuid(made.number),
            "merchantReference": made.reference,
            "checkout": {
                "checkoutId": self.uuid(made.number),
                "amountOfMoney": self.money(made.said_minor, made),
                "paymentResponse": response,
            },
        }
        return Reply(201, answer)

    def status(self, call: Call) -> Reply:
        made = self.made(call)
        return Reply(200, self.checkout(made)) if made else NOTHING_THERE

    def capture(self, call: Call) -> Reply:
        made = self.made(call)
        if made is None or made.stage != "authorized":
            error = {"errorCode": "1", "id": "INVALID_STATE", "httpStatusCode": 400}
            return Reply(400, {"errorId": "1", "errors": [error]})
        self.book.capture(made, call.json["amount"])
        return Reply(201, {"id": f"cap_{made.number}", "status": self.book.says("CAPTURED")})

    def refund(self, call: Call) -> Reply:
        made, sent = self.made(call), call.json
        if made is None:
            return NOTHING_THERE
        reference = sent["references"]["merchantReference"]
        refund = self.book.refund(made, reference, sent["amountOfMoney"]["amount"])
        word = self.book.says("REFUNDED")
        return Reply(201, {"id": self.uuid(refund.number), "status": word})

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.short_references: dict[int, str] = {}

    def made(self, call: Call) -> Payment | None:
        return self.book.number(call.parts["checkoutId"].rpartition("-")[2])

    def uuid(self, number: int) -> str:
        return f"4f0c512e-f12c-11ec-8ea0-{number:012d}"

    def money(self, minor: int, made: Payment) -> dict[str, Any]:
        return {"amount": minor, "currencyCode": made.currency}

    def checkout(self, made: Payment) -> dict[str, Any]:
        kind = "RESERVATION" if made.captures_later else "SALE"
        stage = "authorized" if made.captures_later and made.captures else made.stage
        events = [self.event(made, kind, _WORDS[stage], made.said_minor)]
        if made.captures_later:
            events += [self.event(made, "CAPTURE", "CAPTURED", each) for each in made.captures]
        events += [self.refunded(made, each) for each in made.refunds]
        executed = {"paymentExecutionId": self.uuid(made.number), "events": events}
        totals = {"refundedAmount": made.refunded_minor, "chargebackAmount": 0}
        return {
            "commerceCaseId": self.uuid(made.number),
            "checkoutId": self.uuid(made.number),
            "amountOfMoney": self.money(made.said_minor, made),
            "checkoutStatus": "OPEN",
            "statusOutput": {"collectedAmount": made.captured_minor, **totals},
            "paymentExecutions": [executed],
        }

    def event(self, made: Payment, kind: str, word: str, minor: int) -> dict[str, Any]:
        return {
            "type": kind,
            "paymentStatus": self.book.says(word),
            "amountOfMoney": self.money(minor, made),
        }

    def refunded(self, made: Payment, refund: Refund) -> dict[str, Any]:
        return {
            **self.event(made, "REFUND", "REFUNDED", refund.amount_minor),
            "merchantReference": refund.reference,
            "paymentEventId": self.uuid(refund.number),
        }

    routes = (
        Route("create", "POST", _CASES, create),
        Route("find", "GET", _CASES, cases),
        Route("status", "GET", _CHECKOUT, status),
        Route("capture", "POST", f"{_EXECUTION}/capture", capture),
        Route("refund", "POST", f"{_EXECUTION}/refund", refund),
    )

    def report(self, made: Payment, what: str) -> Report:
        return self._signed(made, self.config["apiKey"], self.config["apiSecret"])

    def forgeries(self, made: Payment) -> list[Report]:
        key, secret = self.config["apiKey"], self.config["apiSecret"]
        return [
            self._signed(made, key, "another-secret"),
            self._signed(made, "another-key", secret),
            Report(self._signed(made, key, secret).body),
        ]

    def _signed(self, made: Payment, key: str, secret: str) -> Report:
        references = {"merchantReference": self.short_references[made.number]}
        said = {
            "type": "payment.captured",
            "merchantId": self.config["merchantId"],
            "payment": {"paymentOutput": {"references": references}},
        }
        body = json.dumps(said).encode()
        signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
        return Report(body, {"X-GCS-KeyId": key, "X-GCS-Signature": signature})
