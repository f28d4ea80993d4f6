"""The calls of tills that spend in two steps."""

from __future__ import annotations

from typing import Any

from tests.support.api import Answer
from tests.support.merchants import Member, Merchant

REWARD = {
    "rewardId": "rw_coffee",
    "title": "Coffee",
    "type": "free_product",
    "requiredPoints": 40,
}


def with_reward(merchant: Merchant, balance: int = 100, **fields: Any) -> Member:
    """Return a member of a program where 40 points buy a coffee."""
    return merchant.member("points", balance=balance, rewards=[{**REWARD, **fields}])


def reserve(
    member: Member, points: float | None = None, key: str | None = None, **fields: Any
) -> Answer:
    """Reserve points, or the coffee."""
    what: dict[str, Any] = {"rewardId": "rw_coffee"} if points is None else {"points": points}
    body = {**member.ids, **what, **fields}
    return member.api("reserveLoyaltyPoints", body, idempotency_key=key)


def reserved(member: Member, points: float | None = None, **fields: Any) -> str:
    """Reserve, and return the id of the reservation."""
    answer = reserve(member, points, **fields)
    assert answer.status == 200, answer.body
    reservation_id: str = answer.body["reservationId"]
    return reservation_id


def commit(member: Member, reservation_id: str, key: str | None = None, **fields: Any) -> Answer:
    body = {**member.ids, "reservationId": reservation_id, **fields}
    return member.api("commitLoyaltyRedemption", body, idempotency_key=key)


def void(member: Member, reservation_id: str, key: str | None = None, **fields: Any) -> Answer:
    body = {**member.ids, "reservationId": reservation_id, **fields}
    return member.api("voidLoyaltyRedemption", body, idempotency_key=key)


def balances(member: Member) -> tuple[float, float, float]:
    """Return what the member has, what of it is held, and what can be spent."""
    found = member.balance()
    return found["currentBalance"], found["heldBalance"], found["availableBalance"]
