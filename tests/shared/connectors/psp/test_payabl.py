"""payabl.: against the vectors and lines of its documentation, and against misbehaving servers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared import clock
from shared.connectors import client
from shared.connectors.psp import payabl
from shared.connectors.psp import payabl_answers as answers
from shared.connectors.psp.base import (
    PAGE_LOST,
    ForgedNotification,
    Notification,
    PaymentRequest,
    RefundRequest,
)
from shared.connectors.psp.payabl import Config, Connector
from shared.domain.money import Money
from shared.domain.payments.customers import Customer
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
    ConnectorUnsupported,
)
from tests.support.receivers import Answer, Received, Receiver, hang_up, raw, status

pytestmark = pytest.mark.usefixtures("no_pauses")

SECRET = "fake-secret-of-a-merchant"
SETTINGS = {
    "merchantId": "gateway_test",
    "secret": SECRET,
    "mode": "test",
    "customerEmail": "shop@example.com",
}
NOW = datetime(2026, 11, 21, 23, 41, tzinfo=UTC)
REFERENCE = "pay_0123456789abcdef0123456789ab"
ORDER_ID = "0123456789abcdef0123456789ab"
PAYMENT_ID = "6905370"
REQUEST = PaymentRequest(
    reference=REFERENCE,
    amount=Money(123, "EUR"),
    description="Kaffee",
    return_url="https://shop.example.com/done?a=b&c=d",
    notification_url="https://api.example.com/pspWebhook/payabl/store_a",
    captures_later=False,
    idempotency_key=REFERENCE,
)
REFUND = RefundRequest(
    payment_reference=REFERENCE,
    vendor_payment_id=PAYMENT_ID,
    refund_reference="ref_1",
    amount=Money(100, "EUR"),
    is_full=False,
    reason="returned",
    idempotency_key="ref_1",
)
STARTED = {
    "transactionid": PAYMENT_ID,
    "sessionid": "abc",
    "errorcode": "0",
    "errormessage": "",
    "start_url": "https://sandbox.payabl.com/pay/payment/start?session=abc",
    "user_id": "7",
}
# The line of docs.payabl.com/docs/capture.
DONE = (
    "transactionid=6905370&transid=6905370&status=0&errormessage=&errmsg=&amount=1.23&"
    "price=1.23&currency=EUR&orderid=1234-123456789-4321"
)


def connected(url: str, **settings: Any) -> Connector:
    config = Config.model_validate({**SETTINGS, **settings, "baseUrl": url})
    return payabl.connect(config, is_emulated=True)


def text(body: str, code: int = 200, **headers: str) -> Answer:
    return status(code, body, Content_Type="text/plain;charset=ISO-8859-1", **headers)


def form(**fields: str) -> Answer:
    return text(urlencode(fields))


def error(code: int, message: str = "no") -> Answer:
    return form(transactionid="", status=str(code), errormessage=message)


def sent(request: Received) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))


def step(kind: str, code: int = 0, amount: str = "1.23", **fields: str) -> str:
    content = {
        "amount": amount,
        "creation_date": "21.11.2026 23:41:00",
        "currency": "EUR",
        "error_code": str(code),
        "order_id": ORDER_ID,
        "type": kind,
        **fields,
    }
    return "".join(f"<{name}>{value}</{name}>" for name, value in content.items())


def transaction(*steps: str, transaction_id: str = PAYMENT_ID) -> str:
    numbered = "".join(f"<step{n}>{each}</step{n}>" for n, each in enumerate(steps, 1))
    return (
        f"<transaction><transaction_id> {transaction_id}</transaction_id>"
        f"<transaction_status>{numbered}</transaction_status></transaction>"
    )


def diagnosis(*transactions: str, code: int = 0, message: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<response><process>'
        f"<error_message>{message}</error_message><process_time>x</process_time>"
        f"<status>{code}</status></process>{''.join(transactions)}</response>\n"
    )


def steps(*each: str) -> Any:
    return answers.to_steps(diagnosis(transaction(*each)))[1]


def seen(*each: str) -> Observation:
    return answers.to_observation(PAYMENT_ID, steps(*each))


# The configuration.


def test_the_mode_chooses_the_host() -> None:
    live = {**SETTINGS, "mode": "live", "liveHost": "pay4.payabl.com"}
    for settings, host in ((SETTINGS, "sandbox.payabl.com"), (live, "pay4.payabl.com")):
        config = Config.model_validate(settings)
        assert config.is_test == (settings is SETTINGS)
        found = payabl.connect(config, is_emulated=False)._client.base_url
        assert found == f"https://{host}"
    assert Config.model_validate(live).hosts() == {"liveHost": "https://pay4.payabl.com"}


@pytest.mark.parametrize(
    "change",
    [
        {"mode": None},
        {"mode": "live"},
        {"mode": "live", "liveHost": "evil.example.com"},
        {"mode": "live", "liveHost": "payabl.com.example.com"},
        {"mode": "live", "liveHost": "evil.example.com/.payabl.com"},
        {"mode": "live", "liveHost": "user@pay4.payabl.com"},
        {"mode": "live", "liveHost": "pay4.payabl.com:8080"},
        {"mode": "live", "liveHost": "sandbox.payabl.com"},
        {"mode": "live", "liveHost": "pay4.sandbox.payabl.com"},
        {"mode": "test", "liveHost": "pay4.payabl.com"},
        {"merchantId": "a&b"},
        {"secret": "abc"},
        {"secret": SECRET + " "},
        {"customerEmail": "nobody"},
        {"customerEmail": None},
        {"customerLastName": "Müller"},
        {"customerIp": "localhost"},
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate({**SETTINGS, **change})
    said = json.dumps(refused.value.errors(include_input=False, include_context=False))
    assert SECRET not in said


def test_a_base_url_counts_under_the_emulator_only() -> None:
    config = Config.model_validate({**SETTINGS, "baseUrl": "http://127.0.0.1:1"})
    found = payabl.connect(config, is_emulated=False)._client.base_url
    assert found == "https://sandbox.payabl.com"


# Signatures: the vectors of payabl.'s documentation.


@pytest.mark.parametrize(
    ("secret", "fields", "signature"),
    [
        (
            "VeryGoodSecret",
            (
                "merchantid=gateway_test&amount=1.23&currency=EUR&orderid=1234-123456789-4321"
                "&language=de&gender=&lastname=Mustermann&street=Hanauer+Landstrasse&zip=60322"
                "&city=Frankfurt&country=DEU&firstname=Max&company=Powerpay21"
                "&email=tech.support%40powerpay21.com&customerip=127.1.1.1&payment_method=1"
                "&ccn=4242424242424242&cvc_code=123&cardholder_name=Max+Mustermann"
                "&exp_month=01&exp_year=2015"
            ),
            "00f05286b075aecf621b5c3db67eb5d4f612e855",
        ),
        (
            "b185",
            "merchantid=gateway_test3d&transactionid=104837645",
            "dee444019deb527d82b1d21bf5d0a866a2ac7d25",
        ),
    ],
)
def test_signs_as_the_vectors_of_the_documentation(
    secret: str, fields: str, signature: str
) -> None:
    given = dict(parse_qsl(fields, keep_blank_values=True))
    assert answers.to_signature(secret, given) == signature
    assert answers.to_signature(secret, {**given, "signature": "x"}) == signature


def test_reads_signatures_as_the_vector_of_the_documentation() -> None:
    fields = {
        "transactionid": "118656640",
        "type": "capture",
        "errorcode": "0",
        "timestamp": "1610018172",
    }
    expected = "1f67d79aa5e2a4070b2091837fefae84cd15f08370de0cee4bf9ea75951e047b"
    assert answers.to_security("goodsecret", fields) == expected


# Transformers.


@given(st.integers(1, 10**10 - 1), st.sampled_from(["EUR", "USD", "JPY"]))
def test_amounts_come_back_as_they_went(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert answers.to_money(Decimal(answers.to_amount(amount)), currency) == amount


def test_amounts_have_the_decimals_of_the_currency_up_to_two() -> None:
    assert answers.to_amount(Money(1090, "EUR")) == "10.90"
    assert answers.to_amount(Money(1090, "JPY")) == "1090"
    with pytest.raises(ConnectorUnsupported):
        answers.to_amount(Money(1090, "KWD"))


def test_order_ids_are_short_enough() -> None:
    assert answers.to_order_id(REFERENCE) == ORDER_ID
    assert answers.to_order_id("pay_1") == "pay_1"


@pytest.mark.parametrize(
    ("done", "stage"),
    [
        ([step("authorize", 2000)], Stage.PENDING),
        ([step("capture")], Stage.PAID),
        ([step("CAPTURE")], Stage.PAID),
        ([step("authorize")], Stage.PAID),
        ([step("preauthorize")], Stage.AUTHORIZED),
        ([step("preauthorize"), step("capture")], Stage.PAID),
        ([step("preauthorize"), step("capture", 2000)], Stage.AUTHORIZED),
        ([step("preauthorize"), step("capture", -5002)], Stage.AUTHORIZED),
        ([step("preauthorize"), step("reversal")], Stage.CANCELED),
        ([step("preauthorize"), step("reversal", -1)], Stage.AUTHORIZED),
        ([step("capture"), step("refund")], Stage.PAID),
        ([step("capture"), step("chb")], Stage.PAID),
        ([step("authorize", -5003)], Stage.FAILED),
        ([step("authorize", 5)], Stage.FAILED),
        ([step("authorize", -5002), step("authorize", 2000)], Stage.PENDING),
        ([step("retrieval_request")], None),
        ([step("settled_somehow")], None),
        ([step("")], None),
    ],
)
def test_only_known_steps_are_stages(done: list[str], stage: Stage | None) -> None:
    assert seen(*done).stage is stage


def test_reads_all_of_a_payment() -> None:
    found = seen(step("capture"), step("refund", amount="0.50"), step("refund", -1, amount="0.70"))
    assert found == Observation(
        vendor_payment_id=PAYMENT_ID,
        stage=Stage.PAID,
        amount=Money(123, "EUR"),
        captured=Money(123, "EUR"),
        refunded=Money(50, "EUR"),
    )
    assert seen(step("authorize", -5003)).failure == "-5003"
    assert seen(step("capture", amount="", currency="")).amount is None


def test_reads_the_line_of_the_documentation() -> None:
    result = answers.to_result(DONE)
    assert (result.code, result.fields["amount"]) == (0, "1.23")


def test_finds_a_refund() -> None:
    ours = {"external_id": "ref_1"}
    done = RefundObservation(status=RefundStatus.SUCCEEDED)
    cases = [
        ([step("capture")], REFUND, None),
        ([step("refund", amount="0.99")], REFUND, None),
        ([step("refund", -5007, "1.00")], REFUND, None),
        ([step("refund", 0, "1.00", external_id="ref_0")], REFUND, None),
        ([step("refund", 0, "1.00", **ours)], REFUND, done),
        ([step("refund", 2000, "1.00", **ours)], REFUND, RefundObservation()),
        ([step("refund", 0, "1.00")], REFUND, RefundObservation()),
        ([step("refund", 0, "1.00")], replace(REFUND, is_full=True), done),
        ([step("refund", 2000, "1.00")], replace(REFUND, is_full=True), RefundObservation()),
    ]
    for made, request, expected in cases:
        assert answers.to_found_refund(steps(*made), request) == expected


@pytest.mark.parametrize(
    "body",
    [
        "",
        "garbage",
        "<html>",
        "<response/>",
        "<response><process><status>ok</status></process></response>",
        '<!DOCTYPE x [<!ENTITY a "b">]><response/>',
        diagnosis(transaction(step("capture", amount="1.005"))).replace("1.005", "1,00"),
        diagnosis(transaction("<type>capture</type>")),
    ],
)
def test_what_is_no_diagnosis_is_refused(body: str) -> None:
    with pytest.raises(ConnectorAnswerInvalid):
        answers.to_steps(body)


def test_a_fraction_of_a_cent_is_no_amount() -> None:
    with pytest.raises(ConnectorAnswerInvalid):
        seen(step("capture", amount="1.005"))


# Calls.


def test_begins_a_payment(server: Receiver) -> None:
    server.answer = form(**STARTED)
    found = connected(server.url, customerIp="192.0.2.1").create(REQUEST)
    [request] = server.received
    assert (request.method, request.path) == ("POST", "/pay/payment/init")
    expected = {
        "merchantid": "gateway_test",
        "amount": "1.23",
        "currency": "EUR",
        "orderid": ORDER_ID,
        "url_return": REQUEST.return_url,
        "notification_url": REQUEST.notification_url,
        "email": "shop@example.com",
        "firstname": "Online",
        "lastname": "Customer",
        "customerip": "192.0.2.1",
    }
    assert sent(request) == {**expected, "signature": answers.to_signature(SECRET, expected)}
    assert found == Observation(
        PAYMENT_ID, Stage.REQUIRES_ACTION, redirect_url=STARTED["start_url"]
    )


@pytest.mark.parametrize(
    ("customer", "told"),
    [
        (
            Customer("jörg@example.com", "Jörg", "Weiß-Ñuñez", "2001:db8::1", "de-DE"),
            ("shop@example.com", "Jorg", "Weiss-Nunez", "2001:db8::1"),
        ),
        (
            Customer("joerg@example.com", "Ивана", "N" * 31),
            ("joerg@example.com", "Online", "Customer", "192.0.2.1"),
        ),
        (
            Customer("j@" + "x" * 36 + ".example.com"),
            ("shop@example.com", "Online", "Customer", "192.0.2.1"),
        ),
    ],
)
def test_names_who_pays_as_far_as_payabl_takes_it(
    server: Receiver, customer: Customer, told: tuple[str, ...]
) -> None:
    server.answer = form(**STARTED)
    request = replace(REQUEST, customer=customer)
    connected(server.url, customerIp="192.0.2.1").create(request)
    fields = sent(server.received[0])
    assert tuple(fields[name] for name in ("email", "firstname", "lastname", "customerip")) == told


def test_the_page_takes_the_money_at_once(server: Receiver) -> None:
    with pytest.raises(ConnectorUnsupported):
        connected(server.url).create(replace(REQUEST, captures_later=True))
    assert server.received == []


@pytest.mark.parametrize(
    ("call", "path", "expected"),
    [
        (
            lambda it: it.capture(PAYMENT_ID, Money(123, "EUR"), "c"),
            "payment_capture",
            Observation(PAYMENT_ID, Stage.PAID),
        ),
        (
            lambda it: it.cancel(PAYMENT_ID, Money(123, "EUR"), "c"),
            "payment_reversal",
            Observation(PAYMENT_ID, Stage.CANCELED),
        ),
        (
            lambda it: it.refund(REFUND),
            "payment_refund",
            RefundObservation(PAYMENT_ID, RefundStatus.SUCCEEDED),
        ),
    ],
)
def test_the_other_calls_are_as_documented(
    server: Receiver, call: Callable[[Connector], object], path: str, expected: object
) -> None:
    server.answers = [text(DONE), text(DONE.replace("status=0", "status=2000"))]
    connector = connected(server.url)
    assert call(connector) == expected
    assert call(connector) in {Observation(PAYMENT_ID), RefundObservation(PAYMENT_ID)}
    fields = sent(server.received[0])
    assert server.received[0].path == f"/pay/backoffice/{path}"
    assert fields.pop("signature") == answers.to_signature(SECRET, fields)
    more = {"amount": "1.00", "currency": "EUR", "external_id": "ref_1"} if "ref" in path else {}
    assert fields == {"merchantid": "gateway_test", "transactionid": PAYMENT_ID, **more}


def test_asks_for_a_payment(server: Receiver) -> None:
    server.answers = [text(diagnosis(transaction(step("capture")))), text(diagnosis())]
    connector = connected(server.url)
    assert connector.status(PAYMENT_ID).stage is Stage.PAID
    fields = sent(server.received[0])
    assert server.received[0].path == "/pay/backoffice/tx_diagnose"
    assert (fields["type"], fields["transactionid"]) == ("tx", PAYMENT_ID)
    with pytest.raises(ConnectorNotFound):
        connector.status(PAYMENT_ID)


def test_finds_a_payment_by_exactly_our_order_id(server: Receiver) -> None:
    failed = transaction(step("authorize", -5002), transaction_id="1")
    paid = transaction(step("capture"), transaction_id="2")
    last = transaction(step("authorize", 2000), transaction_id="3")
    other = transaction(step("capture", order_id=ORDER_ID + "0"), transaction_id="4")
    server.answers = [
        text(diagnosis(failed, paid, last)),
        text(diagnosis(failed, last, other)),
        text(diagnosis(other)),
        text(diagnosis()),
    ]
    connector = connected(server.url)
    with clock.use(lambda: NOW):
        found = [connector.find(REQUEST) for _ in range(4)]
    assert [(each.vendor_payment_id, each.stage) if each else None for each in found] == [
        ("2", Stage.PAID),
        ("3", Stage.FAILED),  # where the customer was to go is not told again
        None,
        None,
    ]
    assert found[1] is not None
    assert found[1].failure == PAGE_LOST
    fields = sent(server.received[0])
    assert (fields["type"], fields["orderid"]) == ("orderid", ORDER_ID)
    assert (fields["start_date"], fields["end_date"]) == ("25.10.2026", "22.11.2026")


def test_a_look_up_that_fails_says_nothing_of_a_payment(server: Receiver) -> None:
    server.answer = text(diagnosis(code=-1, message="who knows"))
    with pytest.raises(ConnectorRejected, match="who knows"):
        connected(server.url).find(REQUEST)


@pytest.mark.parametrize(
    ("call", "done"),
    [
        (lambda it: it.capture(PAYMENT_ID, Money(123, "EUR"), "c"), step("capture")),
        (lambda it: it.cancel(PAYMENT_ID, Money(123, "EUR"), "c"), step("reversal")),
    ],
)
def test_a_call_that_was_made_before_is_done(
    server: Receiver, call: Callable[[Connector], Observation], done: str
) -> None:
    reserved = step("preauthorize")
    server.answers = [
        error(-5002),
        text(diagnosis(transaction(reserved, done))),
        error(-5002),
        text(diagnosis(transaction(reserved))),
    ]
    connector = connected(server.url)
    assert call(connector).stage in {Stage.PAID, Stage.CANCELED}
    with pytest.raises(ConnectorRejected):
        call(connector)


@pytest.mark.parametrize("code", [-999, -119, -6000])
def test_verify_tells_wrong_credentials(server: Receiver, code: int) -> None:
    server.answers = [text(diagnosis()), text(diagnosis(code=-1)), text(diagnosis(code=code))]
    connector = connected(server.url)
    connector.verify()
    connector.verify()
    with pytest.raises((ConnectorCredentialsRefused, ConnectorRejected)):
        connector.verify()


# Faults.


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-999, ConnectorCredentialsRefused),
        (-119, ConnectorCredentialsRefused),
        (-998, ConnectorUnavailable),
        (-5000, ConnectorUnavailable),
        (-6000, ConnectorRejected),
        (-5004, ConnectorRejected),
        (101, ConnectorRejected),
    ],
)
def test_payabls_codes_have_names(server: Receiver, code: int, kind: type[ConnectorError]) -> None:
    server.answer = error(code, f"wrong  {SECRET}")
    with pytest.raises(ConnectorError, match=r"wrong \*\*\*") as failed:
        connected(server.url).create(REQUEST)
    assert type(failed.value) is kind


@pytest.mark.parametrize("code", [-999, -998, -5000])
def test_a_refund_may_have_been_made_before_an_error_without_a_name(
    server: Receiver, code: int
) -> None:
    server.answer = error(code)
    with pytest.raises(ConnectorUnavailable) as failed:
        connected(server.url).refund(REFUND)
    assert failed.value.is_unknown


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (text("", 401), ConnectorCredentialsRefused),
        (text("", 404), ConnectorNotFound),
        (text("", 409), ConnectorConflict),
        (text("", 400), ConnectorRejected),
        (text("", 429, Retry_After="7"), ConnectorRateLimited),
        (text("", 504), ConnectorUnavailable),
        (hang_up, ConnectorUnavailable),
        (raw(b"not http\r\n\r\n"), ConnectorAnswerInvalid),
        (text("<html>We are down</html>"), ConnectorAnswerInvalid),
        (text(""), ConnectorAnswerInvalid),
        (text("status=ok"), ConnectorAnswerInvalid),
        (text("status=0"), ConnectorAnswerInvalid),
        (form(**{**STARTED, "transactionid": ""}), ConnectorAnswerInvalid),
        (form(**{**STARTED, "start_url": "http://evil.example.com"}), ConnectorAnswerInvalid),
        (form(**{**STARTED, "start_url": "javascript:alert(1)"}), ConnectorAnswerInvalid),
        (text("", 302, Location="https://evil.example.com"), ConnectorRejected),
    ],
)
def test_whatever_goes_wrong_has_a_name(
    server: Receiver, reply: Answer, kind: type[ConnectorError]
) -> None:
    server.answer = reply
    with pytest.raises(ConnectorError) as failed:
        connected(server.url).create(REQUEST)
    assert type(failed.value) is kind
    assert len(server.received) == 1  # what may have been done is not done again
    assert SECRET not in f"{failed.value!r} {failed.value} {failed.value.details}"
    if kind is ConnectorRateLimited:
        assert failed.value.details["retryAfter"] == 7


def test_only_looking_is_tried_again(server: Receiver) -> None:
    server.answers = [text("", 503), text("", 503), text(diagnosis(transaction(step("capture"))))]
    assert connected(server.url).status(PAYMENT_ID).stage is Stage.PAID
    assert len(server.received) == 3


def test_an_answer_that_is_late_may_have_been_a_payment(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    server.answer = lambda _: server.closing.wait(30) and None
    with pytest.raises(ConnectorTimeout) as failed:
        connected(server.url).create(REQUEST)
    assert (failed.value.retryable, failed.value.is_unknown) == (True, True)
    assert len(server.received) == 1


# Notifications.


def report(secret: str = SECRET, **changes: str) -> bytes:
    fields = {
        "transactionid": PAYMENT_ID,
        "type": "capture",
        "errorcode": "0",
        "timestamp": str(int(NOW.timestamp())),
        **changes,
    }
    return urlencode(
        {**fields, "orderid": ORDER_ID, "security": answers.to_security(secret, fields)}
    ).encode()


def read(body: bytes, now: datetime = NOW) -> list[Notification]:
    with clock.use(lambda: now):
        return connected("http://127.0.0.1:1").notification({}, body)


def test_a_signed_report_names_a_payment() -> None:
    assert read(report()) == [Notification(vendor_payment_id=PAYMENT_ID)]
    assert read(report(), NOW + timedelta(hours=23)) == read(report())


def test_a_report_counts_by_what_is_signed_only() -> None:
    body = report()
    flipped = body[:-1] + (b"0" if body[-1:] != b"0" else b"1")
    forged = [
        flipped,
        body.replace(PAYMENT_ID.encode(), b"6905371"),
        body.replace(b"errorcode=0", b"errorcode=1"),
        body + b"&transactionid=1",
        body.replace(b"&security=", b"&insecurity="),
        report("another-secret"),
        report(transactionid=""),
        report(type="cap1ure"),
        report(timestamp="now"),
        b"",
        b"garbage",
        b"\xff" * 10,
        b"&".join([b"a=1"] * 300),
    ]
    for each in forged:
        with pytest.raises(ForgedNotification):
            read(each)
    for moment in (NOW + timedelta(days=1, seconds=1), NOW - timedelta(days=1, seconds=1)):
        with pytest.raises(ForgedNotification):
            read(body, moment)


def test_an_order_id_that_is_not_signed_names_nothing() -> None:
    body = report().replace(ORDER_ID.encode(), b"f" * 28)
    assert read(body) == [Notification(vendor_payment_id=PAYMENT_ID)]
