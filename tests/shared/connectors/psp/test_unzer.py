"""Unzer: against an independent SDK, against its documentation, and against misbehaving servers.

Unzer's contract is not published, so what is sent and read is compared with what the independent
SDK sends and reads for the same intent.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from unzer import UnzerClient
from unzer.model import Action, PaymentPage
from unzer.model.payment import PaymentGetResponse

from shared.connectors import client
from shared.connectors.psp import unzer
from shared.connectors.psp import unzer_answers as answers
from shared.connectors.psp.base import (
    ForgedNotification,
    Notification,
    PaymentRequest,
    RefundRequest,
)
from shared.connectors.psp.unzer import Config, Connector
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
from tests.support.receivers import (
    Answer,
    Received,
    Receiver,
    answer,
    hang_up,
    raw,
    status,
)

pytestmark = pytest.mark.usefixtures("no_pauses")

PRIVATE, PUBLIC = "s-priv-" + "FakeKey" * 4, "s-pub-" + "FakeKey" * 4
SETTINGS = {"privateKey": PRIVATE, "publicKey": PUBLIC}
PAYMENT_ID = "s-pay-774"
REQUEST = PaymentRequest(
    reference="pay_1",
    amount=Money(1234, "EUR"),
    description="Kaffee",
    return_url="https://shop.example.com/done",
    notification_url="https://api.example.com/pspWebhook/unzer/store_a",
    captures_later=False,
    idempotency_key="pay_1",
)
REFUND = RefundRequest(
    payment_reference="pay_1",
    vendor_payment_id=PAYMENT_ID,
    refund_reference="ref_1",
    amount=Money(500, "EUR"),
    is_full=False,
    reason="returned",
    idempotency_key="ref_1",
)
PAGE = {
    "id": "s-ppg-1",
    "redirectUrl": "https://sbx-payment.unzer.com/v1/paypage/s-ppg-1",
    "amount": "12.3400",
    "currency": "EUR",
    "action": "CHARGE",
    "returnUrl": "https://shop.example.com/done",
    "card3ds": False,
    "billingAddressRequired": False,
    "shippingAddressRequired": False,
    "resources": {"customerId": "", "basketId": "", "metadataId": "", "paymentId": PAYMENT_ID},
}


def connected(url: str) -> Connector:
    config = Config.model_validate({**SETTINGS, "baseUrl": url})
    return unzer.connect(config, is_emulated=True)


def independent(url: str) -> UnzerClient:
    sdk = UnzerClient(PRIVATE, PUBLIC, sandbox=True)
    sdk.endpoint = url
    return sdk


def refusal(code: str = "API.330.000.004", text: str = "not allowed") -> dict[str, Any]:
    return {
        "id": "s-err-1",
        "isError": True,
        "errors": [{"code": code, "merchantMessage": text, "customerMessage": "sorry"}],
    }


def operation(operation_id: str = "s-chg-1", outcome: str = "isSuccess", **fields: Any) -> Any:
    flags = {each: each == outcome for each in ("isSuccess", "isPending", "isError")}
    message = {"code": "COR.000.100.112", "merchant": "processed", "customer": "ok"}
    return {"id": operation_id, **flags, "message": message, "amount": "5.0000", **fields}


def transaction(kind: str, outcome: str, path: str, amount: str = "12.3400") -> dict[str, Any]:
    return {
        "date": "2026-11-21 23:41:00",
        "type": kind,
        "status": outcome,
        "url": f"https://api.unzer.com/v1/payments/{PAYMENT_ID}/{path}",
        "amount": amount,
    }


AUTHORIZED = transaction("authorize", "success", "authorize/s-aut-1")
CHARGED = transaction("charge", "success", "charges/s-chg-1")
REVERSED = transaction("cancel-authorize", "success", "authorize/s-aut-1/cancels/s-cnl-1")
REFUNDED = transaction("cancel-charge", "success", "charges/s-chg-1/cancels/s-cnl-1", "5.0000")


def payment(state: int, *transactions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": PAYMENT_ID,
        "state": {"id": state, "name": "whatever"},
        "amount": {
            "total": "12.3400",
            "charged": "0.0000",
            "canceled": "0.0000",
            "remaining": "12.3400",
        },
        "currency": "EUR",
        "orderId": "pay_1",
        "resources": {"paymentId": PAYMENT_ID, "payPageId": "s-ppg-1", "typeId": "s-crd-a1"},
        "transactions": list(transactions),
        **fields,
    }


def seen(state: int, *transactions: dict[str, Any], **fields: Any) -> Observation:
    return answers.to_observation(
        answers.UnzerPayment.model_validate(payment(state, *transactions, **fields))
    )


# The configuration.


def test_the_kind_of_the_keys_chooses_the_host() -> None:
    live = {name: "p" + key[1:] for name, key in SETTINGS.items()}
    for settings, host in (
        (SETTINGS, "https://sbx-api.unzer.com"),
        (live, "https://api.unzer.com"),
    ):
        config = Config.model_validate(settings)
        assert config.is_test == (settings is SETTINGS)
        assert unzer.connect(config, is_emulated=False)._client.base_url == f"{host}/v1"


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"privateKey": PRIVATE},
        {"privateKey": PUBLIC, "publicKey": PUBLIC},
        {"privateKey": PRIVATE, "publicKey": PRIVATE},
        {"privateKey": PRIVATE, "publicKey": "p" + PUBLIC[1:]},
        {"privateKey": "p" + PRIVATE[1:], "publicKey": PUBLIC},
        {"privateKey": PRIVATE + "\n", "publicKey": PUBLIC},
        {"privateKey": "x-priv-" + "a" * 20, "publicKey": PUBLIC},
        {**SETTINGS, "mode": "live"},
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate(settings)
    said = json.dumps(refused.value.errors(include_input=False, include_context=False))
    assert PRIVATE not in said


def test_a_base_url_counts_under_the_emulator_only() -> None:
    config = Config.model_validate({**SETTINGS, "baseUrl": "http://127.0.0.1:1"})
    found = unzer.connect(config, is_emulated=False)._client.base_url
    assert found == "https://sbx-api.unzer.com/v1"


# What is sent, compared with what the independent SDK sends.


def same(server: Receiver, ours: Callable[[], object], theirs: Callable[[], object]) -> list[Any]:
    """Make a call both ways; return both bodies without what is empty."""
    server.received.clear()
    ours()
    theirs()
    mine, other = server.received
    assert (mine.method, mine.path) == (other.method, other.path)
    assert mine.headers["authorization"] == other.headers["authorization"]
    return [content(each) for each in (mine, other)]


def content(request: Received) -> Any:
    if not request.body or request.body == b"null":
        return None
    body = json.loads(request.body)
    body.pop("resources", None)
    return {name: value for name, value in body.items() if value not in (None, [], {})}


@pytest.mark.parametrize(
    ("captures_later", "action"), [(False, Action.CHARGE), (True, Action.AUTHORIZE)]
)
@pytest.mark.parametrize("minor", [1, 10, 1234, 1999, 100_000_01])
def test_a_payment_is_begun_as_by_the_sdk(
    server: Receiver, captures_later: bool, action: Action, minor: int
) -> None:
    server.answer = answer(201, PAGE)
    request = replace(REQUEST, amount=Money(minor, "EUR"), captures_later=captures_later)
    page = PaymentPage(
        action=action,
        amount=minor / 100,
        currency="EUR",
        returnUrl=request.return_url,
        orderId=request.reference,
        shopDescription=request.description,
    )
    mine, other = same(
        server,
        lambda: connected(server.url).create(request),
        lambda: independent(server.url).createPaymentPage(page),
    )
    assert mine == other


def test_a_payment_is_asked_for_as_by_the_sdk(server: Receiver) -> None:
    server.answer = answer(200, payment(1, CHARGED))
    for asked_for in (PAYMENT_ID, "pay_1"):
        same(
            server,
            lambda asked_for=asked_for: connected(server.url).status(asked_for),
            lambda asked_for=asked_for: independent(server.url).getPayment(asked_for),
        )


def test_keys_are_checked_as_by_the_sdk(server: Receiver) -> None:
    server.answer = answer(200, {"publicKey": PUBLIC})
    same(server, connected(server.url).verify, independent(server.url).getKeyPair)


def test_money_is_taken_as_by_the_sdk(server: Receiver) -> None:
    charge = operation(
        currency="EUR",
        date="2026-11-21 23:41:00",
        resources={"paymentId": PAYMENT_ID, "typeId": "s-crd-a1"},
        processing={},
    )
    server.answer = answer(201, charge)
    sdk = independent(server.url)
    theirs = PaymentGetResponse.fromDict(payment(0, AUTHORIZED), sdk)
    mine, other = same(
        server,
        lambda: connected(server.url).capture(PAYMENT_ID, Money(1234, "EUR"), "c"),
        lambda: theirs.charge(12.34),
    )
    assert mine == {"amount": other["amount"]}


# What the documentation shows, as the SDK knows no cancellations.


def test_an_authorization_is_reversed_as_documented(server: Receiver) -> None:
    server.answer = answer(201, operation("s-cnl-1"))
    found = connected(server.url).cancel(PAYMENT_ID, Money(4990, "EUR"), "c")
    [sent] = server.received
    assert (sent.method, sent.path) == ("POST", f"/v1/payments/{PAYMENT_ID}/authorize/cancels")
    assert json.loads(sent.body) == {"amount": 49.9}
    assert found == Observation(PAYMENT_ID, Stage.CANCELED)


def test_a_charge_is_refunded_as_documented(server: Receiver) -> None:
    server.answers = [answer(200, payment(1, CHARGED)), answer(201, operation("s-cnl-1"))]
    found = connected(server.url).refund(REFUND)
    sent = server.received[-1]
    path = f"/v1/payments/{PAYMENT_ID}/charges/s-chg-1/cancels"
    assert (sent.method, sent.path) == ("POST", path)
    assert json.loads(sent.body) == {"amount": 5.0, "paymentReference": "ref_1"}
    assert found == RefundObservation("s-cnl-1", RefundStatus.SUCCEEDED)


def test_signs_in_with_the_private_key_and_no_password(server: Receiver) -> None:
    server.answer = answer(200, {"publicKey": PUBLIC})
    connected(server.url).verify()
    sent = server.received[0].headers["authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")).decode() == f"{PRIVATE}:"


# What is read, compared with what the independent SDK reads.


@given(
    st.sampled_from([0, 1, 2, 3, 4, 5, 6]),
    st.lists(st.sampled_from([AUTHORIZED, CHARGED, REVERSED, REFUNDED]), max_size=4, unique_by=str),
    st.integers(0, 10**7),
)
def test_payments_are_read_as_by_the_sdk(state: int, done: list[Any], total_minor: int) -> None:
    body = payment(state, *done)
    body["amount"]["total"] = f"{Decimal(total_minor) / 100:.4f}"
    mine = answers.UnzerPayment.model_validate(body)
    other = PaymentGetResponse.fromDict(body, independent("http://127.0.0.1:1"))
    assert (mine.id, mine.currency) == (other.paymentId, other.currency)
    assert (mine.state.id, mine.order_id) == (other.state, other.orderId)
    assert answers.to_money(mine.amount.total, "EUR").amount_minor == round(other.amountTotal * 100)
    assert [each.path[1] for each in mine.transactions] == [
        each.transactionId for each in other.transactions
    ]
    assert [each.type for each in mine.transactions] == [each.action for each in other.transactions]


def test_a_page_is_read_as_by_the_sdk(server: Receiver) -> None:
    server.answer = answer(201, PAGE)
    mine = connected(server.url).create(REQUEST)
    page = PaymentPage(action="charge", amount=12.34, returnUrl=REQUEST.return_url)
    other = independent(server.url).createPaymentPage(page)
    assert (mine.vendor_payment_id, mine.redirect_url) == (other.paymentId, other.redirectUrl)
    assert (mine.stage, mine.amount) == (Stage.REQUIRES_ACTION, Money(1234, "EUR"))


# Transformers.


@given(st.integers(1, 10**11), st.sampled_from(["EUR", "CHF", "JPY", "KWD"]))
def test_amounts_come_back_as_they_went(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    written = json.loads(
        client._to_json(answers.to_page(replace(REQUEST, amount=amount))), parse_float=Decimal
    )["amount"]
    assert answers.to_money(Decimal(written), currency) == amount


def test_a_fraction_of_a_cent_is_no_amount() -> None:
    with pytest.raises(ConnectorAnswerInvalid):
        answers.to_money(Decimal("10.9950"), "EUR")


PENDING_CHARGE = transaction("charge", "pending", "charges/s-chg-1")
FAILED_CHARGE = transaction("charge", "error", "charges/s-chg-1")
CHARGEBACK = transaction("chargeback", "success", "chargebacks/s-cbk-1")


@pytest.mark.parametrize(
    ("state", "done", "stage"),
    [
        (6, [], Stage.REQUIRES_ACTION),
        (0, [], Stage.PENDING),
        (0, [PENDING_CHARGE], Stage.PENDING),
        (0, [FAILED_CHARGE], Stage.PENDING),
        (0, [AUTHORIZED], Stage.AUTHORIZED),
        (1, [CHARGED], Stage.PAID),
        (1, [AUTHORIZED, CHARGED], Stage.PAID),
        (1, [FAILED_CHARGE, transaction("charge", "success", "charges/s-chg-2")], Stage.PAID),
        (1, [], None),
        (2, [], Stage.CANCELED),
        (2, [AUTHORIZED, REVERSED], Stage.CANCELED),
        (2, [FAILED_CHARGE], Stage.FAILED),
        (2, [CHARGED, REFUNDED], Stage.PAID),
        (3, [AUTHORIZED], Stage.AUTHORIZED),
        (4, [AUTHORIZED], None),
        (5, [CHARGED, CHARGEBACK], Stage.PAID),
        (5, [], None),
        (77, [], None),
        (77, [CHARGED | {"status": "SUCCESS", "type": "CHARGE"}], Stage.PAID),
        (0, [CHARGED | {"status": "succeeded_somehow"}], Stage.PENDING),
    ],
)
def test_only_known_states_are_stages(state: int, done: list[Any], stage: Stage | None) -> None:
    assert seen(state, *done).stage is stage


def test_reads_all_of_a_payment() -> None:
    assert seen(1, CHARGED, REFUNDED) == Observation(
        vendor_payment_id=PAYMENT_ID,
        stage=Stage.PAID,
        amount=Money(1234, "EUR"),
        captured=Money(1234, "EUR"),
        refunded=Money(500, "EUR"),
    )


def test_what_was_reversed_belongs_to_the_amount() -> None:
    amounts = {"total": "0.0000", "charged": "0.0000", "canceled": "0.0000", "remaining": "0.0000"}
    assert seen(2, AUTHORIZED, REVERSED, amount=amounts).amount == Money(1234, "EUR")
    assert seen(6, amount=amounts).amount is None


def test_what_a_chargeback_took_is_given_back_already() -> None:
    assert seen(5, CHARGED, CHARGEBACK).refunded == Money(1234, "EUR")


def test_ids_come_from_the_path_of_an_url_only() -> None:
    assert answers.UnzerTransaction.model_validate(CHARGED).path == ("charges", "s-chg-1")
    for url in ("https://evil.example.com/x", "", "/payments/p/charges/../../types", "garbage"):
        moved = answers.UnzerTransaction.model_validate({**CHARGED, "url": url})
        assert moved.path == ()


def test_a_refund_needs_a_charge_that_has_enough_left() -> None:
    small = transaction("charge", "success", "charges/s-chg-1", "6.0000")
    large = transaction("charge", "success", "charges/s-chg-2", "7.0000")
    done = answers.UnzerPayment.model_validate(payment(1, small, REFUNDED, large))
    assert answers.to_charge_id(done, Money(100, "EUR")) == "s-chg-1"
    assert answers.to_charge_id(done, Money(101, "EUR")) == "s-chg-2"
    with pytest.raises(ConnectorRejected):
        answers.to_charge_id(done, Money(701, "EUR"))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("isSuccess", RefundStatus.SUCCEEDED),
        ("isPending", RefundStatus.PENDING),
        ("isError", RefundStatus.FAILED),
        ("isSomethingNew", RefundStatus.PENDING),
    ],
)
def test_only_known_outcomes_end_a_refund(outcome: str, expected: RefundStatus) -> None:
    read = answers.UnzerOperation.model_validate(operation("s-cnl-1", outcome))
    assert answers.to_refund_observation(read).status is expected


# Looking up.


def test_finds_a_payment_with_its_page(server: Receiver) -> None:
    server.answers = [answer(200, payment(6)), answer(200, PAGE)]
    found = connected(server.url).find(REQUEST)
    assert found is not None
    assert (found.vendor_payment_id, found.stage) == (PAYMENT_ID, Stage.REQUIRES_ACTION)
    assert found.redirect_url == PAGE["redirectUrl"]
    assert [each.path for each in server.received] == [
        "/v1/payments/pay_1",
        "/v1/paypage/s-ppg-1",
    ]


def test_a_payment_that_is_made_needs_no_page(server: Receiver) -> None:
    server.answer = answer(200, payment(1, CHARGED))
    found = connected(server.url).find(REQUEST)
    assert found is not None
    assert (found.stage, found.redirect_url) == (Stage.PAID, None)


@pytest.mark.parametrize("code", [400, 404])
def test_there_is_no_payment_only_if_unzer_says_so(server: Receiver, code: int) -> None:
    server.answer = answer(code, refusal("API.310.100.003", "payment not found"))
    assert connected(server.url).find(REQUEST) is None


def test_another_refusal_says_nothing_of_a_payment(server: Receiver) -> None:
    server.answer = answer(400, refusal("API.500.300.999", "invalid"))
    with pytest.raises(ConnectorRejected):
        connected(server.url).find(REQUEST)


def test_another_payment_is_not_ours(server: Receiver) -> None:
    server.answer = answer(200, payment(1, CHARGED, orderId="pay_2"))
    with pytest.raises(ConnectorAnswerInvalid):
        connected(server.url).find(REQUEST)


def test_a_reference_that_is_taken_is_looked_up(server: Receiver) -> None:
    taken = answer(400, refusal("API.320.200.138", "order id in use"))
    server.answers = [taken, answer(200, payment(1, CHARGED)), taken, answer(404, {})]
    connector = connected(server.url)
    assert connector.create(REQUEST).stage is Stage.PAID
    with pytest.raises(ConnectorRejected, match=r"API\.320\.200\.138"):
        connector.create(REQUEST)


def test_finds_a_refund_by_its_reference(server: Receiver) -> None:
    twice = [
        transaction("cancel-charge", "success", f"charges/s-chg-1/cancels/s-cnl-{n}", "5.0000")
        for n in (1, 2)
    ]
    other = transaction("cancel-charge", "success", "charges/s-chg-1/cancels/s-cnl-3", "1.0000")
    server.answers = [
        answer(200, payment(1, CHARGED, other, *twice)),
        answer(200, operation("s-cnl-1", paymentReference="ref_0")),
        answer(200, operation("s-cnl-2", paymentReference="ref_1")),
        answer(200, payment(1, CHARGED, other)),
    ]
    connector = connected(server.url)
    assert connector.find_refund(REFUND) == RefundObservation("s-cnl-2", RefundStatus.SUCCEEDED)
    assert server.received[-1].path == f"/v1/payments/{PAYMENT_ID}/charges/s-chg-1/cancels/s-cnl-2"
    assert connector.find_refund(REFUND) is None


# Calls that change something.


@pytest.mark.parametrize(
    ("call", "done"),
    [
        (lambda it: it.capture(PAYMENT_ID, Money(1234, "EUR"), "c"), payment(1, CHARGED)),
        (
            lambda it: it.cancel(PAYMENT_ID, Money(1234, "EUR"), "c"),
            payment(2, AUTHORIZED, REVERSED),
        ),
    ],
)
@pytest.mark.parametrize(
    "refused", [(400, refusal()), (201, refusal()), (201, operation(outcome="isError"))]
)
def test_a_call_that_was_made_before_is_done(
    server: Receiver, call: Callable[[Connector], Observation], done: Any, refused: Any
) -> None:
    server.answers = [answer(*refused), answer(200, done)]
    server.answers += [answer(*refused), answer(200, payment(0, AUTHORIZED))]
    connector = connected(server.url)
    assert call(connector).stage in {Stage.PAID, Stage.CANCELED}
    with pytest.raises(ConnectorRejected):
        call(connector)


def test_capture_moves_on_by_explicit_success_only(server: Receiver) -> None:
    amount = Money(1234, "EUR")
    server.answers = [answer(201, operation()), answer(201, operation(outcome="isPending"))]
    connector = connected(server.url)
    paid = Observation(PAYMENT_ID, Stage.PAID, captured=amount)
    assert connector.capture(PAYMENT_ID, amount, "c") == paid
    assert connector.capture(PAYMENT_ID, amount, "c") == Observation(PAYMENT_ID)


def test_a_refusal_may_come_with_success(server: Receiver) -> None:
    server.answer = answer(201, refusal("API.330.100.202", f"currency of {PRIVATE} not supported"))
    with pytest.raises(ConnectorRejected, match="not supported") as refused:
        connected(server.url).create(REQUEST)
    assert PRIVATE not in str(refused.value)


def test_the_keys_must_be_of_one_pair(server: Receiver) -> None:
    server.answer = answer(200, {"publicKey": PUBLIC + "x"})
    with pytest.raises(ConnectorCredentialsRefused):
        connected(server.url).verify()


def test_ids_are_one_part_of_a_path_each(server: Receiver) -> None:
    server.answer = answer(200, payment(0))
    connected(server.url).status("a/b?c#d")
    assert server.received[0].path == "/v1/payments/a%2Fb%3Fc%23d"


# Faults.


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(401, refusal("API.710.000.002")), ConnectorCredentialsRefused),
        (answer(403, {}), ConnectorCredentialsRefused),
        (answer(404, {}), ConnectorNotFound),
        (answer(409, {}), ConnectorConflict),
        (answer(422, {}), ConnectorRejected),
        (answer(429, {}, Retry_After="7"), ConnectorRateLimited),
        (answer(500, {}), ConnectorUnavailable),
        (hang_up, ConnectorUnavailable),
        (raw(b"not http\r\n\r\n"), ConnectorAnswerInvalid),
        (status(201, "<html>", Content_Type="application/json"), ConnectorAnswerInvalid),
        (status(201, "<html>", Content_Type="text/html"), ConnectorAnswerInvalid),
        (answer(201, []), ConnectorAnswerInvalid),
        (answer(201, None), ConnectorAnswerInvalid),
        (answer(201, {**PAGE, "redirectUrl": 1}), ConnectorAnswerInvalid),
        (answer(201, {**PAGE, "amount": "twelve"}), ConnectorAnswerInvalid),
        (answer(201, {**PAGE, "amount": "12.3450"}), ConnectorAnswerInvalid),
        (answer(201, {**PAGE, "resources": {}}), ConnectorAnswerInvalid),
        (answer(201, {**PAGE, "resources": []}), ConnectorAnswerInvalid),
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
    assert PRIVATE not in f"{failed.value!r} {failed.value} {failed.value.details}"
    if kind is ConnectorRateLimited:
        assert failed.value.details["retryAfter"] == 7


def test_an_answer_that_is_late_may_have_been_a_refund(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.3)
    server.answers = [answer(200, payment(1, CHARGED))]
    server.answer = lambda _: server.closing.wait(30) and None
    with pytest.raises(ConnectorTimeout) as failed:
        connected(server.url).refund(REFUND)
    assert (failed.value.retryable, failed.value.is_unknown) == (True, True)
    assert [each.method for each in server.received] == ["GET", "POST"]


# Notifications.


def read(**fields: Any) -> list[Notification]:
    report = {
        "event": "payment.completed",
        "publicKey": PUBLIC,
        "retrieveUrl": "https://evil.example.com/v1/payments/s-pay-1",
        "paymentId": PAYMENT_ID,
        **fields,
    }
    return connected("http://127.0.0.1:1").notification({}, json.dumps(report).encode())


def test_a_report_only_names_a_payment() -> None:
    assert read() == [Notification(vendor_payment_id=PAYMENT_ID)]
    assert read(paymentId=None, event="types") == []


def test_a_report_of_something_else_is_refused() -> None:
    for wrong in (
        {"publicKey": "s-pub-another"},
        {"publicKey": "p" + PUBLIC[1:]},
        {"publicKey": "ä"},
        {"publicKey": None},
        {"paymentId": "../keypair"},
        {"paymentId": "s-pay-774\n"},
        {"paymentId": 774},
    ):
        with pytest.raises(ForgedNotification):
            read(**wrong)
    for garbage in (b"", b"[]", b"garbage", b"\xff"):
        with pytest.raises(ForgedNotification):
            connected("http://127.0.0.1:1").notification({}, garbage)
