"""redeemLoyaltyPoints: atomic, never below zero, once for one key."""

from __future__ import annotations

from tests.support.merchants import Member


def test_redeems(member: Member) -> None:
    answer = member.redeem(30, rewardDescription="10% off", transactionId="t1")

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "programId": member.program_id,
        "userId": member.user_id,
        "redemptionId": answer.body["redemptionId"],
        "pointsRedeemed": 30,
        "previousBalance": 100,
        "newBalance": 70,
        "currentTier": None,
        "rewardId": None,
        "rewardCode": None,
        "rewardDescription": "10% off",
        "transactionId": "t1",
    }
    assert member.balance()["currentBalance"] == 70
