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
from tests.support.samples import KEYED, naming_of
from tests.support.situations import Needs, Situation

IDS = {"programId": "lp_any", "userId": "anybody"}
FORM = {"INVALID_PARAMETERS", "CONNECTOR_UNSUPPORTED", "INVALID_JSON"}

every_endpoint = pytest.mark.parametrize("endpoint", KEYED, ids=lambda each: each.name)

KNOWN_BY_WHAT_IS_STORED = {
    # Test keys take any digits: the examples of the API's documentation have no check digit.
    ("insertProduct", "ean"),
    ("bulkImportProducts", "ean"),
    # The unit is the program's, and the currency the store's.
    ("addLoyaltyPoints", "points"),
    ("redeemLoyaltyPoints", "points"),
    ("syncExternalLoyalty", "points"),
    ("updateLoyaltyProgram", "rules"),
    ("insertProduct", "price"),
    ("registerProductToStore", "price"),
    # The target's kind is the endpoint's.
    ("updateWebhookEndpoint", "url"),
    ("updateWebhookEndpoint", "headers"),
    # Deliveries are kept for a time: the documentation's examples are older by now.
    ("recoverWebhookDeliveries", "since"),
    ("getWebhookStats", "since"),
}


@every_endpoint
def test_refuses_the_form_that_live_keys_refuse(
    endpoint: Endpoint, situate: Callable[[Needs], Situation]
) -> None:
    sample = naming_of(endpoint)
    situation = situate(sample.needs)
    for what, body in variants(situation.fill(sample.request)):
        live = situation.api(endpoint.name, body)
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
    action = {"pos": "syncPOS", "erp": "syncERP"}[kind]
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


def in_sandbox_only(merchant: Merchant, action: str, **fields: str) -> dict[str, Any]:
    with nothing_written():
        return merchant.sandbox.ok(action, fields)
