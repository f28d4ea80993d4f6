"""calculateLoyaltyPoints: what addLoyaltyPoints would grant now; nothing is booked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.store import client
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "calculateLoyaltyPoints"
TIERS = [
    {"name": "Bronze", "minPoints": 0},
    {"name": "Silber", "minPoints": 500, "multiplier": 1.5},
]
LINES = [
    {"amount": 20, "category": "coffee"},
    {"amount": 10, "category": "tobacco"},
    {"amount": -3, "type": "discount"},
]


def calculate(member: Member, **fields: Any) -> Answer:
    with nothing_written():
        return member.api(ACTION, {**member.ids, **fields})


def test_says_what_a_purchase_would_earn(merchant: Merchant) -> None:
    member = merchant.member("points", balance=100)

    answer = calculate(member, purchaseAmount=28.5)

    assert answer.body == {
        "success": True,
        **member.ids,
        "points": 285,
        "pointsRequested": 285,
        "cappedBy": None,
        "reason": None,
        "madeOf": {
            "rule": "pointsPerEuro",
            "base": 28.5,
            "basePoints": 285,
            "tierMultiplier": 1,
            "campaigns": [],
        },
        "previousBalance": 100,
        "newBalance": 385,
        "currentTier": None,
    }
    assert stored.units(member) == [100]


@pytest.mark.parametrize(
    ("program_type", "fields", "purchase"),
    [
        ("points", {}, {"purchaseAmount": 4.99}),
        ("points", {}, {"purchaseAmount": 28.57}),
        ("points", {"earningBase": {"excludedCategories": ["tobacco"]}}, {"purchaseLines": LINES}),
        ("points", {"earningLimits": {"maxPerDay": 200}}, {"purchaseAmount": 28.5}),
        (
            "points",
            {"earningLimits": {"maxPerDay": 200, "whenExceeded": "reject"}},
            {"purchaseAmount": 28.5},
        ),
        ("cashback", {}, {"purchaseAmount": 200}),
        ("stamps", {}, {"purchaseAmount": 3}),
        ("tier", {"rules": {"pointsPerEuro": 10, "tiers": TIERS}}, {"purchaseAmount": 9.99}),
    ],
)
def test_is_what_addLoyaltyPoints_grants_then(  # noqa: N802 - the action's name
    merchant: Merchant, program_type: str, fields: dict[str, Any], purchase: dict[str, Any]
) -> None:
    member = merchant.member(program_type, balance=600, **fields)

    calculated = calculate(member, **purchase).body
    added = member.add(**purchase).body

    same = ("pointsRequested", "cappedBy", "reason", "previousBalance", "newBalance", "currentTier")
    assert {name: calculated[name] for name in same} == {name: added[name] for name in same}
    assert calculated["points"] == added["pointsAdded"]
    assert added["madeOf"] == (calculated["madeOf"] if added["pointsAdded"] else None)
    stored.assert_sound(member)


def test_the_multiplier_of_the_tier_counts(merchant: Merchant) -> None:
    member = merchant.member("tier", balance=500, rules={"pointsPerEuro": 10, "tiers": TIERS})

    body = calculate(member, purchaseAmount=9.99).body

    assert (body["points"], body["currentTier"]) == (149, "Silber")
    assert (body["madeOf"]["basePoints"], body["madeOf"]["tierMultiplier"]) == (99.9, 1.5)


@pytest.mark.parametrize("fields", [{}, {"purchaseAmount": 1, "purchaseLines": [{"amount": 1}]}])
def test_needs_one_purchase(merchant: Merchant, fields: dict[str, Any]) -> None:
    answer = calculate(merchant.member("points"), **fields)

    problem = "needs one of purchaseAmount, purchaseLines and purchaseCount"
    assert_fields_refused(answer, {"body": problem})


def test_refuses_who_is_not_enrolled(merchant: Merchant) -> None:
    answer = calculate(merchant.member("points").other("nobody"), purchaseAmount=5)

    assert_refused(answer, 404, "MEMBERSHIP_NOT_FOUND")


def test_refuses_an_inactive_program(merchant: Merchant) -> None:
    member = merchant.member("points")
    merchant.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "isActive": False})

    answer = calculate(member, purchaseAmount=5)

    assert (answer.status, answer.error) == (400, "PROGRAM_INACTIVE")


def test_refuses_what_the_membership_could_not_hold(merchant: Merchant) -> None:
    member = merchant.member("points")
    snapshot = client.get_one(f"loyaltyMembers/{member.membership_id}")
    full = 10**15 - 10
    lots = [{"units": full, "expiresAt": None}]
    document = {"balanceUnits": full, "earnedUnits": full, "lifetimeUnits": full, "lots": lots}
    client.commit([client.Update(snapshot, document)])

    answer = calculate(member, purchaseAmount=5)

    assert (answer.status, answer.error) == (400, "BALANCE_LIMIT_EXCEEDED")


def test_another_accounts_program_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    member, other = merchant.member("points"), new_merchant()

    with nothing_written():
        answer = other.api(ACTION, {**member.ids, "purchaseAmount": 5})

    assert (answer.status, answer.error) == (404, "PROGRAM_NOT_FOUND")


def test_a_customer_may_ask_for_themselves(merchant: Merchant) -> None:
    member = merchant.member("points")
    customer = merchant.customer(member.user_id)

    answer = customer(ACTION, {"programId": member.program_id, "purchaseAmount": 5})

    assert (answer.status, answer.body["points"]) == (200, 50)
