"""Events: each change is told once, with ids that the same change always gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.events.event import Event
from shared.domain.loyalty import ledger, loyalty_events
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.loyalty.rewards import Reward
from shared.domain.webhooks import webhook_events
from shared.domain.webhooks.endpoints import Health, SigningSecret, WebhookEndpoint
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


def told(entry: Entry, milestones_units: Sequence[int] = ()) -> list[tuple[str, dict[str, Any]]]:
    """Return types and data of an entry's events; the rest of each is checked here."""
    found = loyalty_events.from_entry(entry, milestones_units)
    for event in found:
        assert replace(event, event_id="", type="", data={}) == Event(
            "", "", "acc_1", "store_1", "lp_1", "user_1", entry.source, entry.recorded_at, {}
        )
    return [(event.type, dict(event.data)) for event in found]


def test_an_enrollment_is_told() -> None:
    membership = make_membership(POINTS, source="crm")
    assert loyalty_events.from_enrollment(membership) == Event(
        event_id=loyalty_events.enrollment_event_id("lp_1_user_1"),
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
                "sequence": 1,
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
                "sequence": 2,
                "entryId": "le_2",
                "points": Decimal(30),
                "previousBalance": Decimal(100),
                "newBalance": Decimal(70),
                "source": None,
                "transactionId": None,
                "rewardId": "rw_1",
                "rewardDescription": "Coffee",
                "amountPaid": None,
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
                "sequence": 2,
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
                "sequence": 2,
                "entryId": "le_2",
                "points": Decimal(-40),
                "previousBalance": Decimal(100),
                "newBalance": Decimal(60),
                "source": None,
                "transactionId": None,
                "correctsEntryId": "le_1",
                "pendingPoints": Decimal(0),
                "pointsCollected": Decimal(0),
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
                "sequence": 2,
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
            "sequence": 1,
            "entryId": "le_1",
            "action": "add",
            "points": Decimal(100),
            "previousBalance": Decimal(0),
            "newBalance": Decimal(100),
        },
        {
            **common,
            "sequence": 2,
            "entryId": "le_2",
            "action": "redeem",
            "points": Decimal(30),
            "previousBalance": Decimal(100),
            "newBalance": Decimal(70),
        },
        {
            **common,
            "sequence": 3,
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
                "sequence": 2,
                "previousTier": "Bronze",
                "newTier": "Silber",
                "direction": "up",
                "reason": "earn",
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
    assert (change[1]["direction"], change[1]["reason"]) == ("down", "reverse")


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
        {**MEMBER, "sequence": 1, "rewardId": "rw_1", "newBalance": Decimal(500)},
        {**MEMBER, "sequence": 1, "rewardId": "rw_2", "newBalance": Decimal(500)},
    ]


def test_milestones_are_told_last_each_by_itself() -> None:
    program = make_program(TIERED)
    _, entry = earned(500, program)

    assert told(entry, (100, 500, 501))[1:] == [
        (
            "loyalty.tier_changed",
            {
                **MEMBER,
                "sequence": 1,
                "previousTier": "Bronze",
                "newTier": "Silber",
                "direction": "up",
                "reason": "earn",
                "totalEarned": Decimal(500),
            },
        ),
        (
            "loyalty.milestone_reached",
            {**MEMBER, "sequence": 1, "milestone": Decimal(100), "totalEarned": Decimal(500)},
        ),
        (
            "loyalty.milestone_reached",
            {**MEMBER, "sequence": 1, "milestone": Decimal(500), "totalEarned": Decimal(500)},
        ),
    ]


def test_a_milestone_is_told_in_money() -> None:
    _, entry = earned(1050, make_program(CASHBACK))
    reached = told(entry, (1000,))[1][1]
    assert (str(reached["milestone"]), str(reached["totalEarned"])) == ("10.00", "10.50")


@given(amounts=st.lists(st.integers(1, 60), max_size=8), milestones=st.sets(st.integers(1, 300)))
def test_each_milestone_is_told_once_when_the_total_passes_it(
    amounts: list[int], milestones: set[int]
) -> None:
    membership, reached = make_membership(POINTS), []
    for number, amount in enumerate(amounts):
        membership, entry = earned(amount, membership=membership)
        found = loyalty_events.from_entry(entry, sorted(milestones))[1:]
        for event in found:
            assert event.data["milestone"] <= event.data["totalEarned"]
            assert event.data["milestone"] > sum(amounts[:number])
        reached += [(event.event_id, int(event.data["milestone"])) for event in found]

    assert [each for _, each in reached] == sorted(m for m in milestones if m <= sum(amounts))
    assert len({event_id for event_id, _ in reached}) == len(reached)


def test_only_what_is_earned_reaches_a_milestone() -> None:
    membership, first = earned(100)
    reversed_ = ledger.reverse(membership, POINTS, first, 100, make_cause("le_2"))
    assert reversed_ is not None
    booked = ledger.set_balance(reversed_[0], POINTS, 200, make_cause("le_3"))
    assert booked is not None
    _, spent = ledger.redeem(booked[0], POINTS, 50, make_cause("le_4"))

    for entry in (reversed_[1], booked[1], spent):
        assert "loyalty.milestone_reached" not in [each for each, _ in told(entry, (50, 100, 150))]


def test_an_anniversary_is_told() -> None:
    now = NOW + timedelta(days=365)
    event = loyalty_events.from_anniversary(make_membership(POINTS, source="crm"), 1, now)

    assert event == Event(
        event_id=event.event_id,
        type="loyalty.anniversary",
        account_id="acc_1",
        store_id="store_1",
        program_id="lp_1",
        user_id="user_1",
        source=None,
        created_at=now,
        data={**MEMBER, "memberId": "lp_1_user_1", "years": 1, "enrolledAt": NOW},
    )


def test_each_anniversary_has_an_id_whenever_it_is_told() -> None:
    membership = make_membership(POINTS)
    other = make_membership(POINTS, membership_id="lp_1_user_2")

    def event_id(whose: Membership, years: int, now: datetime = NOW) -> str:
        return loyalty_events.from_anniversary(whose, years, now).event_id

    assert event_id(membership, 1) == event_id(membership, 1, NOW + timedelta(days=1))
    distinct = {event_id(membership, 1), event_id(membership, 2), event_id(other, 1)}
    assert len(distinct | {loyalty_events.enrollment_event_id(membership.membership_id)}) == 4


def test_an_alert_is_told_with_what_expires_and_what_there_is() -> None:
    membership, _ = earned(599, make_program(CASHBACK))
    expires_at = datetime(2026, 4, 1, 22, tzinfo=UTC)

    event = loyalty_events.from_expiring(membership, 150, expires_at, NOW)

    assert event == Event(
        event_id=event.event_id,
        type="loyalty.points_expiring",
        account_id="acc_1",
        store_id="store_1",
        program_id="lp_1",
        user_id="user_1",
        source=None,
        created_at=NOW,
        data={
            **MEMBER,
            "points": Decimal("1.50"),
            "expiresAt": expires_at,
            "currentBalance": Decimal("5.99"),
        },
    )


def test_an_alert_has_an_id_for_its_day_and_the_state_of_the_membership() -> None:
    membership, _ = earned(100)
    later, _ = earned(100, membership=membership)
    day = datetime(2026, 4, 1, 22, tzinfo=UTC)

    def event_id(whose: Membership, units: int, expires_at: datetime) -> str:
        return loyalty_events.from_expiring(whose, units, expires_at, NOW).event_id

    assert event_id(membership, 10, day) == event_id(membership, 20, day)
    assert len({event_id(membership, 1, day), event_id(later, 1, day)}) == 2
    assert event_id(membership, 1, day) != event_id(membership, 1, day + timedelta(days=1))


def disabled_endpoint(**fields: Any) -> WebhookEndpoint:
    endpoint = WebhookEndpoint(
        endpoint_id="we_1",
        account_id="acc_1",
        store_id="store_1",
        kind="http",
        target="https://example.com/path-that-is-a-secret",
        events=("*",),
        secrets=(SigningSecret("token"),),
        created_at=NOW,
        updated_at=NOW,
        source="crm",
        is_enabled=False,
        disabled_reason="only_failed",
        disabled_at=NOW + timedelta(days=5),
        health=Health(failing_since=NOW),
    )
    return replace(endpoint, **fields)


def test_a_disabled_endpoint_is_told_without_its_url() -> None:
    event = webhook_events.from_disabled_endpoint(disabled_endpoint(), NOW)

    assert event == Event(
        event_id=event.event_id,
        type="loyalty.webhook_endpoint_disabled",
        account_id="acc_1",
        store_id="store_1",
        program_id=None,
        user_id=None,
        source=None,
        created_at=NOW,
        data={"webhookId": "we_1", "reason": "only_failed", "failingSince": NOW},
    )


def test_an_endpoint_that_never_failed_before_is_told_so() -> None:
    endpoint = disabled_endpoint(disabled_reason="gone", health=Health())
    data = webhook_events.from_disabled_endpoint(endpoint, NOW).data
    assert data == {"webhookId": "we_1", "reason": "gone", "failingSince": None}


def test_an_endpoint_disabled_again_is_told_again() -> None:
    first = webhook_events.from_disabled_endpoint(disabled_endpoint(), NOW)
    again = webhook_events.from_disabled_endpoint(
        disabled_endpoint(disabled_at=NOW + timedelta(days=9)), NOW
    )
    other = webhook_events.from_disabled_endpoint(disabled_endpoint(endpoint_id="we_2"), NOW)
    assert len({first.event_id, again.event_id, other.event_id}) == 3
    assert first == webhook_events.from_disabled_endpoint(disabled_endpoint(), NOW)


def test_ids_are_distinct_and_always_the_same() -> None:
    rewards = tuple(
        Reward(f"rw_{number}", "Coffee", "free_product", Decimal(10)) for number in range(3)
    )
    program = make_program(TIERED, rewards=rewards)
    membership, first = earned(500, program)
    _, second = earned(1_000, program, membership)
    other = replace(first, membership_id="lp_1_user_2")
    told_ids = [
        [event.event_id for event in loyalty_events.from_entry(entry)]
        for entry in (first, second, other)
    ]
    assert [len(each) for each in told_ids] == [5, 2, 5]
    every = [*chain.from_iterable(told_ids), loyalty_events.enrollment_event_id("lp_1_user_1")]
    assert len(set(every)) == len(every)
    assert all(each.startswith("evt_") for each in every)
    assert told_ids[0] == [event.event_id for event in loyalty_events.from_entry(first)]
    assert told_ids[0][0] == loyalty_events.booking_event_id("lp_1_user_1", "le_1")
