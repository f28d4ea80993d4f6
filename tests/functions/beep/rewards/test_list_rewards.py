"""listRewards: all rewards of a program, and for a member what a redemption would answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.store import client
from shared.store.loyalty import stock_documents
from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused
from tests.support.reservations import reserve

ACTION = "listRewards"
REWARD = {"title": "Coffee", "type": "free_product", "requiredPoints": 40}
ONCE = [{"timesPerPeriod": 1, "period": "day"}]


@pytest.fixture
def member(merchant: Merchant) -> Member:
    """A member with 100 points, and a reward of each kind."""
    return merchant.member(
        "tier",
        balance=100,
        rewards=[
            {**REWARD, "rewardId": "rw_coffee"},
            {**REWARD, "rewardId": "rw_dear", "requiredPoints": 120},
            {**REWARD, "rewardId": "rw_gold", "requiredTier": "Gold"},
            {**REWARD, "rewardId": "rw_off", "isActive": False},
            {**REWARD, "rewardId": "rw_gone", "stock": 0},
            {**REWARD, "rewardId": "rw_left", "stock": 1},
            {**REWARD, "rewardId": "rw_once", "limits": ONCE, "requiredPoints": 1},
        ],
    )


def listed(member: Member, **fields: Any) -> dict[str, dict[str, Any]]:
    rewards = member.api.ok(ACTION, {**member.ids, **fields})["rewards"]
    return {each["rewardId"]: each for each in rewards}


def reasons(member: Member, **fields: Any) -> dict[str, list[str]]:
    found = listed(member, **fields)
    return {name: each["forMember"]["reasons"] for name, each in found.items()}


def redeemed(member: Member, reward: dict[str, Any]) -> Answer:
    return member.redeem(reward["requiredPoints"], rewardId=reward["rewardId"])


def test_what_it_says_is_what_a_redemption_answers(member: Member) -> None:
    assert member.redeem(1, rewardId="rw_once").status == 200
    expected = {
        "rw_coffee": [],
        "rw_dear": ["INSUFFICIENT_BALANCE"],
        "rw_gold": ["TIER_REQUIRED"],
        "rw_off": ["REWARD_UNAVAILABLE"],
        "rw_gone": ["REWARD_OUT_OF_STOCK"],
        "rw_left": [],
        "rw_once": ["REWARD_LIMIT_REACHED"],
    }

    found = listed(member)

    assert reasons(member) == expected
    assert found["rw_dear"]["forMember"] == {
        "canRedeem": False,
        "reasons": ["INSUFFICIENT_BALANCE"],
        "message": "The balance of 99 does not cover 120.",
        "missingPoints": 21,
        "availableFrom": None,
    }
    for name, why in expected.items():
        answer = reserve(member, rewardId=name)
        assert [answer.error] == (why or [None]), name
        if answer.status == 200:
            body = {**member.ids, "reservationId": answer.body["reservationId"]}
            member.api.ok("voidLoyaltyRedemption", body)
        answer = redeemed(member, found[name])
        assert [answer.error] == (why or [None]), name
        if answer.status == 200:
            body = {**member.ids, "redemptionId": answer.body["redemptionId"]}
            member.api.ok("cancelRedemption", body)


def test_what_is_reserved_is_not_to_be_had_until_it_ends(
    frozen_clock: Clock, member: Member
) -> None:
    other = member.other("user_2")
    other.enroll()
    other.earn(100)
    assert reserve(other, rewardId="rw_left").status == 200
    assert reserve(member, rewardId="rw_once").status == 200

    before = reasons(member)
    frozen_clock.advance(minutes=15)
    after = reasons(member)

    names = ("rw_left", "rw_once")
    assert [before[name] for name in names] == [["REWARD_OUT_OF_STOCK"], ["REWARD_LIMIT_REACHED"]]
    assert [after[name] for name in names] == [[], []]


def test_a_piece_in_another_shard_is_a_piece(merchant: Merchant) -> None:
    member = merchant.member("points", balance=100, rewards=[{**REWARD, "stock": 20}])
    (reward_id,) = listed(member)
    paths = [stock_documents.path(member.program_id, reward_id, shard) for shard in range(2)]

    def left(first: int, second: int) -> list[str]:
        for path, remaining in zip(paths, (first, second), strict=True):
            read = client.get_one(path)
            stock = replace(stock_documents.decode(read), remaining=remaining)
            client.commit([stock_documents.change(read, stock)])
        return reasons(member)[reward_id]

    assert left(1, 0) == []
    assert left(0, 1) == []
    assert left(0, 0) == ["REWARD_OUT_OF_STOCK"]


def test_a_customer_sees_what_it_would_take_before_joining(member: Member) -> None:
    body = {"programId": member.program_id}
    stranger = member.merchant.customer("user_9")

    found = stranger.ok(ACTION, body)["rewards"]
    own = member.merchant.customer().ok(ACTION, body)["rewards"]

    assert {tuple(each["forMember"]["reasons"]) for each in found} == {("MEMBERSHIP_NOT_FOUND",)}
    assert [each["forMember"]["missingPoints"] for each in found][:2] == [40, 120]
    assert own == list(listed(member).values())


def test_without_a_member_nothing_is_read(member: Member) -> None:
    member.api.ok(ACTION, {"programId": member.program_id})
    usage = client.start_usage()

    found = member.api.ok(ACTION, {"programId": member.program_id})

    assert (usage.reads, found["count"]) == (0, 7)
    assert {each["forMember"] for each in found["rewards"]} == {None}


def test_an_archived_reward_is_listed_if_asked_for(member: Member) -> None:
    body = {"programId": member.program_id, "rewardId": "rw_coffee"}
    member.api.ok("archiveReward", body)

    with_archived = listed(member, includeArchived=True)

    assert "rw_coffee" not in listed(member)
    assert list(with_archived)[-1] == "rw_coffee"
    assert with_archived["rw_coffee"]["forMember"]["reasons"] == ["REWARD_UNAVAILABLE"]


def test_the_old_id_of_a_merged_member_leads_to_the_new_one(member: Member) -> None:
    other = member.other("user_2")
    other.enroll()
    other.earn(50)
    body = {"fromUserId": "user_1", "intoUserId": "user_2"}
    member.api.ok("mergeMembers", {"storeId": member.merchant.store_id, **body})

    assert reasons(member)["rw_dear"] == []


def test_another_accounts_program_is_not_found(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    assert_refused(new_merchant().api(ACTION, member.ids), 404, "PROGRAM_NOT_FOUND")
