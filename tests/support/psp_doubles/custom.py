"""The double of ``custom``. Source: docs/connectors/custom-psp.openapi.json."""

from __future__ import annotations

import json
from typing import Any

from shared import clock
from tests.support.psp_doubles.book import Payment, Refund
from tests.support.psp_doubles.dialect import NOTHING_THERE, Call, Dialect, Reply, Report, Route
from tests.support.vendors import CUSTOM_PSP
from tools.psp_stand_in import sign

_WORDS = {"open": "requires_action"}


class Custom(Dialect):
    """A provider that implements our own contract."""

    provider = "custom"
    spec = CUSTOM_PSP.name
    key_header = "Idempotency-Key"

    def account(self, call: Call) -> Reply:
        return Reply(200, {"id": "acct_1"})

    def create(self, call: Call) -> Reply:
        sent = call.json
        made = self.book.begin(
            sent["reference"],
            sent["amountMinor"],
            sent["currency"],
            captures_later=sent["captureLater"],
        )
        return Reply(201, self.payment(made))

    def find(self, call: Call) -> Reply:
        found = self.book.of(call.query["reference"])
        return Reply(200, {"payments": [self.payment(each) for each in found]})

    def status(self, call: Call) -> Reply:
        made = self.made(call)
        return Reply(200, self.payment(made)) if made else NOTHING_THERE

    def capture(self, call: Call) -> Reply:
        made = self.made(call)
        if made is None or made.stage != "authorized":
            return Reply(409, {"code": "wrong_status", "message": "It cannot be captured."})
        self.book.capture(made, call.json["amountMinor"])
        return Reply(200, self.payment(made))

    def refund(self, call: Call) -> Reply:
        made, sent = self.made(call), call.json
        if made is None:
            return NOTHING_THERE
        return Reply(
            201, self.refunded(self.book.refund(made, sent["reference"], sent["amountMinor"]))
        )

    def find_refund(self, call: Call) -> Reply:
        made = self.made(call)
        if made is None:
            return NOTHING_THERE
        found = [each for each in made.refunds if each.reference == call.query["reference"]]
        return Reply(200, {"refunds": [self.refunded(each) for each in found]})

    def made(self, call: Call) -> Payment | None:
        return self.book.number(call.parts["paymentId"].removeprefix("p_"))

    def payment(self, made: Payment) -> dict[str, Any]:
        return {
            "id": f"p_{made.number}",
            "reference": made.reference,
            "status": self.book.says(_WORDS.get(made.stage, made.stage)),
            "amountMinor": made.said_minor,
            "currency": made.currency,
            "capturedMinor": made.captured_minor,
            "refundedMinor": made.refunded_minor,
            "redirectUrl": f"https://pay.example.com/p_{made.number}",
            "failure": None,
        }

    def refunded(self, refund: Refund) -> dict[str, Any]:
        return {
            "id": f"r_{refund.number}",
            "reference": refund.reference,
            "status": self.book.says("succeeded"),
            "amountMinor": refund.amount_minor,
            "failure": None,
        }

    routes = (
        Route("verify", "GET", "/account", account),
        Route("create", "POST", "/payments", create),
        Route("find", "GET", "/payments", find),
        Route("status", "GET", "/payments/{paymentId}", status),
        Route("capture", "POST", "/payments/{paymentId}/capture", capture),
        Route("refund", "POST", "/payments/{paymentId}/refunds", refund),
        Route("find_refund", "GET", "/payments/{paymentId}/refunds", find_refund),
    )

    def report(self, made: Payment, what: str) -> Report:
        return self._signed(made, self.config["notificationSecret"])

    def forgeries(self, made: Payment) -> list[Report]:
        return [self._signed(made, "another-secret-altogether"), Report(self.report(made, "").body)]

    def _signed(self, made: Payment, secret: str) -> Report:
        body = json.dumps({"paymentId": f"p_{made.number}", "reference": made.reference}).encode()
        at_s = int(clock.utc_now().timestamp())
        return Report(body, {"X-Signature": sign(body, at_s=at_s, secret=secret)})
