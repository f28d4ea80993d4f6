"""The double of Adyen. Sources: Adyen's OpenAPI of Checkout v72 and Webhooks v1; its SDK signs."""

from __future__ import annotations

import json
from typing import Any

from Adyen.util import generate_notification_sig

from tests.support.psp_doubles.book import Payment, Refund
from tests.support.psp_doubles.dialect import NOTHING_THERE, Call, Dialect, Reply, Report, Route

_LINK_WORDS = {"open": "active", "canceled": "expired"}


class Adyen(Dialect):
    """A link, and modifications of its payment, whose results are only notified."""

    provider = "adyen"
    spec = "adyen/checkout-v72.trim.json"
    key_header = "Idempotency-Key"
    only_reports = True

    def methods(self, call: Call) -> Reply:
        return Reply(200, {"paymentMethods": [{"name": "Cards", "type": "scheme"}]})

    def create(self, call: Call) -> Reply:
        sent = call.json
        made = self.book.begin(
            sent["reference"].partition(".")[0],
            sent["amount"]["value"],
            sent["amount"]["currency"],
            captures_later=sent.get("manualCapture", False),
        )
        return Reply(201, self.link(made))

    def status(self, call: Call) -> Reply:
        made = self.book.number(call.parts["linkId"].removeprefix("PL"))
        return Reply(200, self.link(made)) if made else NOTHING_THERE

    def capture(self, call: Call) -> Reply:
        made = self.made(call)
        if made is None:
            return NOTHING_THERE
        self.book.capture(made, call.json["amount"]["value"])
        return Reply(201, self.received(call, made, f"CAP{made.number}"))

    def refund(self, call: Call) -> Reply:
        made, sent = self.made(call), call.json
        if made is None:
            return NOTHING_THERE
        reference = sent["reference"].partition(".")[2]
        refund = self.book.refund(made, reference, sent["amount"]["value"])
        return Reply(201, self.received(call, made, f"REF{refund.number}"))

    def made(self, call: Call) -> Payment | None:
        return self.book.number(call.parts["paymentPspReference"].removeprefix("PSP"))

    def link(self, made: Payment) -> dict[str, Any]:
        return {
            "id": f"PL{made.number}",
            "amount": {"currency": made.currency, "value": made.said_minor},
            "merchantAccount": self.config["merchantAccount"],
            "reference": self.reference(made),
            "status": self.book.says(_LINK_WORDS.get(made.stage, "completed")),
            "url": f"https://test.adyen.link/PL{made.number}",
        }

    def received(self, call: Call, made: Payment, psp_reference: str) -> dict[str, Any]:
        return {
            "amount": call.json["amount"],
            "merchantAccount": self.config["merchantAccount"],
            "paymentPspReference": f"PSP{made.number}",
            "pspReference": psp_reference,
            "status": "received",
        }

    def reference(self, made: Payment) -> str:
        return f"{made.reference}.later" if made.captures_later else made.reference

    routes = (
        Route("verify", "POST", "/paymentMethods", methods),
        Route("create", "POST", "/paymentLinks", create),
        Route("status", "GET", "/paymentLinks/{linkId}", status),
        Route("capture", "POST", "/payments/{paymentPspReference}/captures", capture),
        Route("refund", "POST", "/payments/{paymentPspReference}/refunds", refund),
    )

    def report(self, made: Payment, what: str) -> Report:
        return self.reports(made, what)[-1]

    def reports(self, made: Payment, what: str) -> list[Report]:
        items = (
            [self._refunded(made, each) for each in made.refunds]
            if what == "refunded"
            else [self._item(made, "CAPTURE" if what == "captured" else "AUTHORISATION")]
        )
        return [self._signed(each, self.config["hmacKey"]) for each in items]

    def forgeries(self, made: Payment) -> list[Report]:
        item = self._item(made, "AUTHORISATION")
        unsigned = self._report(item)
        signed = json.loads(self._signed(item, self.config["hmacKey"]).body)
        signed["notificationItems"][0]["NotificationRequestItem"]["amount"]["value"] += 1
        return [
            self._signed(item, "ab" * 32),
            unsigned,
            Report(json.dumps(signed).encode()),
        ]

    def _item(self, made: Payment, event: str) -> dict[str, Any]:
        payment = f"PSP{made.number}"
        is_first = event == "AUTHORISATION"
        return {
            "eventCode": self.book.says(event),
            "success": "true",
            "pspReference": payment if is_first else f"CAP{made.number}",
            **({} if is_first else {"originalReference": payment}),
            "merchantAccountCode": self.config["merchantAccount"],
            "merchantReference": self.reference(made),
            "amount": {"currency": made.currency, "value": made.said_minor},
        }

    def _refunded(self, made: Payment, refund: Refund) -> dict[str, Any]:
        return {
            **self._item(made, "REFUND"),
            "pspReference": f"REF{refund.number}",
            "merchantReference": f"{made.reference}.{refund.reference}",
            "amount": {"currency": made.currency, "value": refund.amount_minor},
        }

    def _signed(self, item: dict[str, Any], key: str) -> Report:
        signature = generate_notification_sig(item, key)
        text = signature.decode() if isinstance(signature, bytes) else signature
        return self._report({**item, "additionalData": {"hmacSignature": text}})

    def _report(self, item: dict[str, Any]) -> Report:
        items = [{"NotificationRequestItem": item}]
        return Report(json.dumps({"live": "false", "notificationItems": items}).encode())
