"""createReward: a reward of a program, once, as its type and the program allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.accounts.packages import Package
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "createReward"
COFFEE = {
    "title": "Coffee",
    "type": "free_product",
    "requiredPoints": 40,
    "productId": "coffee",
}


@pytest.fixture
def member(merchant: Merchant) -> Member:
    """A member with 100 points."""
    return merchant.member("points", balance=100)


def create(member: Member, key: str | None = None, **fields: Any) -> Answer:
    body = {"programId": member.program_id, **COFFEE, **fields}
    return member.api(ACTION, body, idempotency_key=key)


def rewards_of(member: Member) -> list[dict[str, Any]]:
    body = member.api.ok("getLoyaltyProgram", {"programId": member.program_id})
    found: list[dict[str, Any]] = body["program"]["rewards"]
    return found


def test_a_new_reward_is_a_reward_of_the_program(member: Member) -> None:
    made = create(member, stock=1).body["reward"]
    bought = member.redeem(40, rewardId=made["rewardId"])
    refused = member.other("user_2")
    refused.enroll()
    refused.earn(100)

    assert bought.body["rewardCode"]
    assert refused.redeem(40, rewardId=made["rewardId"]).error == "REWARD_OUT_OF_STOCK"
    (listed,) = rewards_of(member)
    assert listed == {name: each for name, each in made.items() if name in listed}
    assert listed["productId"] == "coffee"
    stored.of_program(member.merchant, member.program_id)


def test_a_list_of_the_program_keeps_what_it_does_not_name(member: Member) -> None:
    limits = [{"timesPerPeriod": 1, "period": "day"}]
    reward_id = create(member, limits=limits).body["reward"]["rewardId"]
    short = {"rewardId": reward_id, "title": "Tea", "type": "free_product", "requiredPoints": 5}
    program = {"programId": member.program_id, "rewards": [short]}

    member.api.ok("updateLoyaltyProgram", program)

    shown = member.api.ok("getReward", {"programId": member.program_id, "rewardId": reward_id})
    reward = shown["reward"]
    assert (reward["title"], reward["productId"], reward["limits"]) == ("Tea", "coffee", limits)


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"productId": None}, {"productId": "is required for rewards of type free_product"}),
        ({"percentage": 10}, {"percentage": "is for rewards of type discount_percent"}),
        ({"requiredPoints": 1.5}, {"requiredPoints": "must be a whole number"}),
        ({"requiredTier": "Gold"}, {"requiredTier": "names Gold, which is no tier of the program"}),
        ({"storeIds": ["store_x"]}, {"storeIds[0]": "is no store of yours"}),
    ],
)
def test_refuses_a_field(member: Member, fields: dict[str, Any], problems: dict[str, str]) -> None:
    with nothing_written():
        answer = create(member, **fields)

    assert_fields_refused(answer, problems)


def test_another_accounts_store_is_no_store_of_yours(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        answer = create(member, storeIds=[member.merchant.store_id, other.store_id])

    assert_fields_refused(answer, {"storeIds[1]": "is no store of yours"})


def test_an_id_is_taken_once(member: Member) -> None:
    create(member, rewardId="rw_coffee")

    with nothing_written():
        answer = create(member, rewardId="rw_coffee")

    assert_refused(answer, 409, "REWARD_EXISTS")


def test_the_id_of_an_archived_reward_is_taken(member: Member) -> None:
    create(member, rewardId="rw_coffee")
    member.api.ok("archiveReward", {"programId": member.program_id, "rewardId": "rw_coffee"})

    with nothing_written():
        answer = create(member, rewardId="rw_coffee")

    fix = "Choose another `rewardId`: an archived reward cannot come back."
    assert_refused(answer, 409, "REWARD_EXISTS", fix=fix)


def test_a_program_has_a_bounded_number_of_rewards(merchant: Merchant) -> None:
    short = {"title": "Tea", "type": "free_product", "requiredPoints": 5}
    member = Member(merchant, merchant.program(rewards=[short] * 50), "user_1")

    with nothing_written():
        answer = create(member)

    assert (answer.status, answer.error) == (400, "LIMIT_EXCEEDED")


def test_a_custom_reward_needs_grow(new_merchant: Callable[..., Merchant]) -> None:
    member = new_merchant(Package.GO).member("points")
    with nothing_written():
        answer = create(member, type="evening")

    assert (answer.status, answer.error) == (403, "ENDPOINT_NOT_ALLOWED")
    assert create(member).status == 200


def test_another_accounts_program_is_not_found(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()
    with nothing_written():
        answer = other.api(ACTION, {"programId": member.program_id, **COFFEE})

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")


def test_a_key_creates_once(member: Member) -> None:
    first = create(member, "k1", stock=3)
    again = create(member, "k1", stock=3)

    assert again.is_replay
    assert again.body == first.body
    assert len(rewards_of(member)) == 1
