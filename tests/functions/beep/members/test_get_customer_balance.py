"""getCustomerBalance: balance, totals, tier and history as they are now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import reserved, with_reward

ACTION = "getCustomerBalance"
NOW = "2026-03-03T12:00:00.000Z"


def expected(member: Member, **fields: Any) -> dict[str, Any]:
    """Return the whole answer for a new member of a program without tiers, but for these fields."""
    return {
        "success": True,
        **member.ids,
        "currentBalance": 0,
        "heldBalance": 0,
        "availableBalance": 0,
        "pendingBalance": 0,
        "totalEarned": 0,
        "totalRedeemed": 0,
        "totalExpired": 0,
        "totalReversed": 0,
        "totalAdjusted": 0,
        "nextExpiry": None,
        "currentTier": None,
        "nextTier": None,
        "pointsToNextTier": None,
        "pointsToFallDown": None,
        "tierValidUntil": None,
        "pointsToKeepTier": None,
        "isActive": True,
        "status": "active",
        "statusReason": None,
        "enrolledAt": NOW,
        "version": 0,
        "recentTransactions": [],
        **fields,
    }


def transaction(answer: dict[str, Any], entry_id: str = "entryId", **fields: Any) -> dict[str, Any]:
    """Return the line of the history that an answer to a booking stands for."""
    return {
        "entryId": answer[entry_id],
        "type": "earn",
        "pendingPoints": 0,
        "description": "",
        "transactionId": None,
        "rewardCode": None,
        "createdAt": NOW,
        **fields,
    }


@pytest.mark.usefixtures("frozen_clock")
def test_a_new_member_has_nothing(merchant: Merchant) -> None:
    member = merchant.member("points")

    answer = member.api.get(ACTION, member.ids)

    assert (answer.status, answer.body) == (200, expected(member))


def test_tells_balance_totals_and_history(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points")
    earned = member.earn(280, transactionId="t1", description="Brunch")
    frozen_clock.advance(minutes=1)
    redeemed = member.redeem(138, rewardDescription="10% Rabatt").body

    with nothing_written():
        answer = member.api.get(ACTION, member.ids)

    assert answer.body == expected(
        member,
        currentBalance=142,
        availableBalance=142,
        totalEarned=280,
        totalRedeemed=138,
        version=2,
        recentTransactions=[
            transaction(
                redeemed,
                "redemptionId",
                type="redeem",
                points=-138,
                balanceAfter=142,
                description="10% Rabatt",
                createdAt="2026-03-03T12:01:00.000Z",
            ),
            transaction(
                earned, points=280, balanceAfter=280, description="Brunch", transactionId="t1"
            ),
        ],
    )


@pytest.mark.usefixtures("frozen_clock")
def test_get_and_post_answer_the_same(merchant: Merchant) -> None:
    member = merchant.member("points", balance=5)
    snake = {"program_id": member.program_id, "user_id": member.user_id}

    answers = [
        member.api.get(ACTION, member.ids),
        member.api.get(ACTION, snake),
        member.api(ACTION, member.ids),
        member.api(ACTION, snake),
    ]

    assert [answer.status for answer in answers] == [200] * 4
    assert all(answer.body == answers[0].body for answer in answers)


def test_the_history_has_the_last_ten_newest_first(member: Member) -> None:
    for points in range(1, 13):
        member.earn(points)

    history = member.balance()["recentTransactions"]

    assert [line["points"] for line in history] == list(range(12, 2, -1))
    assert history[0]["balanceAfter"] == 100 + sum(range(1, 13))


@pytest.mark.usefixtures("frozen_clock")
def test_an_adjustment_changes_the_balance_and_no_total(merchant: Merchant) -> None:
    member = merchant.member("points", balance=100)
    answer = member.sync("set", 80, source="payback", externalTransactionId="PB-1").body

    body = member.balance()

    assert (body["currentBalance"], body["totalEarned"], body["totalRedeemed"]) == (80, 100, 0)
    assert body["recentTransactions"][0] == transaction(
        answer,
        type="adjust",
        points=-20,
        balanceAfter=80,
        description="External sync: set",
        transactionId="PB-1",
    )


@pytest.mark.usefixtures("frozen_clock")
def test_cashback_is_told_in_the_currency(merchant: Merchant) -> None:
    member = merchant.member("cashback")
    earned = member.earn(1.55)
    redeemed = member.redeem(0.3).body

    body = member.balance()

    assert body == expected(
        member,
        currentBalance=1.25,
        availableBalance=1.25,
        totalEarned=1.55,
        totalRedeemed=0.3,
        version=2,
        recentTransactions=[
            transaction(
                redeemed,
                "redemptionId",
                type="redeem",
                points=-0.3,
                balanceAfter=1.25,
                description="Test",
            ),
            transaction(earned, points=1.55, balanceAfter=1.55),
        ],
    )


@pytest.mark.parametrize(
    ("earned", "tier", "next_tier", "up", "down"),
    [
        (0, "Bronze", "Silber", 500, None),
        (499, "Bronze", "Silber", 1, None),
        (500, "Silber", "Gold", 1000, 1),
        (1499, "Silber", "Gold", 1, 1000),
        (1500, "Gold", None, 0, 1),
        (2000, "Gold", None, 0, 501),
    ],
)
def test_tells_the_way_up_and_down(
    merchant: Merchant,
    earned: int,
    tier: str,
    next_tier: str | None,
    up: int,
    down: int | None,
) -> None:
    member = merchant.member("tier", balance=earned)

    body = member.balance()

    assert (body["currentTier"], body["nextTier"]) == (tier, next_tier)
    assert (body["pointsToNextTier"], body["pointsToFallDown"]) == (up, down)


def test_below_the_lowest_tier_there_is_none(merchant: Merchant) -> None:
    rules = {"pointsPerEuro": 1, "tiers": [{"name": "Silber", "minPoints": 10}]}
    member = merchant.member("tier", rules=rules)

    body = member.balance()

    assert (body["currentTier"], body["nextTier"], body["pointsToNextTier"]) == (None, "Silber", 10)
    assert body["pointsToFallDown"] is None


def test_spending_does_not_lead_away_from_the_next_tier(merchant: Merchant) -> None:
    member = merchant.member("tier", balance=600)
    member.redeem(600)

    body = member.balance()

    assert (body["currentBalance"], body["currentTier"]) == (0, "Silber")
    assert (body["pointsToNextTier"], body["pointsToFallDown"]) == (900, 101)


def test_tells_whether_the_program_is_active(member: Member) -> None:
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "isActive": False})

    assert member.balance()["isActive"] is False


def test_refuses_an_unknown_program(member: Member) -> None:
    answer = member.api.get(ACTION, {**member.ids, "programId": "lp_absent"})

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND", message="There is no program lp_absent.")


def test_refuses_who_is_not_enrolled(member: Member) -> None:
    with nothing_written():
        answer = member.api.get(ACTION, {**member.ids, "userId": "user_2"})

    assert_refused(answer, 404, "MEMBERSHIP_NOT_FOUND", message="User user_2 is not enrolled.")


@pytest.mark.parametrize(("named", "status"), [("own", 200), ("other", 404)])
def test_the_store_that_is_named_must_be_the_programs(
    member: Member, new_merchant: Callable[..., Merchant], named: str, status: int
) -> None:
    merchant = member.merchant if named == "own" else new_merchant()

    by_query = member.api.get(ACTION, {**member.ids, "storeId": merchant.store_id})
    by_header = member.api(ACTION, member.ids, X_Beep_Store_Id=merchant.store_id)

    assert (by_query.status, by_header.status) == (status, status)


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ({}, {"userId": "is required", "programId": "is required"}),
        ({"userId": "u", "programId": ""}, {"programId": "must have at least 1 characters"}),
        ({"userId": "u", "programId": "p", "x": "1"}, {"x": "is not a known field"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, query: dict[str, str], problems: dict[str, str]
) -> None:
    assert_fields_refused(merchant.api.get(ACTION, query), problems)
    assert_fields_refused(merchant.api(ACTION, query), problems)
    assert_fields_refused(merchant.sandbox.get(ACTION, query), problems)


def test_the_sandbox_answers_with_the_documented_sample(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox.get(ACTION, {"programId": "lp_1", "userId": "u1"})

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "programId": "lp_1",
        "userId": "u1",
        "currentBalance": 142,
        "heldBalance": 0,
        "availableBalance": 142,
        "pendingBalance": 0,
        "totalEarned": 280,
        "totalRedeemed": 138,
        "totalExpired": 0,
        "totalReversed": 0,
        "totalAdjusted": 0,
        "nextExpiry": None,
        "currentTier": "Silber",
        "nextTier": "Gold",
        "pointsToNextTier": 1220,
        "pointsToFallDown": 31,
        "tierValidUntil": None,
        "pointsToKeepTier": None,
        "isActive": True,
        "status": "active",
        "statusReason": None,
        "enrolledAt": "2026-01-15T09:30:00.000Z",
        "version": 2,
        "recentTransactions": [
            {
                "entryId": "le_def456",
                "type": "redeem",
                "points": -138,
                "pendingPoints": 0,
                "balanceAfter": 142,
                "description": "10% Rabatt",
                "transactionId": None,
                "rewardCode": "RW-7K2M-9QXT-4HBC-W3ZP",
                "createdAt": NOW,
            }
        ],
        "_sandbox": True,
    }


def test_shows_of_what_a_balance_is_made(merchant: Merchant, frozen_clock: Clock) -> None:
    member = merchant.member("points", pointsExpiry={"afterDays": 30}, pendingDays=14)
    member.add(purchaseAmount=30)
    frozen_clock.advance(days=5)
    change = {"programId": member.program_id, "pendingDays": 0}
    merchant.api.ok("updateLoyaltyProgram", change)
    member.earn(20)
    merchant.api.ok("updateLoyaltyProgram", {**change, "pointsExpiry": None})
    member.earn(5)

    asked = member.api.ok(ACTION, {**member.ids, "includeLots": True})

    expiring, never, pending = asked["lots"]
    assert expiring == {**asked["nextExpiry"], "spendableFrom": None}
    assert never == {"points": 5, "expiresAt": None, "spendableFrom": None}
    assert pending["points"] == asked["pendingBalance"] > 0
    assert NOW < pending["spendableFrom"] < pending["expiresAt"]
    assert sum(each["points"] for each in (expiring, never)) == asked["currentBalance"]
    assert member.api.get(ACTION, {**member.ids, "includeLots": "true"}).body == asked
    assert "lots" not in member.api.ok(ACTION, member.ids)


def test_lots_leave_out_what_is_reserved(merchant: Merchant) -> None:
    reward = {"title": "Coffee", "requiredPoints": 30, "type": "custom"}
    member = merchant.member("points", balance=100, rewards=[reward])
    program = merchant.api.ok("getLoyaltyProgram", {"programId": member.program_id})
    reward_id = program["program"]["rewards"][0]["rewardId"]
    merchant.api.ok("reserveLoyaltyPoints", {**member.ids, "rewardId": reward_id})

    found = member.api.ok(ACTION, {**member.ids, "includeLots": True})

    assert (found["heldBalance"], [each["points"] for each in found["lots"]]) == (30, [70])


def test_says_what_is_reserved_for_what_and_until_when(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = with_reward(merchant, balance=200, requiredPoints=80)
    till = reserved(member, 30, transactionId="bon_77", expiresInMinutes=20)
    frozen_clock.advance(minutes=1)
    customer = merchant.customer(member.user_id)
    own = customer.ok("reserveLoyaltyPoints", {**member.ids, "rewardId": "rw_coffee"})
    asked = {**member.ids, "includeReservations": True}

    with nothing_written():
        answer = member.api.ok(ACTION, asked)

    assert (answer["heldBalance"], answer["reservations"]) == (
        110,
        [
            {
                "reservationId": own["reservationId"],
                "points": 80,
                "description": "Coffee",
                "rewardId": "rw_coffee",
                "rewardCode": own["rewardCode"],
                "transactionId": None,
                "amountPaid": None,
                "byCustomer": True,
                "reservedAt": "2026-03-03T12:01:00.000Z",
                "expiresAt": "2026-03-03T12:16:00.000Z",
            },
            {
                "reservationId": till,
                "points": 30,
                "description": "",
                "rewardId": None,
                "rewardCode": None,
                "transactionId": "bon_77",
                "amountPaid": None,
                "byCustomer": False,
                "reservedAt": NOW,
                "expiresAt": "2026-03-03T12:20:00.000Z",
            },
        ],
    )
    assert "reservations" not in member.api.ok(ACTION, member.ids)
    frozen_clock.advance(minutes=15)
    assert [each["reservationId"] for each in member.api.ok(ACTION, asked)["reservations"]] == [
        till
    ]
    frozen_clock.advance(minutes=10)
    assert member.api.ok(ACTION, asked)["reservations"] == []
