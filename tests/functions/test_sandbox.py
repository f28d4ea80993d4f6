"""The sandbox refuses what live keys refuse, as far as nothing stored is needed, and adds up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.catalog import Endpoint
from shared.services.loyalty.sandbox import (
    REWARD_OUT_OF_STOCK,
    USER_INSUFFICIENT_BALANCE,
    USER_NOT_ENROLLED,
)
from tests.functions.test_forms import variants
from tests.support import psp_samples, system_samples
from tests.support.api import Answer
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.samples import KEYED, mostly_wide, naming_of
from tests.support.situations import Needs, Situation
from tests.support.traffic import watched

IDS = {"programId": "lp_any", "userId": "anybody"}
FORM = {"INVALID_PARAMETERS", "CONNECTOR_UNSUPPORTED", "INVALID_JSON"}

KNOWN_BY_WHAT_IS_STORED = {
    # Test keys take any digits: the examples of the API's documentation have no check digit.
    ("insertProduct", "ean"),
    ("bulkImportProducts", "ean"),
    # The unit is the program's, and the currency the store's.
    ("addLoyaltyPoints", "points"),
    ("redeemLoyaltyPoints", "points"),
    ("syncExternalLoyalty", "points"),
    # Who is enrolled by it gets no id that nobody can read; who has one from before keeps it.
    ("syncExternalLoyalty", "userId"),
    ("updateLoyaltyProgram", "rules"),
    ("insertProduct", "price"),
    ("registerProductToStore", "price"),
    # The target's kind is the endpoint's.
    ("updateWebhookEndpoint", "url"),
    ("updateWebhookEndpoint", "headers"),
    # The official client leaves these out in the sandbox, as its documentation does.
    ("checkIn", "userId"),
    ("checkIn", "storeId"),
    # Without `+` a phone number is read by the country of the account.
    ("createMember", "phone"),
    ("updateMember", "phone"),
    ("linkMember", "phone"),
    # Deliveries are kept for a time: the documentation's examples are older by now.
    ("recoverWebhookDeliveries", "since"),
    ("getWebhookStats", "since"),
}


@mostly_wide(KEYED)  # Each takes hundreds of requests.
def test_anything_is_taken_or_refused_and_its_form_alike_in_the_sandbox(
    endpoint: Endpoint, situate: Callable[[Needs], Situation]
) -> None:
    sample = naming_of(endpoint)
    situation = situate(sample.needs)
    for what, body in variants(situation.fill(sample.request)):
        with watched() as traffic:
            live = situation.api(endpoint.name, body)
        assert live.status < 500 or live.error == "CONNECTOR_UNAVAILABLE", (what, live.body)
        if live.error == "INVALID_PARAMETERS" or live.status == 404:
            assert traffic.written == [], what
        if live.error not in FORM:
            continue
        with nothing_written():
            test = situation.merchant.sandbox(endpoint.name, body)
        fields = live.body.get("details", {}).get("fields", {})
        if any(
            (endpoint.name, name.partition(".")[0]) in KNOWN_BY_WHAT_IS_STORED for name in fields
        ):
            continue
        assert (test.status, test.error) == (live.status, live.error), (what, live.body, test.body)


def in_sandbox(merchant: Merchant, action: str, /, **fields: Any) -> Answer:
    with nothing_written():
        return merchant.sandbox(action, {**IDS, **fields})


@pytest.mark.parametrize("points", [1, 7, 0.5, 0.25, 142, 999_999, 1_000_000_000])
def test_the_points_of_the_request_are_added_and_spent(merchant: Merchant, points: float) -> None:
    added = in_sandbox(merchant, "addLoyaltyPoints", points=points).body
    spent = in_sandbox(
        merchant, "redeemLoyaltyPoints", points=points, rewardDescription="Kaffee"
    ).body

    assert (added["pointsAdded"], added["pointsRequested"]) == (points, points)
    assert (added["previousBalance"], added["newBalance"]) == (142, 142 + points)
    assert spent["pointsRedeemed"] == points
    assert spent["previousBalance"] == max(142, points)
    assert spent["newBalance"] == max(142, points) - points
    assert in_sandbox(merchant, "getCustomerBalance").body["currentBalance"] == 142


@pytest.mark.parametrize(
    ("action", "points", "before", "after"),
    [
        ("add", 50, 100, 150),
        ("redeem", 7, 100, 93),
        ("redeem", 5_000, 5_000, 0),
        ("set", 0, 100, 0),
    ],
)
def test_an_external_system_changes_the_documented_balance(
    merchant: Merchant, action: str, points: int, before: int, after: int
) -> None:
    body = in_sandbox(merchant, "syncExternalLoyalty", action=action, points=points).body

    assert (body["previousBalance"], body["newBalance"]) == (before, after)
    assert body["message"] == f"External sync: {action} successful"


@pytest.mark.parametrize(
    ("purchase", "points", "reason"),
    [
        ({"purchaseAmount": 28.5}, 285, None),
        ({"purchaseLines": [{"amount": 31.5}, {"amount": -3, "type": "discount"}]}, 285, None),
        ({"purchaseAmount": 4.99}, 0, "minimum_purchase"),
    ],
)
def test_a_purchase_earns_by_the_documented_rules(
    merchant: Merchant, purchase: dict[str, Any], points: int, reason: str | None
) -> None:
    body = in_sandbox(merchant, "addLoyaltyPoints", **purchase).body

    assert (body["pointsAdded"], body["reason"]) == (points, reason)
    assert body["newBalance"] == 142 + points
    assert (body["entryId"] is None) == (points == 0)


@pytest.mark.parametrize(
    ("action", "fields", "status", "code"),
    [
        ("addLoyaltyPoints", {"points": 1}, 404, "MEMBERSHIP_NOT_FOUND"),
        ("redeemLoyaltyPoints", {"points": 1}, 404, "MEMBERSHIP_NOT_FOUND"),
        ("getCustomerBalance", {}, 404, "MEMBERSHIP_NOT_FOUND"),
    ],
)
def test_who_is_not_enrolled_is_refused_as_live(
    merchant: Merchant, action: str, fields: dict[str, Any], status: int, code: str
) -> None:
    member = merchant.member("points")
    text = {"rewardDescription": "x"} if action == "redeemLoyaltyPoints" else {}

    test = in_sandbox(merchant, action, userId=USER_NOT_ENROLLED, **fields, **text)
    live = merchant.api(
        action, {"programId": member.program_id, "userId": USER_NOT_ENROLLED, **fields, **text}
    )

    assert_refused(test, status, code, message=live.body["message"])


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("redeemLoyaltyPoints", {"rewardDescription": "x"}),
        ("syncExternalLoyalty", {"action": "redeem"}),
    ],
)
def test_who_has_nothing_is_refused_as_live(
    merchant: Merchant, action: str, more: dict[str, Any]
) -> None:
    member = merchant.member("points").other(USER_INSUFFICIENT_BALANCE)
    member.enroll()

    test = in_sandbox(merchant, action, userId=USER_INSUFFICIENT_BALANCE, points=7, **more)
    live = merchant.api(action, {**member.ids, "points": 7, **more})

    details = {"required": 7, "available": 0, "missing": 7}
    assert_refused(test, 400, "INSUFFICIENT_BALANCE", details, message=live.body["message"])
    assert live.body["details"] == details


def test_a_reward_that_is_sold_out_is_refused_as_live(merchant: Merchant) -> None:
    reward = {"rewardId": REWARD_OUT_OF_STOCK, "title": "T", "type": "voucher", "stock": 0}
    member = merchant.member("points", balance=50, rewards=[{**reward, "requiredPoints": 20}])

    test = in_sandbox(merchant, "redeemLoyaltyPoints", points=20, rewardId=REWARD_OUT_OF_STOCK)
    live = member.redeem(20, rewardId=REWARD_OUT_OF_STOCK)

    assert_refused(
        test, live.status, "REWARD_OUT_OF_STOCK", live.body["details"], message=live.body["message"]
    )


@pytest.mark.parametrize("provider", psp_samples.CONFIGS)
def test_a_provider_needs_what_live_keys_need(merchant: Merchant, provider: str) -> None:
    config = psp_samples.CONFIGS[provider]
    body = {"storeId": merchant.store_id, "provider": provider}

    with nothing_written():
        good = merchant.sandbox("configurePSP", {**body, "config": config})
        bad = [
            api("configurePSP", {**body, "config": {}}) for api in (merchant.api, merchant.sandbox)
        ]

    assert good.status == 200
    live, test = bad
    assert_refused(
        test, 400, "INVALID_PARAMETERS", live.body["details"], message=live.body["message"]
    )


@pytest.mark.parametrize(("kind", "system"), system_samples.CONFIGS)
def test_a_system_needs_what_live_keys_need(merchant: Merchant, kind: str, system: str) -> None:
    body = {"storeId": merchant.store_id, "system": system}
    # Credentials of shops are stored, so that their notices can be verified.
    action = {"pos": "syncPOS", "erp": "syncERP", "shop": "configureSync"}[kind]
    body |= {"kind": kind} if action == "configureSync" else {}
    credentials = system_samples.CONFIGS[kind, system]

    with nothing_written():
        good = merchant.sandbox(action, {**body, "credentials": credentials})
        bad = [
            api(action, {**body, "credentials": {"surprise": 1}})
            for api in (merchant.api, merchant.sandbox)
        ]

    assert good.status == 200
    live, test = bad
    assert_refused(
        test, 400, "INVALID_PARAMETERS", live.body["details"], message=live.body["message"]
    )


def test_ids_come_back_wherever_the_example_has_them(merchant: Merchant) -> None:
    payment = in_sandbox_only(merchant, "getPayment", paymentId="pay_mine")
    program = in_sandbox_only(merchant, "getLoyaltyProgram", programId="lp_mine")
    stores = in_sandbox_only(merchant, "fetchStores")

    assert payment["payment"]["paymentId"] == "pay_mine"
    assert program["programId"] == program["program"]["programId"] == "lp_mine"
    assert [each["storeId"] for each in stores["stores"]] == [
        "sandbox_store_001",
        "sandbox_store_002",
    ]


def in_sandbox_only(merchant: Merchant, action: str, /, **fields: Any) -> dict[str, Any]:
    with nothing_written():
        return merchant.sandbox.ok(action, fields)


MILK = {"ean": "4006381333931", "name": "Milch", "price": 1.49}
COLA = {
    "ean": "5449000000996",
    "name": "Cola",
    "brand": "C",
    "price": 0.99,
    "vat": 19,
    "flags": {"requiresHumanVerification": True},
}
WINE = {"number": "W_0815", "name": "Wein", "price": 8.9}


@pytest.mark.parametrize(("product", "key"), [(COLA, "5449000000996"), (WINE, "W%5F0815")])
def test_the_product_that_is_inserted_is_shown(
    merchant: Merchant, product: dict[str, Any], key: str
) -> None:
    answer = in_sandbox_only(merchant, "insertProduct", storeId="mine", **product)

    assert answer["productId"] == answer["product"]["productId"] == f"mine_{key}"
    assert (answer["storeId"], answer["product"]["storeId"]) == ("mine", "mine")
    assert {name: answer["product"][name] for name in product} == product
    assert answer["outcome"] == "created"


def test_a_test_key_is_told_the_same_of_a_product_as_a_live_key(merchant: Merchant) -> None:
    for product in (COLA, WINE):
        fields = {"storeId": merchant.store_id, **product}
        test = in_sandbox_only(merchant, "insertProduct", **fields)
        live = merchant.api.ok("insertProduct", fields)
        times = {"createdAt", "updatedAt"}
        shown = [
            {name: value for name, value in each["product"].items() if name not in times}
            for each in (test, live)
        ]
        assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("products", "outcomes"),
    [
        ([MILK], ["created"]),
        ([MILK, WINE, COLA], ["created"] * 3),
        ([MILK, {**MILK, "name": "Vollmilch"}, {"name": "?"}], ["created", "failed", "failed"]),
    ],
)
def test_each_row_of_an_import_gets_its_result(
    merchant: Merchant, products: list[dict[str, Any]], outcomes: list[str]
) -> None:
    fields = {"storeId": merchant.store_id, "products": products}

    test = in_sandbox_only(merchant, "bulkImportProducts", **fields)
    live = merchant.api.ok("bulkImportProducts", fields)

    assert [each["outcome"] for each in test["results"]] == outcomes
    del test["_sandbox"]
    assert test == live


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (
            {"productId": "mine_5449000000996"},
            {"productId": "mine_5449000000996", "storeId": "mine", "ean": "5449000000996"},
        ),
        (
            {"productId": "5449000000996", "storeId": "mine"},
            {"productId": "mine_5449000000996", "storeId": "mine", "ean": "5449000000996"},
        ),
        (
            {"productId": "mine_W%5F0815", "storeId": "mine"},
            {"productId": "mine_W%5F0815", "ean": None, "number": "W_0815"},
        ),
        ({"productId": "anything"}, {"productId": "anything"}),
    ],
)
def test_the_product_that_is_named_is_shown(
    merchant: Merchant, fields: dict[str, str], shown: dict[str, Any]
) -> None:
    product = in_sandbox_only(merchant, "fetchProduct", **fields)["product"]

    assert {name: product[name] for name in shown} == shown


def test_a_product_is_registered_under_its_number_at_its_price(merchant: Merchant) -> None:
    fields = {"productId": "mine_5449000000996", "storeId": "other", "price": 2.5}

    answer = in_sandbox_only(merchant, "registerProductToStore", **fields)

    product = answer["product"]
    assert (answer["storeId"], product["storeId"]) == ("other", "other")
    assert (product["productId"], product["price"]) == ("other_5449000000996", 2.5)
    listed = in_sandbox_only(merchant, "fetchProducts", storeId="other")["products"]
    assert [each["productId"] for each in listed] == ["other_4006381333931"]


@pytest.mark.parametrize(
    ("store_id", "shown"),
    [
        ("sandbox_store_001", "sandbox_store_001"),
        ("sandbox_store_002", "sandbox_store_002"),
        ("any", "sandbox_store_001"),
    ],
)
def test_the_store_that_is_named_is_shown(merchant: Merchant, store_id: str, shown: str) -> None:
    assert in_sandbox_only(merchant, "fetchStore", storeId=store_id)["store"]["storeId"] == shown


def test_one_store_is_listed_if_it_is_named(merchant: Merchant) -> None:
    answer = in_sandbox_only(merchant, "fetchStores", storeId="sandbox_store_002")

    assert [each["storeId"] for each in answer["stores"]] == ["sandbox_store_002"]
    assert answer["count"] == 1


HOOK = {"storeId": "mine", "url": "https://example.com/mine", "events": ["payment.paid"]}
QUEUE = {
    "kind": "aws_sqs",
    "queueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/events.fifo",
    "credentials": {"type": "role", "roleArn": "arn:aws:iam::123456789012:role/punktwerk"},
}


@pytest.mark.parametrize("action", ["createWebhookEndpoint", "getLoyaltyWebhookEvents"])
def test_the_webhook_that_is_described_is_shown(merchant: Merchant, action: str) -> None:
    answer = in_sandbox_only(merchant, action, **HOOK, source="erp", secret="short")

    webhook = answer["webhook"] if "webhook" in answer else answer["webhooks"][0]
    assert {name: webhook[name] for name in HOOK} == HOOK
    assert (webhook["source"], webhook["isEnabled"]) == ("erp", True)
    assert answer["secret"] == "short"
    assert "fewer than 16 characters" in answer["warning"]


def test_a_queue_is_shown_without_credentials(merchant: Merchant) -> None:
    fields = {"storeId": merchant.store_id, "destination": QUEUE, "events": ["*"]}

    test = in_sandbox_only(merchant, "createWebhookEndpoint", **fields)["webhook"]
    live = merchant.api.ok("createWebhookEndpoint", fields)["webhook"]

    own = {"webhookId", "createdAt", "updatedAt"}
    assert {**test, **dict.fromkeys(own)} == {**live, **dict.fromkeys(own)}


def test_a_list_of_webhooks_shows_no_secret(merchant: Merchant) -> None:
    answer = in_sandbox_only(merchant, "getLoyaltyWebhookEvents", storeId="mine")

    assert (answer["webhookId"], answer["secret"]) == (None, None)
    assert [each["storeId"] for each in answer["webhooks"]] == ["mine"]


def test_a_change_of_a_webhook_is_shown(merchant: Merchant) -> None:
    changes = {"webhookId": "we_mine", "url": "https://example.com/new", "events": ["payment.*"]}

    changed = in_sandbox_only(merchant, "updateWebhookEndpoint", **changes)["webhook"]
    disabled = in_sandbox_only(
        merchant, "updateWebhookEndpoint", webhookId="we_mine", isEnabled=False
    )["webhook"]

    assert {name: changed[name] for name in changes} == changes
    assert (disabled["isEnabled"], disabled["disabledReason"]) == (False, "owner")
    assert disabled["disabledAt"] == "2026-03-03T12:00:00.000Z"
