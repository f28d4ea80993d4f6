"""The calls of those who hand out rewards."""

from __future__ import annotations

from typing import Any

from tests.support.api import Answer
from tests.support.merchants import Member


def bought(member: Member, **fields: Any) -> dict[str, Any]:
    """Buy a coffee for 40 points."""
    body = {**member.ids, "points": 40, "rewardId": "rw_coffee", **fields}
    return member.api.ok("redeemLoyaltyPoints", body)


def use(member: Member, code: str, key: str | None = None, **fields: Any) -> Answer:
    body = {"storeId": member.merchant.store_id, "rewardCode": code, **fields}
    return member.api("useRewardCode", body, idempotency_key=key)


def cancel(member: Member, redemption_id: str, key: str | None = None, **fields: Any) -> Answer:
    body = {**member.ids, "redemptionId": redemption_id, **fields}
    return member.api("cancelRedemption", body, idempotency_key=key)


def shown(member: Member, redemption_id: str) -> dict[str, Any]:
    body = {**member.ids, "redemptionId": redemption_id}
    found: dict[str, Any] = member.api.ok("getRedemption", body)["redemption"]
    return found
