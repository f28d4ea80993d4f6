"""getReward: a reward of a program, with all that is said of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused

ACTION = "getReward"
TEA = {"rewardId": "rw_tea", "title": "Tea", "type": "free_product", "requiredPoints": 5}


def test_shows_a_reward_of_the_short_form_with_its_own_fields(merchant: Merchant) -> None:
    program_id = merchant.program(rewards=[{**TEA, "sku": "K-1"}])

    shown = merchant.api.ok(ACTION, {"programId": program_id, "rewardId": "rw_tea"})["reward"]

    assert shown == {
        **TEA,
        "programId": program_id,
        "description": "",
        "isActive": True,
        "stock": None,
        "validFrom": None,
        "validUntil": None,
        "percentage": None,
        "amount": None,
        "productId": None,
        "limits": [],
        "requiredTier": None,
        "storeIds": [],
        "archivedAt": None,
        "sku": "K-1",
    }


def test_what_is_absent_or_anothers_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    program_id = merchant.program(rewards=[TEA])
    body = {"programId": program_id, "rewardId": "rw_tea"}

    assert_refused(merchant.api(ACTION, {**body, "rewardId": "rw_x"}), 404, "REWARD_NOT_FOUND")
    assert_refused(new_merchant().api(ACTION, body), 404, "PROGRAM_NOT_FOUND")
