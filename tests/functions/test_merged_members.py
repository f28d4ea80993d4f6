"""What each action does with the id of a member who was merged into another one: it is decided.

A new action that takes a ``userId`` fails here, until the tables say what it does.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.catalog import ENDPOINTS, Endpoint
from shared.store import client, paths
from tests.support.samples import Sample, first_of, samples_of
from tests.support.situations import Situation

NEW = "user_who_took_over"
FORWARDS = {
    "activateLoyaltyPoints",
    "addToWallet",
    "addLoyaltyPoints",
    "adjustLoyaltyPoints",
    "bulkAddLoyaltyPoints",
    "cancelRedemption",
    "calculateLoyaltyPoints",
    "checkIn",
    "claimReceipt",
    "commitLoyaltyRedemption",
    "enrollInLoyaltyProgram",
    "extendExpiry",
    "exportMember",
    "fetchPurchaseHistory",
    "getCustomerBalance",
    "getLoyaltyTransaction",
    "getLoyaltyTransactions",
    "getMember",
    "getMemberCode",
    "getRedemption",
    "getPushSettings",
    "getReferralCode",
    "getReward",
    "identifyMember",
    "importMembers",
    "leaveLoyaltyProgram",
    "linkShopCustomer",
    "listClickCollectOrders",
    "listMembers",
    "listReceiptClaims",
    "listRedemptions",
    "listRewards",
    "quoteLoyaltyPayment",
    "reactivateMember",
    "redeemLoyaltyPoints",
    "reserveLoyaltyPoints",
    "reverseLoyaltyTransaction",
    "startCheckout",
    "submitClickCollectOrder",
    "suspendMember",
    "syncExternalLoyalty",
    "syncOfflineTransactions",
    "trackLoyaltyEvent",
    "transferLoyaltyPoints",
    "updateMember",
    "voidLoyaltyRedemption",
    "subscribeToPush",
    "unsubscribeFromPush",
}
"""They concern the member who took over, and are answered as for them."""
REFUSES = {
    "createMember": "MEMBER_EXISTS",
    "linkMember": "MEMBER_MERGED",
    "mergeMembers": "MEMBER_MERGED",
}
OTHERWISE = {
    "eraseMember": "Both are erased: see its own test.",
    "processPayment": "It is booked when it is paid: see the test of payment_points.",
    "verifyLedger": "It proves the books of the membership that is named, merged or not.",
    **dict.fromkeys(
        ("addStaffMember", "updateStaffMember", "removeStaffMember"),
        "The user is somebody who works for the merchant, not a member.",
    ),
    "listShopWrites": "A code names the member who redeemed it, and is found by that.",
    "listEvents": "What was told names the member by the id of then, and is found by that.",
}
KEPT = {
    "listMembers": ["members"],  # The one who was merged is listed, and as `merged`.
    "exportMember": ["data"],  # Documents as they are stored.
    "importMembers": ["results"],  # A row that failed is told as it was sent.
}
"""Parts of answers that name a member by the id of then, and why."""
FIELDS = {"listClickCollectOrders": {"userId": "{userId}"}}
"""Fields beside those of the first request, where no request names a user."""


def names_a_user(endpoint: Endpoint) -> bool:
    """Tell whether requests name a user, by a field of this name or in another one."""
    schema = json.dumps(importlib.import_module(endpoint.module).Request.model_json_schema())
    return "userId" in schema or "UserId" in schema or _sample(endpoint) is not None


def _sample(endpoint: Endpoint) -> Sample | None:
    found = (each for each in samples_of(endpoint) if not each.is_by_customer)
    return next((each for each in found if "{userId}" in json.dumps(each.request)), None)


DECIDED = {*FORWARDS, *REFUSES, *OTHERWISE}
ASKED = [each for each in ENDPOINTS if each.name in DECIDED - OTHERWISE.keys()]


def test_every_action_that_names_a_user_has_decided() -> None:
    assert {each.name for each in ENDPOINTS if names_a_user(each)} == DECIDED
    assert len(DECIDED) == len(FORWARDS) + len(REFUSES) + len(OTHERWISE)


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize("endpoint", ASKED, ids=lambda each: each.name)
def test_does_so(endpoint: Endpoint, situate: Callable[..., Situation]) -> None:
    sample = _sample(endpoint) or first_of(endpoint)
    situation = situate(sample.needs)
    old, api = situation.names["userId"], situation.api
    for user_id in (old, NEW):
        api("createMember", {"userId": user_id})  # They may be there already.
    api.ok("mergeMembers", {"fromUserId": old, "intoUserId": NEW})
    request = situation.fill({**sample.request, **FIELDS.get(endpoint.name, {})})
    owned = [paths.account_member(situation.merchant.account_id, old)]
    if "programId" in situation.names:
        owned.append(paths.member(paths.membership_id(situation.names["programId"], old)))
    before = client.get(owned)

    answer = sample.send(api, request)

    assert client.get(owned) == before
    if endpoint.name in REFUSES:
        assert answer.error == REFUSES[endpoint.name]
        return
    assert answer.status == sample.status, answer.body
    told = {**answer.body, **dict.fromkeys(KEPT.get(endpoint.name, ()))}
    assert old not in named(told), "whose data it is, is the member who took over"
    if endpoint.is_read:
        by_new_id = sample.send(api, renamed(request, old))
        assert renamed(answer.body, old) == renamed(by_new_id.body, old)


def named(value: Any) -> set[str]:
    """Return the users whom an answer names, wherever it does."""
    if isinstance(value, list):
        return {user_id for each in value for user_id in named(each)}
    if not isinstance(value, dict):
        return set()
    own = {value[each] for each in ("userId", "claimedBy") if isinstance(value.get(each), str)}
    return own | {user_id for each in value.values() for user_id in named(each)}


def renamed(value: Any, old: str) -> Any:
    return json.loads(json.dumps(value).replace(old, NEW))
