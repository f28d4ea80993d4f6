"""updateReward: changes what it names, holds from then on, and keeps what was promised."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import commit, reserved, with_reward

ACTION = "updateReward"


@pytest.fixture
def member(merchant: Merchant) -> Member:
    """A member with 100 points; a coffee costs 40, and there is one."""
    return with_reward(merchant, stock=1, productId="coffee", sku="K-1")


def update(member: Member, key: str | None = None, **fields: Any) -> Answer:
    body = {"programId": member.program_id, "rewardId": "rw_coffee", **fields}
    return member.api(ACTION, body, idempotency_key=key)


def shown(member: Member) -> dict[str, Any]:
    body = {"programId": member.program_id, "rewardId": "rw_coffee"}
    reward: dict[str, Any] = member.api.ok("getReward", body)["reward"]
    return reward


def test_changes_what_is_named(member: Member) -> None:
    before = shown(member)
    limits = [{"timesPerPeriod": 1, "period": "day"}]

    after = update(member, requiredPoints=50, limits=limits, validUntil=None).body["reward"]

    assert shown(member) == {**before, "requiredPoints": 50, "limits": limits}
    assert after == {name: each for name, each in shown(member).items() if name != "forMember"}
    assert after["sku"] == "K-1"
    assert member.redeem(50, rewardId="rw_coffee").status == 200
    assert member.redeem(50, rewardId="rw_coffee").error == "REWARD_LIMIT_REACHED"
    stored.of_program(member.merchant, member.program_id)


def test_what_is_reserved_keeps_its_price(member: Member) -> None:
    reservation_id = reserved(member)

    assert update(member, requiredPoints=90, requiredTier=None, isActive=False).status == 200

    assert commit(member, reservation_id).body["pointsRedeemed"] == 40


def test_a_named_stock_is_what_is_left(member: Member) -> None:
    assert member.redeem(40, rewardId="rw_coffee").status == 200
    assert member.redeem(40, rewardId="rw_coffee").error == "REWARD_OUT_OF_STOCK"

    assert update(member, title="Kaffee").status == 200
    assert member.redeem(40, rewardId="rw_coffee").error == "REWARD_OUT_OF_STOCK"
    assert update(member, stock=1).status == 200
    assert member.redeem(40, rewardId="rw_coffee").status == 200


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"type": "voucher"}, {"type": "cannot be changed"}),
        ({"productId": None}, {"productId": "is required for rewards of type free_product"}),
        ({"amount": 5}, {"amount": "is for rewards of type discount_amount"}),
        (
            {"validFrom": "2026-03-03T12:00:00Z", "validUntil": "2026-03-03T12:00:00Z"},
            {"validUntil": "must be after validFrom"},
        ),
        ({"requiredTier": "Gold"}, {"requiredTier": "names Gold, which is no tier of the program"}),
    ],
)
def test_refuses_a_field(member: Member, fields: dict[str, Any], problems: dict[str, str]) -> None:
    with nothing_written():
        answer = update(member, **fields)

    assert_fields_refused(answer, problems)


def test_one_of_the_short_form_need_not_say_what_it_is_worth(merchant: Merchant) -> None:
    member = with_reward(merchant)

    assert update(member, title="Kaffee").body["reward"]["productId"] is None


def test_an_archived_reward_stays_as_it_is(member: Member) -> None:
    body = {"programId": member.program_id, "rewardId": "rw_coffee"}
    member.api.ok("archiveReward", body)

    with nothing_written():
        answer = update(member, title="Tea")

    assert_fields_refused(answer, {"rewardId": "names an archived reward; create another one"})


def test_an_absent_reward_is_not_found(member: Member) -> None:
    with nothing_written():
        answer = update(member, rewardId="rw_x")

    assert_refused(answer, 404, "REWARD_NOT_FOUND")


def test_a_tier_that_a_reward_needs_stays(merchant: Merchant) -> None:
    reward = {"title": "Tea", "type": "free_product", "requiredPoints": 1, "requiredTier": "Gold"}
    program_id = merchant.program("tier", rewards=[reward])
    rules = {"tiers": [{"name": "Bronze", "minPoints": 0}]}

    with nothing_written():
        answer = merchant.api("updateLoyaltyProgram", {"programId": program_id, "rules": rules})

    assert_fields_refused(
        answer, {"rewards[0].requiredTier": "names Gold, which is no tier of the program"}
    )


def test_a_key_changes_once(member: Member) -> None:
    first = update(member, "k1", title="Kaffee")
    update(member, title="Tea")

    again = update(member, "k1", title="Kaffee")

    assert again.is_replay
    assert (again.body, shown(member)["title"]) == (first.body, "Tea")
