"""Events: each change is told once, with ids that the same change always gives."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest

from shared.domain import event_types, events, ledger
from shared.domain.events import Event
from shared.domain.ledger import ReversePolicy
from shared.domain.membership import Entry, Membership
from shared.domain.packages import Package
from shared.domain.programs import Program, Reward
from tests.support.strategies import (
    CASHBACK,
    NOW,
    TIERED,
    make_cause,
    make_membership,
    make_program,
)

POINTS = make_program()
MEMBER = {"programId": "lp_1", "userId": "user_1"}


def earned(
    units: int = 100, program: Program = POINTS, membership: Membership | None = None, **facts: Any
) -> tuple[Membership, Entry]:
    opened = membership or make_membership(program)
    return ledger.earn(opened, program, units, make_cause(f"le_{opened.seq + 1}", **facts))


def told(entry: Entry) -> list[tuple[str, dict[str, Any]]]:
    """Return types and data of an entry's events; the rest of each is checked here."""
    found = events.from_entry(entry)
    for event in found:
        assert replace(event, event_id="", type="", data={}) == Event(
            "", "", "acc_1", "store_1", "lp_1", "user_1", entry.source, entry.recorded_at, {}
        )
    return [(event.type, dict(event.data)) for event in found]


def test_an_enrollment_is_told() -> None:
    membership = make_membership(POINTS, source="crm")
    assert events.from_enrollment(membership) == Event(
        event_id=events.enrollment_event_id("lp_1_user_1"),
        type="loyalty.enrollment",
        account_id="acc_1",
        store_id="store_1",
        program_id="lp_1",
        user_id="user_1",
        source="crm",
        created_at=NOW,
        data={**MEMBER, "memberId": "lp_1_user_1"},
    )


def test_an_earn_is_told() -> None:
    _, entry = earned(50, transaction_id="t1", source="till", purchase_amount="5")
    assert told(entry) == [
        (
            "loyalty.points_earned",
            {
                **MEMBER,
                "entryId": "le_1",
                "points": Decimal(50),
                "previousBalance": Decimal(0),
                "newBalance": Decimal(50),
                "source": "till",
                "transactionId": "t1",
                "earningMethod": "purchase",
            },
        )
    ]


def test_an_earn_without_a_purchase_came_by_the_api() -> None:
    _, entry = earned()
    assert told(entry)[0][1]["earningMethod"] == "api"


def test_a_redemption_is_told_with_its_reward() -> None:
    membership, _ = earned()
    cause = make_cause("le_2", reward_id="rw_1", description="Coffee", reward_code="RW-1")
    _, entry = ledger.redeem(membership, POINTS, 30, cause)
    assert told(entry) == [
        (
            "loyalty.points_redeemed",
            {
                **MEMBER,
                "entryId": "le_2",
                "points": Decimal(30),
                "previousBalance": Decimal(100),
                "newBalance": Decimal(70),
                "source": None,
                "transactionId": None,
                "rewardId": "rw_1",
                "rewardDescription": "Coffee",
            },
        )
    ]


@pytest.mark.parametrize(("target", "points"), [(130, 30), (70, -30)])
def test_an_adjustment_is_told_with_its_sign(target: int, points: int) -> None:
    membership, _ = earned()
    booked = ledger.set_balance(membership, POINTS, target, make_cause("le_2"))
    assert booked is not None
    assert told(booked[1]) == [
        (
            "loyalty.points_adjusted",
            {
                **MEMBER,
                "entryId": "le_2",
                "points": Decimal(points),
                "previousBalance": Decimal(100),
                "newBalance": Decimal(target),
                "source": None,
                "transactionId": None,
            },
        )
    ]


def test_a_reversal_is_told_with_its_sign_and_what_it_corrects() -> None:
    membership, entry = earned()
    booked = ledger.reverse(membership, POINTS, entry, 40, make_cause("le_2"))
    assert booked is not None
    assert told(booked[1]) == [
        (
            "loyalty.points_reversed",
            {
                **MEMBER,
                "entryId": "le_2",
                "points": Decimal(-40),
                "previousBalance": Decimal(100),
                "newBalance": Decimal(60),
                "source": None,
                "transactionId": None,
                "correctsEntryId": "le_1",
            },
        )
    ]


def test_a_returned_redemption_is_told_as_what_it_gives_back() -> None:
    membership, _ = earned()
    membership, spent = ledger.redeem(membership, POINTS, 30, make_cause("le_2"))
    booked = ledger.reverse(membership, POINTS, spent, 30, make_cause("le_3"))
    assert booked is not None
    event_type, data = told(booked[1])[0]
    assert event_type == "loyalty.points_reversed"
    assert (data["points"], data["correctsEntryId"]) == (Decimal(30), "le_2")


def test_an_expiry_is_told() -> None:
    program = POINTS
    membership, _ = ledger.earn(
        make_membership(program), program, 100, make_cause(), expires_at=NOW
    )
    booked = ledger.expire(membership, program, make_cause("le_2"))
    assert booked is not None
    assert told(booked[1]) == [
        (
            "loyalty.points_expired",
            {
                **MEMBER,
                "entryId": "le_2",
                "points": Decimal(100),
                "previousBalance": Decimal(100),
                "newBalance": Decimal(0),
                "source": None,
                "transactionId": None,
            },
        )
    ]


def test_cashback_is_told_in_money() -> None:
    program = make_program(CASHBACK)
    _, entry = earned(599, program)
    data = told(entry)[0][1]
    assert (str(data["points"]), str(data["newBalance"])) == ("5.99", "5.99")


def synced(entry: Entry) -> dict[str, Any]:
    ((event_type, data),) = told(entry)
    assert event_type == "loyalty.external_synced"
    return data


def test_what_an_external_system_booked_is_told_once_as_synced() -> None:
    facts: dict[str, Any] = {"source": "crm", "transaction_id": "x1"}
    membership, added = earned(**facts, action="add")
    membership, spent = ledger.redeem(
        membership, POINTS, 30, make_cause("le_2", **facts, action="redeem")
    )
    booked = ledger.set_balance(membership, POINTS, 10, make_cause("le_3", **facts, action="set"))
    assert booked is not None
    common = {**MEMBER, "source": "crm", "externalTransactionId": "x1"}
    assert [synced(entry) for entry in (added, spent, booked[1])] == [
        {
            **common,
            "entryId": "le_1",
            "action": "add",
            "points": Decimal(100),
            "previousBalance": Decimal(0),
            "newBalance": Decimal(100),
        },
        {
            **common,
            "entryId": "le_2",
            "action": "redeem",
            "points": Decimal(30),
            "previousBalance": Decimal(100),
            "newBalance": Decimal(70),
        },
        {
            **common,
            "entryId": "le_3",
            "action": "set",
            "points": Decimal(-60),
            "previousBalance": Decimal(70),
            "newBalance": Decimal(10),
        },
    ]


def test_a_tier_change_is_told_after_the_booking() -> None:
    program = make_program(TIERED)
    membership, entry = earned(499, program)
    assert [each for each, _ in told(entry)] == ["loyalty.points_earned"]
    _, entry = earned(2, program, membership)
    assert told(entry)[1:] == [
        (
            "loyalty.tier_changed",
            {
                **MEMBER,
                "previousTier": "Bronze",
                "newTier": "Silber",
                "totalEarned": Decimal(501),
            },
        )
    ]


def test_a_lost_tier_is_told_too() -> None:
    program = make_program(TIERED)
    membership, entry = earned(500, program)
    booked = ledger.reverse(
        membership, program, entry, 1, make_cause("le_2"), policy=ReversePolicy.UNLIMITED
    )
    assert booked is not None
    change = told(booked[1])[1]
    assert change[0] == "loyalty.tier_changed"
    assert (change[1]["previousTier"], change[1]["newTier"]) == ("Silber", "Bronze")


def test_each_unlocked_reward_is_told() -> None:
    rewards = tuple(
        Reward(reward_id, "Coffee", "free_product", Decimal(cost))
        for reward_id, cost in (("rw_1", 10), ("rw_2", 20), ("rw_3", 1_000))
    )
    program = make_program(TIERED, rewards=rewards)
    _, entry = earned(500, program)
    assert [each for each, _ in told(entry)] == [
        "loyalty.points_earned",
        "loyalty.tier_changed",
        "loyalty.reward_unlocked",
        "loyalty.reward_unlocked",
    ]
    assert [data for _, data in told(entry)[2:]] == [
        {**MEMBER, "rewardId": "rw_1", "newBalance": Decimal(500)},
        {**MEMBER, "rewardId": "rw_2", "newBalance": Decimal(500)},
    ]


def test_ids_are_distinct_and_always_the_same() -> None:
    rewards = tuple(
        Reward(f"rw_{number}", "Coffee", "free_product", Decimal(10)) for number in range(3)
    )
    program = make_program(TIERED, rewards=rewards)
    membership, first = earned(500, program)
    _, second = earned(1_000, program, membership)
    other = replace(first, membership_id="lp_1_user_2")
    told_ids = [
        [event.event_id for event in events.from_entry(entry)] for entry in (first, second, other)
    ]
    assert [len(each) for each in told_ids] == [5, 2, 5]
    every = [*chain.from_iterable(told_ids), events.enrollment_event_id("lp_1_user_1")]
    assert len(set(every)) == len(every)
    assert all(each.startswith("evt_") for each in every)
    assert told_ids[0] == [event.event_id for event in events.from_entry(first)]
    assert told_ids[0][0] == events.booking_event_id("lp_1_user_1", "le_1")


@pytest.mark.parametrize(
    ("patterns", "event_type", "expected"),
    [
        (("loyalty.points_earned",), "loyalty.points_earned", True),
        (("loyalty.points_earned",), "loyalty.points_redeemed", False),
        (("loyalty.enrollment", "loyalty.qr_earned"), "loyalty.qr_earned", True),
        (("loyalty.*",), "loyalty.tier_changed", True),
        (("loyalty.*", "loyalty.enrollment"), "loyalty.enrollment", True),
        (("loyalty.*",), "offer.published", False),
        (("loyalty.*",), "loyaltyx.points_earned", False),
        (("loyalty.points",), "loyalty.points_earned", False),
        ((), "loyalty.points_earned", False),
    ],
)
def test_an_endpoint_subscribes_to_types_or_to_all(
    patterns: tuple[str, ...], event_type: str, expected: bool
) -> None:
    assert event_types.subscribes(patterns, event_type) is expected


def test_tiers_and_syncs_are_delivered_to_the_highest_package_alone() -> None:
    loyalty = {n: t.package for n, t in event_types.BY_NAME.items() if n.startswith("loyalty.")}
    dear = {name for name, needed in loyalty.items() if needed is Package.PRIME}
    assert dear == {"loyalty.tier_changed", "loyalty.external_synced", "loyalty.sync_conflict"}
    assert set(loyalty.values()) == {Package.GO, Package.PRIME}


def test_every_type_can_be_had_by_the_wildcard() -> None:
    assert all(event_types.subscribes(("*",), each) for each in event_types.BY_NAME)
