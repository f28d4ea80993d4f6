"""getReward: a reward of a program, with all that is said of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.api import Api
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
        "shop": None,
        "archivedAt": None,
        "sku": "K-1",
        "forMember": None,
    }


def test_own_fields_do_not_stand_for_ours(merchant: Merchant) -> None:
    ours = ("programId", "program_id", "archivedAt", "archived_at", "forMember", "for_member")
    tea = {**TEA, "sku": "K-1", **dict.fromkeys(ours, "mine")}
    program_id = merchant.program(rewards=[tea])
    body = {"programId": program_id, "rewardId": "rw_tea"}

    shown = merchant.api.ok(ACTION, body)["reward"]
    (listed,) = merchant.api.ok("listRewards", {"programId": program_id})["rewards"]
    changed = merchant.api.ok("updateReward", {**body, "description": "Green"})["reward"]

    assert listed == shown
    assert (shown["programId"], shown["archivedAt"], shown["forMember"]) == (program_id, None, None)
    assert (shown["sku"], changed["description"]) == ("K-1", "Green")
    assert not {"program_id", "archived_at", "for_member"} & {*shown, *changed}


def test_what_is_absent_or_anothers_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    program_id = merchant.program(rewards=[TEA])
    body = {"programId": program_id, "rewardId": "rw_tea"}

    assert_refused(merchant.api(ACTION, {**body, "rewardId": "rw_x"}), 404, "REWARD_NOT_FOUND")
    assert_refused(new_merchant().api(ACTION, body), 404, "PROGRAM_NOT_FOUND")


def test_says_whether_a_member_can_have_it(merchant: Merchant) -> None:
    member = merchant.member("points", balance=3, rewards=[TEA])

    body = {"programId": member.program_id, "rewardId": "rw_tea"}
    by_key = merchant.api.ok(ACTION, {**body, "userId": "user_1"})["reward"]["forMember"]
    by_customer = merchant.customer().ok(ACTION, body)["reward"]["forMember"]

    assert by_key == by_customer
    assert (by_key["reasons"], by_key["missingPoints"]) == (["INSUFFICIENT_BALANCE"], 2)


def test_tells_the_merchant_how_many_are_left(merchant: Merchant) -> None:
    few, many = {**TEA, "stock": 3}, {**TEA, "rewardId": "rw_many", "stock": 150}
    rewards = [few, many, {**TEA, "rewardId": "rw_endless"}]
    member = merchant.member("points", balance=100, rewards=rewards)
    member.redeem(5, rewardId="rw_tea")
    merchant.api.ok("reserveLoyaltyPoints", {**member.ids, "rewardId": "rw_tea"})
    member.redeem(5, rewardId="rw_many")

    def left(reward_id: str, api: Api) -> int | None:
        body = {"programId": member.program_id, "rewardId": reward_id}
        return api.ok(ACTION, body)["piecesLeft"]

    assert [left(each, merchant.api) for each in ("rw_tea", "rw_many")] == [1, 149]
    assert left("rw_endless", merchant.api) is None
    assert left("rw_tea", merchant.customer()) is None
