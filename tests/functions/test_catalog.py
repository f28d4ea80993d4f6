"""What every endpoint of the catalog has and refuses, whichever it is."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from functions.catalog import ENDPOINT_BY_NAME, ENDPOINTS, Endpoint
from shared import clock, ids
from shared.domain.accounts.packages import Package
from shared.domain.loyalty import loyalty_events
from shared.domain.payments.payments import Stage
from shared.domain.systems.syncs import Kind
from shared.schemas.base import RequestModel, ResponseModel
from shared.services.events import emission
from shared.store import paths
from shared.store.payments import payment_documents, psp_documents
from shared.store.systems import sync_documents
from shared.store.webhooks import endpoint_documents
from tests.support import erps, stored
from tests.support.api import Answer, Api
from tests.support.merchants import RULES, Member, Merchant
from tests.support.payments import RETURN_URL, Till
from tests.support.refusals import assert_refused, nothing_written
from tests.support.system_samples import CONFIGS
from tests.support.traffic import watched
from tools.korona_stand_in import StandIn as TillStandIn
from tools.psp_stand_in import API_KEY, NOTIFICATION_SECRET, StandIn

SYNCING = {
    "syncPOS",
    "pushToPOS",
    "syncERP",
    "pushToERP",
    "getSyncStatus",
    "configureSync",
    "deleteSyncConfiguration",
}
YESTERDAY = clock.to_wire(clock.utc_now() - timedelta(days=1))


MILK = {"ean": "4006381333931", "name": "Bio-Vollmilch 3,5%", "price": 1.49}


SALE = {
    "recordId": "sale_1",
    "soldAt": "2026-03-03T12:00:00.000Z",
    "total": 298,
    "lines": [
        {"name": "Milk", "quantity": 2, "unitPrice": 149, "vatPercent": 7, "ean": MILK["ean"]}
    ],
    "payments": [{"paidBy": "card", "amount": 298}],
}


def milk_of(member: Member) -> str:
    """Return the id of the milk that a member's store sells, if it sells any."""
    return paths.product_id(member.merchant.store_id, MILK["ean"])


def event_id_of(member: Member) -> str:
    """Return the id of the event that tells a member's enrolment."""
    return loyalty_events.enrollment_event_id(member.membership_id)


BODIES: dict[str, Callable[[Member], dict[str, Any]]] = {
    "createLoyaltyProgram": lambda member: {
        "storeId": member.merchant.store_id,
        "programName": "Stempelkarte",
        "programType": "stamps",
        "rules": RULES["stamps"],
    },
    "updateLoyaltyProgram": lambda member: {"programId": member.program_id, "isActive": True},
    "getLoyaltyProgram": lambda member: {"programId": member.program_id},
    "getLoyaltyPrograms": lambda member: {"storeId": member.merchant.store_id},
    "enrollInLoyaltyProgram": lambda member: member.ids,
    "addLoyaltyPoints": lambda member: {**member.ids, "points": 5},
    "redeemLoyaltyPoints": lambda member: {**member.ids, "points": 5, "rewardDescription": "x"},
    "getLoyaltyAnalytics": lambda member: {"programId": member.program_id},
    "getCustomerBalance": lambda member: member.ids,
    "getLoyaltyWebhookEvents": lambda member: {
        "storeId": member.merchant.store_id,
        "url": "https://example.com/hook",
        "events": ["loyalty.*"],
    },
    "createWebhookEndpoint": lambda member: {
        "storeId": member.merchant.store_id,
        "url": "https://example.com/another",
        "events": ["*"],
    },
    "listWebhookEndpoints": lambda member: {"storeId": member.merchant.store_id},
    "updateWebhookEndpoint": lambda member: {"webhookId": webhook_of(member), "isEnabled": True},
    "deleteWebhookEndpoint": lambda member: {"webhookId": webhook_of(member)},
    "rotateWebhookSecret": lambda member: {"webhookId": webhook_of(member)},
    "sendTestWebhookEvent": lambda member: {
        "webhookId": webhook_of(member),
        "type": "loyalty.enrollment",
    },
    "getWebhookStats": lambda member: {"webhookId": webhook_of(member), "since": YESTERDAY},
    "listWebhookDeliveries": lambda member: {"storeId": member.merchant.store_id},
    "getWebhookDelivery": lambda member: {"deliveryId": delivery_id_of(member)},
    "retryWebhookDelivery": lambda member: {"deliveryId": delivery_id_of(member)},
    "recoverWebhookDeliveries": lambda member: {
        "webhookId": webhook_of(member),
        "since": YESTERDAY,
    },
    "getEvent": lambda member: {"eventId": event_id_of(member)},
    "listEvents": lambda member: {"storeId": member.merchant.store_id},
    "syncExternalLoyalty": lambda member: {**member.ids, "action": "add", "points": 5},
    "configurePSP": lambda member: {
        "storeId": member.merchant.store_id,
        "provider": "custom",
        "config": {
            "apiUrl": provider_of(member),
            "apiKey": API_KEY,
            "notificationSecret": NOTIFICATION_SECRET,
        },
        "isDefault": True,
    },
    "getPSPConfiguration": lambda member: {"storeId": member.merchant.store_id},
    "deletePSPConfiguration": lambda member: {
        "storeId": member.merchant.store_id,
        "provider": "custom",
    },
    "processPayment": lambda member: {
        "storeId": member.merchant.store_id,
        "amount": 1099,
        "currency": "EUR",
        "purchaseId": "order_9",
        "returnUrl": RETURN_URL,
    },
    "capturePayment": lambda member: {"paymentId": payment_of(member, Stage.AUTHORIZED)},
    "cancelPayment": lambda member: {"paymentId": payment_of(member, Stage.AUTHORIZED)},
    "refundPayment": lambda member: {"paymentId": payment_of(member, Stage.PAID)},
    "getPayment": lambda member: {"paymentId": payment_of(member, Stage.PAID)},
    "listPayments": lambda member: {"storeId": member.merchant.store_id},
    "syncPOS": lambda member: {"storeId": member.merchant.store_id, "system": "korona"},
    "pushToPOS": lambda member: {
        "storeId": member.merchant.store_id,
        "system": "korona",
        "dataType": "receipt",
        "records": [SALE],
    },
    "syncERP": lambda member: {
        "storeId": member.merchant.store_id,
        "system": "generic",
        "credentials": erps.FILES,
    },
    "pushToERP": lambda member: {
        "storeId": member.merchant.store_id,
        "system": "generic",
        "dataType": "sales_record",
        "records": [SALE],
        "credentials": CONFIGS["erp", "generic"],
    },
    "getSyncStatus": lambda member: {"storeId": member.merchant.store_id},
    "configureSync": lambda member: {
        "storeId": member.merchant.store_id,
        "kind": "pos",
        "system": "korona",
        "credentials": till_credentials_of(member),
        "schedule": "nightly",
    },
    "deleteSyncConfiguration": lambda member: {
        "storeId": member.merchant.store_id,
        "kind": "pos",
        "system": "korona",
    },
    "fetchStores": lambda member: {"storeId": member.merchant.store_id},
    "fetchStore": lambda member: {"storeId": member.merchant.store_id},
    "insertProduct": lambda member: {"storeId": member.merchant.store_id, **MILK},
    "bulkImportProducts": lambda member: {"storeId": member.merchant.store_id, "products": [MILK]},
    "fetchProducts": lambda member: {"storeId": member.merchant.store_id},
    "fetchProduct": lambda member: {"productId": milk_of(member)},
    "registerProductToStore": lambda member: {
        "productId": milk_of(member),
        "storeId": member.merchant.store_id,
    },
}
"""A good request for each endpoint."""


@pytest.fixture
def member(request: pytest.FixtureRequest, member: Member) -> Member:
    """A member whose enrolment has been told, so that there is one of everything.

    Tests of payments find an authorized and a paid one besides, and their provider; tests of
    products find one, and tests of syncs a till system.
    """
    hook = {"url": "https://example.com/first", "events": ["loyalty.enrollment"]}
    member.api.ok("createWebhookEndpoint", {"storeId": member.merchant.store_id, **hook})
    emission.member_enrolled(member.membership_id)
    if "endpoint" not in request.fixturenames:
        return member
    endpoint = request.getfixturevalue("endpoint")
    if takes_payments(endpoint):
        pay(member.merchant, request.getfixturevalue("shared_provider"), request)
    if endpoint.name in SYNCING:
        till: TillStandIn = request.getfixturevalue("shared_till")
        body = {"storeId": member.merchant.store_id, "kind": "pos", "system": "korona"}
        member.api.ok("configureSync", {**body, "credentials": till.credentials})
    if is_of_products(endpoint):
        member.api.ok("insertProduct", BODIES["insertProduct"](member))
    return member


def takes_payments(endpoint: Endpoint) -> bool:
    """Tell whether an endpoint is about payments."""
    return "PSP" in endpoint.name or "Payment" in endpoint.name


def is_of_products(endpoint: Endpoint) -> bool:
    """Tell whether an endpoint is about products."""
    return endpoint.noun == "catalog"


def is_of_catalog(endpoint: Endpoint) -> bool:
    """Tell whether an endpoint is about products or stores."""
    return is_of_products(endpoint) or endpoint.noun == "stores"


def pay(merchant: Merchant, provider: StandIn, request: pytest.FixtureRequest) -> None:
    """Have a store make an authorized and a paid payment."""
    till = Till(merchant, provider, request.getfixturevalue("app"))
    assert till.configure().status == 200
    till.paid(purchaseId="order_1", captureLater=True)
    till.paid(purchaseId="order_2")


every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: each.name)
every_read = pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if each.is_read], ids=lambda each: each.name
)
every_write = pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if not each.is_read], ids=lambda each: each.name
)


def webhook_of(member: Member) -> str:
    """Return the first webhook endpoint of a member's store, one that is none if it has none."""
    found = endpoint_documents.list_of_store(member.merchant.store_id)
    return found[0].endpoint_id if found else ids.new("we")


def delivery_id_of(member: Member) -> str:
    """Return the id of the delivery that tells a member's enrolment to their store's webhook."""
    return f"{event_id_of(member)}_{webhook_of(member)}"


def provider_of(member: Member) -> str:
    """Return where the payment provider of a member's store is, elsewhere if it has none."""
    found = psp_documents.find(member.merchant.store_id)
    return str(found.accounts[0].visible["apiUrl"]) if found else "https://pay.example.com"


def till_credentials_of(member: Member) -> dict[str, Any]:
    """Return what lets into the till system of a member's store, elsewhere if it has none."""
    found = sync_documents.find_connection(member.merchant.store_id, Kind.POS, "korona")
    url = str(found.visible["baseUrl"]) if found else "http://127.0.0.1:1"
    return TillStandIn(url).credentials


def payment_of(member: Member, stage: Stage) -> str:
    """Return a payment of a member's store, one that is none if there is none."""
    found = payment_documents.list_page(member.merchant.store_id, stage=stage, limit=1)
    return found[0].payment_id if found else f"pay_{ids.digest(member.program_id)[:28]}"


def body_of(endpoint: Endpoint, member: Member) -> dict[str, Any]:
    return BODIES[endpoint.name](member)


def absent(member: Member) -> Member:
    """Return somebody whose store and program do not exist, with ids as long as real ones."""
    merchant = Merchant("acc", ids.new("store"), member.merchant.api, member.merchant.sandbox)
    return Member(merchant, ids.new("lp"), member.user_id)


def text_without_ids(answer: Answer, named: Member) -> str:
    """Return status, body and headers of an answer, whatever was named in the request."""
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    text = json.dumps([answer.status, answer.body, headers])
    names = {
        answer.headers["X-Request-Id"]: "request",
        named.merchant.store_id: "store",
        named.program_id: "program",
        event_id_of(named): "event",
    }
    for name, word in names.items():
        text = text.replace(name, word)
    text = re.sub(r"pay_[0-9a-f]{28}", "payment", text)
    return re.sub(r"we_[a-z0-9]{20}", "webhook", text)


def test_every_endpoint_has_a_request_here() -> None:
    assert list(BODIES) == [endpoint.name for endpoint in ENDPOINTS]


def test_names_and_aliases_are_unique() -> None:
    names = [name for endpoint in ENDPOINTS for name in (endpoint.name, *endpoint.aliases)]

    assert sorted(names) == sorted(ENDPOINT_BY_NAME)


@every_endpoint
def test_has_models_an_example_and_a_handler(endpoint: Endpoint) -> None:
    module = importlib.import_module(endpoint.module)

    assert issubclass(module.Request, RequestModel)
    assert issubclass(module.Response, ResponseModel)
    assert callable(module.handle)
    assert module.EXAMPLE.keys() == {
        field.alias
        for name, field in module.Response.model_fields.items()
        if name not in {"is_replay", "duplicate", "file"}
    }


@every_endpoint
def test_answers_a_good_request(endpoint: Endpoint, member: Member) -> None:
    answer = member.api(endpoint.name, body_of(endpoint, member))

    assert (answer.status, answer.body["success"]) == (200, True)
    assert "_sandbox" not in answer.body
    module = importlib.import_module(endpoint.module)
    assert answer.body.keys() - {"file"} == module.EXAMPLE.keys()


@every_read
def test_a_read_takes_get_and_writes_nothing(endpoint: Endpoint, member: Member) -> None:
    body = body_of(endpoint, member)

    with nothing_written():
        posted, got = member.api(endpoint.name, body), member.api.get(endpoint.name, body)

    assert (got.status, got.body) == (200, posted.body)


@every_write
def test_a_write_does_not_take_get(endpoint: Endpoint, member: Member) -> None:
    with nothing_written():
        answer = member.api.get(endpoint.name)

    details = {"allowed": ["POST", "OPTIONS"]}
    assert_refused(answer, 405, "METHOD_NOT_ALLOWED", details, message="Use POST.")


@every_endpoint
def test_needs_a_key(endpoint: Endpoint, anonymous: Api, member: Member) -> None:
    with nothing_written():
        answer = anonymous(endpoint.name, body_of(endpoint, member))

    assert_refused(answer, 401, "MISSING_AUTH_HEADER")


@every_endpoint
@pytest.mark.parametrize("package", list(Package))
def test_needs_its_package(
    endpoint: Endpoint, new_merchant: Callable[..., Merchant], package: Package
) -> None:
    merchant = new_merchant(package)

    with watched() as traffic:
        answer = merchant.api(endpoint.name, {"surprise": 1})
        test_answer = merchant.sandbox(endpoint.name, {"surprise": 1})

    assert traffic.written == []
    assert test_answer.error == "INVALID_PARAMETERS"
    if package.includes(endpoint.package):
        assert answer.error == "INVALID_PARAMETERS"
        return
    assert_refused(
        answer,
        403,
        "ENDPOINT_NOT_ALLOWED",
        message=f"{endpoint.name} needs the package {endpoint.package}.",
        requiredUpgrade=endpoint.package,
        currentPackage=package,
    )


def test_each_part_of_the_product_needs_its_package() -> None:
    needed = {endpoint.name: endpoint.package for endpoint in ENDPOINTS}
    of_payments = {each.name for each in ENDPOINTS if takes_payments(each)}

    assert needed.pop("syncExternalLoyalty") is Package.PRIME
    assert {needed.pop(name) for name in of_payments} == {Package.GROW}
    assert len(of_payments) == 9
    assert {needed.pop(name) for name in SYNCING} == {Package.GROW}
    of_catalog = {each.name for each in ENDPOINTS if is_of_catalog(each)}
    assert {needed.pop(name) for name in of_catalog} == {Package.DISCOVER}
    assert set(needed.values()) == {Package.GO}


@every_endpoint
def test_what_belongs_to_another_account_does_not_exist(
    endpoint: Endpoint, member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    stranger = new_merchant().api
    nobody = absent(member)
    before = stored.of_member(member), stored.of_program(member.merchant, member.program_id)

    with nothing_written():
        theirs = stranger(endpoint.name, body_of(endpoint, member))
        nothing = stranger(endpoint.name, body_of(endpoint, nobody))

    assert theirs.status == 404
    assert text_without_ids(theirs, member) == text_without_ids(nothing, nobody)
    assert before == (
        stored.of_member(member),
        stored.of_program(member.merchant, member.program_id),
    )


@every_endpoint
def test_what_belongs_to_another_account_does_not_exist_under_ones_own_store(
    endpoint: Endpoint, member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    stranger, nobody = new_merchant(), absent(member)
    own = {"X_Beep_Store_Id": stranger.store_id}

    def ask(whose: Member) -> Answer:
        body = body_of(endpoint, whose)
        return stranger.api(endpoint.name, body, idempotency_key="k1", **own)

    with nothing_written():
        theirs, nothing = ask(member), ask(nobody)

    assert theirs.status == 404
    assert text_without_ids(theirs, member) == text_without_ids(nothing, nobody)


@pytest.mark.parametrize(
    "action", ["addLoyaltyPoints", "redeemLoyaltyPoints", "getCustomerBalance"]
)
def test_a_member_of_another_account_does_not_exist(
    action: str, member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    own = new_merchant().member("points").other("somebody")
    member.other(own.user_id).enroll()
    nobody = own.other("s-nobody")

    with nothing_written():
        theirs = own.api(action, BODIES[action](own))
        nothing = own.api(action, BODIES[action](nobody))

    message = "User somebody is not enrolled."
    assert_refused(theirs, 404, "MEMBERSHIP_NOT_FOUND", message=message)
    same = json.dumps(nothing.body).replace(nobody.user_id, own.user_id)
    assert json.loads(same) == {**theirs.body, "requestId": nothing.body["requestId"]}


@every_endpoint
def test_refuses_an_unknown_field_by_its_name(endpoint: Endpoint, member: Member) -> None:
    body = {**body_of(endpoint, member), "surprise": 1}

    with nothing_written():
        answers = [api(endpoint.name, body) for api in (member.api, member.merchant.sandbox)]

    for answer in answers:
        details = {"fields": {"surprise": "is not a known field"}}
        message = "surprise is not a known field."
        assert_refused(answer, 400, "INVALID_PARAMETERS", details, message=message)


@every_endpoint
def test_the_sandbox_answers_with_the_example_and_writes_nothing(
    endpoint: Endpoint, member: Member
) -> None:
    module = importlib.import_module(endpoint.module)
    body = body_of(endpoint, absent(member))

    with watched() as traffic:
        answer = member.merchant.sandbox(endpoint.name, body, idempotency_key="k1")

    echoed = {name: value for name, value in body.items() if name in module.EXAMPLE}
    assert answer.status == 200
    assert answer.body == {**module.EXAMPLE, **echoed, "_sandbox": True}
    assert traffic.written == []
    assert not answer.is_replay


@every_endpoint
def test_is_a_function_of_its_own_too(endpoint: Endpoint, app: Flask, member: Member) -> None:
    import functions_framework

    alone = functions_framework.create_app(endpoint.name, "main.py")
    headers = {"Authorization": f"Bearer {member.merchant.sandbox.key}"}
    data = json.dumps(body_of(endpoint, member))

    refused = alone.test_client().post("/", data=data)
    answered = alone.test_client().post("/", data=data, headers=headers)

    assert (refused.status_code, refused.get_json()["error"]) == (401, "MISSING_AUTH_HEADER")
    through_gateway = member.merchant.sandbox(endpoint.name, body_of(endpoint, member))
    assert (answered.status_code, answered.get_json()) == (200, through_gateway.body)
