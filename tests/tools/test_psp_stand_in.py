"""The stand-in of a provider keeps to our contract, whatever it is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from tests.support.receivers import receiving
from tests.support.vendors import CUSTOM_PSP
from tools import psp_stand_in
from tools.psp_stand_in import API_KEY, StandIn

CONTRACT: dict[str, Any] = json.loads(CUSTOM_PSP.read_text())
PAYMENT = {
    "reference": "pay_1",
    "amountMinor": 1099,
    "currency": "EUR",
    "description": "Kaffee",
    "returnUrl": "https://shop.example.com/done",
    "notificationUrl": "https://api.example.com/pspWebhook/custom/store_a",
    "captureLater": False,
}
REFUND = {"reference": "ref_1", "amountMinor": 500, "reason": "returned"}


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference within the contract names."""
    found: Any = CONTRACT
    if "$ref" not in value:
        return value
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def check(schema: dict[str, Any], value: object) -> None:
    Draft202012Validator({**schema, "components": CONTRACT["components"]}).validate(value)


def operation(method: str, path: str) -> dict[str, Any]:
    """Return what the contract says of a call."""
    for template, operations in CONTRACT["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return operations[method.lower()]
    raise AssertionError(f"the contract has no {path}")


class Caller:
    """Calls the stand-in, and checks both sides against the contract."""

    def __init__(self, provider: StandIn) -> None:
        self.provider = provider
        self.called: set[str] = set()
        self._number = 0

    def __call__(
        self, method: str, path: str, body: object = None, query: Any = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        self._number += 1
        sent = {
            "Authorization": f"Bearer {API_KEY}",
            **({"Idempotency-Key": str(self._number)} if method == "POST" else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        url = self.provider.url + path
        answer = requests.request(method, url, json=body, params=query, headers=sent, timeout=10)
        described = operation(method, path)
        response = resolved(described["responses"][str(answer.status_code)])
        check(response["content"]["application/json"]["schema"], answer.json())
        assert answer.headers["Content-Type"] == "application/json"
        if answer.ok and "requestBody" in described:
            check(described["requestBody"]["content"]["application/json"]["schema"], body)
        self.called.add(f"{described['operationId']} {answer.status_code}")
        return answer.status_code, answer.json()


@pytest.fixture
def provider() -> Iterator[StandIn]:
    with psp_stand_in.running() as found:
        yield found


@pytest.fixture
def call(provider: StandIn) -> Caller:
    return Caller(provider)


def begun(call: Caller, **fields: object) -> str:
    status, made = call("POST", "/payments", {**PAYMENT, **fields})
    assert (status, made["status"]) == (201, "requires_action")
    payment_id: str = made["id"]
    return payment_id


def test_every_answer_is_as_the_contract_says(call: Caller) -> None:
    assert call("GET", "/account")[0] == 200
    paid = begun(call)
    call.provider.pay(paid, notifies=False)
    assert call("GET", f"/payments/{paid}")[1]["capturedMinor"] == 1099
    assert len(call("GET", "/payments", query={"reference": "pay_1"})[1]["payments"]) == 1
    assert call("GET", "/payments", query={"reference": "other"})[1] == {"payments": []}
    assert call("POST", f"/payments/{paid}/refunds", REFUND)[1]["status"] == "succeeded"
    found = call("GET", f"/payments/{paid}/refunds", query={"reference": "ref_1"})
    assert [each["reference"] for each in found[1]["refunds"]] == ["ref_1"]
    later = begun(call, captureLater=True)
    call.provider.pay(later, notifies=False)
    captured = call("POST", f"/payments/{later}/capture", {"amountMinor": 1000})
    assert (captured[1]["status"], captured[1]["capturedMinor"]) == ("paid", 1000)
    given_up = begun(call)
    assert call("POST", f"/payments/{given_up}/cancel", {})[1]["status"] == "canceled"
    failed = begun(call)
    call.provider.pay(failed, succeeds=False, notifies=False)
    assert call("GET", f"/payments/{failed}")[1]["status"] == "failed"

    operations = {
        each["operationId"] for one in CONTRACT["paths"].values() for each in one.values()
    }
    assert {each.partition(" ")[0] for each in call.called} == operations


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/payments/p_9", None, 404),
        ("GET", "/payments/p_9/refunds", None, 404),
        ("POST", "/payments", {}, 422),
        ("POST", "/payments", [], 422),
        ("POST", "/payments", {**PAYMENT, "amountMinor": 0}, 422),
        ("POST", "/payments", {**PAYMENT, "amountMinor": "1"}, 422),
        ("POST", "/payments/p_9/capture", {"amountMinor": 1}, 404),
        ("POST", "/payments/p_1/capture", {}, 422),
        ("POST", "/payments/p_1/capture", {"amountMinor": 1}, 409),
        ("POST", "/payments/p_9/cancel", {}, 404),
        ("POST", "/payments/p_1/cancel", {}, 409),
        ("POST", "/payments/p_9/refunds", REFUND, 404),
        ("POST", "/payments/p_1/refunds", {}, 422),
        ("POST", "/payments/p_1/refunds", {**REFUND, "amountMinor": 1100}, 422),
    ],
)
def test_every_refusal_is_as_the_contract_says(
    call: Caller, method: str, path: str, body: object, status: int
) -> None:
    call.provider.pay(begun(call), notifies=False)
    before = json.dumps(call.provider.payments)

    assert call(method, path, body)[0] == status

    assert json.dumps(call.provider.payments) == before
    assert call.provider.refunds == {}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/account"), ("GET", "/payments"), ("POST", "/payments")]
)
def test_a_wrong_key_is_refused(call: Caller, method: str, path: str) -> None:
    assert call(method, path, PAYMENT, Authorization="Bearer wrong")[0] == 401
    assert call.provider.payments == {}


def test_a_call_with_the_same_key_is_answered_as_before(call: Caller) -> None:
    first = call("POST", "/payments", PAYMENT, Idempotency_Key="k")
    call.provider.pay(first[1]["id"], notifies=False)
    assert call("POST", "/payments", PAYMENT, Idempotency_Key="k") == first
    assert len(call.provider.payments) == 1
    assert call("POST", "/payments", PAYMENT, Idempotency_Key="")[0] == 422


def test_opening_the_page_pays_and_reports_as_the_contract_says(call: Caller) -> None:
    report = CONTRACT["webhooks"]["paymentChanged"]["post"]
    with receiving("/pspWebhook/custom/store_a") as receiver:
        payment_id = begun(call, notificationUrl=receiver.url)
        page = call.provider.payments[payment_id]["redirectUrl"]
        assert requests.get(page, timeout=10).text == "<p>Paid.</p>"

    [received] = receiver.received
    check(report["requestBody"]["content"]["application/json"]["schema"], received.event)
    assert received.event == {"paymentId": payment_id, "reference": "pay_1"}
    moment_s = int(received.headers["x-signature"].partition(",")[0].removeprefix("t="))
    assert received.headers["x-signature"] == psp_stand_in.sign(received.body, at_s=moment_s)
    assert call("GET", f"/payments/{payment_id}")[1]["status"] == "paid"
