"""processPayment: one request, one payment, whatever gets lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from shared import ids
from shared.connectors import client
from shared.domain.payments.payments import GIVEN_UP_AFTER, Stage
from shared.services.payments import payment_settlement
from shared.services.payments.payment_calls import DOUBT
from shared.store.payments import payment_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.merchants import Merchant
from tests.support.payments import RETURN_URL, Till, nothing_special
from tests.support.psp_samples import CONFIGS
from tests.support.receivers import Answer, hang_up, receiving, status
from tests.support.refusals import assert_refused, nothing_written


def test_begins_a_payment_on_the_providers_page(till: Till) -> None:
    answer = till.process()

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "paymentId": answer.body["paymentId"],
        "status": "requires_action",
        "provider": "custom",
        "redirectUrl": f"{till.provider.url}/page/p_1",
        "amount": 1099,
        "currency": "EUR",
    }
    asked = till.provider.payments["p_1"]
    assert asked["reference"] == answer.body["paymentId"]
    assert (asked["amountMinor"], asked["currency"]) == (1099, "EUR")


def test_is_paid_once_the_provider_says_so(till: Till) -> None:
    payment_id = till.process().body["paymentId"]
    till.pay()

    payment = till.get(payment_id)
    assert (payment["status"], payment["captured"], payment["refundable"]) == ("paid", 1099, 1099)


def test_a_repeated_request_pays_once(till: Till) -> None:
    first, second = till.process(), till.process()

    assert second.body == first.body
    assert (first.is_replay, second.is_replay) == (False, True)
    assert list(till.provider.payments) == ["p_1"]


def test_the_same_purchase_with_another_amount_is_refused(till: Till) -> None:
    payment_id = till.process().body["paymentId"]

    answer = till.process(1100)

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", {"paymentId": payment_id})
    assert list(till.provider.payments) == ["p_1"]


def test_eight_requests_at_once_pay_once(till: Till) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: till.process(), range(8)))

    assert {answer.status for answer in answers} <= {200, 503}
    assert 200 in {answer.status for answer in answers}
    assert list(till.provider.payments) == ["p_1"]


def test_needs_a_purchase_or_a_key(till: Till) -> None:
    answer = till.merchant.api(
        "processPayment",
        {
            "storeId": till.merchant.store_id,
            "amount": 1,
            "currency": "EUR",
            "returnUrl": "https://shop.example.com/",
        },
    )

    assert answer.status == 400
    assert till.provider.payments == {}


def test_what_the_provider_did_without_our_knowing_is_not_done_again(till: Till) -> None:
    till.provider.after = lambda _method, path: (503, b"{}") if path == "/payments" else None
    first = till.process()
    till.provider.after = nothing_special

    assert first.error == "CONNECTOR_UNAVAILABLE"
    again = till.process()

    assert (again.status, again.body["status"]) == (200, "requires_action")
    assert list(till.provider.payments) == ["p_1"]


# Who pays.


@pytest.fixture
def tries_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our client repeats no call, and so waits for nothing."""
    monkeypatch.setattr(client, "TRIES_MAX", 1)


def somebody() -> dict[str, str]:
    """Return a customer like nobody else."""
    name = ids.new("name")
    return {
        "email": f"{name}@example.com",
        "firstName": f"{name}-first",
        "lastName": f"{name}-last",
        "ipAddress": f"2001:db8::{int(ids.digest(name)[:4], 16):x}",
        "locale": "de-CH",
    }


def found_in(text: object, customer: dict[str, str]) -> list[str]:
    """Return what of a customer can be read somewhere."""
    return [name for name, each in customer.items() if name != "locale" and each in str(text)]


def everything(till: Till) -> str:
    """Return all that is stored where something of a payment may be."""
    collections = ("payments", "events", "webhookDeliveries", "idempotencyKeys")
    return str([stored.documents(each) for each in collections]) + str(
        till.merchant.api.ok("listEvents", {"storeId": till.merchant.store_id})
    )


@contextmanager
def lost(till: Till) -> Iterator[None]:
    """Have the provider's answers get lost."""
    till.provider.after = lambda *_: (503, b"{}")
    yield
    till.provider.after = nothing_special


def forget(till: Till) -> None:
    """Make the provider one that was never asked for anything."""
    till.provider.payments.clear()
    till.provider._answers.clear()


def test_who_pays_is_told_the_provider_and_kept_nowhere(
    till: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    customer = somebody()

    answer = till.process(customer=customer, key="k")

    assert answer.status == 200
    assert till.provider.payments["p_1"]["customer"] == customer
    payment_id = answer.body["paymentId"]
    assert till.stored(payment_id).customer_token is None
    printed = capsys.readouterr()
    for text in (everything(till), answer.body, till.get(payment_id), printed.out, printed.err):
        assert found_in(text, customer) == []


def test_says_nothing_of_who_pays_unless_told(till: Till) -> None:
    till.process()
    assert "customer" not in till.provider.payments["p_1"]
    till.process(purchaseId="order_2", customer={"locale": "de"})
    assert till.provider.payments["p_2"]["customer"] == {"locale": "de"}


@pytest.mark.usefixtures("tries_once")
def test_until_the_provider_answers_who_pays_is_kept_encrypted(till: Till) -> None:
    customer = somebody()
    with lost(till):
        payment_id = till.process(customer=customer).body["details"]["paymentId"]
    assert till.stored(payment_id).customer_token is not None
    assert found_in(everything(till), customer) == []
    forget(till)

    again = till.process(customer=somebody())

    assert again.body["status"] == "requires_action"
    assert till.provider.payments["p_2"]["customer"] == customer  # in the same words
    assert till.stored(payment_id).customer_token is None


def test_after_a_refusal_who_pays_can_be_said_anew(till: Till) -> None:
    till.provider.after = lambda *_: (422, b"{}")
    refused = till.process(customer=somebody())
    till.provider.after = nothing_special
    assert refused.error == "CONNECTOR_REJECTED"
    payment_id = refused.body["details"]["paymentId"]
    assert till.stored(payment_id).customer_token is None
    forget(till)

    customer = somebody()
    assert till.process(customer=customer).status == 200

    assert till.provider.payments["p_2"]["customer"] == customer
    assert till.stored(payment_id).customer_token is None


@pytest.mark.usefixtures("own_database", "tries_once")  # the sweep works through all there is
@pytest.mark.parametrize("is_down", [True, False])
def test_who_pays_is_forgotten_after_a_day_whatever_the_provider_says(
    till: Till, frozen_clock: Clock, *, is_down: bool
) -> None:
    with lost(till):
        payment_id = till.process(customer=somebody()).body["details"]["paymentId"]
    forget(till)
    frozen_clock.now += GIVEN_UP_AFTER - timedelta(milliseconds=1)
    payment_settlement.settle_due()
    assert till.stored(payment_id).customer_token is not None

    frozen_clock.now += timedelta(days=1)
    with lost(till) if is_down else nullcontext():
        payment_settlement.settle_due()

    assert till.stored(payment_id).customer_token is None


@pytest.mark.parametrize(
    ("customer", "field", "problem"),
    [
        ({"email": "erika"}, "customer.email", "must be an e-mail address"),
        ({"email": "a@b c.example"}, "customer.email", "must be an e-mail address"),
        ({"email": "e" * 250 + "@example.com"}, "customer.email", "at most 254 characters"),
        ({"firstName": " "}, "customer.firstName", "must not be blank"),
        ({"lastName": "x" * 101}, "customer.lastName", "at most 100 characters"),
        ({"ipAddress": "192.0.2.256"}, "customer.ipAddress", "must be an IPv4 or IPv6 address"),
        ({"ipAddress": "192.0.2.0/24"}, "customer.ipAddress", "must be an IPv4 or IPv6 address"),
        ({"locale": "German"}, "customer.locale", "must be a language, like de"),
        ({"phone": "1"}, "customer.phone", "is not a known field"),
        ("erika@example.com", "customer", "must be an object"),
    ],
)
def test_refuses_a_customer_that_cannot_be(
    till: Till, customer: object, field: str, problem: str
) -> None:
    with nothing_written():
        answer = till.process(customer=customer)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    fields = answer.body["details"]["fields"]
    assert list(fields) == [field]
    assert problem in fields[field]
    assert till.provider.payments == {}


@pytest.mark.usefixtures("tries_once")
@pytest.mark.parametrize(
    "amount", ["1e2000000", "1e300", "9" * 4_000, "1e99999999999999999999"], ids=range(4)
)
def test_an_amount_without_bounds_from_a_merchants_own_provider_is_refused(
    till: Till, amount: str
) -> None:
    """Its digits, written out, would occupy an instance for minutes."""
    with receiving("") as server:
        server.answer = status(200, "{}", Content_Type="application/json")
        assert till.configure(config={**till.config, "apiUrl": server.url}).status == 200
        text = f'{{"id": "p_1", "status": "paid", "currency": "EUR", "amountMinor": {amount}}}'
        server.answer = status(200, text, Content_Type="application/json")

        answer = till.process()

    assert (answer.status, answer.error) == (503, "CONNECTOR_ANSWER_INVALID")
    kept = till.stored(answer.body["details"]["paymentId"])
    assert (kept.vendor_payment_id, kept.captured_minor) == (None, 0)


# Pages that are told once.


def payone_case(body: bytes, word: str) -> dict[str, Any]:
    """Return the commerce case that a request has made."""
    case_id = "4f0c512e-f12c-11ec-8ea0-0242ac120002"
    money = {"amount": 1099, "currencyCode": "EUR"}
    checkout = {
        "checkoutId": case_id,
        "amountOfMoney": money,
        "paymentExecutions": [
            {
                "paymentExecutionId": case_id,
                "events": [{"type": "SALE", "paymentStatus": word, "amountOfMoney": money}],
            }
        ],
    }
    reference = json.loads(body)["merchantReference"]
    return {"commerceCaseId": case_id, "merchantReference": reference, "checkouts": [checkout]}


def payabl_diagnosis(body: bytes) -> str:
    """Return what payabl. tells of the payment that a request has begun."""
    order_id = dict(parse_qsl(body.decode()))["orderid"]
    step = (
        "<type>authorize</type><error_code>2000</error_code><amount>10.99</amount>"
        f"<currency>EUR</currency><order_id>{order_id}</order_id>"
    )
    transaction = (
        "<transaction><transaction_id>1</transaction_id>"
        f"<transaction_status><step>{step}</step></transaction_status></transaction>"
    )
    return f"<response><process><status>0</status></process>{transaction}</response>"


def json_answer(body: object) -> Answer:
    return status(200, json.dumps(body), Content_Type="application/json")


def xml_answer(text: str) -> Answer:
    return status(200, text, Content_Type="text/xml")


@pytest.mark.usefixtures("tries_once")
@pytest.mark.parametrize("provider", ["payone", "payabl"])
@pytest.mark.parametrize("is_swept", [False, True])
def test_a_payment_whose_page_got_lost_has_failed_and_another_can_be_made(
    merchant: Merchant, frozen_clock: Clock, provider: str, *, is_swept: bool
) -> None:
    """Nobody was sent there; it must not wait for the customer for ever."""
    body = {
        "storeId": merchant.store_id,
        "amount": 1099,
        "currency": "EUR",
        "returnUrl": RETURN_URL,
        "purchaseId": "order_1",
    }
    none = "<response><process><status>0</status></process></response>"
    nothing = json_answer([]) if provider == "payone" else xml_answer(none)
    with receiving("") as server:
        server.answers = [nothing, hang_up]
        settings = {**CONFIGS[provider], "baseUrl": server.url}
        configured = {"storeId": merchant.store_id, "provider": provider, "config": settings}
        merchant.api.ok("configurePSP", configured)
        lost = merchant.api("processPayment", body)
        assert lost.body["details"]["retryable"] is True
        payment_id = lost.body["details"]["paymentId"]
        sent = server.received[-1].body
        server.answer = (
            json_answer([payone_case(sent, "REDIRECTED")])
            if provider == "payone"
            else xml_answer(payabl_diagnosis(sent))
        )
        frozen_clock.now += DOUBT
        calls = len(server.received)
        if is_swept:
            found = payment_documents.find(payment_id)
            assert found is not None
            payment_settlement.settle(found)

        again = merchant.api("processPayment", body)

        assert (again.status, again.body["paymentId"]) == (200, payment_id)
        assert (again.body["status"], again.body["redirectUrl"]) == ("failed", None)
        assert len(server.received) == calls + 1  # looked up once, and not begun again
        payment = merchant.api.ok("getPayment", {"paymentId": payment_id})["payment"]
        assert (payment["status"], payment["failure"]) == ("failed", "PAGE_LOST")
        server.answer = hang_up
        another = merchant.api("processPayment", {**body, "purchaseId": "order_1b"})
        assert another.body["details"]["paymentId"] != payment_id
        assert len(server.received) == calls + 2


@pytest.mark.parametrize(
    "vendor_id", ["p" * 3_000, "ä" * 201, "p" * 401], ids=["long", "bytes", "just too long"]
)
def test_an_id_that_could_not_be_looked_for_is_not_taken_from_a_provider(
    till: Till, vendor_id: str
) -> None:
    def renamed(method: str, path: str) -> tuple[int, bytes] | None:
        if (method, path) != ("POST", "/payments"):
            return None
        (payment,) = till.provider.payments.values()
        return 200, json.dumps({**payment, "id": vendor_id}).encode()

    till.provider.after = renamed
    answer = till.process()

    assert_refused(answer, 503, "CONNECTOR_ANSWER_INVALID", answer.body["details"])
    made = till.stored(answer.body["details"]["paymentId"])
    assert (made.vendor_payment_id, made.stage) == (None, Stage.PENDING)


@pytest.mark.parametrize(
    "return_url",
    [
        "https://shop.example.com/\r\nX-Injected: 1",
        "https://shop.example.com/\x00",
        'https://shop.example.com/"onclick="alert(1)',
        "https://shop.example.com/'",
        "https://",
        "https:///done",
        "http://shop.example.com/done",
        "https://user:password@shop.example.com/",
        "https://169.254.169.254/latest",
        "https://intranet/done",
        "javascript:alert(1)//https://",
    ],
)
def test_a_customer_is_sent_to_a_public_https_url_only(till: Till, return_url: str) -> None:
    with nothing_written():
        answer = till.process(returnUrl=return_url)

    assert_refused(answer, 400, "INVALID_PARAMETERS", answer.body["details"])
    assert list(answer.body["details"]["fields"]) == ["returnUrl"]
    assert [call for call in till.provider.calls if call[0] == "POST"] == []


@pytest.mark.parametrize("page", ["javascript:alert(1)", 'https://pay.example.com/"<script>', "/x"])
def test_a_provider_cannot_send_a_customer_anywhere(till: Till, page: str) -> None:
    def elsewhere(method: str, path: str) -> tuple[int, bytes] | None:
        if (method, path) != ("POST", "/payments"):
            return None
        (payment,) = till.provider.payments.values()
        return 200, json.dumps({**payment, "redirectUrl": page}).encode()

    till.provider.after = elsewhere
    answer = till.process()

    assert_refused(answer, 503, "CONNECTOR_ANSWER_INVALID", answer.body["details"])
    assert till.stored(answer.body["details"]["paymentId"]).redirect_url is None


@pytest.mark.parametrize("amount", [12.9, 0.01, 1099.5])
@pytest.mark.parametrize("action", ["processPayment", "refundPayment"])
def test_an_amount_with_decimals_is_told_of_cents(
    merchant: Merchant, action: str, amount: float
) -> None:
    with nothing_written():
        answer = merchant.api(action, {"storeId": merchant.store_id, "amount": amount})

    problem = "must be whole minor units, such as cents: 1290 for 12.90 EUR"
    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert answer.body["details"]["fields"]["amount"] == problem


def test_a_whole_amount_may_be_written_with_a_point(till: Till) -> None:
    assert till.process(amount=1099.0).body["success"] is True
