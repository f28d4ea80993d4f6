"""PAYONE: against a mock server made from its contract, and against servers that misbehave."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from requests.structures import CaseInsensitiveDict

from shared import clock
from shared.connectors import client
from shared.connectors.psp import payone
from shared.connectors.psp import payone_answers as answers
from shared.connectors.psp.base import (
    PAGE_LOST,
    ForgedNotification,
    Notification,
    PaymentRequest,
    RefundRequest,
)
from shared.connectors.psp.payone import Config, Connector
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
from tests.support.receivers import Answer, Receiver, answer, hang_up, raw, status
from tests.support.relay import Relay

pytestmark = [pytest.mark.xdist_group("prism-payone"), pytest.mark.usefixtures("no_pauses")]

SPEC = "payone/pcp-1.61.0.trim.json"

KEY, SECRET = "fake-key-of-a-merchant", "fake-secret-of-a-merchant"
SETTINGS = {"merchantId": "P1-TEST", "apiKey": KEY, "apiSecret": SECRET, "mode": "test"}
UUID = "4f0c512e-f12c-11ec-8ea0-0242ac120002"
PAYMENT_ID = f"{UUID}.{UUID}.{UUID}"
REFERENCE = "pay_" + "0123456789abcdef0123456789ab"
REQUEST = PaymentRequest(
    reference=REFERENCE,
    amount=Money(1000, "EUR"),
    description="Kaffee",
    return_url="https://shop.example.com/done",
    notification_url="https://api.example.com/pspWebhook/payone/store_a",
    captures_later=False,
    idempotency_key=REFERENCE,
)
REFUND = RefundRequest(
    payment_reference=REFERENCE,
    vendor_payment_id=PAYMENT_ID,
    refund_reference="ref_" + "f" * 28,
    amount=Money(595, "EUR"),
    is_full=False,
    reason="returned",
    idempotency_key="ref_" + "f" * 28,
)
REFUND_REFERENCE = answers.to_short_reference(REFUND.refund_reference)


def connected(url: str, **settings: Any) -> Connector:
    config = Config.model_validate({**SETTINGS, **settings, "baseUrl": url})
    return payone.connect(config, is_emulated=True)


def event(kind: str, word: str | None, amount: int = 1000, **fields: Any) -> dict[str, Any]:
    money = {"amount": amount, "currencyCode": "EUR"}
    return {"type": kind, "paymentStatus": word, "amountOfMoney": money, **fields}


def checkout(*events: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "commerceCaseId": UUID,
        "checkoutId": UUID,
        "amountOfMoney": {"amount": 1000, "currencyCode": "EUR"},
        "statusOutput": {"refundedAmount": 0, "chargebackAmount": 0},
        "paymentExecutions": [{"paymentExecutionId": UUID, "events": list(events)}],
        **fields,
    }


def seen(*events: dict[str, Any], **fields: Any) -> Observation:
    read = answers.PayoneCheckout.model_validate(checkout(*events, **fields))
    return answers.to_observation(PAYMENT_ID, read, read.payment_executions[0].events)


def seen_stage(*events: dict[str, Any]) -> Stage | None:
    read = [answers.PayoneEvent.model_validate(each) for each in events]
    return answers.to_stage(read, Money(1000, "EUR"))


# The configuration.


def test_the_mode_chooses_the_host() -> None:
    for mode, host in payone.HOSTS.items():
        config = Config.model_validate({**SETTINGS, "mode": mode})
        assert config.is_test == (mode == "test")
        assert payone.connect(config, is_emulated=False)._client.base_url == host


@pytest.mark.parametrize(
    "change",
    [
        {"mode": None},
        {"mode": "sandbox"},
        {"merchantId": "a/b"},
        {"merchantId": ""},
        {"apiKey": "has:colon-in-it"},
        {"apiKey": "short"},
        {"apiSecret": "has a space in it"},
        {"apiSecret": SECRET + "\n"},
        {"paymentProduct": 1},
        {"host": "https://evil.example.com"},
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate({**SETTINGS, **change})
    assert SECRET not in json.dumps(
        refused.value.errors(include_input=False, include_context=False)
    )


def test_a_base_url_counts_under_the_emulator_only() -> None:
    config = Config.model_validate({**SETTINGS, "baseUrl": "http://127.0.0.1:1"})
    found = payone.connect(config, is_emulated=False)._client.base_url
    assert found == payone.HOSTS["test"]


# Transformers.


@given(st.integers(1, 10**11), st.sampled_from(["EUR", "HUF", "JPY", "ISK"]))
def test_amounts_come_back_as_they_went(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert answers.to_money(answers.Amount.model_validate(answers.to_amount(amount))) == amount


@given(st.integers(1, 10**9))
def test_three_decimals_go_as_far_as_two_do(minor: int) -> None:
    amount = Money(minor, "KWD")
    if minor % 10:
        with pytest.raises(ConnectorUnsupported):
            answers.to_amount(amount)
    else:
        read = answers.Amount.model_validate(answers.to_amount(amount))
        assert answers.to_money(read) == amount


def test_amounts_have_two_decimals_in_every_currency() -> None:
    written = [
        answers.to_amount(Money(*each))["amount"]
        for each in ((1099, "EUR"), (100, "JPY"), (1230, "KWD"))
    ]
    assert written == [1099, 10000, 123]


def test_half_a_yen_is_no_amount() -> None:
    with pytest.raises(ConnectorAnswerInvalid):
        answers.to_money(answers.Amount(amount=150, currencyCode="JPY"))


@given(st.integers(0, 2**112 - 1))
def test_references_come_back_as_they_went(number: int) -> None:
    reference = f"pay_{number:028x}"
    short = answers.to_short_reference(reference)
    assert len(short) <= answers.REFERENCE_CHARS_MAX
    assert short.isalnum()
    assert answers.to_long_reference(short, "pay") == reference


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=64))
def test_other_references_are_short_and_their_own(reference: str) -> None:
    short = answers.to_short_reference(reference)
    assert len(short) <= answers.REFERENCE_CHARS_MAX
    assert short == answers.to_short_reference(reference)
    assert short != answers.to_short_reference(reference + "x" * 30)


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ([], None),
        ([event("SALE", "CREATED")], Stage.PENDING),
        ([event("SALE", "REDIRECTED")], Stage.REQUIRES_ACTION),
        ([event("RESERVATION", "PENDING_CAPTURE")], Stage.AUTHORIZED),
        ([event("SALE", "CAPTURED")], Stage.PAID),
        ([event("SALE", "REDIRECTED"), event("SALE", "CAPTURED")], Stage.PAID),
        ([event("SALE", "CAPTURED"), event("SALE", "REDIRECTED")], Stage.PAID),
        ([event("RESERVATION", "PENDING_CAPTURE"), event("CAPTURE", "CAPTURED")], Stage.PAID),
        (
            [event("RESERVATION", "PENDING_CAPTURE"), event("CAPTURE", "CAPTURE_REQUESTED")],
            Stage.AUTHORIZED,
        ),
        (
            [event("RESERVATION", "PENDING_CAPTURE"), event("CAPTURE", "REJECTED_CAPTURE")],
            Stage.AUTHORIZED,
        ),
        (
            [event("RESERVATION", "PENDING_CAPTURE"), event("REVERSAL", "CANCELLED")],
            Stage.CANCELED,
        ),
        (
            [event("RESERVATION", "PENDING_CAPTURE"), event("REVERSAL", "CANCELLED", 400)],
            Stage.AUTHORIZED,
        ),
        ([event("SALE", "REJECTED")], Stage.FAILED),
        ([event("SALE", "REJECTED"), event("SALE", "REDIRECTED")], Stage.REQUIRES_ACTION),
        ([event("SALE", "CAPTURED"), event("REFUND", "REFUNDED", 400)], Stage.PAID),
        ([event("SALE", "CAPTURED"), event("CHARGEBACK", "CHARGEBACKED")], Stage.PAID),
        ([event("SALE", "SETTLED_SOMEHOW")], None),
        ([event("SALE", None)], None),
        ([event("REFUND", "CAPTURED")], None),
        ([event("REFUND", "CANCELLED")], None),
    ],
)
def test_only_known_words_are_stages(events: list[dict[str, Any]], stage: Stage | None) -> None:
    assert seen_stage(*events) is stage


def test_reads_all_of_a_payment() -> None:
    found = seen(
        event("RESERVATION", "PENDING_CAPTURE"),
        event("CAPTURE", "CAPTURED", 900),
        statusOutput={"refundedAmount": 100, "chargebackAmount": 50},
    )
    assert found == Observation(
        vendor_payment_id=PAYMENT_ID,
        stage=Stage.PAID,
        amount=Money(1000, "EUR"),
        captured=Money(900, "EUR"),
        refunded=Money(150, "EUR"),
    )


def test_an_event_that_is_told_twice_counts_no_more_than_was_asked_for() -> None:
    assert seen(event("SALE", "CAPTURED"), event("SALE", "CAPTURED")).captured == Money(1000, "EUR")


def test_another_currency_is_told_as_it_is() -> None:
    other = {"amount": 1000, "currencyCode": "USD"}
    assert seen(event("SALE", "CAPTURED") | {"amountOfMoney": other}).captured == Money(1000, "USD")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("REFUNDED", RefundStatus.SUCCEEDED),
        ("REFUND_REQUESTED", RefundStatus.PENDING),
        ("CREATED", RefundStatus.PENDING),
        ("REJECTED_REFUND", RefundStatus.FAILED),
        ("SOMETHING_NEW", RefundStatus.PENDING),
        (None, RefundStatus.PENDING),
    ],
)
def test_only_known_words_end_a_refund(word: str | None, expected: RefundStatus) -> None:
    found = answers.to_refund_observation(answers.PayoneRefunded(id="r_1", status=word))
    assert (found.vendor_refund_id, found.status) == ("r_1", expected)


def found_refund(*events: dict[str, Any]) -> RefundObservation | None:
    read = [answers.PayoneEvent.model_validate(each) for each in events]
    return answers.to_found_refund(read, REFUND)


def test_finds_a_refund_by_its_reference() -> None:
    other = event("REFUND", "REFUNDED", 595, merchantReference="another")
    ours = event("REFUND", "REFUNDED", 595, merchantReference=REFUND_REFERENCE, paymentEventId="e")
    assert found_refund(event("SALE", "CAPTURED"), other, ours) == RefundObservation(
        "e", RefundStatus.SUCCEEDED
    )
    assert found_refund(event("SALE", "CAPTURED"), other) is None


def test_a_refund_without_reference_may_be_ours() -> None:
    assert found_refund(event("REFUND", "REFUNDED", 595)) == RefundObservation()
    assert found_refund(event("REFUND", "REFUNDED", 594)) is None
    assert found_refund(event("REFUND", "REJECTED_REFUND", 595)) is None


# The contract.


def test_begins_a_payment(relay: Relay) -> None:
    found = connected(relay.url).create(REQUEST)
    assert found.stage is Stage.REQUIRES_ACTION
    assert found.amount == Money(1000, "EUR")
    assert found.redirect_url is not None
    assert found.redirect_url.startswith("https://")
    assert len((found.vendor_payment_id or "").split(".")) == 3
    [sent] = relay.received
    assert sent.path == "/v1/P1-TEST/commerce-cases"
    order = json.loads(sent.body)["checkout"]["orderRequest"]
    assert order["orderReferences"]["merchantReference"] == answers.to_short_reference(REFERENCE)
    method = order["paymentMethodSpecificInput"]["redirectPaymentMethodSpecificInput"]
    assert (method["paymentProductId"], method["requiresApproval"]) == (840, False)


@pytest.mark.parametrize(
    ("customer", "person", "device"),
    [
        (
            Customer("erika@example.com", "Erika", "Mustermann", "192.0.2.7", "de-DE"),
            {
                "contactDetails": {"emailAddress": "erika@example.com"},
                "personalInformation": {"name": {"firstName": "Erika", "surname": "Mustermann"}},
                "locale": "de",
            },
            {"ipAddress": "192.0.2.7"},
        ),
        (
            Customer(last_name="Mustermann"),
            {"personalInformation": {"name": {"surname": "Mustermann"}}},
            None,
        ),
        (Customer(), None, None),
    ],
)
def test_names_who_pays(relay: Relay, customer: Customer, person: Any, device: Any) -> None:
    connected(relay.url).create(replace(REQUEST, customer=customer))
    body = json.loads(relay.received[0].body)
    method = body["checkout"]["orderRequest"]["paymentMethodSpecificInput"]
    assert (body.get("customer"), method.get("customerDevice")) == (person, device)


@pytest.mark.parametrize(
    "customer", [{"locale": "de-DE"}, {"contactDetails": {"email": "erika@example.com"}}]
)
def test_the_mock_refuses_a_customer_that_breaks_the_contract(
    mock_url: str, customer: dict[str, Any]
) -> None:
    connector = connected(mock_url)
    body = {**answers.to_case(REQUEST, 840), "customer": customer}
    with pytest.raises(ConnectorRejected):
        connector._send(answers.NewCase, connector._cases, body)


def test_the_other_calls_fit_the_contract(relay: Relay) -> None:
    connector = connected(relay.url)
    connector.verify()
    assert connector.find(REQUEST) is None  # the example is another case's
    assert connector.status(PAYMENT_ID).amount == Money(1000, "EUR")
    assert connector.capture(PAYMENT_ID, Money(1000, "EUR"), "cap_1") == Observation(PAYMENT_ID)
    assert connector.cancel(PAYMENT_ID, Money(1000, "EUR"), "can_1") == Observation(PAYMENT_ID)
    assert connector.refund(REFUND).status is RefundStatus.PENDING
    assert connector.find_refund(REFUND) is None


@pytest.mark.parametrize(
    "break_it",
    [
        lambda body: body["checkout"]["amountOfMoney"].update(amount="10.99"),
        lambda body: body["checkout"]["amountOfMoney"].pop("currencyCode"),
        lambda body: body["checkout"]["orderRequest"].update(orderType="SOME"),
        lambda body: body["checkout"]["orderRequest"]["orderReferences"].update(
            merchantReference="x" * 21
        ),
        lambda body: method_of(body).update(paymentProductId="PayPal"),
        lambda body: method_of(body)["redirectionData"].pop("returnUrl"),
        lambda body: method_of(body).update(returnUrl="https://shop.example.com"),
    ],
)
def test_the_mock_refuses_a_payment_that_breaks_the_contract(
    mock_url: str, break_it: Callable[[Any], object]
) -> None:
    """Else the tests above would say nothing."""
    connector = connected(mock_url)
    body = answers.to_case(REQUEST, 840)
    break_it(body)
    with pytest.raises(ConnectorRejected) as refused:
        connector._send(answers.NewCase, connector._cases, body)
    assert refused.value.details["status"] == 400


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("capture", {"amount": 0}),
        ("capture", {"amount": "1000"}),
        ("capture", {"amount": 1000, "currencyCode": "EUR"}),
        ("cancel", {"cancellationReason": "NO_REASON"}),
        ("cancel", {"amount": "5"}),
        ("refund", {"amountOfMoney": {"amount": 0, "currencyCode": "EUR"}}),
        ("refund", {"amountOfMoney": {"amount": 5}}),
        ("refund", {"amount": 5}),
        ("refund", {"return": {"returnReason": "x" * 256}}),
    ],
)
def test_the_mock_refuses_other_calls_that_break_the_contract(
    mock_url: str, action: str, body: dict[str, Any]
) -> None:
    connector = connected(mock_url)
    with pytest.raises(ConnectorRejected) as refused:
        connector._send(answers.PayoneAnswer, connector._path(PAYMENT_ID, action), body)
    assert refused.value.details["status"] == 400


def test_the_mock_refuses_a_search_that_breaks_the_contract(mock_url: str) -> None:
    connector = connected(mock_url)
    for query in ({"size": 101}, {"merchantReference": "x" * 41}):
        with pytest.raises(ConnectorRejected):
            connector._client.get(connector._cases, query)


def method_of(body: Any) -> Any:
    specific = body["checkout"]["orderRequest"]["paymentMethodSpecificInput"]
    return specific["redirectPaymentMethodSpecificInput"]


def test_states_of_the_contract_are_understood(relay: Relay) -> None:
    """The mock's own checkout, with events that PAYONE's definition names."""

    def captured(body: Any) -> None:
        body["paymentExecutions"][0]["events"] = [event("SALE", "CAPTURED")]

    relay.edit["GET"] = captured
    assert connected(relay.url).status(PAYMENT_ID).stage is Stage.PAID


# Signatures.

_META = "x-gcs-clientmetainfo:client fixed\nx-gcs-servermetainfo:server fixed\n"


@pytest.mark.parametrize(
    ("method", "content_type", "signature"),
    [
        ("GET", "", "ZSq7H19dyhyNGSPY5UgyPwITc5n4QG+zHnNDExIa6A8="),
        (
            "POST",
            "application/json; charset=utf-8",
            "c5aNDw4AUxRChugRyN0OmTCs38YLA9E/tR+k0bOQzyk=",
        ),
    ],
)
def test_signs_as_the_vectors_of_payones_sdk(
    method: str, content_type: str, signature: str
) -> None:
    date = "Tue, 09 Jul 2024 10:21:39 GMT"
    signed = payone.to_signed(method, content_type, date, "/v1/commerce_cases", _META)
    assert payone.sign("Super duper Ethan Hunt level secret", signed) == signature


def test_every_request_is_signed_with_its_query(server: Receiver) -> None:
    server.answer = answer(200, [])
    moment = datetime(2026, 11, 21, 23, 41, tzinfo=UTC)
    with clock.use(lambda: moment):
        connected(server.url).find(REQUEST)
    [request] = server.received
    target = f"/v1/P1-TEST/commerce-cases?merchantReference={REFERENCE}"
    assert request.path == target
    text = f"GET\n\nSat, 21 Nov 2026 23:41:00 GMT\n{target}\n".encode()
    expected = base64.b64encode(hmac.digest(SECRET.encode(), text, hashlib.sha256)).decode()
    assert request.headers["authorization"] == f"GCS v1HMAC:{KEY}:{expected}"


def test_a_post_is_signed_with_its_content_type(server: Receiver) -> None:
    server.answer = answer(201, {"id": "r", "status": "REFUNDED"})
    connected(server.url).refund(REFUND)
    [request] = server.received
    date = request.headers["date"].replace("+0000", "GMT")  # as it was before it was parsed
    lines = f"POST\napplication/json\n{date}\n{request.path}\n"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"].endswith(payone.sign(SECRET, lines.encode()))


# Calls whose answers the contract's examples do not hold.


def new_case(**fields: Any) -> dict[str, Any]:
    made = {
        "paymentExecutionId": UUID,
        "merchantAction": {"redirectData": {"redirectURL": "https://paypal.example.com/1"}},
        "payment": {"status": "REDIRECTED"},
    }
    money = {"amount": 1000, "currencyCode": "EUR"}
    content = {"checkoutId": UUID, "amountOfMoney": money, "paymentResponse": made, **fields}
    return {"commerceCaseId": UUID, "checkout": content}


def test_a_refused_payment_has_failed(server: Receiver) -> None:
    faults = {"errors": [{"id": "payment-declined", "httpStatusCode": 402}]}
    server.answer = answer(202, new_case(paymentResponse=None, errorResponse=faults))
    found = connected(server.url).create(REQUEST)
    assert (found.stage, found.failure) == (Stage.FAILED, "payment-declined")


def test_a_payment_that_payone_stumbled_over_may_be_there(server: Receiver) -> None:
    faults = {"errors": [{"id": "technical", "httpStatusCode": 503}]}
    server.answer = answer(202, new_case(paymentResponse=None, errorResponse=faults))
    with pytest.raises(ConnectorUnavailable) as failed:
        connected(server.url).create(REQUEST)
    assert failed.value.is_unknown


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("REDIRECTED", Stage.REQUIRES_ACTION),
        ("CREATED", Stage.REQUIRES_ACTION),
        ("CAPTURED", Stage.PAID),
        ("REJECTED", Stage.FAILED),
        ("SOMETHING_NEW", None),
    ],
)
def test_the_first_answer_is_read_by_its_status(word: str, stage: Stage | None) -> None:
    body = new_case()
    body["checkout"]["paymentResponse"]["payment"]["status"] = word
    found = answers.to_first_observation(answers.NewCase.model_validate(body))
    assert (found.stage, found.vendor_payment_id) == (stage, PAYMENT_ID)


def test_finds_a_payment_by_exactly_our_reference(server: Receiver) -> None:
    ours = {"commerceCaseId": UUID, "merchantReference": REFERENCE}
    paid = checkout(event("SALE", "CAPTURED"))
    other = {**ours, "merchantReference": REFERENCE + "1", "checkouts": [paid]}
    server.answers = [
        answer(200, [other, {**ours, "checkouts": [paid]}]),
        answer(200, [other]),
        answer(200, [{**ours, "checkouts": [checkout(paymentExecutions=[])]}]),
        answer(200, []),
    ]
    connector = connected(server.url)
    found = connector.find(REQUEST)
    assert found is not None
    assert (found.vendor_payment_id, found.stage) == (PAYMENT_ID, Stage.PAID)
    assert [connector.find(REQUEST) for _ in range(3)] == [None, None, None]


@pytest.mark.parametrize("word", ["REDIRECTED", "PENDING_PAYMENT", "CREATED"])
def test_a_payment_whose_page_nobody_was_told_has_failed(server: Receiver, word: str) -> None:
    case = {"commerceCaseId": UUID, "merchantReference": REFERENCE}
    server.answer = answer(200, [{**case, "checkouts": [checkout(event("SALE", word))]}])
    found = connected(server.url).find(REQUEST)
    assert found is not None
    assert (found.stage, found.failure) == (Stage.FAILED, PAGE_LOST)


@pytest.mark.parametrize(
    ("call", "event_done"),
    [
        (lambda it: it.capture(PAYMENT_ID, Money(1000, "EUR"), "c"), event("CAPTURE", "CAPTURED")),
        (lambda it: it.cancel(PAYMENT_ID, Money(1000, "EUR"), "c"), event("REVERSAL", "CANCELLED")),
    ],
)
@pytest.mark.parametrize("code", [400, 403, 409])
def test_a_call_that_was_made_before_is_done(
    server: Receiver, call: Callable[[Connector], Observation], event_done: Any, code: int
) -> None:
    server.answers = [
        answer(code, {"errors": [{"id": "not-allowed"}]}),
        answer(200, checkout(event_done)),
        answer(code, {"errors": [{"id": "not-allowed"}]}),
        answer(200, checkout(event("RESERVATION", "PENDING_CAPTURE"))),
    ]
    connector = connected(server.url)
    assert call(connector).stage in {Stage.PAID, Stage.CANCELED}
    with pytest.raises(ConnectorError, match="not-allowed") as refused:
        call(connector)
    assert not refused.value.retryable


def test_capture_and_cancel_move_on_by_explicit_success_only(server: Receiver) -> None:
    server.answers = [
        answer(201, {"status": "CAPTURED"}),
        answer(201, {"status": "CAPTURE_REQUESTED"}),
        answer(200, {"payment": {"status": "CANCELLED"}}),
        answer(200, {"payment": {"status": "CANCELLATION_REQUESTED"}}),
    ]
    connector, amount = connected(server.url), Money(1000, "EUR")
    assert connector.capture(PAYMENT_ID, amount, "c").stage is Stage.PAID
    assert connector.capture(PAYMENT_ID, amount, "c").stage is None
    assert connector.cancel(PAYMENT_ID, amount, "c").stage is Stage.CANCELED
    assert connector.cancel(PAYMENT_ID, amount, "c").stage is None


def test_a_payment_with_a_known_reference_is_looked_up(server: Receiver) -> None:
    collision = answer(409, {"errors": [{"id": "payment-error-colliding-merchant-reference"}]})
    paid = [checkout(event("SALE", "CAPTURED"))]
    case = {"commerceCaseId": UUID, "merchantReference": REFERENCE, "checkouts": paid}
    server.answers = [collision, answer(200, [case]), collision, answer(200, [])]
    connector = connected(server.url)
    assert connector.create(REQUEST).stage is Stage.PAID
    with pytest.raises(ConnectorConflict):
        connector.create(REQUEST)


def test_a_refund_with_a_known_reference_is_looked_up(server: Receiver) -> None:
    ours = event("REFUND", "REFUNDED", 595, merchantReference=REFUND_REFERENCE)
    collision = answer(409, {"errors": [{"id": "payment-error-colliding-merchant-reference"}]})
    server.answers = [
        collision,
        answer(200, checkout(ours)),
        collision,
        answer(200, checkout()),
    ]
    connector = connected(server.url)
    assert connector.refund(REFUND).status is RefundStatus.SUCCEEDED
    with pytest.raises(ConnectorConflict):
        connector.refund(REFUND)


def test_wero_takes_the_money_at_once(server: Receiver) -> None:
    with pytest.raises(ConnectorUnsupported):
        connected(server.url, paymentProduct=900).create(replace(REQUEST, captures_later=True))
    assert server.received == []


@pytest.mark.parametrize("vendor_id", ["p_1", "a.b", "a.b.c.d", ""])
def test_an_id_of_another_shape_is_not_sent(server: Receiver, vendor_id: str) -> None:
    with pytest.raises(ConnectorNotFound):
        connected(server.url).status(vendor_id)
    assert server.received == []


def test_ids_are_one_part_of_a_path_each(server: Receiver) -> None:
    server.answer = answer(200, checkout())
    connected(server.url).status("a/b.c?d.e#f")
    assert server.received[0].path == "/v1/P1-TEST/commerce-cases/a%2Fb/checkouts/c%3Fd"


# Faults.


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(401, {"errors": []}), ConnectorCredentialsRefused),
        (answer(404, {"errors": []}), ConnectorNotFound),
        (answer(400, {"errors": []}), ConnectorRejected),
        (answer(429, {}, Retry_After="7"), ConnectorRateLimited),
        (answer(500, {}), ConnectorUnavailable),
        (hang_up, ConnectorUnavailable),
        (raw(b"not http\r\n\r\n"), ConnectorAnswerInvalid),
        (status(201, "<html>", Content_Type="application/json"), ConnectorAnswerInvalid),
        (status(201, "<html>", Content_Type="text/html"), ConnectorAnswerInvalid),
        (answer(201, []), ConnectorAnswerInvalid),
        (answer(201, {"commerceCaseId": 1, "checkout": {}}), ConnectorAnswerInvalid),
        (answer(201, new_case(paymentResponse=None)), ConnectorAnswerInvalid),
        (
            answer(201, new_case(amountOfMoney={"amount": "1000", "currencyCode": "EUR"})),
            ConnectorAnswerInvalid,
        ),
        (
            answer(201, new_case(amountOfMoney={"amount": 10.5, "currencyCode": "EUR"})),
            ConnectorAnswerInvalid,
        ),
        (status(302, "", Location="https://evil.example.com"), ConnectorRejected),
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


def test_an_answer_that_is_late_may_have_been_a_payment(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    server.answer = lambda _: server.closing.wait(30) and None
    with pytest.raises(ConnectorTimeout) as failed:
        connected(server.url).create(REQUEST)
    assert (failed.value.retryable, failed.value.is_unknown) == (True, True)
    assert len(server.received) == 1


def test_what_payone_says_is_shown_without_secrets(server: Receiver) -> None:
    server.answer = answer(400, {"errors": [{"id": f"bad {SECRET}"}, {"id": "worse"}]})
    with pytest.raises(ConnectorRejected, match=r"bad \*\*\*; worse"):
        connected(server.url).create(REQUEST)


# Notifications.


def report(**fields: Any) -> bytes:
    references = {"merchantReference": answers.to_short_reference(REFERENCE)}
    return json.dumps(
        {
            "apiVersion": "v1",
            "id": UUID,
            "merchantId": "P1-TEST",
            "type": "payment.captured",
            "payment": {"paymentOutput": {"references": references}, "status": "CAPTURED"},
            **fields,
        }
    ).encode()


def read(body: bytes, key: str = KEY, signature: str | None = None) -> list[Notification]:
    headers = CaseInsensitiveDict(
        {"x-gcs-keyid": key, "x-gcs-signature": signature or payone.sign(SECRET, body)}
    )
    return connected("http://127.0.0.1:1").notification(headers, body)


def test_a_signed_report_names_a_payment() -> None:
    assert read(report()) == [Notification(reference=REFERENCE)]
    assert read(report(payment=None)) == []


def test_a_report_counts_by_its_signature_only() -> None:
    body = report()
    signature = payone.sign(SECRET, body)
    flipped = signature[:5] + ("A" if signature[5] != "A" else "B") + signature[6:]
    forged: list[Callable[[], object]] = [
        lambda: read(body, signature=flipped),
        lambda: read(body + b" ", signature=signature),
        lambda: read(body, signature=payone.sign("another-secret", body)),
        lambda: read(body, key="another-key"),
        lambda: read(body, signature="ä"),
        lambda: connected("http://127.0.0.1:1").notification({}, body),
        lambda: connected("http://127.0.0.1:1").notification({"X-GCS-KeyId": KEY}, body),
        lambda: read(report(merchantId="P2-OTHER")),
        lambda: read(report(merchantId=None)),
        lambda: read(b"garbage"),
        lambda: read(b"[]"),
        lambda: read(b""),
    ]
    for each in forged:
        with pytest.raises(ForgedNotification):
            each()
