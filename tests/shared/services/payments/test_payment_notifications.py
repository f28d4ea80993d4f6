"""What providers say late takes success back: once, in any order, and with the member's points.

The providers are servers on this machine that answer as a test tells them to. What they report is
signed as they sign it, and posted to the endpoint.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from Adyen.util import generate_notification_sig
from flask import Flask
from stripe import WebhookSignature

from shared import clock
from shared.domain.payments.payments import Payment
from shared.services.loyalty import verification
from shared.services.payments import payment_settlement
from shared.store import client
from shared.store.payments import payment_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.psp_samples import CONFIGS
from tests.support.receivers import Receiver, receiving, status
from tests.support.refusals import assert_refused, nothing_written

AMOUNT = 1099
EARNED = 109
"""Of 10.99 EUR at 10 points a euro."""


@dataclass
class Shop:
    """A merchant with one provider. ``replies`` are its answers by method and path."""

    merchant: Merchant
    customer: Member
    app: Flask
    server: Receiver
    provider: str
    config: dict[str, Any]
    replies: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server.answer = self.answer

    def answer(self, connection: socket.socket) -> None:
        received = self.server.received[-1]
        reply = self.replies[f"{received.method} {received.path.partition('?')[0]}"]
        status(200, json.dumps(reply), Content_Type="application/json")(connection)

    def configure(self) -> None:
        config = {**self.config, "baseUrl": self.server.url}
        body = {"storeId": self.merchant.store_id, "provider": self.provider, "config": config}
        self.merchant.api.ok("configurePSP", body)

    def process(self) -> str:
        body = {
            "storeId": self.merchant.store_id,
            "amount": AMOUNT,
            "currency": "EUR",
            "returnUrl": "https://shop.example.com/done",
            "purchaseId": "order_1",
            **self.customer.ids,
        }
        payment_id: str = self.merchant.api.ok("processPayment", body)["paymentId"]
        return payment_id

    def refund(self, payment_id: str, **fields: Any) -> Answer:
        return self.merchant.api("refundPayment", {"paymentId": payment_id, **fields})

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        """Report something; return the status of the answer."""
        path = f"/apiGateway/pspWebhook/{self.provider}/{self.merchant.store_id}"
        return self.app.test_client().post(path, data=body, headers=headers).status_code

    def get(self, payment_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.merchant.api.ok("getPayment", {"paymentId": payment_id})
        found: dict[str, Any] = shown["payment"]
        return found

    def stored(self, payment_id: str) -> Payment:
        found = payment_documents.find(payment_id)
        assert found is not None
        return found

    def told(self) -> list[str]:
        """Return the types of what was told of payments, sorted."""
        events = client.query("events", ("storeId", "==", self.merchant.store_id))
        types = [each.data["type"] for each in events if each.data]
        return sorted(each for each in types if each.startswith("payment."))

    def assert_points(self, units: int) -> None:
        assert self.customer.balance()["currentBalance"] == units
        stored.assert_sound(self.customer)
        report = verification.verify(self.customer.program_id)
        assert report is not None
        assert report.problems == ()


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiving("") as server:
        yield server


def shop_of(provider: str, merchant: Merchant, app: Flask, server: Receiver, **more: Any) -> Shop:
    config = {**CONFIGS[provider], **more}
    return Shop(merchant, merchant.member("points"), app, server, provider, config)


# Adyen.


PSP = "QFQTPCQ8HXSKGK82"
LINK_ID = "PLE83C39B0A0DE0C1E"
LINK = {
    "id": LINK_ID,
    "amount": {"currency": "EUR", "value": AMOUNT},
    "status": "active",
    "url": f"https://test.adyen.link/{LINK_ID}",
}


@pytest.fixture
def adyen(merchant: Merchant, app: Flask, server: Receiver) -> Shop:
    shop = shop_of("adyen", merchant, app, server)
    shop.replies = {
        "POST /paymentMethods": {},
        "POST /paymentLinks": LINK,
        f"GET /paymentLinks/{LINK_ID}": LINK,
        f"PATCH /paymentLinks/{LINK_ID}": {**LINK, "status": "expired"},
        f"POST /payments/{PSP}/refunds": {"pspReference": "REF1", "paymentPspReference": PSP},
    }
    shop.configure()
    return shop


def says(shop: Shop, event_code: str, reference: str, **changes: Any) -> int:
    """Have Adyen report something of a payment."""
    item: dict[str, Any] = {
        "eventCode": event_code,
        "pspReference": PSP,
        "merchantAccountCode": shop.config["merchantAccount"],
        "merchantReference": reference,
        "amount": {"currency": "EUR", "value": AMOUNT},
        "success": "true",
        "reason": "as banks say",
        **changes,
    }
    signature = generate_notification_sig(item, shop.config["hmacKey"]).decode()
    item["additionalData"] = {"hmacSignature": signature}
    items = [{"NotificationRequestItem": item}]
    return shop.post(json.dumps({"live": "false", "notificationItems": items}).encode(), {})


def paid_by_adyen(shop: Shop) -> str:
    payment_id = shop.process()
    assert says(shop, "AUTHORISATION", payment_id) == 200
    assert shop.get(payment_id)["status"] == "paid"
    return payment_id


def test_a_link_that_nobody_paid_ends(own_database: None, adyen: Shop, frozen_clock: Clock) -> None:
    payment_id = adyen.process()
    assert adyen.stored(payment_id).vendor_payment_id == LINK_ID
    frozen_clock.advance(minutes=3)
    payment_settlement.settle_due()
    assert adyen.get(payment_id)["status"] == "requires_action"
    adyen.replies[f"GET /paymentLinks/{LINK_ID}"] = {**LINK, "status": "expired"}
    frozen_clock.now += timedelta(days=1)

    payment_settlement.settle_due()

    shown = adyen.get(payment_id)
    assert (shown["status"], shown["failure"]) == ("canceled", "link_expired")
    assert adyen.stored(payment_id).check_at is None


def test_a_payment_beats_the_cancellation_that_crosses_it(adyen: Shop) -> None:
    payment_id = adyen.process()

    canceled = adyen.merchant.api.ok("cancelPayment", {"paymentId": payment_id})
    assert canceled["payment"]["status"] == "canceled"
    [closed] = [each for each in adyen.server.received if each.method == "PATCH"]
    assert closed.event == {"status": "expired"}

    for _ in range(2):
        assert says(adyen, "AUTHORISATION", payment_id) == 200
    shown = adyen.get(payment_id)
    assert (shown["status"], shown["failure"], shown["captured"]) == ("paid", None, AMOUNT)
    assert adyen.stored(payment_id).vendor_payment_id == PSP
    adyen.assert_points(EARNED)


def test_a_link_that_is_being_paid_is_not_canceled(adyen: Shop) -> None:
    payment_id = adyen.process()
    adyen.replies[f"GET /paymentLinks/{LINK_ID}"] = {**LINK, "status": "completed"}

    answer = adyen.merchant.api("cancelPayment", {"paymentId": payment_id})

    assert answer.body["payment"]["status"] == "requires_action"
    assert all(each.method != "PATCH" for each in adyen.server.received)


REFUND = {"originalReference": PSP, "pspReference": "REF1"}


@pytest.mark.parametrize("failed", ["REFUND_FAILED", "REFUNDED_REVERSED"])
@pytest.mark.parametrize("order", sorted(set(permutations([True, True, False, False]))))
def test_a_refund_that_fails_after_all_is_taken_back_once(
    adyen: Shop, failed: str, order: tuple[bool, ...]
) -> None:
    payment_id = paid_by_adyen(adyen)
    refund_id = adyen.refund(payment_id).body["refundId"]

    for is_success in order:
        code = "REFUND" if is_success else failed
        assert says(adyen, code, f"{payment_id}.{refund_id}", **REFUND) == 200

    shown = adyen.get(payment_id)
    [made] = shown["refunds"]
    assert (made["status"], made["failure"]) == ("failed", "as banks say")
    assert (shown["status"], shown["refundable"]) == ("paid", AMOUNT)
    moved = [EARNED, -EARNED, EARNED] if order[0] else [EARNED]
    assert stored.units(adyen.customer) == moved
    adyen.assert_points(EARNED)
    assert adyen.told().count("payment.refund_failed") == 1
    assert not adyen.stored(payment_id).awaits_points

    with nothing_written():
        assert says(adyen, "REFUND", f"{payment_id}.{refund_id}", **REFUND) == 200
    again = adyen.refund(payment_id).body
    assert (again["refundId"] != refund_id, again["status"]) == (True, "pending")


def test_a_refund_that_fails_is_known_without_its_reference(adyen: Shop) -> None:
    payment_id = paid_by_adyen(adyen)
    adyen.refund(payment_id)

    assert says(adyen, "REFUND_FAILED", "somebody else's words", **REFUND) == 200

    assert adyen.get(payment_id)["refunds"][0]["status"] == "failed"


def test_a_part_that_fails_gives_its_share_back(adyen: Shop) -> None:
    payment_id = paid_by_adyen(adyen)
    references = []
    for number, amount in enumerate([500, 599]):
        vendor_id = f"REF{number}"
        received = {"pspReference": vendor_id, "paymentPspReference": PSP}
        adyen.replies[f"POST /payments/{PSP}/refunds"] = received
        made = adyen.refund(payment_id, amount=amount, refundReference=str(number)).body
        references.append((f"{payment_id}.{made['refundId']}", vendor_id))
    for reference, vendor_id in references:
        says(adyen, "REFUND", reference, originalReference=PSP, pspReference=vendor_id)
    assert stored.units(adyen.customer) == [EARNED, -49, -60]

    reference, vendor_id = references[0]
    says(adyen, "REFUND_FAILED", reference, originalReference=PSP, pspReference=vendor_id)

    adyen.assert_points(EARNED - EARNED * 599 // AMOUNT)
    shown = adyen.get(payment_id)
    assert (shown["status"], shown["refundable"]) == ("partially_refunded", 500)


def test_points_that_could_not_be_taken_are_not_given_back(adyen: Shop) -> None:
    payment_id = paid_by_adyen(adyen)
    refund_id = adyen.refund(payment_id).body["refundId"]
    adyen.customer.redeem(100)

    for code in ("REFUND", "REFUND_FAILED"):
        says(adyen, code, f"{payment_id}.{refund_id}", **REFUND)

    assert stored.units(adyen.customer) == [EARNED, -100, -9, 9]
    adyen.assert_points(9)


def test_a_capture_that_fails_after_all_is_no_payment(adyen: Shop) -> None:
    payment_id = paid_by_adyen(adyen)
    failed = {"originalReference": PSP, "pspReference": "CAP1"}

    for _ in range(2):
        assert says(adyen, "CAPTURE_FAILED", payment_id, **failed) == 200
    with nothing_written():
        assert says(adyen, "AUTHORISATION", payment_id) == 200

    shown = adyen.get(payment_id)
    assert (shown["status"], shown["failure"]) == ("failed", "as banks say")
    assert (shown["captured"], shown["refundable"]) == (0, 0)
    assert stored.units(adyen.customer) == [EARNED, -EARNED]
    adyen.assert_points(0)
    assert adyen.told().count("payment.failed") == 1
    with nothing_written():
        assert_refused(
            adyen.refund(payment_id),
            400,
            "PAYMENT_NOT_REFUNDABLE",
            {"paymentId": payment_id, "status": "failed"},
        )


DISPUTE = {"originalReference": PSP, "pspReference": "DISPUTE1"}


@pytest.mark.parametrize("order", list(permutations(["CHARGEBACK", "CHARGEBACK_REVERSED"])))
def test_a_chargeback_that_is_won_leaves_nothing(
    adyen: Shop, order: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    payment_id = paid_by_adyen(adyen)

    for code in (*order, *order):
        assert says(adyen, code, payment_id, **DISPUTE) == 200

    shown = adyen.get(payment_id)
    assert (shown["status"], shown["problem"], shown["refundable"]) == ("paid", None, AMOUNT)
    adyen.assert_points(EARNED)
    is_heard = order[0] == "CHARGEBACK"
    assert stored.units(adyen.customer) == [EARNED, *([-EARNED, EARNED] if is_heard else [])]
    assert adyen.told().count("payment.charged_back") == 2 * is_heard
    assert capsys.readouterr().out.count("payment needs attention") == is_heard


def test_a_chargeback_takes_what_cannot_be_refunded_any_more(
    adyen: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    payment_id = paid_by_adyen(adyen)
    part = {"amount": {"currency": "EUR", "value": 599}}

    for code in ("SECOND_CHARGEBACK", "CHARGEBACK_REVERSED", "CHARGEBACK"):
        assert says(adyen, code, payment_id, **DISPUTE, **part) == 200

    shown = adyen.get(payment_id)
    assert (shown["status"], shown["problem"]) == ("paid", "charged_back")
    assert shown["refundable"] == 500
    adyen.assert_points(EARNED - EARNED * 599 // AMOUNT)
    assert capsys.readouterr().out.count("payment needs attention") == 1
    with nothing_written():
        refused = adyen.refund(payment_id, amount=501, refundReference="r")
    assert_refused(refused, 400, "REFUND_EXCEEDS_PAYMENT", {"refundable": 500, "requested": 501})


def test_forged_bad_news_changes_nothing(adyen: Shop) -> None:
    payment_id = paid_by_adyen(adyen)
    adyen.config["hmacKey"] = "f" * 64
    for code in ("CAPTURE_FAILED", "CHARGEBACK", "REFUND_FAILED"):
        with nothing_written():
            assert says(adyen, code, payment_id, **DISPUTE) == 401


# Stripe.


INTENT = {
    "object": "payment_intent",
    "id": "pi_1",
    "status": "succeeded",
    "amount": AMOUNT,
    "amount_received": AMOUNT,
    "currency": "eur",
    "latest_charge": {"object": "charge", "id": "ch_1", "amount_refunded": 0},
}
SESSION: dict[str, Any] = {
    "object": "checkout.session",
    "id": "cs_1",
    "status": "complete",
    "amount_total": AMOUNT,
    "currency": "eur",
    "payment_intent": INTENT,
    "url": None,
}


@pytest.fixture
def stripe(merchant: Merchant, app: Flask, server: Receiver) -> Shop:
    shop = shop_of("stripe", merchant, app, server)
    sessions = "/v1/checkout/sessions"
    shop.replies = {
        f"GET {sessions}": {"object": "list", "data": []},
        f"POST {sessions}": {**SESSION, "status": "open", "payment_intent": None},
        f"GET {sessions}/cs_1": SESSION,
    }
    shop.configure()
    return shop


def reports(shop: Shop, thing: dict[str, Any]) -> int:
    """Have Stripe report something."""
    event = {"object": "event", "id": "evt_1", "livemode": False, "data": {"object": thing}}
    body, at_s = json.dumps(event).encode(), int(clock.utc_now().timestamp())
    signed = WebhookSignature.generate_signature_header(
        body.decode(), shop.config["webhookSecret"], at_s
    )
    return shop.post(body, {"Stripe-Signature": signed})


def paid_by_stripe(shop: Shop) -> str:
    payment_id = shop.process()
    names = {"reference": payment_id}
    assert reports(shop, {**SESSION, "payment_intent": "pi_1", "metadata": names}) == 200
    assert shop.get(payment_id)["status"] == "paid"
    shop.replies["GET /v1/payment_intents/pi_1"] = {**INTENT, "metadata": names}
    return payment_id


def made_by_stripe(shop: Shop, payment_id: str) -> dict[str, Any]:
    """Refund a payment; return the refund as Stripe tells it."""
    made = {"object": "refund", "id": "re_1", "status": "succeeded"}
    shop.replies["POST /v1/refunds"] = made
    refund_id = shop.refund(payment_id).body["refundId"]
    assert shop.get(payment_id)["status"] == "refunded"
    shop.assert_points(0)
    return {**made, "metadata": {"payment": payment_id, "reference": refund_id}}


def test_stripe_takes_a_refund_back(stripe: Shop) -> None:
    payment_id = paid_by_stripe(stripe)
    made = made_by_stripe(stripe, payment_id)
    failed = {**made, "status": "failed", "failure_reason": "lost_or_stolen_card"}

    for thing in (failed, failed, made):
        assert reports(stripe, thing) == 200

    shown = stripe.get(payment_id)
    assert (shown["status"], shown["refundable"]) == ("paid", AMOUNT)
    assert shown["refunds"][0]["failure"] == "lost_or_stolen_card"
    assert stored.units(stripe.customer) == [EARNED, -EARNED, EARNED]
    stripe.assert_points(EARNED)
    assert stripe.told().count("payment.refund_failed") == 1


def test_a_sum_that_lacks_a_refund_has_it_asked_for(stripe: Shop) -> None:
    """Its own report got lost; another one tells of the payment."""
    payment_id = paid_by_stripe(stripe)
    made = made_by_stripe(stripe, payment_id)
    listed = {"object": "list", "has_more": False, "data": [{**made, "status": "failed"}]}
    stripe.replies["GET /v1/refunds"] = listed

    charge = {"object": "charge", "id": "ch_1", "metadata": {"reference": payment_id}}
    assert reports(stripe, charge) == 200

    assert stripe.get(payment_id)["refunds"][0]["status"] == "failed"
    stripe.assert_points(EARNED)


def test_stripe_takes_a_payment_back_and_gives_it_again(stripe: Shop) -> None:
    payment_id = paid_by_stripe(stripe)
    dispute = {
        "object": "dispute",
        "id": "dp_1",
        "status": "warning_needs_response",
        "amount": AMOUNT,
        "currency": "eur",
        "payment_intent": "pi_1",
    }
    with nothing_written():
        assert reports(stripe, dispute) == 200

    assert reports(stripe, {**dispute, "status": "needs_response"}) == 200
    shown = stripe.get(payment_id)
    assert (shown["problem"], shown["refundable"]) == ("charged_back", 0)
    stripe.assert_points(0)

    for word in ("won", "under_review"):
        assert reports(stripe, {**dispute, "status": word}) == 200
    shown = stripe.get(payment_id)
    assert (shown["problem"], shown["refundable"]) == (None, AMOUNT)
    assert stored.units(stripe.customer) == [EARNED, -EARNED, EARNED]


# Mollie.


MOLLIE_SECRET = "fake-secret-of-a-webhook"
TAKEN: dict[str, Any] = {
    "id": "tr_1",
    "status": "paid",
    "amount": {"currency": "EUR", "value": "10.99"},
}


@pytest.fixture
def mollie(merchant: Merchant, app: Flask, server: Receiver) -> Shop:
    shop = shop_of("mollie", merchant, app, server, webhookSecret=MOLLIE_SECRET)
    shop.replies = {
        "GET /v2/profiles/me": {},
        "POST /v2/payments": {**TAKEN, "status": "open"},
        "GET /v2/payments/tr_1": TAKEN,
        "GET /v2/payments/tr_1/refunds": listed_by_mollie(),
    }
    shop.configure()
    return shop


def listed_by_mollie(*made: dict[str, Any]) -> dict[str, Any]:
    return {"_embedded": {"refunds": list(made)}, "_links": {"next": None}}


def paid_by_mollie(shop: Shop) -> str:
    payment_id = shop.process()
    assert shop.post(b"id=tr_1", {}) == 200
    assert shop.get(payment_id)["status"] == "paid"
    return payment_id


@pytest.mark.parametrize("word", ["failed", "canceled"])
def test_mollie_takes_a_refund_back(mollie: Shop, word: str) -> None:
    payment_id = paid_by_mollie(mollie)
    made = {"id": "re_1", "status": "refunded"}
    mollie.replies["POST /v2/payments/tr_1/refunds"] = made
    refund_id = mollie.refund(payment_id).body["refundId"]
    named = {**made, "metadata": {"reference": refund_id}}
    covered = {**TAKEN, "amountRefunded": TAKEN["amount"]}
    mollie.replies["GET /v2/payments/tr_1"] = covered
    mollie.replies["GET /v2/payments/tr_1/refunds"] = listed_by_mollie(named)
    with nothing_written():
        assert mollie.post(b"id=tr_1", {}) == 200
    mollie.assert_points(0)

    mollie.replies["GET /v2/payments/tr_1"] = TAKEN
    failed = {**named, "status": word}
    mollie.replies["GET /v2/payments/tr_1/refunds"] = listed_by_mollie(failed)
    for _ in range(2):
        assert mollie.post(b"id=tr_1", {}) == 200

    shown = mollie.get(payment_id)
    assert (shown["status"], shown["refunds"][0]["failure"]) == ("paid", word)
    assert stored.units(mollie.customer) == [EARNED, -EARNED, EARNED]
    mollie.assert_points(EARNED)


def test_mollie_takes_a_payment_back_and_gives_it_again(mollie: Shop) -> None:
    payment_id = paid_by_mollie(mollie)
    mollie.replies["GET /v2/payments/tr_1"] = {**TAKEN, "amountChargedBack": TAKEN["amount"]}
    for _ in range(2):
        assert mollie.post(b"id=tr_1", {}) == 200
    assert mollie.get(payment_id)["problem"] == "charged_back"
    mollie.assert_points(0)

    mollie.replies["GET /v2/payments/tr_1"] = TAKEN
    for _ in range(2):
        assert mollie.post(b"id=tr_1", {}) == 200
    shown = mollie.get(payment_id)
    assert (shown["problem"], shown["refundable"]) == (None, AMOUNT)
    assert stored.units(mollie.customer) == [EARNED, -EARNED, EARNED]


def mollie_event(**fields: Any) -> bytes:
    return json.dumps({"resource": "event", "id": "event_1", **fields}).encode()


def mollie_signature(body: bytes, secret: str = MOLLIE_SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Mollie-Signature": f"sha256={digest}"}


def test_mollies_signed_reports_are_read(mollie: Shop) -> None:
    payment_id = mollie.process()
    body = mollie_event(type="payment.paid", entityId="tr_1")
    with nothing_written():
        assert mollie.post(body, mollie_signature(body, "another-secret")) == 401
        assert mollie.post(body, {}) == 401
        assert mollie.post(b"id=tr_1", mollie_signature(body)) == 401
    assert mollie.get(payment_id)["status"] == "requires_action"

    assert mollie.post(body, mollie_signature(body)) == 200

    assert mollie.get(payment_id)["status"] == "paid"
