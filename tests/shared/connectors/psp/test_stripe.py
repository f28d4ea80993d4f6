"""Stripe: against a mock server made from its contract, and against servers that misbehave."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_schema_validator import OAS30WriteValidator
from pydantic import ValidationError
from requests.structures import CaseInsensitiveDict
from stripe import Webhook, WebhookSignature

from shared import clock
from shared.connectors import client
from shared.connectors.psp import stripe
from shared.connectors.psp.base import (
    ForgedNotification,
    Notification,
    PaymentRequest,
    RefundRequest,
)
from shared.connectors.psp.stripe import Config, Connector
from shared.domain.money import Money
from shared.domain.payments.payments import (
    DisputeObservation,
    DisputeStatus,
    Observation,
    RefundObservation,
    RefundStatus,
    Stage,
)
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorConflict,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorTimeout,
    ConnectorUnavailable,
)
from tests.support.receivers import Answer, Received, Receiver, hang_up, raw, status
from tests.support.vendors import prism, vendor_spec

pytestmark = [pytest.mark.xdist_group("prism-stripe"), pytest.mark.usefixtures("one_try")]

SPEC = "stripe/stripe-2023-08-16.prism.json"
KEY = "sk_test_" + "FakeKey" * 3
SECRET = "whsec_" + "FakeSecret" * 2
SETTINGS = {"secretKey": KEY, "webhookSecret": SECRET}
EUROS = Money(1099, "EUR")
REQUEST = PaymentRequest(
    reference="pay_1",
    amount=EUROS,
    description="Kaffee & Kuchen",
    return_url="https://shop.example.com/done?a=1",
    notification_url="https://api.example.com/pspWebhook/stripe/store_a",
    captures_later=False,
    idempotency_key="pay_1",
)
REFUND = RefundRequest(
    payment_reference="pay_1",
    vendor_payment_id="cs_1",
    refund_reference="ref_1",
    amount=Money(500, "EUR"),
    is_full=False,
    reason="returned",
    idempotency_key="ref_1",
)
PAID_INTENT: dict[str, Any] = {
    "object": "payment_intent",
    "id": "pi_1",
    "status": "succeeded",
    "amount": 1099,
    "amount_received": 1099,
    "currency": "eur",
    "latest_charge": {"object": "charge", "id": "ch_1", "amount_refunded": 100},
}
OPEN: dict[str, Any] = {
    "object": "checkout.session",
    "id": "cs_1",
    "status": "open",
    "amount_total": 1099,
    "currency": "eur",
    "payment_intent": None,
    "url": "https://checkout.stripe.com/c/pay/cs_1",
}
COMPLETE = {**OPEN, "status": "complete", "url": None, "payment_intent": PAID_INTENT}
HELD_INTENT = {**PAID_INTENT, "status": "requires_capture", "amount_received": 0}
HELD = {**COMPLETE, "payment_intent": HELD_INTENT}
MADE_REFUND: dict[str, Any] = {
    "object": "refund",
    "id": "re_1",
    "status": "succeeded",
    "metadata": {"payment": "pay_1", "reference": "ref_1"},
}


def repaired(spec: Any) -> Any:
    """Change what prism cannot do with Stripe's spec; line items are checked besides.

    It takes an absent object of a query for an empty one, cannot read arrays of objects in form
    fields, and makes up ``string`` for decimals and currencies, which no client can read.
    """
    sessions = spec["paths"]["/v1/checkout/sessions"]
    parameters = sessions["get"]["parameters"]
    parameters[:] = [each for each in parameters if each["name"] != "customer_details"]
    del form_schema(spec)["properties"]["line_items"]
    # With all that hangs on them, it would make up and check answers for many seconds.
    schemas = spec["components"]["schemas"]
    schemas["error"] = {"type": "object"}
    for name in ("checkout.session", "payment_intent", "refund"):
        fields = schemas[name]["properties"]
        kept = {"string", "integer", "boolean"}
        schemas[name]["properties"] = {
            each: field for each, field in fields.items() if field.get("type") in kept
        }
        schemas[name]["required"] = ["id", "object"]

    examples = {"currency": "eur", "has_more": False}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("format") == "decimal":
                node["example"] = "1"
            for name, each in node.items():
                if name in examples and isinstance(each, dict) and "type" in each:
                    each["example"] = examples[name]
                walk(each)
        elif isinstance(node, list):
            for each in node:
                walk(each)

    walk(spec)
    return spec


def form_schema(spec: Any) -> Any:
    content = spec["paths"]["/v1/checkout/sessions"]["post"]["requestBody"]["content"]
    return content["application/x-www-form-urlencoded"]["schema"]


@pytest.fixture(scope="module")
def mock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("stripe") / "spec.json"
    path.write_text(json.dumps(repaired(json.loads(vendor_spec(SPEC).read_text()))))
    with prism(path) as url:
        yield url


@pytest.fixture
def mocked(mock_url: str) -> Connector:
    return connected(mock_url)


def connected(url: str, **settings: object) -> Connector:
    config = Config.model_validate({**SETTINGS, "baseUrl": url, **settings})
    return stripe.connect(config, is_emulated=True)


def answer(content: object, code: int = 200, **headers: str) -> Answer:
    return status(code, json.dumps(content), Content_Type="application/json", **headers)


def form(received: Received) -> dict[str, str]:
    return dict(parse_qsl(received.body.decode()))


def observed(session: object) -> Observation:
    return stripe.to_observation(stripe._Session.model_validate(session))


# The contract.


def test_every_call_fits_the_contract(mocked: Connector) -> None:
    mocked.verify()
    seen = mocked.create(REQUEST)
    assert (seen.vendor_payment_id, seen.redirect_url) == ("string", "string")
    mocked.create(replace(REQUEST, captures_later=True))
    assert mocked.status("cs_1").vendor_payment_id == "string"
    assert mocked.refund(REFUND).status is RefundStatus.PENDING
    assert mocked.find_refund(REFUND) is None
    sdk = mocked._sdk.v1.payment_intents
    assert sdk.capture("pi_1", {"amount_to_capture": 1099}, stripe._key("c")).id == "string"
    assert sdk.cancel("pi_1", {}, stripe._key("c")).id == "string"


def test_the_mock_refuses_what_the_contract_does_not_allow(mocked: Connector) -> None:
    """Else the test above would say nothing."""
    sdk: Any = mocked._sdk.v1
    for call in (
        lambda: sdk.checkout.sessions.list({"limit": "many"}),
        lambda: sdk.checkout.sessions.create({"mode": "gift", "success_url": "https://a.example"}),
        lambda: sdk.checkout.sessions.create({"mode": "payment"}),
        lambda: sdk.payment_intents.capture("pi_1", {"amount_to_capture": "much"}),
        lambda: sdk.payment_intents.cancel("pi_1", {"cancellation_reason": "mood"}),
        lambda: sdk.refunds.create({"payment_intent": "pi_1", "amount": "all"}),
        lambda: sdk.refunds.list({"payment_intent": "pi_1", "limit": "many"}),
    ):
        with pytest.raises(ConnectorRejected) as refused:
            call()
        assert refused.value.details["status"] == 422


def test_line_items_fit_the_contract() -> None:
    schema = form_schema(json.loads(vendor_spec(SPEC).read_text()))["properties"]["line_items"]
    validator = OAS30WriteValidator(schema)
    validator.validate(stripe.to_session(REQUEST)["line_items"])
    assert not validator.is_valid([{"quantity": "one"}])
    assert not validator.is_valid([{"price_data": {"unit_amount": "10.99"}}])


def test_the_mock_wants_credentials(mock_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "_HEADERS", ("Content-Type", "Idempotency-Key"))
    with pytest.raises(ConnectorCredentialsRefused):
        connected(mock_url).verify()


# What is sent.


def test_a_session_is_sent_whole(server: Receiver) -> None:
    server.answer = answer(OPEN)
    seen = connected(server.url).create(REQUEST)
    assert seen == Observation(
        vendor_payment_id="cs_1",
        stage=Stage.REQUIRES_ACTION,
        amount=EUROS,
        redirect_url="https://checkout.stripe.com/c/pay/cs_1",
    )
    (received,) = server.received
    assert (received.method, received.path) == ("POST", "/v1/checkout/sessions")
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.headers["idempotency-key"] == "pay_1"
    assert received.headers["stripe-version"] == "2023-08-16"
    assert not {name for name in received.headers if name.startswith("x-stripe")}
    assert form(received) == {
        "mode": "payment",
        "client_reference_id": "pay_1",
        "metadata[reference]": "pay_1",
        "success_url": "https://shop.example.com/done?a=1",
        "cancel_url": "https://shop.example.com/done?a=1",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "1099",
        "line_items[0][price_data][product_data][name]": "Kaffee & Kuchen",
        "payment_intent_data[capture_method]": "automatic",
        "payment_intent_data[description]": "Kaffee & Kuchen",
        "payment_intent_data[metadata][reference]": "pay_1",
    }


def test_a_payment_is_asked_for_with_what_is_behind_it(server: Receiver) -> None:
    server.answer = answer(COMPLETE)
    seen = connected(server.url).status("cs_1/../x")
    assert (seen.stage, seen.captured, seen.refunded) == (Stage.PAID, EUROS, Money(100, "EUR"))
    assert server.received[0].path.startswith("/v1/checkout/sessions/cs_1%2F..%2Fx?expand")
    assert "payment_intent.latest_charge" in server.received[0].path


def test_captures_what_is_held(server: Receiver) -> None:
    server.answers = [answer(HELD), answer({**PAID_INTENT, "latest_charge": "ch_1"})]
    seen = connected(server.url).capture("cs_1", EUROS, "cap_1")
    assert (seen.vendor_payment_id, seen.stage, seen.captured) == ("cs_1", Stage.PAID, EUROS)
    sent = server.received[1]
    assert sent.path == "/v1/payment_intents/pi_1/capture"
    assert sent.headers["idempotency-key"] == "cap_1"
    assert form(sent) == {"amount_to_capture": "1099"}


@pytest.mark.parametrize("session", [OPEN, COMPLETE])
def test_captures_nothing_that_is_not_held(server: Receiver, session: object) -> None:
    server.answer = answer(session)
    assert connected(server.url).capture("cs_1", EUROS, "cap_1") == observed(session)
    assert [each.method for each in server.received] == ["GET"]


def test_cancels_by_closing_the_page(server: Receiver) -> None:
    server.answers = [answer(OPEN), answer({**OPEN, "status": "expired", "url": None})]
    seen = connected(server.url).cancel("cs_1", EUROS, "can_1")
    assert seen.stage is Stage.CANCELED
    assert server.received[1].path == "/v1/checkout/sessions/cs_1/expire"
    assert server.received[1].headers["idempotency-key"] == "can_1"


def test_cancels_by_letting_go_of_what_is_held(server: Receiver) -> None:
    server.answers = [answer(HELD), answer({**HELD_INTENT, "status": "canceled"})]
    seen = connected(server.url).cancel("cs_1", EUROS, "can_1")
    assert (seen.stage, seen.captured) == (Stage.CANCELED, Money(0, "EUR"))
    assert server.received[1].path == "/v1/payment_intents/pi_1/cancel"


def test_does_not_cancel_what_is_paid(server: Receiver) -> None:
    server.answer = answer(COMPLETE)
    assert connected(server.url).cancel("cs_1", EUROS, "can_1").stage is Stage.PAID
    assert len(server.received) == 1


def test_refunds_by_the_intent(server: Receiver) -> None:
    server.answers = [answer(COMPLETE), answer(MADE_REFUND)]
    made = connected(server.url).refund(REFUND)
    assert made == RefundObservation("re_1", RefundStatus.SUCCEEDED)
    assert server.received[1].headers["idempotency-key"] == "ref_1"
    assert form(server.received[1]) == {
        "payment_intent": "pi_1",
        "amount": "500",
        "metadata[payment]": "pay_1",
        "metadata[reference]": "ref_1",
        "metadata[reason]": "returned",
    }


def test_refunds_nothing_before_there_is_a_payment(server: Receiver) -> None:
    server.answer = answer(OPEN)
    with pytest.raises(ConnectorConflict):
        connected(server.url).refund(REFUND)
    assert len(server.received) == 1


def test_finds_a_refund_on_any_page(server: Receiver) -> None:
    other = {**MADE_REFUND, "id": "re_0", "metadata": {}}
    server.answers = [
        answer({**COMPLETE, "payment_intent": "pi_1"}),
        answer({"object": "list", "data": [other], "has_more": True}),
        answer({"object": "list", "data": [MADE_REFUND], "has_more": False}),
    ]
    found = connected(server.url).find_refund(REFUND)
    assert found == RefundObservation("re_1", RefundStatus.SUCCEEDED)
    assert "starting_after=re_0" in server.received[2].path


def test_does_not_look_for_a_refund_forever(server: Receiver) -> None:
    other = {**MADE_REFUND, "metadata": None}
    server.answers = [answer(COMPLETE)]
    server.answer = answer({"object": "list", "data": [other], "has_more": True})
    with pytest.raises(ConnectorAnswerInvalid):
        connected(server.url).find_refund(REFUND)
    assert len(server.received) == 1 + stripe.PAGES_MAX


def test_a_payment_without_an_answer_is_not_looked_up(server: Receiver) -> None:
    assert connected(server.url).find(REQUEST) is None
    assert server.received == []


# Faults.

FAULTS: list[tuple[Answer, type[ConnectorError]]] = [
    (
        answer({"error": {"message": f"Invalid API Key provided: {KEY}"}}, 401),
        ConnectorCredentialsRefused,
    ),
    (answer({"error": {"message": "No such session"}}, 404), ConnectorNotFound),
    (answer({"error": {"code": "charge_already_refunded"}}, 400), ConnectorRejected),
    (answer({"error": {"type": "card_error"}}, 402), ConnectorRejected),
    (answer({"error": {"code": "idempotency_key_in_use"}}, 409), ConnectorUnavailable),
    (answer({"error": {"type": "idempotency_error"}}, 400), ConnectorConflict),
    (answer({"error": {"code": "rate_limit"}}, 429, Retry_After="7"), ConnectorRateLimited),
    (answer({}, 500), ConnectorUnavailable),
    (status(503, "<html>"), ConnectorUnavailable),
    (status(302, Location="https://elsewhere.example"), ConnectorRejected),
    (hang_up, ConnectorUnavailable),
    (raw(b"\x00\x01garbage\r\n\r\n"), ConnectorAnswerInvalid),
    (status(200, "garbage", Content_Type="application/json"), ConnectorAnswerInvalid),
    (status(200), ConnectorAnswerInvalid),
    (answer([OPEN]), ConnectorAnswerInvalid),
    (answer({}), ConnectorAnswerInvalid),
    (answer({**OPEN, "amount_total": "1099"}), ConnectorAnswerInvalid),
    (answer({**OPEN, "amount_total": 10.99}), ConnectorAnswerInvalid),
    (answer({**OPEN, "currency": "euro"}), ConnectorAnswerInvalid),
    (answer({**OPEN, "id": None}), ConnectorAnswerInvalid),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS)
def test_faults_have_names(server: Receiver, fault: Answer, kind: type[ConnectorError]) -> None:
    server.answer = fault
    with pytest.raises(ConnectorError) as raised:
        connected(server.url).create(REQUEST)
    error = raised.value
    assert type(error) is kind
    assert error.details["retryable"] is kind.retryable
    assert error.details.get("retryAfter") == (7 if kind is ConnectorRateLimited else None)
    assert len(server.received) == 1
    for text in (str(error), repr(error), str(error.details), repr(error.__cause__)):
        assert KEY not in text
        assert "FakeKey" not in text


def test_a_part_of_the_key_is_no_secret_of_ours_to_show(server: Receiver) -> None:
    masked = "sk_test_Fake*****eKey"
    server.answer = answer({"error": {"message": f"Invalid API Key provided: {masked}"}}, 401)
    with pytest.raises(ConnectorCredentialsRefused) as raised:
        connected(server.url).verify()
    assert "Fake" not in str(raised.value)
    assert "eKey" not in str(raised.value)


def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TRIES_MAX", 2)
    monkeypatch.setattr(client, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    server.answers = [lambda _: server.closing.wait() and None]
    server.answer = answer(OPEN)
    assert connected(server.url).create(REQUEST).vendor_payment_id == "cs_1"
    assert [each.headers["idempotency-key"] for each in server.received] == ["pay_1", "pay_1"]
    assert server.received[0].body == server.received[1].body


def test_silence_is_a_timeout(server: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    server.answer = lambda _: server.closing.wait() and None
    with pytest.raises(ConnectorTimeout) as raised:
        connected(server.url).create(REQUEST)
    assert raised.value.is_unknown


# What Stripe says.


@pytest.mark.parametrize(
    ("session", "stage"),
    [
        (OPEN, Stage.REQUIRES_ACTION),
        ({**OPEN, "status": "expired"}, Stage.CANCELED),
        ({**OPEN, "status": "complete", "payment_intent": "pi_1"}, None),
        ({**OPEN, "status": "dreaming"}, None),
        ({**OPEN, "status": None}, None),
        (COMPLETE, Stage.PAID),
        (HELD, Stage.AUTHORIZED),
        *(
            ({**session, "payment_intent": {**PAID_INTENT, "status": word}}, stage)
            for session, word, stage in (
                (COMPLETE, "processing", Stage.PENDING),
                (COMPLETE, "canceled", Stage.CANCELED),
                (COMPLETE, "requires_payment_method", Stage.FAILED),
                (COMPLETE, "requires_action", None),
                (COMPLETE, "dreaming", None),
                (OPEN, "requires_payment_method", Stage.REQUIRES_ACTION),
                ({**OPEN, "status": "expired"}, "requires_payment_method", Stage.CANCELED),
            )
        ),
    ],
)
def test_stages(session: object, stage: Stage | None) -> None:
    assert observed(session).stage is stage


def test_says_why_a_payment_failed() -> None:
    error = {"code": "card_declined", "decline_code": "insufficient_funds"}
    intent = {**PAID_INTENT, "status": "canceled", "last_payment_error": error}
    assert observed({**COMPLETE, "payment_intent": intent}).failure == "insufficient_funds"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("succeeded", RefundStatus.SUCCEEDED),
        ("failed", RefundStatus.FAILED),
        ("canceled", RefundStatus.FAILED),
        ("pending", RefundStatus.PENDING),
        ("requires_action", RefundStatus.PENDING),
        ("dreaming", RefundStatus.PENDING),
        (None, RefundStatus.PENDING),
    ],
)
def test_refund_statuses(word: str | None, expected: RefundStatus) -> None:
    refund = stripe._Refund.model_validate({**MADE_REFUND, "status": word})
    assert stripe.to_refund_observation(refund).status is expected


# Money.


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "CLP", "ISK", "UGX", "HUF", "TWD"]))
def test_amounts_come_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert stripe.from_amount(stripe.to_amount(money), currency.lower()) == money


@given(st.integers(0, 10**11), st.sampled_from(["KWD", "BHD", "JOD", "OMR", "TND"]))
def test_amounts_of_three_decimals_are_taken_in_tens(tens: int, currency: str) -> None:
    money = Money(tens * 10, currency)
    assert stripe.from_amount(stripe.to_amount(money), currency) == money
    with pytest.raises(ConnectorRejected):
        stripe.to_amount(Money(tens * 10 + 1, currency))


@pytest.mark.parametrize(
    ("money", "minor"),
    [
        (Money(500, "JPY"), 500),
        (Money(5, "ISK"), 500),
        (Money(5, "UGX"), 500),
        (Money(1099, "HUF"), 1099),
        (Money(500, "MGA"), 5),
        (Money(5120, "KWD"), 5120),
    ],
)
def test_amounts_as_stripe_documents_them(money: Money, minor: int) -> None:
    assert stripe.to_amount(money) == minor
    assert stripe.from_amount(minor, money.currency.lower()) == money


def test_refuses_amounts_that_cannot_be() -> None:
    with pytest.raises(ConnectorRejected):
        stripe.to_amount(Money(501, "MGA"))
    with pytest.raises(ConnectorAnswerInvalid):
        stripe.from_amount(501, "isk")
    assert stripe.from_amount(None, "eur") is None


# Notifications.


def event(thing: object, **changes: object) -> bytes:
    whole = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": thing},
        **changes,
    }
    return json.dumps(whole).encode()


def signed(body: bytes, *, secret: str = SECRET, age_s: int = 0) -> CaseInsensitiveDict[str]:
    """Sign as Stripe's own SDK does."""
    at = int(clock.utc_now().timestamp()) - age_s
    header = WebhookSignature.generate_signature_header(body.decode(), secret, at)
    return CaseInsensitiveDict({"stripe-signature": header})


def notified(thing: object, **changes: object) -> list[Notification]:
    body = event(thing, **changes)
    return connected("http://127.0.0.1:9").notification(signed(body), body)


SESSION_NEWS = {**COMPLETE, "payment_intent": "pi_1", "client_reference_id": "pay_1"}


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (SESSION_NEWS, [Notification("pay_1", "cs_1")]),
        ({**PAID_INTENT, "metadata": {"reference": "pay_1"}}, [Notification("pay_1")]),
        (
            {"object": "charge", "id": "ch", "metadata": {"reference": "pay_1"}},
            [Notification("pay_1")],
        ),
        ({"object": "charge", "id": "ch_1", "metadata": {}}, []),
        ({**SESSION_NEWS, "client_reference_id": "orders/7"}, []),
        ({**SESSION_NEWS, "client_reference_id": "__all__"}, []),
        ({**MADE_REFUND, "metadata": {}}, []),
        ({**MADE_REFUND, "metadata": {"payment": "a/b", "reference": "ref_1"}}, []),
        ({"object": "customer", "id": "cus_1"}, []),
        (
            {**MADE_REFUND, "status": "failed", "failure_reason": "declined"},
            [
                Notification(
                    "pay_1",
                    refund_reference="ref_1",
                    vendor_refund_id="re_1",
                    refund=RefundObservation("re_1", RefundStatus.FAILED, "declined"),
                )
            ],
        ),
        (
            MADE_REFUND,
            [
                Notification(
                    "pay_1",
                    refund_reference="ref_1",
                    vendor_refund_id="re_1",
                    refund=RefundObservation("re_1", RefundStatus.SUCCEEDED),
                )
            ],
        ),
    ],
)
def test_reads_events_that_stripes_sdk_signed(thing: object, expected: list[Notification]) -> None:
    assert notified(thing) == expected


DISPUTE: dict[str, Any] = {
    "object": "dispute",
    "id": "dp_1",
    "status": "needs_response",
    "amount": 500,
    "currency": "eur",
    "charge": "ch_1",
    "payment_intent": "pi_1",
}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("needs_response", DisputeStatus.OPEN),
        ("under_review", DisputeStatus.OPEN),
        ("won", DisputeStatus.WON),
        ("lost", DisputeStatus.LOST),
    ],
)
def test_asks_whose_payment_a_dispute_is_about(
    server: Receiver, word: str, expected: DisputeStatus
) -> None:
    server.answer = answer({**PAID_INTENT, "metadata": {"reference": "pay_1"}})
    body = event({**DISPUTE, "status": word})
    (news,) = connected(server.url).notification(signed(body), body)
    seen = DisputeObservation("dp_1", Money(500, "EUR"), expected)
    assert news == Notification("pay_1", payment=Observation(dispute=seen))
    (received,) = server.received
    assert (received.method, received.path) == ("GET", "/v1/payment_intents/pi_1")


@pytest.mark.parametrize(
    ("metadata", "changes", "asked"),
    [
        ({}, {}, 1),
        (None, {}, 1),
        ({"reference": "orders/7"}, {}, 1),
        ({"reference": "pay_1"}, {"payment_intent": None}, 0),
        ({"reference": "pay_1"}, {"status": "warning_needs_response"}, 0),
        ({"reference": "pay_1"}, {"status": "warning_closed"}, 0),
        ({"reference": "pay_1"}, {"status": "something_new"}, 0),
    ],
)
def test_passes_over_disputes_that_move_no_money_of_ours(
    server: Receiver, metadata: object, changes: dict[str, object], asked: int
) -> None:
    server.answer = answer({**PAID_INTENT, "metadata": metadata})
    body = event({**DISPUTE, **changes})
    assert connected(server.url).notification(signed(body), body) == []
    assert len(server.received) == asked


def test_a_dispute_waits_until_stripe_says_whose_it_is(server: Receiver) -> None:
    server.answer = status(503)
    body = event(DISPUTE)
    with pytest.raises(ConnectorUnavailable):
        connected(server.url).notification(signed(body), body)


def test_asks_for_the_intent_of_a_dispute_as_the_contract_says(mocked: Connector) -> None:
    body = event(DISPUTE)
    assert mocked.notification(signed(body), body) == []


def test_stripes_sdk_accepts_what_is_accepted_here() -> None:
    body = event(SESSION_NEWS)
    header = signed(body)["Stripe-Signature"]
    assert Webhook.construct_event(body, header, SECRET).id == "evt_1"


@pytest.mark.parametrize(
    "headers",
    [
        lambda _: CaseInsensitiveDict(),
        lambda _: CaseInsensitiveDict({"Stripe-Signature": "t=1,v1="}),
        lambda _: CaseInsensitiveDict({"Stripe-Signature": "nonsense"}),
        lambda body: signed(body, secret=SECRET + "x"),
        lambda body: signed(body, age_s=301),
        lambda body: signed(body, age_s=-302),
        lambda body: signed(body.replace(b"pay_1", b"pay_2")),
    ],
)
def test_refuses_forged_events(headers: Callable[[bytes], CaseInsensitiveDict[str]]) -> None:
    body = event(SESSION_NEWS)
    with pytest.raises(ForgedNotification):
        connected("http://127.0.0.1:9").notification(headers(body), body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"livemode": "false"}',
        event({"object": "charge"}),
        event(SESSION_NEWS, livemode=True),
        event(SESSION_NEWS, account="acct_of_another"),
        event("cs_1"),
    ],
)
def test_refuses_signed_events_that_are_not_of_this_account(body: bytes) -> None:
    with pytest.raises(ForgedNotification):
        connected("http://127.0.0.1:9").notification(signed(body), body)


# Configuration.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secretKey", "pk_test_" + "FakeKey" * 3),
        ("secretKey", "sk_test_"),
        ("secretKey", KEY + " "),
        ("webhookSecret", "FakeSecretFakeSecret"),
        ("unknown", "some value"),
    ],
)
def test_refuses_settings_and_does_not_show_them(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate({**SETTINGS, name: value})
    found = refused.value.errors(include_input=False, include_url=False)
    assert [each["loc"] for each in found] == [(name,)]
    assert value not in str(found)


def test_the_key_decides_between_test_and_live() -> None:
    for prefix, is_test in (("sk_test_", True), ("rk_test_", True), ("sk_live_", False)):
        key = prefix + "FakeKey" * 3
        assert Config.model_validate({**SETTINGS, "secretKey": key}).is_test is is_test
    config = Config.model_validate(SETTINGS)
    assert Config.restore(config.reveal()) == config
    assert config.visible() == {}
    assert KEY not in repr(config)


def test_calls_stripe_unless_there_is_a_stand_in() -> None:
    connector = stripe.connect(Config.model_validate(SETTINGS), is_emulated=False)
    assert connector._client.base_url == "https://api.stripe.com"
    assert not connector._client.allow_loopback
