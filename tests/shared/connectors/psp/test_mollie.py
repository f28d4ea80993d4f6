"""Mollie: against a mock server made from its contract, and against servers that misbehave."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.connectors import client
from shared.connectors.psp import mollie
from shared.connectors.psp.base import (
    ForgedNotification,
    Notification,
    PaymentRequest,
    RefundRequest,
)
from shared.connectors.psp.mollie import Config, Connector
from shared.domain.money import Money
from shared.domain.payments.payments import Observation, RefundObservation, RefundStatus, Stage
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
from tests.support.receivers import Answer, Receiver, hang_up, raw, status
from tests.support.relay import Relay

pytestmark = [pytest.mark.xdist_group("prism-mollie"), pytest.mark.usefixtures("no_pauses")]

SPEC = "mollie/mollie.trim.json"

KEY = "test_" + "FakeKey" * 5
REQUEST = PaymentRequest(
    reference="pay_1",
    amount=Money(1099, "EUR"),
    description="Kaffee",
    return_url="https://shop.example.com/done",
    notification_url="https://api.example.com/pspWebhook/mollie/store_a",
    captures_later=False,
    idempotency_key="pay_1",
)
REFUND = RefundRequest(
    payment_reference="pay_1",
    vendor_payment_id="tr_1",
    refund_reference="ref_1",
    amount=Money(595, "EUR"),
    is_full=False,
    reason="returned",
    idempotency_key="ref_1",
)
PAYMENT = {
    "id": "tr_1",
    "status": "open",
    "amount": {"currency": "EUR", "value": "10.99"},
    "statusReason": None,
    "_links": {"checkout": {"href": "https://www.mollie.com/checkout/1"}},
}


def connected(url: str, key: str = KEY) -> Connector:
    return mollie.connect(Config.model_validate({"apiKey": key, "baseUrl": url}), is_emulated=True)


def answer(code: int, body: Any, **headers: str) -> Answer:
    return status(code, json.dumps(body), Content_Type="application/hal+json", **headers)


def payment(**fields: Any) -> Observation:
    return mollie.to_observation(mollie._Payment.model_validate({**PAYMENT, **fields}))


# The configuration.


def test_the_kind_of_the_key_says_whether_it_is_a_test() -> None:
    assert Config.model_validate({"apiKey": KEY}).is_test
    assert not Config.model_validate({"apiKey": KEY.replace("test_", "live_")}).is_test


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"apiKey": "access_" + "a" * 40},
        {"apiKey": "test_short"},
        {"apiKey": KEY + "\n"},
        {"apiKey": KEY, "mode": "live"},
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(config: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate(config)
    assert KEY not in json.dumps(refused.value.errors(include_input=False, include_context=False))


def test_a_base_url_counts_under_the_emulator_only(server: Receiver) -> None:
    config = Config.model_validate({"apiKey": KEY, "baseUrl": server.url})
    assert mollie.connect(config, is_emulated=False)._client.base_url == mollie.BASE_URL


# Transformers.


@given(st.integers(0, 10**15 - 1), st.sampled_from(["EUR", "HUF", "JPY", "ISK", "KWD"]))
def test_amounts_come_back_as_they_went(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert mollie._Amount.model_validate(mollie.to_amount(amount)).money == amount


def test_amounts_have_all_decimals_of_the_currency() -> None:
    written = [mollie.to_amount(Money(1000, each))["value"] for each in ("EUR", "JPY", "KWD")]
    assert written == ["10.00", "1000", "1.000"]


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("open", Stage.REQUIRES_ACTION),
        ("pending", Stage.PENDING),
        ("authorized", Stage.AUTHORIZED),
        ("paid", Stage.PAID),
        ("canceled", Stage.CANCELED),
        ("expired", Stage.CANCELED),
        ("failed", Stage.FAILED),
        ("PAID", None),
        ("settled", None),
        ("", None),
    ],
)
def test_only_known_words_are_stages(word: str, stage: Stage | None) -> None:
    assert payment(status=word).stage is stage


def test_reads_all_of_a_payment() -> None:
    seen = payment(
        status="paid",
        amountCaptured={"currency": "EUR", "value": "8.00"},
        amountRefunded={"currency": "EUR", "value": "1.50"},
    )
    assert seen == Observation(
        vendor_payment_id="tr_1",
        stage=Stage.PAID,
        amount=Money(1099, "EUR"),
        captured=Money(800, "EUR"),
        refunded=Money(150, "EUR"),
        charged_back=Money(0, "EUR"),
    )
    charged_back = payment(status="paid", amountChargedBack={"currency": "EUR", "value": "9.99"})
    assert charged_back.charged_back == Money(999, "EUR")


def test_what_is_left_out_of_a_paid_payment_is_nothing_and_else_not_said() -> None:
    paid, opened = payment(status="paid"), payment()
    assert (paid.refunded, paid.charged_back) == (Money(0, "EUR"), Money(0, "EUR"))
    assert (paid.captured, opened.refunded, opened.charged_back) == (None, None, None)


def test_says_why_a_payment_ended() -> None:
    reason = {"code": "insufficient_funds", "message": "…"}
    assert payment(status="failed", statusReason=reason).failure == "insufficient_funds"
    assert payment(status="expired").failure == "expired"
    assert payment(status="paid", statusReason=reason).failure is None


def test_only_an_open_payment_has_a_page() -> None:
    assert payment().redirect_url == "https://www.mollie.com/checkout/1"
    assert payment(status="paid").redirect_url is None
    assert payment(_links={}).redirect_url is None


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("queued", RefundStatus.PENDING),
        ("pending", RefundStatus.PENDING),
        ("processing", RefundStatus.PENDING),
        ("refunded", RefundStatus.SUCCEEDED),
        ("failed", RefundStatus.FAILED),
        ("canceled", RefundStatus.FAILED),
        ("reversed", RefundStatus.PENDING),
    ],
)
def test_only_known_words_settle_a_refund(word: str, expected: RefundStatus) -> None:
    refund = mollie._Refund.model_validate({"id": "re_1", "status": word})
    assert mollie.to_refund_observation(refund).status is expected


# The contract.


def test_creates_a_payment(relay: Relay) -> None:
    seen = connected(relay.url).create(REQUEST)
    assert seen.vendor_payment_id == "tr_5B8cwPMGnU6qLbRvo7qEZo"
    assert (seen.stage, seen.amount) == (Stage.REQUIRES_ACTION, Money(1000, "EUR"))
    assert seen.redirect_url == "https://www.mollie.com/checkout/select-method/7UhSN1zuXS"
    (sent,) = relay.received
    assert (sent.method, sent.path) == ("POST", "/v2/payments")
    assert sent.headers["idempotency-key"] == "pay_1"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(sent.body) == {
        "amount": {"currency": "EUR", "value": "10.99"},
        "description": "Kaffee",
        "redirectUrl": REQUEST.return_url,
        "webhookUrl": REQUEST.notification_url,
        "metadata": {"reference": "pay_1"},
    }


def test_creates_a_payment_that_is_captured_later(relay: Relay) -> None:
    connected(relay.url).create(replace(REQUEST, captures_later=True, description=""))
    body = json.loads(relay.received[0].body)
    assert (body["captureMode"], body["description"]) == ("manual", "pay_1")


def test_asks_for_a_payment(relay: Relay) -> None:
    seen = connected(relay.url).status("tr_5B8cwPMGnU6qLbRvo7qEZo")
    assert seen.vendor_payment_id == "tr_5B8cwPMGnU6qLbRvo7qEZo"
    assert seen.amount == Money(1000, "EUR")


def test_captures_and_asks_what_came_of_it(relay: Relay) -> None:
    seen = connected(relay.url).capture("tr_1", Money(1000, "EUR"), "cap_1")
    assert seen.vendor_payment_id is not None
    assert [each.path for each in relay.received] == [
        "/v2/payments/tr_1/captures",
        "/v2/payments/tr_1",
    ]
    assert relay.received[0].headers["idempotency-key"] == "cap_1"
    assert json.loads(relay.received[0].body)["amount"] == {"currency": "EUR", "value": "10.00"}


def test_cancels(relay: Relay) -> None:
    seen = connected(relay.url).cancel("tr_1", Money(3507, "EUR"), "can_1")
    assert (seen.stage, seen.failure) == (Stage.CANCELED, "canceled")
    assert relay.received[0].headers["idempotency-key"] == "can_1"


def test_refunds_once_nothing_is_found(relay: Relay) -> None:
    relay.edit["GET"] = lambda page: page["_links"].update(next=None)
    seen = connected(relay.url).refund(REFUND)
    assert seen.status is RefundStatus.PENDING
    assert seen.vendor_refund_id == "re_4qqhO89gsT"
    (sent,) = relay.sent("POST")
    assert sent.path == "/v2/payments/tr_1/refunds"
    assert sent.headers["idempotency-key"] == "ref_1"
    assert json.loads(sent.body) == {
        "amount": {"currency": "EUR", "value": "5.95"},
        "description": "returned",
        "metadata": {"reference": "ref_1"},
    }


def test_finds_a_refund_by_our_reference_alone(relay: Relay) -> None:
    def edit(page: Any) -> None:
        (refund,) = page["_embedded"]["refunds"]
        page["_links"]["next"] = None
        page["_embedded"]["refunds"] = [
            {**refund, "id": "re_text", "metadata": "ref_1"},
            {**refund, "id": "re_none", "metadata": None},
            {**refund, "id": "re_list", "metadata": ["ref_1"]},
            {**refund, "id": "re_other", "metadata": {"reference": "ref_11"}},
            {**refund, "id": "re_own", "metadata": {"reference": "ref_1"}, "status": "refunded"},
        ]

    relay.edit["GET"] = edit
    connector = connected(relay.url)
    assert connector.find_refund(REFUND) == RefundObservation("re_own", RefundStatus.SUCCEEDED)
    assert connector.find_refund(replace(REFUND, refund_reference="ref_2")) is None
    assert connector.refund(REFUND).vendor_refund_id == "re_own"
    assert relay.sent("POST") == []


def test_verifies_the_key(relay: Relay) -> None:
    connected(relay.url).verify()
    assert relay.received[0].path == "/v2/profiles/me"


def test_finds_no_payment_since_nobody_can_pay_a_lost_one(relay: Relay) -> None:
    assert connected(relay.url).find(REQUEST) is None
    assert relay.received == []


Call = Callable[[client.JsonClient], object]


@pytest.mark.parametrize(
    "call",
    [
        lambda http: http.post("/v2/payments", {"description": "d", "redirectUrl": "https://a.b"}),
        lambda http: http.post(
            "/v2/payments",
            {
                "amount": {"currency": "EUR", "value": 10.99},
                "description": "d",
                "redirectUrl": "https://shop.example.com",
            },
        ),
        lambda http: http.post("/v2/payments/tr_1/captures", {"amount": {"value": "10.00"}}),
        lambda http: http.post(
            "/v2/payments/tr_1/refunds",
            {"amount": {"currency": "EUR", "value": "1.00"}, "description": "d"},
        ),
        lambda http: http.call("DELETE", "/v2/payments/notAPayment"),
        lambda http: http.get("/v2/payments/notAPayment"),
        lambda http: http.get("/v2/payments/tr_1/refunds", {"limit": "251"}),
    ],
    ids=["no amount", "number", "no currency", "no metadata", "cancel id", "get id", "limit"],
)
def test_the_mock_refuses_what_the_contract_does_not_allow(relay: Relay, call: Call) -> None:
    """Else the tests above would say nothing."""
    with pytest.raises(ConnectorRejected) as refused:
        call(connected(relay.url)._client)
    assert refused.value.details["status"] in {400, 422}


def test_the_mock_wants_a_key(relay: Relay) -> None:
    http = replace(connected(relay.url)._client, authorize=lambda *_: {})
    for path in ("/v2/profiles/me", "/v2/payments/tr_1", "/v2/payments/tr_1/refunds"):
        with pytest.raises(ConnectorCredentialsRefused):
            http.get(path)


def test_refusals_of_the_contract(relay: Relay) -> None:
    connector = connected(relay.url)
    relay.prefer = {"GET": "code=404", "DELETE": "code=422", "POST": "code=422"}
    with pytest.raises(ConnectorNotFound, match="No entity exists"):
        connector.status("tr_1")
    with pytest.raises(ConnectorRejected, match="cannot be cancelled"):
        connector.cancel("tr_1", Money(1, "EUR"), "k")
    with pytest.raises(ConnectorRejected, match=r"\('?\w+'?\)|amount"):
        connector.create(REQUEST)
    relay.prefer = {"POST": "code=503"}
    with pytest.raises(ConnectorUnavailable):
        connector.create(REQUEST)
    assert len({each.body for each in relay.sent("POST")}) == 1


def test_a_duplicate_refund_is_looked_up_and_never_taken_for_ours_otherwise(relay: Relay) -> None:
    relay.prefer = {"POST": "code=409"}
    relay.edit["GET"] = lambda page: page["_links"].update(next=None)
    with pytest.raises(ConnectorConflict, match="duplicate refund"):
        connected(relay.url).refund(REFUND)
    assert [each.method for each in relay.received] == ["GET", "POST", "GET"]


# Faults.


def test_a_payment_whose_answer_is_late_is_asked_for_with_the_same_key(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.3)
    server.answers = [lambda _: server.closing.wait(), answer(201, PAYMENT)]
    assert connected(server.url).create(REQUEST).vendor_payment_id == "tr_1"
    first, second = server.received
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == "pay_1"
    assert first.body == second.body


def test_no_answer_at_all_leaves_it_unknown(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    server.answer = lambda _: server.closing.wait()
    with pytest.raises(ConnectorTimeout) as failed:
        connected(server.url).create(REQUEST)
    assert failed.value.is_unknown
    assert len(server.received) == client.TRIES_MAX


@pytest.mark.parametrize(
    ("said", "error", "is_unknown"),
    [
        (hang_up, ConnectorUnavailable, True),
        (raw(b"not http\r\n\r\n"), ConnectorAnswerInvalid, True),
        (status(500, "<html>"), ConnectorUnavailable, True),
        (status(201, "{", Content_Type="application/hal+json"), ConnectorAnswerInvalid, True),
        (
            status(201, "[" * 9999, Content_Type="application/hal+json"),
            ConnectorAnswerInvalid,
            True,
        ),
        (status(201), ConnectorAnswerInvalid, True),
        (answer(201, None), ConnectorAnswerInvalid, True),
        (answer(201, []), ConnectorAnswerInvalid, True),
        (answer(201, {**PAYMENT, "id": 7}), ConnectorAnswerInvalid, True),
        (answer(201, {**PAYMENT, "id": ""}), ConnectorAnswerInvalid, True),
        (answer(201, {**PAYMENT, "status": None}), ConnectorAnswerInvalid, True),
        (answer(201, {**PAYMENT, "amount": "10.99"}), ConnectorAnswerInvalid, True),
        (
            answer(201, {**PAYMENT, "amount": {"currency": "EUR", "value": 10.99}}),
            ConnectorAnswerInvalid,
            True,
        ),
        (
            answer(201, {**PAYMENT, "amount": {"currency": "EUR", "value": "10.999"}}),
            ConnectorAnswerInvalid,
            True,
        ),
        (
            answer(201, {**PAYMENT, "amount": {"currency": "EUR", "value": "1e9"}}),
            ConnectorAnswerInvalid,
            True,
        ),
        (answer(401, {"detail": "no"}), ConnectorCredentialsRefused, False),
        (answer(403, {"detail": "no"}), ConnectorCredentialsRefused, False),
        (answer(422, {"detail": "no", "field": "amount"}), ConnectorRejected, False),
        (status(302, "", Location="https://evil.example.com"), ConnectorRejected, False),
    ],
)
def test_what_else_may_come_back(
    server: Receiver, said: Answer, error: type[ConnectorError], *, is_unknown: bool
) -> None:
    server.answer = said
    with pytest.raises(error) as failed:
        connected(server.url).create(REQUEST)
    assert type(failed.value) is error
    assert (failed.value.retryable, failed.value.is_unknown) == (is_unknown, is_unknown)
    assert {each.headers["idempotency-key"] for each in server.received} == {"pay_1"}


def test_too_many_calls(server: Receiver) -> None:
    server.answer = answer(429, {"detail": "slow down"}, Retry_After="37")
    with pytest.raises(ConnectorRateLimited, match="slow down") as failed:
        connected(server.url).create(REQUEST)
    assert failed.value.details["retryAfter"] == 37
    assert (failed.value.retryable, failed.value.is_unknown) == (True, False)
    assert len(server.received) == 1


def test_an_unknown_status_is_no_stage(server: Receiver) -> None:
    server.answer = answer(200, {**PAYMENT, "status": "under_review"})
    seen = connected(server.url).status("tr_1")
    assert (seen.stage, seen.amount) == (None, Money(1099, "EUR"))


def test_shows_no_secret(server: Receiver) -> None:
    server.answer = answer(422, {"detail": f"The key {KEY} is\nbad", "field": "x"})
    with pytest.raises(ConnectorRejected) as failed:
        connected(server.url).create(REQUEST)
    assert str(failed.value) == "mollie answered 422: The key *** is bad (x)"
    assert KEY not in f"{failed.value!r}{failed.value.details}{failed.value.__cause__!r}"
    assert KEY not in repr(Config.model_validate({"apiKey": KEY}))


def refunds(next_url: str | None, *references: str) -> Answer:
    listed = [
        {"id": f"re_{each}", "status": "refunded", "metadata": {"reference": each}}
        for each in references
    ]
    link = {"href": next_url} if next_url else None
    return answer(200, {"_embedded": {"refunds": listed}, "_links": {"next": link}})


def test_looks_for_a_refund_on_all_pages_and_always_on_our_own_host(server: Receiver) -> None:
    server.answers = [
        refunds("https://evil.example.com/v2?from=re_a%26b&limit=5", "other"),
        refunds(None, "ref_1"),
    ]
    assert connected(server.url).find_refund(REFUND) == RefundObservation(
        "re_ref_1", RefundStatus.SUCCEEDED
    )
    assert [each.path for each in server.received] == [
        "/v2/payments/tr_1/refunds?limit=250",
        "/v2/payments/tr_1/refunds?limit=250&from=re_a%26b",
    ]


@pytest.mark.parametrize("next_url", ["https://api.mollie.com/v2?from=re_1", "https://a.b/", "x"])
def test_a_list_without_end_does_not_mean_that_there_is_no_refund(
    server: Receiver, next_url: str
) -> None:
    server.answer = refunds(next_url, "other")
    with pytest.raises(ConnectorAnswerInvalid):
        connected(server.url).refund(REFUND)
    assert len(server.received) <= mollie.REFUND_PAGES_MAX
    assert {each.method for each in server.received} == {"GET"}


def test_a_refund_whose_answer_is_late_is_made_once(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    server.answers = [refunds(None)]
    server.answer = lambda _: server.closing.wait()
    with pytest.raises(ConnectorTimeout):
        connected(server.url).refund(REFUND)
    assert {each.headers.get("idempotency-key") for each in server.received[1:]} == {"ref_1"}
    server.received.clear()
    server.answer = refunds(None, "ref_1")
    assert connected(server.url).refund(REFUND).status is RefundStatus.SUCCEEDED
    assert [each.method for each in server.received] == ["GET"]


def test_ids_from_outside_stay_one_part_of_the_path(server: Receiver) -> None:
    server.answer = answer(200, PAYMENT)
    connected(server.url).status("../profiles/me?x=1#")
    assert server.received[0].path == "/v2/payments/..%2Fprofiles%2Fme%3Fx%3D1%23"


# Notifications.


SECRET = "fake-secret-of-a-webhook"


def event(**fields: Any) -> bytes:
    """Return an event in the form of Mollie's signed webhooks."""
    return json.dumps({"resource": "event", "id": "event_1", **fields}).encode()


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def notified(body: bytes, signed: str | None, secret: str | None = SECRET) -> list[Notification]:
    settings = {"apiKey": KEY, "webhookSecret": secret, "baseUrl": "http://127.0.0.1:1"}
    config = Config.model_validate({name: each for name, each in settings.items() if each})
    headers = {} if signed is None else {"X-Mollie-Signature": signed}
    return mollie.connect(config, is_emulated=True).notification(headers, body)


NAMED = [Notification(vendor_payment_id="tr_1")]
OF_REFUND = {"entityId": "re_1", "_embedded": {"entity": {"id": "re_1", "paymentId": "tr_1"}}}


@pytest.mark.parametrize("prefix", ["", "sha256="])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (event(type="payment.paid", entityId="tr_1"), NAMED),
        (event(type="refund.failed", **OF_REFUND), NAMED),
        (event(type="refund.failed", entityId="re_1"), []),
        (event(type="payment-link.paid", entityId="pl_1"), []),
        (event(type="hook.ping", entityId=None), []),
        (b"id=tr_1", NAMED),
    ],
)
def test_reads_what_is_signed(prefix: str, body: bytes, expected: list[Notification]) -> None:
    assert notified(body, prefix + signature(body)) == expected


PAID_EVENT = event(type="payment.paid", entityId="tr_1")


@pytest.mark.parametrize(
    ("body", "signed", "secret"),
    [
        (PAID_EVENT, None, SECRET),
        (PAID_EVENT, "", SECRET),
        (PAID_EVENT, "sha256=", SECRET),
        (PAID_EVENT, "ÄÖ", SECRET),
        (PAID_EVENT, signature(PAID_EVENT, "another-secret"), SECRET),
        (PAID_EVENT, signature(PAID_EVENT + b" "), SECRET),
        (PAID_EVENT, signature(PAID_EVENT), None),
        (b"id=tr_1", signature(PAID_EVENT), SECRET),
        (b"[]", signature(b"[]"), SECRET),
        (b"{}", signature(b"{}"), SECRET),
        (b"", signature(b""), SECRET),
    ],
)
def test_refuses_what_is_not_signed_as_it_should_be(
    body: bytes, signed: str | None, secret: str | None
) -> None:
    with pytest.raises(ForgedNotification):
        notified(body, signed, secret)


@pytest.mark.parametrize(("signed", "secret"), [(None, SECRET), (None, None), ("other", None)])
def test_what_names_a_payment_needs_no_signature(signed: str | None, secret: str | None) -> None:
    assert notified(b"id=tr_1", signed, secret) == NAMED


def test_the_webhooks_secret_is_kept_and_not_shown() -> None:
    config = Config.model_validate({"apiKey": KEY, "webhookSecret": SECRET})
    assert Config.restore(config.reveal()) == config
    assert SECRET in set(config.secrets())
    assert config.visible() == {}
    assert SECRET not in repr(config)


@pytest.mark.parametrize("body", [b"id=tr_d0b0E3EA3v", b"id=tr_d0b0E3EA3v\r\n"])
def test_a_notification_names_the_payment_to_ask_for(body: bytes) -> None:
    told = connected("http://127.0.0.1:1").notification({}, body)
    assert told == [Notification(vendor_payment_id="tr_d0b0E3EA3v")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"id=",
        b"id=re_1",
        b"id=tr_",
        b"id=tr_1/../tr_2",
        b"id=tr_1&status=paid",
        b"id=tr_1&id=tr_2",
        b"id=tr_" + b"a" * 65,
        b"id=tr_%31",
        b'{"id": "tr_1"}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_notification_is_refused(body: bytes) -> None:
    with pytest.raises(ForgedNotification):
        connected("http://127.0.0.1:1").notification({}, body)
