"""The double of Stripe. Source: Stripe's OpenAPI of version 2023-08-16."""

from __future__ import annotations

import json
from typing import Any

from stripe import WebhookSignature

from shared import clock
from tests.support.psp_doubles.book import Payment, Refund
from tests.support.psp_doubles.dialect import NOTHING_THERE, Call, Dialect, Reply, Report, Route

_AT_S = 1_772_539_200
_INTENT_WORDS = {
    "open": "requires_payment_method",
    "authorized": "requires_capture",
    "paid": "succeeded",
}
_PREFIXES = {"session": "cs_", "intent": "pi_"}


class Stripe(Dialect):
    """A session, its intent after the payment, and the intent's refunds."""

    provider = "stripe"
    spec = "stripe/stripe-2023-08-16.prism.json"
    key_header = "Idempotency-Key"

    def sessions(self, call: Call) -> Reply:
        return Reply(200, self.listed("/v1/checkout/sessions", []))

    def create(self, call: Call) -> Reply:
        sent = call.form
        price = "line_items[0][price_data]"
        made = self.book.begin(
            sent["client_reference_id"],
            int(sent[f"{price}[unit_amount]"]),
            sent[f"{price}[currency]"],
            captures_later=sent["payment_intent_data[capture_method]"] == "manual",
        )
        return Reply(200, self.session(made))

    def status(self, call: Call) -> Reply:
        made = self.made(call, "session")
        return Reply(200, self.session(made)) if made else NOTHING_THERE

    def capture(self, call: Call) -> Reply:
        made = self.made(call, "intent")
        if made is None or made.stage != "authorized":
            error = {
                "type": "invalid_request_error",
                "code": "payment_intent_unexpected_state",
                "message": "This PaymentIntent could not be captured.",
            }
            return Reply(400, {"error": error})
        self.book.capture(made, int(call.form["amount_to_capture"]))
        return Reply(200, self.intent(made))

    def refund(self, call: Call) -> Reply:
        sent = call.form
        made = self.book.number(sent["payment_intent"].removeprefix("pi_"))
        if made is None:
            return NOTHING_THERE
        refund = self.book.refund(made, sent["metadata[reference]"], int(sent["amount"]))
        return Reply(200, self.refunded(made, refund))

    def refunds(self, call: Call) -> Reply:
        made = self.book.number(call.query["payment_intent"].removeprefix("pi_"))
        found = made.refunds if made else []
        return Reply(200, self.listed("/v1/refunds", [self.refunded(made, each) for each in found]))

    def made(self, call: Call, part: str) -> Payment | None:
        return self.book.number(call.parts[part].removeprefix(_PREFIXES[part]))

    def listed(self, url: str, data: list[Any]) -> dict[str, Any]:
        return {"object": "list", "url": url, "has_more": False, "data": data}

    def session(self, made: Payment) -> dict[str, Any]:
        is_open = made.stage == "open"
        return {
            "id": f"cs_{made.number}",
            "object": "checkout.session",
            "livemode": False,
            "mode": "payment",
            "created": _AT_S,
            "expires_at": _AT_S + 86_400,
            "automatic_tax": {"enabled": False},
            "custom_fields": [],
            "custom_text": {},
            "payment_method_types": ["card"],
            "shipping_options": [],
            "client_reference_id": made.reference,
            "metadata": {"reference": made.reference},
            "payment_status": "paid" if made.stage == "paid" else "unpaid",
            "status": self.book.says("open" if is_open else "complete"),
            "amount_total": made.said_minor,
            "currency": made.currency,
            "payment_intent": None if is_open else self.intent(made),
            "url": f"https://checkout.stripe.com/c/pay/cs_{made.number}" if is_open else None,
        }

    def intent(self, made: Payment) -> dict[str, Any]:
        return {
            "id": f"pi_{made.number}",
            "object": "payment_intent",
            "livemode": False,
            "created": _AT_S,
            "capture_method": "manual" if made.captures_later else "automatic",
            "confirmation_method": "automatic",
            "payment_method_types": ["card"],
            "metadata": {"reference": made.reference},
            "status": self.book.says(_INTENT_WORDS[made.stage]),
            "amount": made.said_minor,
            "amount_received": made.captured_minor,
            "currency": made.currency,
            "latest_charge": {
                "id": f"ch_{made.number}",
                "object": "charge",
                "livemode": False,
                "created": _AT_S,
                "amount": made.said_minor,
                "amount_captured": made.captured_minor,
                "amount_refunded": made.refunded_minor,
                "billing_details": {"email": None, "name": None, "phone": None},
                "captured": made.stage == "paid",
                "currency": made.currency,
                "disputed": False,
                "metadata": {},
                "paid": True,
                "refunded": made.refunded_minor >= made.captured_minor > 0,
                "status": "succeeded",
            },
        }

    def refunded(self, made: Payment | None, refund: Refund) -> dict[str, Any]:
        assert made is not None
        return {
            "id": f"re_{refund.number}",
            "object": "refund",
            "created": _AT_S,
            "amount": refund.amount_minor,
            "currency": made.currency,
            "metadata": {"payment": made.reference, "reference": refund.reference},
            "payment_intent": f"pi_{made.number}",
            "status": self.book.says("succeeded"),
        }

    def parts(self, body: Any) -> list[tuple[str | None, Any]]:
        """Take the intent out of a session and the charge out of an intent.

        The available contract only has their ids.
        """
        found: list[tuple[str | None, Any]] = [(None, dict(body))]
        for name, schema in (("payment_intent", "payment_intent"), ("latest_charge", "charge")):
            outer = found[-1][1]
            if isinstance(outer.get(name), dict):
                found.append((schema, dict(outer[name])))
                outer[name] = outer[name]["id"]
        return found

    routes = (
        Route("verify", "GET", "/v1/checkout/sessions", sessions),
        Route("create", "POST", "/v1/checkout/sessions", create),
        Route("status", "GET", "/v1/checkout/sessions/{session}", status),
        Route("capture", "POST", "/v1/payment_intents/{intent}/capture", capture),
        Route("refund", "POST", "/v1/refunds", refund),
        Route("find_refund", "GET", "/v1/refunds", refunds),
    )

    def report(self, made: Payment, what: str) -> Report:
        return self._signed(made, what, self.config["webhookSecret"])

    def forgeries(self, made: Payment) -> list[Report]:
        forged = self._signed(made, "paid", "whsec_" + "other" * 8)
        return [forged, Report(forged.body), Report(self._event(made, "paid"), forged.headers)]

    def _signed(self, made: Payment, what: str, secret: str) -> Report:
        body, at_s = self._event(made, what), int(clock.utc_now().timestamp())
        signature = WebhookSignature._compute_signature(f"{at_s}.{body.decode()}", secret)
        return Report(body, {"Stripe-Signature": f"t={at_s},v1={signature}"})

    def _event(self, made: Payment, what: str) -> bytes:
        kind, about = "checkout.session.completed", self.session(made)
        if what == "refunded":
            kind, about = "refund.updated", self.refunded(made, made.refunds[-1])
        event = {"id": "evt_1", "object": "event", "type": kind, "livemode": False}
        return json.dumps({**event, "data": {"object": about}}).encode()
