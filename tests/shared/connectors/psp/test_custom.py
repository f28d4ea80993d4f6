"""The provider behind our own contract, against a mock server made from that contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.connectors.psp import custom
from shared.connectors.psp.base import (
    ForgedNotification,
    Notification,
    PaymentRequest,
    RefundRequest,
)
from shared.connectors.psp.custom import _STAGES, Config, Connector, _Payment, _Refund
from shared.domain.money import Money
from shared.domain.payments.customers import Customer
from shared.domain.payments.payments import RefundObservation, RefundStatus, Stage
from shared.errors import ConnectorCredentialsRefused, ConnectorNotFound, ConnectorRejected
from tests.support.receivers import receiving, status
from tests.support.vendors import CUSTOM_PSP
from tools import psp_stand_in

pytestmark = pytest.mark.xdist_group("prism-custom")

SPEC = CUSTOM_PSP

SETTINGS = {
    "apiUrl": "https://pay.example.com/v1",
    "apiKey": "key-of-the-provider-1",
    "notificationSecret": "secret-of-notifications",
}
REQUEST = PaymentRequest(
    reference="pay_1",
    amount=Money(1099, "EUR"),
    description="Kaffee",
    return_url="https://shop.example.com/done",
    notification_url="https://api.example.com/pspWebhook/custom/store_a",
    captures_later=False,
    idempotency_key="pay_1",
)
REFUND = RefundRequest(
    payment_reference="pay_1",
    vendor_payment_id="p_1",
    refund_reference="ref_1",
    amount=Money(500, "EUR"),
    is_full=False,
    reason="returned",
    idempotency_key="ref_1",
)


@pytest.fixture
def connector(mock_url: str) -> Connector:
    return custom.connect(
        Config.model_validate({**SETTINGS, "baseUrl": mock_url}), is_emulated=True
    )


def test_begins_a_payment(connector: Connector) -> None:
    seen = connector.create(REQUEST)
    assert (seen.vendor_payment_id, seen.stage) == ("p_1", Stage.REQUIRES_ACTION)
    assert (seen.amount, seen.captured) == (Money(1099, "EUR"), Money(0, "EUR"))
    assert seen.redirect_url == "https://pay.example.com/p_1"


def test_names_who_pays(connector: Connector) -> None:
    customer = Customer("erika@example.com", "Erika", "Mustermann", "192.0.2.7", "de-DE")
    for each in (customer, Customer(), Customer(locale="de")):
        connector.create(replace(REQUEST, customer=each))
    assert custom.to_customer(replace(customer, first_name=None)) == {
        "email": "erika@example.com",
        "lastName": "Mustermann",
        "ipAddress": "192.0.2.7",
        "locale": "de-DE",
    }


def test_the_other_calls_fit_the_contract(connector: Connector) -> None:
    connector.verify()
    assert connector.status("p_1").stage is Stage.REQUIRES_ACTION
    assert connector.find(REQUEST) is not None
    assert connector.capture("p_1", Money(1099, "EUR"), "c").vendor_payment_id == "p_1"
    assert connector.cancel("p_1", Money(1099, "EUR"), "c").vendor_payment_id == "p_1"
    assert connector.refund(REFUND).status is RefundStatus.SUCCEEDED
    found = connector.find_refund(REFUND)
    assert found is not None
    assert found.vendor_refund_id == "r_1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Money(0, "EUR")},
        {"amount": Money(1, "euro")},
        {"reference": ""},
        {"reference": "x" * 41},
        {"description": "x" * 101},
        {"customer": Customer(locale="German")},
        {"customer": Customer(first_name="")},
        {"idempotency_key": ""},
        {"idempotency_key": "x" * 65},
    ],
)
def test_the_mock_refuses_a_payment_that_the_contract_does_not_allow(
    connector: Connector, wrong: dict[str, object]
) -> None:
    """Else the tests above would say nothing."""
    assert refused(lambda: connector.create(replace(REQUEST, **wrong))) == 422


CALLS: dict[str, Callable[[Connector], object]] = {
    "find": lambda connector: connector.find(replace(REQUEST, reference="")),
    "capture": lambda connector: connector.capture("p_1", Money(0, "EUR"), "c"),
    "capture without a key": lambda connector: connector.capture("p_1", Money(1, "EUR"), ""),
    "cancel without a key": lambda connector: connector.cancel("p_1", Money(1, "EUR"), ""),
    "refund": lambda connector: connector.refund(replace(REFUND, amount=Money(0, "EUR"))),
    "refund without a reference": lambda connector: connector.refund(
        replace(REFUND, refund_reference="")
    ),
    "refund with a long reason": lambda connector: connector.refund(
        replace(REFUND, reason="x" * 101)
    ),
    "find_refund": lambda connector: connector.find_refund(replace(REFUND, refund_reference="")),
}


@pytest.mark.parametrize("name", list(CALLS))
def test_the_mock_refuses_other_calls_that_the_contract_does_not_allow(
    connector: Connector, name: str
) -> None:
    assert refused(lambda: CALLS[name](connector)) == 422


@pytest.mark.parametrize("name", ["verify", "status"])
def test_the_mock_refuses_who_shows_no_key(connector: Connector, name: str) -> None:
    connector._client = replace(connector._client, authorize=lambda *_: {})
    calls = {"verify": connector.verify, "status": lambda: connector.status("p_1")}
    assert refused(calls[name]) == 401


def refused(call: Callable[[], object]) -> int:
    """Return the status with which a call is refused."""
    with pytest.raises((ConnectorRejected, ConnectorCredentialsRefused)) as found:
        call()
    return found.value.details["status"]


@pytest.mark.parametrize("word", [*_STAGES, "on_hold", "", "PAID"])
def test_reads_each_status_and_knows_no_others(word: str) -> None:
    answer = {"id": "p_1", "status": word, "amountMinor": 1, "currency": "EUR"}
    seen = custom.to_observation(_Payment.model_validate(answer))
    assert seen.stage == (Stage(word) if word in set(Stage) else None)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("succeeded", RefundStatus.SUCCEEDED),
        ("failed", RefundStatus.FAILED),
        ("pending", RefundStatus.PENDING),
        ("on_hold", RefundStatus.PENDING),
    ],
)
def test_a_refund_is_pending_until_its_outcome_is_told(word: str, status: RefundStatus) -> None:
    answer = {"id": "r_1", "status": word, "failure": "why"}
    seen = custom.to_refund_observation(_Refund.model_validate(answer))
    assert seen == RefundObservation("r_1", status, "why")


def offline() -> Connector:
    return custom.connect(Config.model_validate(SETTINGS), is_emulated=False)


def signed(body: bytes, secret: str = SETTINGS["notificationSecret"]) -> dict[str, str]:
    return {"X-Signature": psp_stand_in.sign(body, secret=secret)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"paymentId": "p_1"}', Notification(None, "p_1")),
        (b'{"paymentId": "p_1", "reference": "pay_1"}', Notification("pay_1", "p_1")),
        (b'{"paymentId": "p_1", "reference": null, "status": "paid"}', Notification(None, "p_1")),
    ],
)
def test_a_signed_report_says_which_payment_to_ask_for(body: bytes, expected: Notification) -> None:
    assert offline().notification(signed(body), body) == [expected]


BODY = b'{"paymentId": "p_1"}'


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        ({"X-Signature": ""}, BODY),
        (signed(BODY, "another-secret-of-somebody"), BODY),
        (signed(BODY), BODY + b" "),
        ({"X-Signature": psp_stand_in.sign(BODY, at_s=1)}, BODY),
        ({"X-Signature": signed(BODY)["X-Signature"].replace("v1", "v2")}, BODY),
        (signed(b"{}"), b"{}"),
        (signed(b"[]"), b"[]"),
        (signed(b"\xff"), b"\xff"),
        (signed(b'{"paymentId": 1}'), b'{"paymentId": 1}'),
    ],
)
def test_a_forged_report_is_not_believed(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(ForgedNotification):
        offline().notification(headers, body)


def test_ids_of_the_provider_do_not_leave_their_place_in_the_path() -> None:
    with receiving("") as server:
        server.answer = status(404, "{}")
        url = {**SETTINGS, "baseUrl": server.url}
        connector = custom.connect(Config.model_validate(url), is_emulated=True)
        with pytest.raises(ConnectorNotFound):
            connector.status("../account?x=1#y")
    assert [each.path for each in server.received] == ["/payments/..%2Faccount%3Fx%3D1%23y"]
