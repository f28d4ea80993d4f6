"""The double of Mollie. Source: Mollie API v2, github.com/mollie/openapi of 2026-08-21."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.support.psp_doubles.book import Payment, Refund
from tests.support.psp_doubles.dialect import NOTHING_THERE, Call, Dialect, Reply, Report, Route

_HAL = "application/hal+json"
_AT = "2026-03-03T12:00:00+00:00"


class Mollie(Dialect):
    """A payment with captures and refunds."""

    provider = "mollie"
    spec = "mollie/mollie.trim.json"
    key_header = "Idempotency-Key"

    def profile(self, call: Call) -> Reply:
        found = {
            "resource": "profile",
            "id": "pfl_QkEhN94Ba",
            "mode": "test",
            "name": "Example",
            "website": "https://example.com",
            "email": "shop@example.com",
            "phone": "+31612345678",
            "businessCategory": "OTHER_MERCHANDISE",
            "status": "verified",
            "createdAt": _AT,
            "_links": self.links("self", "dashboard", "chargebacks", "methods", "payments"),
        }
        found["_links"] |= self.links("refunds", "checkoutPreviewUrl", "documentation")
        return Reply(200, found, _HAL)

    def create(self, call: Call) -> Reply:
        sent = call.json
        made = self.book.begin(
            sent["metadata"]["reference"],
            self.minor(sent["amount"]),
            sent["amount"]["currency"],
            captures_later=sent.get("captureMode") == "manual",
        )
        return Reply(201, self.payment(made), _HAL)

    def status(self, call: Call) -> Reply:
        made = self.made(call)
        return Reply(200, self.payment(made), _HAL) if made else NOTHING_THERE

    def capture(self, call: Call) -> Reply:
        made = self.made(call)
        if made is None or made.stage != "authorized":
            return Reply(422, {"status": 422, "title": "Unprocessable", "detail": "Not authorized"})
        self.book.capture(made, self.minor(call.json["amount"]))
        captured = {
            "resource": "capture",
            "id": f"cpt_{made.number}",
            "mode": "test",
            "amount": call.json["amount"],
            "status": self.book.says("succeeded"),
            "createdAt": _AT,
            "paymentId": f"tr_{made.number}",
            "_links": self.links("self", "payment", "documentation"),
        }
        return Reply(201, captured, _HAL)

    def refund(self, call: Call) -> Reply:
        made, sent = self.made(call), call.json
        if made is None:
            return NOTHING_THERE
        refund = self.book.refund(made, sent["metadata"]["reference"], self.minor(sent["amount"]))
        return Reply(201, self.refunded(made, refund), _HAL)

    def refunds(self, call: Call) -> Reply:
        made = self.made(call)
        if made is None:
            return NOTHING_THERE
        found = [self.refunded(made, each) for each in reversed(made.refunds)]
        links = {**self.links("self", "documentation"), "previous": None, "next": None}
        body = {"count": len(found), "_embedded": {"refunds": found}, "_links": links}
        return Reply(200, body, _HAL)

    def made(self, call: Call) -> Payment | None:
        return self.book.number(call.parts["paymentId"].removeprefix("tr_"))

    def minor(self, amount: dict[str, str]) -> int:
        return int(Decimal(amount["value"]) * 100)

    def amount(self, minor: int, made: Payment) -> dict[str, str]:
        return {"currency": made.currency, "value": f"{Decimal(minor) / 100:.2f}"}

    def links(self, *names: str) -> dict[str, Any]:
        return {name: {"href": f"https://mollie.com/{name}", "type": _HAL} for name in names}

    def payment(self, made: Payment) -> dict[str, Any]:
        links = self.links("self", "dashboard", "documentation")
        is_open = made.stage == "open"
        return {
            "resource": "payment",
            "id": f"tr_{made.number}",
            "mode": "test",
            "createdAt": _AT,
            "amount": self.amount(made.said_minor, made),
            "amountCaptured": self.amount(made.captured_minor, made),
            "amountRefunded": self.amount(made.refunded_minor, made),
            "description": "Example",
            "metadata": {"reference": made.reference},
            "status": self.book.says(made.stage),
            "profileId": "pfl_QkEhN94Ba",
            "sequenceType": "oneoff",
            "_links": links | (self.links("checkout") if is_open else {}),
        }

    def refunded(self, made: Payment, refund: Refund) -> dict[str, Any]:
        return {
            "resource": "refund",
            "id": f"re_{refund.number}",
            "mode": "test",
            "amount": self.amount(refund.amount_minor, made),
            "status": self.book.says("refunded"),
            "createdAt": _AT,
            "description": "Example",
            "metadata": {"reference": refund.reference},
            "paymentId": f"tr_{made.number}",
            "_links": self.links("self", "payment", "documentation"),
        }

    routes = (
        Route("verify", "GET", "/v2/profiles/me", profile),
        Route("create", "POST", "/v2/payments", create),
        Route("status", "GET", "/v2/payments/{paymentId}", status),
        Route("capture", "POST", "/v2/payments/{paymentId}/captures", capture),
        Route("refund", "POST", "/v2/payments/{paymentId}/refunds", refund),
        Route("find_refund", "GET", "/v2/payments/{paymentId}/refunds", refunds),
    )

    def report(self, made: Payment, what: str) -> Report:
        return Report(f"id=tr_{made.number}".encode())

    def forgeries(self, made: Payment) -> list[Report]:
        number = made.number
        return [
            Report(f"id=../tr_{number}".encode()),
            Report(f"id=tr_{number}&status=paid".encode()),
        ]
