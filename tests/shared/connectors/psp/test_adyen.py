"""Adyen: against a mock server made from its contract, and against servers that misbehave."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from Adyen.util import generate_notification_sig, is_valid_hmac_notification
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.connectors import client
from shared.connectors.client import JsonClient
from shared.connectors.psp import adyen
from shared.connectors.psp.adyen import Config, Connector
from shared.connectors.psp.base import (
    ForgedNotification,
    Notification,
    PaymentRequest,
    RefundRequest,
)
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
from tests.support.receivers import Answer, Receiver, hang_up, raw, status
from tests.support.vendors import vendor_spec

pytestmark = [pytest.mark.xdist_group("prism-adyen"), pytest.mark.usefixtures("one_try")]

SPEC = "adyen/checkout-v72.trim.json"

KEY = "AQE-fake-" + "FakeKey" * 4
HMAC_KEY = "0123456789abcdef" * 4
ACCOUNT = "ExampleCoECOM"
SETTINGS = {"apiKey": KEY, "merchantAccount": ACCOUNT, "hmacKey": HMAC_KEY, "mode": "test"}
EUROS = Money(1099, "EUR")
PSP = "QFQTPCQ8HXSKGK82"
REQUEST = PaymentRequest(
    reference="pay_1",
    amount=EUROS,
    description="Kaffee",
    return_url="https://shop.example.com/done",
    notification_url="https://api.example.com/pspWebhook/adyen/store_a",
    captures_later=False,
    idempotency_key="pay_1",
)
REFUND = RefundRequest(
    payment_reference="pay_1",
    vendor_payment_id=PSP,
    refund_reference="ref_1",
    amount=Money(500, "EUR"),
    is_full=False,
    reason="returned",
    idempotency_key="ref_1",
)
LINK: dict[str, Any] = {
    "amount": {"currency": "EUR", "value": 1099},
    "id": "PLE83C39B0A0DE0C1E",
    "merchantAccount": ACCOUNT,
    "reference": "pay_1",
    "status": "active",
    "url": "https://test.adyen.link/PLE83C39B0A0DE0C1E",
}
RECEIVED = {"pspReference": "993617894906488A", "paymentPspReference": PSP, "status": "received"}


@pytest.fixture
def mocked(mock_url: str) -> Connector:
    return connected(mock_url)


def connected(url: str) -> Connector:
    return adyen.connect(Config.model_validate({**SETTINGS, "baseUrl": url}), is_emulated=True)


def answer(content: object, code: int = 200, **headers: str) -> Answer:
    return status(code, json.dumps(content), Content_Type="application/json", **headers)


# The contract.


def test_every_call_fits_the_contract(mocked: Connector) -> None:
    mocked.verify()
    for captures_later in (False, True):
        seen = mocked.create(replace(REQUEST, captures_later=captures_later))
        assert seen.stage is Stage.REQUIRES_ACTION
        assert seen.redirect_url == "https://test.adyen.link/PLE83C39B0A0DE0C1E"
        assert seen.amount == Money(1250, "BRL")  # of the contract's example
        assert seen.vendor_payment_id == "PLE83C39B0A0DE0C1E"
    link = mocked.status("PL61C53A8B97E6915A")
    assert (link.stage, link.amount) == (Stage.REQUIRES_ACTION, Money(8700, "EUR"))
    assert mocked.capture(PSP, EUROS, "c") == Observation(PSP)
    assert mocked.cancel(PSP, EUROS, "c") == Observation(PSP)
    assert mocked.refund(REFUND) == RefundObservation("993617894906488A", RefundStatus.PENDING)


def test_the_mock_refuses_what_the_contract_does_not_allow(
    mocked: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the test above would say nothing."""
    monkeypatch.setattr(adyen, "to_amount", lambda _: {"currency": "EUR", "value": "10.99"})
    for call in (
        lambda: mocked.create(REQUEST),
        lambda: mocked.capture(PSP, EUROS, "c"),
        lambda: mocked.refund(REFUND),
    ):
        with pytest.raises(ConnectorRejected) as refused:
            call()
        assert refused.value.details["status"] == 422
    mocked._account.clear()
    for call in (mocked.verify, lambda: mocked.cancel(PSP, EUROS, "c")):
        with pytest.raises(ConnectorRejected) as refused:
            call()
        assert refused.value.details["status"] == 422


def test_the_mock_wants_credentials(mock_url: str) -> None:
    connector = connected(mock_url)
    bare = JsonClient("adyen", mock_url, lambda *_: {}, allow_loopback=True)
    connector._sdk.client.http_client._client = bare
    for call in (connector.verify, lambda: connector.status(LINK["id"])):
        with pytest.raises(ConnectorCredentialsRefused):
            call()


# What is sent.


def test_a_link_is_sent_whole(server: Receiver) -> None:
    server.answer = answer(LINK, 201)
    seen = connected(server.url).create(REQUEST)
    assert seen == Observation(
        LINK["id"], Stage.REQUIRES_ACTION, EUROS, redirect_url=LINK["url"]
    ), "its pspReference is not known yet"
    (received,) = server.received
    assert (received.method, received.path) == ("POST", "/paymentLinks")
    assert received.headers["x-api-key"] == KEY
    assert received.headers["idempotency-key"] == "pay_1"
    assert received.event == {
        "merchantAccount": ACCOUNT,
        "amount": {"currency": "EUR", "value": 1099},
        "reference": "pay_1",
        "returnUrl": "https://shop.example.com/done",
        "description": "Kaffee",
        "captureDelayHours": 0,
    }


def test_a_link_for_capturing_later_says_so_in_the_reference(server: Receiver) -> None:
    server.answer = answer(LINK, 201)
    connected(server.url).create(replace(REQUEST, captures_later=True, description=""))
    assert server.received[0].event == {
        "merchantAccount": ACCOUNT,
        "amount": {"currency": "EUR", "value": 1099},
        "reference": "pay_1.later",
        "returnUrl": "https://shop.example.com/done",
        "manualCapture": True,
    }


def test_what_changes_a_payment_is_only_asked_for(server: Receiver) -> None:
    server.answer = answer(RECEIVED, 201)
    connector = connected(server.url)
    assert connector.capture(PSP, EUROS, "cap_1") == Observation(PSP)
    assert connector.cancel("a/../b", EUROS, "can_1") == Observation("a/../b")
    made = connector.refund(REFUND)
    assert made == RefundObservation("993617894906488A", RefundStatus.PENDING)
    account = {"merchantAccount": ACCOUNT}
    sent = [(each.path, each.headers["idempotency-key"], each.event) for each in server.received]
    assert sent == [
        (
            f"/payments/{PSP}/captures",
            "cap_1",
            {**account, "amount": {"currency": "EUR", "value": 1099}},
        ),
        ("/payments/a%2F..%2Fb/cancels", "can_1", account),
        (
            f"/payments/{PSP}/refunds",
            "ref_1",
            {
                **account,
                "amount": {"currency": "EUR", "value": 500},
                "reference": "pay_1.ref_1",
            },
        ),
    ]


@pytest.mark.parametrize(
    ("word", "stage", "failure"),
    [
        ("active", Stage.REQUIRES_ACTION, None),
        ("expired", Stage.CANCELED, "link_expired"),
        ("completed", None, None),
        ("paymentPending", None, None),
        ("paid", None, None),
        ("something new", None, None),
    ],
)
def test_asks_for_a_link(
    server: Receiver, word: str, stage: Stage | None, failure: str | None
) -> None:
    server.answer = answer({**LINK, "status": word})
    seen = connected(server.url).status(LINK["id"])
    assert seen == Observation(LINK["id"], stage, EUROS, redirect_url=LINK["url"], failure=failure)
    (received,) = server.received
    assert (received.method, received.path) == ("GET", f"/paymentLinks/{LINK['id']}")
    assert received.headers["x-api-key"] == KEY


def test_closes_a_link_that_is_open(server: Receiver) -> None:
    server.answers = [answer(LINK)]
    server.answer = answer({**LINK, "status": "expired"})
    seen = connected(server.url).cancel(LINK["id"], EUROS, "can_1")
    assert (seen.stage, seen.failure) == (Stage.CANCELED, "link_expired")
    asked, closed = server.received
    assert (closed.method, closed.path) == ("PATCH", asked.path)
    assert closed.event == {"status": "expired"}
    assert closed.headers["content-type"] == "application/json"
    assert closed.headers["idempotency-key"] == "can_1"


@pytest.mark.parametrize(("word", "stage"), [("completed", None), ("expired", Stage.CANCELED)])
def test_closes_no_link_that_is_not_open(server: Receiver, word: str, stage: Stage | None) -> None:
    server.answer = answer({**LINK, "status": word})
    assert connected(server.url).cancel(LINK["id"], EUROS, "can_1").stage is stage
    assert [each.method for each in server.received] == ["GET"]


def test_a_link_that_was_paid_meanwhile_is_not_closed(server: Receiver) -> None:
    server.answers = [answer(LINK)]
    server.answer = said(422, "14_999", "Payment link cannot be updated.")
    with pytest.raises(ConnectorRejected):
        connected(server.url).cancel(LINK["id"], EUROS, "can_1")


@pytest.mark.parametrize(
    ("vendor_id", "expected"),
    [(LINK["id"], True), ("PL1", True), (PSP, False), ("PLFQTPCQ8HXSKGK8", False), ("", False)],
)
def test_tells_links_from_payments(vendor_id: str, *, expected: bool) -> None:
    assert adyen.is_link(vendor_id) is expected


def test_what_adyen_cannot_be_asked_is_not_asked(server: Receiver) -> None:
    connector = connected(server.url)
    assert connector.status(PSP) == Observation(PSP)
    assert connector.find(REQUEST) is None
    assert connector.find_refund(REFUND) is None
    assert server.received == []


def test_verifies_with_the_merchant_account(server: Receiver) -> None:
    server.answer = answer({"paymentMethods": []})
    connected(server.url).verify()
    assert server.received[0].path == "/paymentMethods"
    assert server.received[0].event == {"merchantAccount": ACCOUNT}


# Faults.


def said(code: int, error_code: str, message: str = "No") -> Answer:
    kind = {"status": code, "errorCode": error_code, "message": message, "errorType": "validation"}
    return answer(kind, code)


FAULTS: list[tuple[Answer, type[ConnectorError]]] = [
    (said(401, "000", f"HTTP Status Response - {KEY}"), ConnectorCredentialsRefused),
    (said(403, "010"), ConnectorCredentialsRefused),
    (said(404, "000"), ConnectorNotFound),
    (said(409, "999"), ConnectorConflict),
    (said(409, "704"), ConnectorUnavailable),
    (said(422, "704"), ConnectorUnavailable),
    (said(422, "14_030"), ConnectorRejected),
    (answer({}, 429, Retry_After="7"), ConnectorRateLimited),
    (said(500, "905"), ConnectorUnavailable),
    (status(503, "<html>"), ConnectorUnavailable),
    (status(302, Location="https://elsewhere.example"), ConnectorRejected),
    (hang_up, ConnectorUnavailable),
    (raw(b"\x00\x01garbage\r\n\r\n"), ConnectorAnswerInvalid),
    (status(200, "garbage", Content_Type="application/json"), ConnectorAnswerInvalid),
    (status(200), ConnectorAnswerInvalid),
    (answer([LINK]), ConnectorAnswerInvalid),
    (answer({}), ConnectorAnswerInvalid),
    (answer({**LINK, "amount": {"currency": "EUR", "value": "1099"}}), ConnectorAnswerInvalid),
    (answer({**LINK, "amount": {"currency": "EUR", "value": 10.99}}), ConnectorAnswerInvalid),
    (answer({**LINK, "amount": {"currency": "eur", "value": 1099}}), ConnectorAnswerInvalid),
    (answer({**LINK, "url": None}), ConnectorAnswerInvalid),
    (answer({**LINK, "id": ""}), ConnectorAnswerInvalid),
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
        assert HMAC_KEY not in text


def test_says_what_adyen_says(server: Receiver) -> None:
    server.answer = said(422, "14_030", "Return URL is missing.")
    with pytest.raises(ConnectorRejected) as raised:
        connected(server.url).create(REQUEST)
    assert str(raised.value) == "adyen answered 422: Return URL is missing. (14_030)"


@pytest.mark.parametrize("refund", [{}, {**RECEIVED, "pspReference": 5}])
def test_an_answer_that_is_no_refund_leaves_it_unknown(server: Receiver, refund: object) -> None:
    server.answer = answer(refund, 201)
    with pytest.raises(ConnectorAnswerInvalid) as raised:
        connected(server.url).refund(REFUND)
    assert raised.value.is_unknown


def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TRIES_MAX", 2)
    monkeypatch.setattr(client, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    server.answers = [lambda _: server.closing.wait() and None]
    server.answer = answer(RECEIVED, 201)
    assert connected(server.url).refund(REFUND).vendor_refund_id == "993617894906488A"
    assert [each.headers["idempotency-key"] for each in server.received] == ["ref_1", "ref_1"]
    assert server.received[0].body == server.received[1].body


def test_silence_is_a_timeout(server: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    server.answer = lambda _: server.closing.wait() and None
    with pytest.raises(ConnectorTimeout) as raised:
        connected(server.url).create(REQUEST)
    assert raised.value.is_unknown


# Money.


CURRENCIES = ["EUR", "JPY", "KWD", "CLP", "ISK", "HUF", "TWD", "UGX"]


@given(st.integers(0, 10**12), st.sampled_from(CURRENCIES))
def test_amounts_come_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    written = adyen._Amount.model_validate(adyen.to_amount(money))
    assert adyen.from_amount(written) == money


@pytest.mark.parametrize(
    ("money", "value"),
    [
        (Money(1000, "GBP"), 1000),
        (Money(10, "JPY"), 10),
        (Money(10_000, "BHD"), 10_000),
        (Money(10, "ISK"), 1000),
        (Money(10, "CLP"), 1000),
        (Money(1000, "IDR"), 10),
        (Money(1000, "CVE"), 10),
    ],
)
def test_amounts_as_adyen_documents_them(money: Money, value: int) -> None:
    assert adyen.to_amount(money) == {"currency": money.currency, "value": value}
    written = adyen._Amount(currency=money.currency, value=value)
    assert adyen.from_amount(written) == money


def test_refuses_amounts_that_cannot_be() -> None:
    with pytest.raises(ConnectorRejected):
        adyen.to_amount(Money(1001, "IDR"))
    with pytest.raises(ConnectorAnswerInvalid):
        adyen.from_amount(adyen._Amount(currency="ISK", value=1001))


# Notifications.


def item(event: str, **changes: object) -> dict[str, Any]:
    """Return a notification in the form of Adyen's Webhooks v1, signed by Adyen's own SDK."""
    content: dict[str, Any] = {
        "amount": {"currency": "EUR", "value": 1099},
        "eventCode": event,
        "eventDate": "2026-07-01T01:00:00+01:00",
        "merchantAccountCode": ACCOUNT,
        "merchantReference": "pay_1",
        "paymentMethod": "visa",
        "pspReference": PSP,
        "reason": "",
        "success": "true",
        **changes,
    }
    signature = generate_notification_sig(content, HMAC_KEY).decode()
    return {**content, "additionalData": {"hmacSignature": signature}}


def body_of(*items: dict[str, Any], live: object = "false") -> bytes:
    envelopes = [{"NotificationRequestItem": each} for each in items]
    return json.dumps({"live": live, "notificationItems": envelopes}).encode()


def read(body: bytes) -> list[Notification]:
    return connected("http://127.0.0.1:9").notification({}, body)


CHANGE = {"originalReference": PSP, "pspReference": "993617894906488A"}
REFUND_CHANGE = {**CHANGE, "merchantReference": "pay_1.ref_1", "reason": "why"}


def refund_news(
    status: RefundStatus,
    failure: str | None = None,
    *,
    payment: str | None = "pay_1",
    reference: str | None = "ref_1",
) -> Notification:
    return Notification(
        payment,
        PSP,
        refund_reference=reference,
        vendor_refund_id="993617894906488A",
        refund=RefundObservation("993617894906488A", status, failure),
    )


def reversal(failure: str, payment_id: str | None = PSP) -> Observation:
    return Observation(payment_id, failure=failure, is_reversed=True)


def disputed(status: DisputeStatus) -> Observation:
    return Observation(dispute=DisputeObservation("993617894906488A", EUROS, status))


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        (item("AUTHORISATION"), Notification("pay_1", PSP, Observation(PSP, Stage.PAID, EUROS))),
        (
            item("AUTHORISATION", merchantReference="pay_1.later"),
            Notification("pay_1", PSP, Observation(PSP, Stage.AUTHORIZED, EUROS)),
        ),
        (item("AUTHORISATION", success="false"), None),
        (item("AUTHORISATION", success="yes"), None),
        (
            item("AUTHORISATION", merchantReference="orders/7"),
            Notification(None, PSP, Observation(PSP, Stage.PAID, EUROS)),
        ),
        (
            item("CAPTURE", **CHANGE, merchantReference="pay_1.later"),
            Notification("pay_1", PSP, Observation(PSP, Stage.PAID, captured=EUROS)),
        ),
        (item("CAPTURE", **CHANGE, success="false"), None),
        *(
            (
                item("CAPTURE_FAILED", **CHANGE, reason="refused", success=success),
                Notification("pay_1", PSP, reversal("refused")),
            )
            for success in ("true", "false")
        ),
        (
            item("CAPTURE_FAILED"),
            Notification("pay_1", PSP, reversal("CAPTURE_FAILED", None)),
        ),
        *(
            (
                item(event, **CHANGE, merchantReference=""),
                Notification(None, PSP, Observation(PSP, Stage.CANCELED)),
            )
            for event in ("CANCELLATION", "TECHNICAL_CANCEL")
        ),
        (item("CANCELLATION", **CHANGE, success="false"), None),
        (item("EXPIRE"), Notification("pay_1", PSP, Observation(PSP, Stage.CANCELED))),
        (item("REFUND", **REFUND_CHANGE), refund_news(RefundStatus.SUCCEEDED)),
        (
            item("REFUND", **REFUND_CHANGE, success="false"),
            refund_news(RefundStatus.FAILED, "why"),
        ),
        (item("REFUND_FAILED", **REFUND_CHANGE), refund_news(RefundStatus.FAILED, "why")),
        (item("REFUNDED_REVERSED", **REFUND_CHANGE), refund_news(RefundStatus.FAILED, "why")),
        *(
            (
                item("REFUND", **CHANGE, merchantReference=reference),
                refund_news(RefundStatus.SUCCEEDED, payment=payment, reference=None),
            )
            for reference, payment in (
                ("pay_1", "pay_1"),
                ("pay_1.later", "pay_1"),
                ("a/b.ref_1", None),
            )
        ),
        *(
            (item(event, **CHANGE), Notification("pay_1", PSP, disputed(status)))
            for event, status in (
                ("CHARGEBACK", DisputeStatus.OPEN),
                ("CHARGEBACK_REVERSED", DisputeStatus.WON),
                ("SECOND_CHARGEBACK", DisputeStatus.LOST),
                ("PREARBITRATION_LOST", DisputeStatus.LOST),
            )
        ),
        (item("CHARGEBACK", **CHANGE, success="false"), None),
        (item("NOTIFICATION_OF_CHARGEBACK", **CHANGE), None),
        (item("SOMETHING_NEW"), None),
    ],
)
def test_reads_what_adyens_sdk_signed(news: dict[str, Any], expected: Notification | None) -> None:
    body = body_of(news)
    assert is_valid_hmac_notification(json.loads(body), HMAC_KEY)
    assert read(body) == ([expected] if expected else [])


def test_reads_several_items() -> None:
    body = body_of(item("AUTHORISATION"), item("REPORT_AVAILABLE"), item("CAPTURE", **CHANGE))
    assert [each.vendor_payment_id for each in read(body)] == [PSP, PSP]


def test_reads_the_examples_of_the_contract() -> None:
    spec = json.loads(vendor_spec("adyen/Webhooks-v1.json").read_text())
    examples = spec["components"]["examples"]
    names = ["AUTHORISATION", "CAPTURE", "CANCELLATION", "EXPIRE", "REFUND_FAILED"]
    names += ["REFUNDED_REVERSED", "CAPTURE_FAILED", "CHARGEBACK", "CHARGEBACK_REVERSED"]
    for name in (*names, "SECOND_CHARGEBACK", "PREARBITRATION_LOST"):
        example = examples[f"post-{name}-{name.lower()}"]["value"]
        content = example["notificationItems"][0]["NotificationRequestItem"]
        content["merchantAccountCode"] = ACCOUNT
        example["live"] = "false"
        content.pop("additionalData", None)
        signature = generate_notification_sig(content, HMAC_KEY).decode()
        content["additionalData"] = {"hmacSignature": signature}
        assert len(read(json.dumps(example).encode())) == 1


def unsigned() -> dict[str, Any]:
    return {**item("AUTHORISATION"), "additionalData": {}}


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        lambda: {**item("AUTHORISATION"), "additionalData": {"hmacSignature": ""}},
        lambda: {**item("AUTHORISATION"), "additionalData": {"hmacSignature": "ÄÖ"}},
        lambda: {**item("AUTHORISATION"), "additionalData": {"hmacSignature": None}},
        lambda: {**item("AUTHORISATION"), "amount": {"currency": "EUR", "value": 1098}},
        lambda: {**item("AUTHORISATION"), "amount": {"currency": "USD", "value": 1099}},
        lambda: {**item("AUTHORISATION"), "merchantReference": "pay_2"},
        lambda: {**item("AUTHORISATION", success="false"), "success": "true"},
        lambda: {**item("REFUND"), "eventCode": "AUTHORISATION"},
        lambda: {**item("AUTHORISATION"), "pspReference": "QFQTPCQ8HXSKGK83"},
        lambda: {**item("AUTHORISATION"), "originalReference": "QFQTPCQ8HXSKGK83"},
        lambda: item("AUTHORISATION", merchantAccountCode="AnotherCoECOM"),
    ],
)
def test_refuses_forged_items(forge: Callable[[], dict[str, Any]]) -> None:
    with pytest.raises(ForgedNotification):
        read(body_of(forge()))
    with pytest.raises(ForgedNotification):
        read(body_of(item("AUTHORISATION"), forge()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"live=false&pspReference=1",
        body_of(),
        body_of(item("AUTHORISATION"), live="true"),
        body_of(item("AUTHORISATION"), live=False),
        body_of({"eventCode": "AUTHORISATION"}),
    ],
)
def test_refuses_what_is_no_notification_of_this_account(body: bytes) -> None:
    with pytest.raises(ForgedNotification):
        read(body)


def test_another_key_does_not_fit() -> None:
    config = Config.model_validate({**SETTINGS, "hmacKey": "f" * 64})
    connector = adyen.connect(config, is_emulated=True)
    with pytest.raises(ForgedNotification):
        connector.notification({}, body_of(item("AUTHORISATION")))


# Configuration.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("apiKey", "tooShort"),
        ("apiKey", KEY + "\n"),
        ("merchantAccount", "a/b"),
        ("hmacKey", "0123"),
        ("hmacKey", "g" * 64),
        ("liveUrlPrefix", "evil.example.com/"),
        ("liveUrlPrefix", "1797a841fbb37ca7-a.b"),
        ("mode", "sandbox"),
        ("unknown", "some value"),
    ],
)
def test_refuses_settings_and_does_not_show_them(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate({**SETTINGS, name: value})
    found = refused.value.errors(include_input=False, include_url=False)
    assert [each["loc"] for each in found] == [(name,)]
    assert value not in str(found)


def test_live_needs_the_merchants_own_host() -> None:
    with pytest.raises(ValidationError, match="liveUrlPrefix"):
        Config.model_validate({**SETTINGS, "mode": "live"})
    prefix = "1797a841fbb37ca7-test-live"
    with pytest.raises(ValidationError):
        Config.model_validate({**SETTINGS, "mode": "live", "liveUrlPrefix": prefix})


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"mode": "test"}, "https://checkout-test.adyen.com/v72"),
        (
            {"mode": "live", "liveUrlPrefix": "1797a841fbb37ca7-ExampleCo"},
            "https://1797a841fbb37ca7-ExampleCo-checkout-live.adyenpayments.com/checkout/v72",
        ),
    ],
)
def test_the_mode_chooses_the_host(settings: dict[str, str], url: str) -> None:
    config = Config.model_validate({**SETTINGS, **settings})
    assert config.is_test is (settings["mode"] == "test")
    assert Config.restore(config.reveal()) == config
    assert set(config.visible()) == {"merchantAccount", *settings}
    assert KEY not in repr(config)
    assert HMAC_KEY not in repr(config)
    connector = adyen.connect(config, is_emulated=False)
    assert connector._client.base_url == url
    assert not connector._client.allow_loopback
