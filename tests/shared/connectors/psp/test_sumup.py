"""SumUp: against a mock server made from its contract, and against servers that misbehave."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sumup import Sumup
from sumup.errors import APIError, APIStatusError
from sumup.events import EventSignatureError, verify_event_signature

from shared import clock
from shared.connectors import client, sumup_account
from shared.connectors.psp import sumup
from shared.connectors.psp import sumup_answers as answers
from shared.connectors.psp.base import (
    ForgedNotification,
    Notification,
    PaymentRequest,
    RefundRequest,
)
from shared.connectors.psp.sumup import SIGNATURE_HEADER, Config, Connector
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
    ConnectorUnsupported,
)
from tests.support.receivers import Answer, Receiver, answer, hang_up, raw, status
from tests.support.relay import Relay

pytestmark = pytest.mark.xdist_group("prism-sumup")

SPEC = "sumup/sumup.trim.json"

KEY = "sup_sk_" + "FakeKey" * 4
SECRET = "webhook-secret-of-the-test"
SETTINGS = {"apiKey": KEY, "merchantCode": "MH4H92C7", "webhookSecret": SECRET}
REQUEST = PaymentRequest(
    reference="pay_1",
    amount=Money(1010, "EUR"),
    description="Kaffee",
    return_url="https://shop.example.com/done",
    notification_url="https://api.example.com/pspWebhook/sumup/store_a",
    captures_later=False,
    idempotency_key="pay_1",
)
REFUND = RefundRequest(
    payment_reference="pay_1",
    vendor_payment_id="c-1",
    refund_reference="ref_1",
    amount=Money(500, "EUR"),
    is_full=False,
    reason="returned",
    idempotency_key="ref_1",
    other_refund_ids=(),
)
CHECKOUT = {
    "id": "c-1",
    "status": "PENDING",
    "amount": 10.1,
    "currency": "EUR",
    "checkout_reference": "pay_1",
    "merchant_code": "MH4H92C7",
    "hosted_checkout_url": "https://checkout.sumup.com/pay/c-1",
}
PAID = {**CHECKOUT, "status": "PAID", "transaction_id": "t-1"}


def connected(url: str = "http://127.0.0.1:1", **settings: Any) -> Connector:
    config = Config.model_validate({**SETTINGS, "baseUrl": url, **settings})
    return sumup.connect(config, is_emulated=True)


def checkout(**fields: Any) -> Observation:
    return answers.to_observation(answers.SumupCheckout.model_validate({**CHECKOUT, **fields}))


def refunds(*events: tuple[int, float, str]) -> Answer:
    return answer(
        200,
        {
            "id": "t-1",
            "status": "SUCCESSFUL",
            "transaction_events": [
                {"id": 1, "event_type": "PAYOUT", "status": "PAID_OUT", "amount": 5.0},
                *(
                    {"id": number, "event_type": "REFUND", "status": word, "amount": amount}
                    for number, amount, word in events
                ),
            ],
        },
    )


# The configuration.


def test_the_merchant_says_whether_it_is_a_test() -> None:
    assert not Config.model_validate(SETTINGS).is_test
    assert Config.model_validate({**SETTINGS, "mode": "test"}).is_test


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"apiKey": None}, "apiKey"),
        ({"apiKey": "sup_pk_" + "a" * 32}, "apiKey"),
        ({"apiKey": "sk_live_" + "a" * 32}, "apiKey"),
        ({"apiKey": KEY + "\n"}, "apiKey"),
        ({"merchantCode": "../x"}, "merchantCode"),
        ({"merchantCode": None}, "merchantCode"),
        ({"mode": "sandbox"}, "mode"),
        ({"webhookSecret": "short"}, "webhookSecret"),
        ({"affiliateKey": "a"}, "affiliateKey"),
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(
    changed: dict[str, str | None], field: str
) -> None:
    settings = {name: each for name, each in {**SETTINGS, **changed}.items() if each is not None}
    with pytest.raises(ValidationError) as refused:
        Config.model_validate(settings)
    assert [each["loc"] for each in refused.value.errors()] == [(field,)]


def test_a_base_url_counts_under_the_emulator_only() -> None:
    config = Config.model_validate({**SETTINGS, "baseUrl": "http://127.0.0.1:1"})
    live = sumup.connect(config, is_emulated=False)._client
    assert (live.base_url, live.allow_loopback) == (sumup_account.BASE_URL, False)


def test_what_is_stored_comes_back_and_what_is_shown_has_no_secret() -> None:
    config = Config.model_validate(SETTINGS)
    assert Config.restore(config.reveal()) == config
    assert config.visible() == {"merchantCode": "MH4H92C7", "mode": "live"}
    assert KEY not in repr(config)
    assert SECRET not in repr(config)


# Transformers.


@given(st.integers(0, 10**15 - 1), st.sampled_from(["EUR", "HUF", "CLP", "JPY", "KWD"]))
def test_amounts_come_back_as_they_went(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    wire = json.loads(client._to_json(amount.to_major()), parse_float=Decimal)
    assert checkout(amount=wire, currency=currency).amount == amount


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("PENDING", Stage.REQUIRES_ACTION),
        ("PAID", Stage.PAID),
        ("FAILED", Stage.FAILED),
        ("EXPIRED", Stage.CANCELED),
        ("paid", None),
        ("AUTHORIZED", None),
    ],
)
def test_only_known_words_are_stages(word: str, stage: Stage | None) -> None:
    assert checkout(status=word).stage is stage


def test_without_a_page_a_checkout_is_pending() -> None:
    assert checkout(hosted_checkout_url=None).stage is Stage.PENDING


def test_reads_all_of_a_checkout() -> None:
    amount = Money(1010, "EUR")
    assert checkout(status="PAID") == Observation("c-1", Stage.PAID, amount, amount)
    assert checkout(status="FAILED") == Observation("c-1", Stage.FAILED, amount, failure="FAILED")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"transaction_id": "t-1"}, "t-1"),
        (
            {
                "transactions": [
                    {"id": "a", "status": "FAILED"},
                    {"id": "b", "status": "SUCCESSFUL"},
                ]
            },
            "b",
        ),
    ],
)
def test_names_the_transaction_that_paid(fields: dict[str, Any], expected: str) -> None:
    read = answers.SumupCheckout.model_validate({**CHECKOUT, **fields})
    assert answers.to_transaction_id(read) == expected


@pytest.mark.parametrize("transactions", [None, [], [{"id": "a", "status": "PENDING"}]])
def test_what_no_transaction_paid_cannot_be_refunded(transactions: Any) -> None:
    read = answers.SumupCheckout.model_validate({**CHECKOUT, "transactions": transactions})
    with pytest.raises(ConnectorRejected):
        answers.to_transaction_id(read)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("REFUNDED", RefundStatus.SUCCEEDED),
        ("SUCCESSFUL", RefundStatus.SUCCEEDED),
        ("PENDING", RefundStatus.PENDING),
        ("SCHEDULED", RefundStatus.PENDING),
        ("FAILED", RefundStatus.FAILED),
        ("REVERSED", RefundStatus.PENDING),
        (None, RefundStatus.PENDING),
    ],
)
def test_only_known_words_settle_a_refund(word: str | None, expected: RefundStatus) -> None:
    seen = answers.to_refund_observation(answers.SumupEvent(id=7, status=word))
    assert (seen.vendor_refund_id, seen.status) == ("7", expected)


# The contract.


def test_creates_a_checkout(relay: Relay) -> None:
    relay.prefer = {"POST": "code=201, example=HostedCheckout"}
    seen = connected(relay.url).create(REQUEST)
    assert seen == Observation(
        vendor_payment_id="64553e20-3f0e-49e4-8af3-fd0eca86ce91",
        stage=Stage.REQUIRES_ACTION,
        amount=Money(1200, "EUR"),
        redirect_url="https://checkout.sumup.com/pay/8f9316a3-cda9-42a9-9771-54d534315676",
    )
    (sent,) = relay.received
    assert (sent.method, sent.path) == ("POST", "/v0.1/checkouts")
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(sent.body) == {
        "checkout_reference": "pay_1",
        "amount": 10.1,
        "currency": "EUR",
        "merchant_code": "MH4H92C7",
        "description": "Kaffee",
        "redirect_url": REQUEST.return_url,
        "return_url": REQUEST.notification_url,
        "hosted_checkout": {"enabled": True},
    }


def test_asks_for_a_checkout(relay: Relay) -> None:
    seen = connected(relay.url).status("c-1")
    assert (seen.stage, seen.amount) == (Stage.PENDING, Money(1010, "EUR"))
    assert relay.received[0].path == "/v0.1/checkouts/c-1"


def test_cancels(relay: Relay) -> None:
    seen = connected(relay.url).cancel("c-1", Money(200, "EUR"), "can_1")
    assert (seen.stage, seen.failure) == (Stage.CANCELED, "EXPIRED")
    assert (relay.received[0].method, relay.received[0].path) == ("DELETE", "/v0.1/checkouts/c-1")


def test_finds_a_checkout_by_our_reference_alone(relay: Relay) -> None:
    own = replace(REQUEST, reference="f00a8f74-b05d-4605-bd73-2a901bae5802")
    found = connected(relay.url).find(own)
    assert found is not None
    assert found.vendor_payment_id == "4e425463-3e1b-431d-83fa-1e51c2925e99"
    assert relay.received[0].path == f"/v0.1/checkouts?checkout_reference={own.reference}"
    assert connected(relay.url).find(REQUEST) is None
    assert connected(relay.url, merchantCode="MOTHER").find(own) is None


def test_refunds_the_transaction_of_a_checkout(relay: Relay) -> None:
    seen = connected(relay.url).refund(REFUND)
    assert seen == RefundObservation(status=RefundStatus.SUCCEEDED)
    transaction = "410fc44a-5956-44e1-b5cc-19c6f8d727a4"
    assert [(each.method, each.path) for each in relay.received] == [
        ("GET", "/v0.1/checkouts/c-1"),
        ("POST", f"/v1.0/merchants/MH4H92C7/payments/{transaction}/refunds"),
        ("GET", f"/v2.1/merchants/MH4H92C7/transactions?id={transaction}"),
    ]
    assert json.loads(relay.received[1].body) == {"amount": 5}


def test_finds_no_refund_in_a_transaction_without_events(relay: Relay) -> None:
    assert connected(relay.url).find_refund(REFUND) is None


def test_verifies_that_the_merchant_is_what_the_mode_says(relay: Relay) -> None:
    connected(relay.url).verify()
    assert relay.received[0].path == "/v1/merchants/MH4H92C7"
    with pytest.raises(ConnectorRejected, match=r"a live merchant: config\.mode must be live"):
        connected(relay.url, mode="test").verify()
    relay.edit["GET"] = lambda merchant: merchant.update(sandbox=True)
    connected(relay.url, mode="test").verify()
    with pytest.raises(ConnectorRejected, match=r"a sandbox: config\.mode must be test"):
        connected(relay.url).verify()


def test_money_is_taken_at_once(relay: Relay) -> None:
    with pytest.raises(ConnectorUnsupported):
        connected(relay.url).create(replace(REQUEST, captures_later=True))
    with pytest.raises(ConnectorUnsupported):
        connected(relay.url).capture("c-1", Money(1, "EUR"), "cap_1")
    assert relay.received == []


Call = Callable[[Sumup], object]
CREATE = {"checkout_reference": "a", "amount": 10.1, "currency": "EUR", "merchant_code": "MH4H92C7"}


@pytest.mark.parametrize(
    "call",
    [
        lambda api: api.checkouts.create(**{**CREATE, "amount": "10.10"}),
        lambda api: api.checkouts.create(**{**CREATE, "currency": "eur"}),
        lambda api: api.checkouts.create(**{**CREATE, "checkout_reference": "a" * 91}),
        lambda api: api.checkouts.create(**CREATE, hosted_checkout={}),
        lambda api: api.transactions.refund("MH4H92C7", "t-1", amount="5"),
    ],
    ids=["text", "currency", "reference", "hosted", "refund"],
)
def test_the_mock_refuses_what_the_contract_does_not_allow(mock_url: str, call: Call) -> None:
    """Else the tests above would say nothing."""
    with Sumup(api_key=KEY, base_url=mock_url) as api, pytest.raises(APIStatusError) as refused:
        call(api)
    assert refused.value.status in {400, 422}


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (
            lambda it: it.create(REQUEST),
            lambda api: api.checkouts.create(
                checkout_reference="pay_1",
                amount=10.1,
                currency="EUR",
                merchant_code="MH4H92C7",
                description="Kaffee",
                redirect_url=REQUEST.return_url,
                return_url=REQUEST.notification_url,
                hosted_checkout={"enabled": True},
            ),
            CHECKOUT,
        ),
        (
            lambda it: it.find(REQUEST),
            lambda api: api.checkouts.list(checkout_reference="pay_1"),
            [CHECKOUT],
        ),
        (
            lambda it: it.status("c/1"),
            lambda api: api.checkouts.get("c%2F1"),
            CHECKOUT,
        ),
        (
            lambda it: it.cancel("c-1", REQUEST.amount, "can_1"),
            lambda api: api.checkouts.deactivate("c-1"),
            CHECKOUT,
        ),
        (
            lambda it: it._refund_event("t-1", REFUND),
            lambda api: api.transactions.get("MH4H92C7", id="t-1"),
            {"transaction_events": []},
        ),
        (lambda it: it.verify(), lambda api: api.merchants.get("MH4H92C7"), {}),
    ],
    ids=["create", "find", "status", "cancel", "events", "verify"],
)
def test_asks_what_the_vendors_sdk_asks(
    server: Receiver, ours: Callable[[Connector], object], theirs: Call, said: Any
) -> None:
    server.answer = answer(200, said)
    ours(connected(server.url))
    # That the SDK does not like the answer does not matter here.
    with Sumup(api_key=KEY, base_url=server.url) as api, suppress(APIError, ValueError):
        theirs(api)
    first, second = server.received
    assert (first.method, first.path) == (second.method, second.path)
    assert first.headers["authorization"] == second.headers["authorization"]
    assert json.loads(first.body or "null") == json.loads(second.body or "null")


@pytest.mark.parametrize(
    "call",
    [
        lambda it: it.create(REQUEST),
        lambda it: it.find(REQUEST),
        lambda it: it.status("c-1"),
        lambda it: it.cancel("c-1", REQUEST.amount, "can_1"),
        lambda it: it.refund(REFUND),
        lambda it: it.verify(),
    ],
    ids=["create", "find", "status", "cancel", "refund", "verify"],
)
def test_the_mock_wants_a_key(relay: Relay, call: Callable[[Connector], object]) -> None:
    relay.without.add("authorization")
    with pytest.raises(ConnectorCredentialsRefused) as refused:
        call(connected(relay.url))
    assert (refused.value.retryable, refused.value.details["status"]) == (False, 401)


def test_refusals_of_the_contract(relay: Relay) -> None:
    connector = connected(relay.url)
    relay.prefer = {"GET": "code=404", "POST": "code=403", "DELETE": "code=409"}
    with pytest.raises(ConnectorNotFound, match="Resource not found"):
        connector.status("c-1")
    with pytest.raises(ConnectorCredentialsRefused, match="checkout_payments_not_allowed"):
        connector.create(REQUEST)
    with pytest.raises(ConnectorConflict, match="already processed"):
        connector.cancel("c-1", REQUEST.amount, "can_1")
    relay.prefer = {"POST": "code=400"}
    with pytest.raises(ConnectorRejected, match="Validation error"):
        connector.create(REQUEST)
    relay.prefer = {"POST": "code=409, example=Not_Enough_Balance"}
    with pytest.raises(ConnectorConflict, match="Not enough available balance"):
        connector.refund(REFUND)


def test_a_reference_that_is_taken_is_looked_up(relay: Relay) -> None:
    relay.prefer = {"POST": "code=409"}
    connector = connected(relay.url)
    own = replace(REQUEST, reference="f00a8f74-b05d-4605-bd73-2a901bae5802")
    assert connector.create(own).vendor_payment_id == "4e425463-3e1b-431d-83fa-1e51c2925e99"
    with pytest.raises(ConnectorConflict):  # the mock's checkout has another reference
        connector.create(REQUEST)


# Faults.


def test_a_checkout_whose_answer_is_late_is_found(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.3)
    server.answers = [lambda _: server.closing.wait(), answer(200, [CHECKOUT])]
    connector = connected(server.url)
    with pytest.raises(ConnectorTimeout) as failed:
        connector.create(REQUEST)
    assert (failed.value.retryable, failed.value.is_unknown) == (True, True)
    found = connector.find(REQUEST)
    assert found is not None
    assert found.redirect_url == CHECKOUT["hosted_checkout_url"]
    assert [each.method for each in server.received] == ["POST", "GET"]


@pytest.mark.parametrize(
    ("said", "error", "is_unknown"),
    [
        (hang_up, ConnectorUnavailable, True),
        (raw(b"not http\r\n\r\n"), ConnectorAnswerInvalid, True),
        (status(500, "<html>"), ConnectorUnavailable, True),
        (answer(503, {"message": "later"}), ConnectorUnavailable, True),
        (status(201, "{", Content_Type="application/json"), ConnectorAnswerInvalid, True),
        (status(201, "[" * 99_999, Content_Type="application/json"), ConnectorAnswerInvalid, True),
        (status(201, "\xff"), ConnectorAnswerInvalid, True),
        (status(201), ConnectorAnswerInvalid, True),
        (answer(201, None), ConnectorAnswerInvalid, True),
        (answer(201, []), ConnectorAnswerInvalid, True),
        (answer(201, {}), ConnectorAnswerInvalid, True),
        (answer(201, {**CHECKOUT, "id": 7}), ConnectorAnswerInvalid, True),
        (answer(201, {**CHECKOUT, "id": ""}), ConnectorAnswerInvalid, True),
        (answer(201, {**CHECKOUT, "status": None}), ConnectorAnswerInvalid, True),
        (answer(201, {**CHECKOUT, "amount": "ten"}), ConnectorAnswerInvalid, True),
        (answer(201, {**CHECKOUT, "amount": {"value": 10}}), ConnectorAnswerInvalid, True),
        (answer(201, {**CHECKOUT, "amount": 10.101}), ConnectorAnswerInvalid, True),
        (answer(201, {**CHECKOUT, "amount": float("nan")}), ConnectorAnswerInvalid, True),
        (answer(201, {**CHECKOUT, "currency": None}), ConnectorAnswerInvalid, True),
        (answer(401, {"detail": "no"}), ConnectorCredentialsRefused, False),
        (answer(404, {"message": "no"}), ConnectorNotFound, False),
        (answer(422, {"message": "no"}), ConnectorRejected, False),
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
    assert len(server.received) == 1  # nothing may be sent twice


def test_too_many_calls(server: Receiver) -> None:
    server.answer = answer(429, {"message": "slow down"}, Retry_After="37")
    with pytest.raises(ConnectorRateLimited) as failed:
        connected(server.url).create(REQUEST)
    assert failed.value.details["retryAfter"] == 37
    assert (failed.value.retryable, failed.value.is_unknown) == (True, False)


def test_an_unknown_status_is_no_stage(server: Receiver) -> None:
    server.answer = answer(200, {**CHECKOUT, "status": "UNDER_REVIEW"})
    seen = connected(server.url).status("c-1")
    assert (seen.stage, seen.amount) == (None, Money(1010, "EUR"))


@pytest.mark.parametrize("code", [400, 401, 409, 500])
def test_shows_no_secret(server: Receiver, code: int) -> None:
    said = f"The key {KEY} and {SECRET} are\nbad"
    server.answer = answer(code, {"detail": said, "message": said, "type": "about:blank"})
    with pytest.raises(ConnectorError) as failed:
        connected(server.url).cancel("c-1", REQUEST.amount, "can_1")
    shown = f"{failed.value!s}{failed.value!r}{failed.value.details}{failed.value.__cause__!r}"
    assert KEY not in shown
    assert SECRET not in shown


def test_ids_from_outside_stay_one_part_of_the_path(server: Receiver) -> None:
    server.answer = answer(200, CHECKOUT)
    connected(server.url).status("../merchants?x=1#")
    assert server.received[0].path == "/v0.1/checkouts/..%2Fmerchants%3Fx%3D1%23"


# Refunds have no reference of ours.


def test_a_refund_is_known_by_the_event_that_it_became(server: Receiver) -> None:
    made = answer(201, {"status": "REFUNDED"})
    events = refunds((4, 5.0, "REFUNDED"), (9, 5.0, "PENDING"), (8, 1.0, "REFUNDED"))
    server.answers = [answer(200, PAID), made, events]
    assert connected(server.url).refund(replace(REFUND, other_refund_ids=("4",))) == (
        RefundObservation("9", RefundStatus.PENDING)
    )


@pytest.mark.parametrize("asked", [status(500), hang_up, status(200, "{")])
def test_a_refund_is_made_even_if_its_event_cannot_be_asked_for(
    server: Receiver, asked: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TRIES_MAX", 1)
    server.answers = [answer(200, PAID), status(204), asked]
    assert connected(server.url).refund(REFUND) == RefundObservation(status=RefundStatus.SUCCEEDED)


def test_an_event_that_may_be_another_refunds_gives_no_id(server: Receiver) -> None:
    server.answers = [answer(200, PAID), status(204), refunds((4, 5.0, "REFUNDED"))]
    seen = connected(server.url).refund(replace(REFUND, other_refund_ids=None))
    assert seen == RefundObservation(status=RefundStatus.SUCCEEDED)


def test_a_refund_whose_answer_is_late_is_found(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.3)
    server.answers = [
        answer(200, PAID),
        lambda _: server.closing.wait(),
        answer(200, PAID),
        refunds((9, 5.0, "REFUNDED")),
    ]
    connector = connected(server.url)
    with pytest.raises(ConnectorTimeout):
        connector.refund(REFUND)
    assert connector.find_refund(REFUND) == RefundObservation("9", RefundStatus.SUCCEEDED)
    assert [each.method for each in server.received] == ["GET", "POST", "GET", "GET"]


@pytest.mark.parametrize(
    ("events", "others", "found"),
    [
        ([], (), None),
        ([(4, 5.0, "REFUNDED")], ("4",), None),
        ([(4, 5.01, "REFUNDED")], (), None),
        ([(4, 5.0, "REFUNDED"), (5, 5.0, "REFUNDED")], ("4",), ("5", RefundStatus.SUCCEEDED)),
        ([(4, 5.0, "REFUNDED"), (5, 5.0, "FAILED")], (), ("4", RefundStatus.SUCCEEDED)),
        ([(5, 5.0, "FAILED")], (), ("5", RefundStatus.FAILED)),
        ([(4, 4.0, "REFUNDED")], None, None),
    ],
)
def test_looks_for_a_refund_that_is_none_of_the_others(
    server: Receiver,
    events: list[tuple[int, float, str]],
    others: tuple[str, ...] | None,
    found: tuple[str, RefundStatus] | None,
) -> None:
    server.answers = [answer(200, PAID), refunds(*events)]
    seen = connected(server.url).find_refund(replace(REFUND, other_refund_ids=others))
    assert (seen and (seen.vendor_refund_id, seen.status)) == found


def test_refunds_that_cannot_be_told_apart_stay_unknown(server: Receiver) -> None:
    """Else one would be made twice, or never."""
    server.answers = [answer(200, PAID), refunds((4, 5.0, "REFUNDED"))] * 2
    connector = connected(server.url)
    with pytest.raises(ConnectorAnswerInvalid) as failed:
        connector.find_refund(replace(REFUND, other_refund_ids=None))
    assert failed.value.is_unknown
    full = replace(REFUND, other_refund_ids=None, is_full=True)  # it was all there was
    assert connector.find_refund(full) == RefundObservation("4", RefundStatus.SUCCEEDED)


# Notifications.

EVENT = json.dumps(
    {
        "id": "evt_1",
        "type": "checkouts.paid",
        "created_at": "2026-03-03T12:00:00Z",
        "object": {
            "id": "c-1",
            "type": "checkout",
            "url": "https://evil.example.com/v0.1/checkouts/c-1",
        },
    }
).encode()
HINT = b'{"event_type": "CHECKOUT_STATUS_CHANGED", "id": "c-1"}'
TOLD = [Notification(vendor_payment_id="c-1")]


def signed(body: bytes, *, age_s: int = 0, secret: str = SECRET) -> str:
    """Sign as the vendor's SDK checks it."""
    time = int(clock.utc_now().timestamp()) - age_s
    signature = hmac.new(secret.encode(), f"v1:{time}:".encode() + body, hashlib.sha256)
    return f"t={time},v1={signature.hexdigest()}"


def test_takes_what_the_vendors_own_check_takes() -> None:
    for body in (EVENT, EVENT.replace(b"paid", b"future")):
        for age_s in (0, 200, -200):
            header = signed(body, age_s=age_s)
            verify_event_signature(SECRET, body, header)
            assert connected().notification({SIGNATURE_HEADER: header}, body) == TOLD


FORGED: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "no values": lambda: "t=,v1=",
    "no signature": lambda: signed(EVENT).split(",")[0],
    "no time": lambda: signed(EVENT).split(",")[1],
    "no hexadecimal": lambda: signed(EVENT)[:-1] + "g",
    "old": lambda: signed(EVENT, age_s=400),
    "of the future": lambda: signed(EVENT, age_s=-400),
    "other secret": lambda: signed(EVENT, secret="another-secret-of-a-test"),
    "other body": lambda: signed(EVENT + b" "),
    "other version": lambda: signed(EVENT).replace("v1=", "v0="),
    "other form": lambda: "sha256=" + "0" * 64,
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_refuses_what_the_vendors_own_check_refuses(forged: Callable[[], str]) -> None:
    header = forged()
    with pytest.raises(EventSignatureError):
        verify_event_signature(SECRET, EVENT, header)
    with pytest.raises(ForgedNotification):
        connected().notification({SIGNATURE_HEADER: header}, EVENT)


@given(st.integers(0, len(EVENT) - 1), st.integers(1, 255))
def test_refuses_an_event_with_one_byte_changed(place: int, flip: int) -> None:
    body = bytearray(EVENT)
    body[place] ^= flip
    with pytest.raises(ForgedNotification):
        connected().notification({SIGNATURE_HEADER: signed(EVENT)}, bytes(body))


def test_refuses_a_signature_that_there_is_no_secret_for() -> None:
    config = {name: each for name, each in SETTINGS.items() if name != "webhookSecret"}
    connector = sumup.connect(Config.model_validate(config), is_emulated=False)
    with pytest.raises(ForgedNotification):
        connector.notification({SIGNATURE_HEADER: signed(EVENT)}, EVENT)
    assert connector.notification({}, HINT) == TOLD


def test_passes_over_events_of_other_things() -> None:
    body = EVENT.replace(b'"checkout"', b'"member"')
    assert connected().notification({SIGNATURE_HEADER: signed(body)}, body) == []


def test_an_unsigned_hint_only_names_what_to_ask_for() -> None:
    lying = json.dumps({**json.loads(HINT), "status": "PAID", "amount": 1}).encode()
    assert connected().notification({}, lying) == TOLD


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"event_type": "CHECKOUT_STATUS_CHANGED"}',
        b'{"event_type": "CHECKOUT_STATUS_CHANGED", "id": "../x"}',
        b'{"event_type": "CHECKOUT_STATUS_CHANGED", "id": 7}',
        b'{"id": "c-1"}',
        b"\xff\xfe",
        EVENT,
    ],
)
def test_what_is_no_notification_is_refused(body: bytes) -> None:
    with pytest.raises(ForgedNotification):
        connected().notification({}, body)
    header = {SIGNATURE_HEADER: signed(body)}
    if body != EVENT:
        with pytest.raises(ForgedNotification):
            connected().notification(header, body)
