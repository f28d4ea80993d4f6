"""What points are worth as time passes: at every request, whether or not a schedule has run."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import clock
from shared.domain.loyalty.entries import EntryKind
from shared.domain.loyalty.lots import Lot
from shared.store import paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.traffic import watched

TICK = timedelta(milliseconds=1)
IN_60_DAYS = {"pointsExpiry": {"afterDays": 60, "alertDays": 30}}
EXPIRES_AT = datetime(2026, 5, 2, 22, tzinfo=UTC)
"""When points expire that are granted on 3 March: 3 May begins in Berlin."""
MAY_2 = "2026-05-02T22:00:00.000Z"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def kinds(member: Member) -> list[str]:
    return [entry.kind.value for entry in stored.entries(member)]


def set_expiry(member: Member, policy: dict[str, int] | None) -> None:
    body = {"programId": member.program_id, "pointsExpiry": policy}
    member.api.ok("updateLoyaltyProgram", body)


@pytest.fixture
def holder(frozen_clock: Clock, merchant: Merchant) -> Member:
    """A member with 100 points, granted on 3 March, to be spent by the end of 2 May."""
    return merchant.member(balance=100, **IN_60_DAYS)


# S46, S47, S53: which points are spent, and which expire


def test_what_expires_first_is_spent_first(frozen_clock: Clock, merchant: Merchant) -> None:
    frozen_clock.set(2026, 3, 1)
    member = merchant.member(balance=100, pointsExpiry={"afterDays": 30})
    frozen_clock.set(2026, 3, 31)
    member.earn(100)

    assert member.redeem(120).status == 200

    frozen_clock.set(2026, 4, 1)
    assert member.balance()["currentBalance"] == 80
    assert member.earn(1)["newBalance"] == 81
    frozen_clock.set(2026, 4, 30, 22)
    assert member.balance()["currentBalance"] == 1
    assert kinds(member) == ["earn", "earn", "redeem", "earn"]


def test_what_never_expires_is_spent_last(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member(balance=50)
    set_expiry(member, {"afterDays": 60, "alertDays": 0})
    member.earn(100)

    member.redeem(70)

    assert stored.membership(member).lots == (Lot(30, EXPIRES_AT), Lot(50))
    frozen_clock.now = EXPIRES_AT
    assert member.balance()["currentBalance"] == 50


def test_points_keep_their_date_when_the_program_changes(
    frozen_clock: Clock, holder: Member
) -> None:
    (lot,) = stored.membership(holder).lots
    for policy in ({"afterDays": 10}, {"afterDays": 3650, "alertDays": 365}, None):
        set_expiry(holder, policy)
        assert holder.earn(1)["newBalance"] == holder.balance()["currentBalance"]
        assert lot in stored.membership(holder).lots

    frozen_clock.now = EXPIRES_AT
    assert holder.balance()["currentBalance"] == 2


def test_what_an_external_system_adds_expires_and_what_it_sets_does_not(
    frozen_clock: Clock, holder: Member
) -> None:
    holder.sync("add", 10)
    holder.sync("set", 150)

    assert stored.membership(holder).lots[1] == Lot(40)
    frozen_clock.now = EXPIRES_AT
    assert holder.balance()["currentBalance"] == 40


@pytest.mark.parametrize(
    ("time_zone", "now", "expires_at"),
    [
        # Clocks change on 29 March; the day of the grant and the last day are those of the store.
        ("Europe/Berlin", at(2026, 3, 27, 23), at(2026, 3, 29, 22)),
        ("Europe/Berlin", at(2026, 3, 27, 22, 59), at(2026, 3, 28, 23)),
        ("America/Los_Angeles", at(2026, 3, 27, 23), at(2026, 3, 29, 7)),
        ("Asia/Kathmandu", at(2026, 3, 27, 23), at(2026, 3, 29, 18, 15)),
        # Midnight is skipped on 24 April.
        ("Africa/Cairo", at(2026, 4, 22, 12), at(2026, 4, 23, 22)),
    ],
)
def test_days_are_those_of_the_store(
    frozen_clock: Clock,
    new_merchant: Any,
    time_zone: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    frozen_clock.now = now
    merchant = new_merchant(time_zone=time_zone)
    member = merchant.member(balance=10, pointsExpiry={"afterDays": 1})

    frozen_clock.now = expires_at - TICK
    assert member.balance()["currentBalance"] == 10
    frozen_clock.now += TICK
    assert member.balance()["currentBalance"] == 0


# S49: from its moment on, and not before


def test_points_can_be_spent_until_the_last_moment(frozen_clock: Clock, holder: Member) -> None:
    frozen_clock.now = EXPIRES_AT - timedelta(milliseconds=100)

    assert holder.redeem(100).body["newBalance"] == 0

    assert kinds(holder) == ["earn", "redeem"]


def test_points_cannot_be_spent_from_their_expiry_on(frozen_clock: Clock, holder: Member) -> None:
    frozen_clock.now = EXPIRES_AT

    with nothing_written():
        answer = holder.redeem(1)

    details = {"required": 1, "available": 0, "missing": 1}
    assert_refused(answer, 400, "INSUFFICIENT_BALANCE", details)
    assert kinds(holder) == ["earn"]


def test_the_balance_is_right_at_once_and_nothing_is_written(
    frozen_clock: Clock, holder: Member
) -> None:
    frozen_clock.now = EXPIRES_AT - TICK
    before = holder.balance()
    frozen_clock.now = EXPIRES_AT

    with nothing_written():
        after = holder.balance()

    assert before["nextExpiry"] == {"points": 100, "expiresAt": MAY_2}
    assert (before["currentBalance"], before["totalExpired"]) == (100, 0)
    # The history has what is booked; the version counts what will be, as the balance does.
    changed = {
        "version": before["version"] + 1,
        "currentBalance": 0,
        "availableBalance": 0,
        "totalExpired": 100,
        "nextExpiry": None,
    }
    assert after == {**before, **changed}


def test_enrolling_again_tells_what_is_left(frozen_clock: Clock, holder: Member) -> None:
    frozen_clock.now = EXPIRES_AT

    answer = holder.enroll()

    assert (answer["alreadyEnrolled"], answer["currentBalance"]) == (True, 0)
    assert kinds(holder) == ["earn"]


def test_what_is_due_is_written_off_before_anything_is_booked(
    frozen_clock: Clock, holder: Member
) -> None:
    frozen_clock.advance(days=1)
    holder.earn(50)
    frozen_clock.now = EXPIRES_AT

    with watched() as traffic:
        answer = holder.redeem(20)

    assert answer.body["previousBalance"] == 50
    assert answer.body["newBalance"] == 30
    written_off = stored.entries(holder)[2]
    assert stored.units(holder) == [100, 50, -100, -20]
    assert (written_off.kind, written_off.recorded_at) == (EntryKind.EXPIRE, EXPIRES_AT)
    assert (written_off.balance_before_units, written_off.balance_after_units) == (150, 50)
    assert traffic.rpcs == ["get", "commit"]
    assert len(traffic.written) == 4
    assert paths.entry(holder.membership_id, written_off.entry_id) in traffic.written
    stored.assert_sound(holder)
    history = holder.balance()["recentTransactions"]
    assert [(line["type"], line["points"]) for line in history] == [
        ("redeem", -20),
        ("expire", -100),
        ("earn", 50),
        ("earn", 100),
    ]


def test_what_expired_on_several_days_is_an_entry_of_each(
    frozen_clock: Clock, holder: Member
) -> None:
    frozen_clock.advance(days=1)
    holder.earn(50)
    frozen_clock.now = EXPIRES_AT + timedelta(days=1)

    holder.earn(5)

    assert stored.units(holder) == [100, 50, -100, -50, 5]
    stored.assert_sound(holder)


def test_a_request_with_nothing_to_book_writes_off_what_is_due(
    frozen_clock: Clock, holder: Member
) -> None:
    frozen_clock.now = EXPIRES_AT

    earned = holder.add(purchaseAmount=4).body
    set_to_none = holder.sync("set", 0).body

    assert (earned["pointsAdded"], earned["previousBalance"], earned["newBalance"]) == (0, 0, 0)
    assert (set_to_none["entryId"], set_to_none["newBalance"]) == (None, 0)
    assert stored.units(holder) == [100, -100]
    stored.assert_sound(holder)


def test_a_repeated_request_is_answered_as_it_was(frozen_clock: Clock, merchant: Merchant) -> None:
    # Less than the 30 days for which keys are kept.
    holder = merchant.member(balance=100, pointsExpiry={"afterDays": 10})

    def requests() -> list[Any]:
        return [
            holder.redeem(10, "key"),
            holder.redeem(20, transactionId="t1"),
            holder.sync("set", 90, externalTransactionId="x1", source="erp"),
            holder.api("enrollInLoyaltyProgram", holder.ids, idempotency_key="enrol"),
        ]

    first = requests()
    frozen_clock.advance(days=11)
    with nothing_written():
        again = requests()
    holder.earn(1)
    with nothing_written():
        once_more = requests()

    assert [answer.body for answer in again] == [answer.body for answer in first]
    assert [answer.body for answer in once_more] == [answer.body for answer in first]
    assert all(answer.is_replay for answer in (*again, *once_more))


def test_an_inactive_program_lets_points_expire(frozen_clock: Clock, holder: Member) -> None:
    body = {"programId": holder.program_id, "isActive": False}
    holder.api.ok("updateLoyaltyProgram", body)
    frozen_clock.now = EXPIRES_AT

    assert holder.redeem(1).error == "INSUFFICIENT_BALANCE"


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_books_are_right_whenever_schedules_run(
    frozen_clock: Clock, pipeline: Pipeline, new_merchant: Any, seed: int
) -> None:
    """Earn, spend, set and wait at random, against a list of what each day brought."""
    dice = random.Random(seed)
    member = new_merchant().member(pointsExpiry={"afterDays": 6, "alertDays": 2})
    held: list[tuple[datetime | None, int]] = []

    def spend(points: int) -> None:
        while points:
            expires_at, units = held.pop(0)
            if units > points:
                held.insert(0, (expires_at, units - points))
            points -= min(units, points)

    for _ in range(40):
        frozen_clock.advance(hours=dice.choice([0, 1, 30, 100]))
        held = [each for each in held if each[0] is None or each[0] > frozen_clock.now]
        have, points = sum(units for _, units in held), dice.randint(1, 60)
        match dice.choice(["earn", "earn", "redeem", "set", "calendar"]):
            case "earn":
                member.earn(points)
                expires_at = stored.entries(member)[-1].lot_expires_at
                assert expires_at is not None
                assert timedelta(6) < expires_at - frozen_clock.now <= timedelta(7)
                held.append((expires_at, points))
                held.sort(key=lambda each: each[0] or datetime.max.replace(tzinfo=UTC))
            case "redeem":
                accepted = member.redeem(points).status == 200
                assert accepted == (points <= have)
                spend(points if accepted else 0)
            case "set":
                assert member.sync("set", points).status == 200
                if points > have:
                    held.append((None, points - have))
                spend(max(have - points, 0))
            case _:
                pipeline.run_calendar()
        assert member.balance()["currentBalance"] == sum(units for _, units in held)
        stored.assert_sound(member)
    assert "expire" in kinds(member)


# Months, inactivity, and rules with an expiry of their own


@pytest.mark.usefixtures("own_database")
def test_earning_renews_all_points_and_nothing_that_is_refused_does(
    frozen_clock: Clock, merchant: Merchant, pipeline: Pipeline
) -> None:
    """S54, to the moment and whether or not the calendar has run."""
    sliding = {"afterMonths": 1, "renewedBy": ["earning"], "alertDays": 7}
    member = merchant.member("points", balance=100, pointsExpiry=sliding)
    frozen_clock.set(2026, 3, 31, 12)
    member.earn(5)
    frozen_clock.set(2026, 4, 20, 12)
    assert member.redeem(1000).status == 400
    assert member.redeem(15).status == 200
    end = at(2026, 4, 30, 22)  # One month after the 31st is the last of April.

    frozen_clock.now = at(2026, 4, 23, 22)
    pipeline.run_calendar()
    (told,) = (each for each in events_of(merchant) if each["type"] == "loyalty.points_expiring")
    frozen_clock.now = end - TICK
    assert member.balance()["currentBalance"] == 90
    assert member.balance()["nextExpiry"] == {"points": 90, "expiresAt": clock.to_wire(end)}
    frozen_clock.now = end
    assert member.balance()["currentBalance"] == 0
    pipeline.run_calendar()
    pipeline.run_calendar()

    assert json.loads(told["payload"])["data"]["points"] == 90
    assert stored.units(member) == [100, 5, -15, -90]
    stored.assert_sound(member)


def test_a_rule_grants_what_expires_at_its_own_time(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member(
        "points",
        balance=0,
        pointsExpiry={"fixedDates": ["12-31"]},
        welcomeBonus=20,
        eventRules=[{"event": "app_login", "points": 5}],
        ruleExpiries=[
            {"rule": "welcome", "afterDays": 30},
            {"rule": "event:app_login", "afterMonths": 1, "endOfMonth": True},
        ],
    )
    member.api.ok("trackLoyaltyEvent", {**member.ids, "event": "app_login", "eventId": "e1"})
    member.earn(7)

    assert [(each.units, each.expires_at) for each in stored.membership(member).lots] == [
        (20, at(2026, 4, 2, 22)),
        (5, at(2026, 4, 30, 22)),
        (7, at(2026, 12, 31, 23)),
    ]
