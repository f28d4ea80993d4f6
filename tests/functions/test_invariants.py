"""Whatever happens, in whatever order and however often: the books are right."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pytest

from shared.domain.loyalty.entries import EntryKind
from shared.store import paths
from tests.support import stored
from tests.support.api import Answer
from tests.support.events import Pipeline, deliveries_of, events_of
from tests.support.merchants import Member, Merchant

EARNED = "loyalty.points_earned"
OPERATIONS = 60
THREADS = 8
REWARD = {"rewardId": "rw_1", "title": "T", "type": "voucher", "requiredPoints": 20, "stock": 4}
# What may happen to a request that is well formed; anything else is a defect.
EXPECTED = {
    (200, None),
    (400, "INSUFFICIENT_BALANCE"),
    (400, "REWARD_OUT_OF_STOCK"),
    (409, "IDEMPOTENCY_KEY_REUSED"),
}


def operations(members: list[Member], seed: int) -> list[Callable[[], Answer]]:
    """Return requests that meet: few members, few keys, small balances, some sent twice."""
    dice = random.Random(seed)
    made: list[Callable[[], Answer]] = []
    for number in range(OPERATIONS):
        operation = _operation(dice, dice.choice(members), number)
        made += [operation] * dice.choice([1, 1, 1, 2, 3])
    dice.shuffle(made)
    return made


def _operation(dice: random.Random, member: Member, number: int) -> Callable[[], Answer]:
    points, key = dice.randint(1, 60), dice.choice([None, f"k{number}", f"k{number % 5}"])
    fields: dict[str, Any] = dice.choice([{}, {"transactionId": f"t{number % 7}"}])
    action = dice.choice(["add", "add", "purchase", "redeem", "redeem", "reward", "sync", "set"])
    match action:
        case "add":
            return lambda: member.add(key, points=points, **fields)
        case "purchase":
            return lambda: member.add(key, purchaseAmount=points / 4, **fields)
        case "redeem":
            return lambda: member.redeem(points, key, **fields)
        case "reward":
            return lambda: member.redeem(20, key, rewardId="rw_1")
        case "sync":
            action = dice.choice(["add", "redeem"])
            return lambda: member.sync(action, points, externalTransactionId=f"x{number % 5}")
        case _:
            return lambda: member.sync("set", points)


@pytest.mark.parametrize(("program_type", "seed"), [("points", 1), ("tier", 2)])
def test_the_books_are_right_after_anything(
    merchant: Merchant, pipeline: Pipeline, program_type: str, seed: int
) -> None:
    endpoints = {
        pipeline.register(merchant, "https://example.com/hook").id: None,
        pipeline.register(merchant, "https://example.com/second").id: None,
        pipeline.register(merchant, "https://example.com/earned", EARNED).id: EARNED,
    }
    first = merchant.member(program_type, balance=50, rewards=[REWARD])
    members = [first, first.other("user_2"), first.other("user_3")]
    for member in members[1:]:
        member.enroll()

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda send: send(), operations(members, seed)))

    outcomes = Counter((answer.status, answer.error) for answer in answers)
    assert outcomes.keys() <= EXPECTED
    assert outcomes[200, None] > OPERATIONS / 2
    for member in members:
        stored.assert_sound(member)
        _assert_told(member)
    _assert_stock(members)
    pipeline.fire(merchant)
    _assert_counted(members)
    _assert_events(merchant, members, endpoints)


def _assert_told(member: Member) -> None:
    """Assert that the balance endpoint tells what is stored."""
    told, now, booked = member.balance(), stored.membership(member), stored.entries(member)
    assert told["currentBalance"] == now.balance_units
    assert told["totalEarned"] == now.earned_units
    assert told["totalRedeemed"] == now.redeemed_units
    history = [line["entryId"] for line in told["recentTransactions"]]
    assert history == [entry.entry_id for entry in reversed(booked)][:10]
    for before, after in pairwise(booked):
        assert after.balance_before_units == before.balance_after_units


def _assert_stock(members: list[Member]) -> None:
    """Assert that what was taken of the reward and what is left add up, each with its own code."""
    codes = [
        entry.reward_code
        for member in members
        for entry in stored.entries(member)
        if entry.reward_id == "rw_1"
    ]
    left = stored.document(paths.reward_stock(members[0].program_id, "rw_1"))
    assert left == {"remaining": REWARD["stock"] - len(codes)}
    assert len(set(codes)) == len(codes)


def _assert_counted(members: list[Member]) -> None:
    """Assert that the program's figures are those of its entries."""
    booked = [entry for member in members for entry in stored.entries(member)]
    earned = sum(entry.units for entry in booked if entry.kind is EntryKind.EARN)
    redeemed = [entry.units for entry in booked if entry.kind is EntryKind.REDEEM]
    rate = Decimal(len(redeemed)) * 100 / len(members)
    program = {"programId": members[0].program_id}
    assert members[0].api.ok("getLoyaltyAnalytics", program) == {
        "success": True,
        "totalMembers": len(members),
        "totalPointsIssued": earned,
        "totalRedemptions": len(redeemed),
        "redemptionRate": float(rate.quantize(Decimal("0.1"), ROUND_HALF_UP)),
        "earnedThisMonth": earned,
        "redeemedThisMonth": -sum(redeemed),
    }


def _assert_events(
    merchant: Merchant, members: list[Member], endpoints: dict[str, str | None]
) -> None:
    """Assert one event for each entry and membership, and its delivery to who wants it.

    Args:
        merchant: Of whom all is.
        members: All there are.
        endpoints: The only type that they subscribe to, ``None`` for all, by their ids.
    """
    entries = sum(len(stored.entries(member)) for member in members)
    follow_ups = {"loyalty.tier_changed", "loyalty.reward_unlocked", "loyalty.enrollment"}
    events = events_of(merchant)
    booked = [event for event in events if event["type"] not in follow_ups]
    assert len(booked) == entries
    assert len({event["eventId"] for event in events}) == len(events)
    delivered = sorted((each.endpoint_id, each.event_id) for each in deliveries_of(merchant))
    assert delivered == sorted(
        (endpoint_id, event["eventId"])
        for endpoint_id, wanted in endpoints.items()
        for event in events
        if wanted in {None, event["type"]}
    )
