"""runMemberCalendar: what time brings is done and told once, whenever and however often it runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import logs
from shared.services.loyalty import member_calendar
from shared.store import cache, client, paths
from shared.store.client import Delete
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import Pipeline, deliveries_of, events_of
from tests.support.merchants import Member, Merchant
from tests.support.receivers import Receiver, receiving
from tests.support.traffic import watched

pytestmark = pytest.mark.usefixtures("own_database")

EXPIRING, EXPIRED = "loyalty.points_expiring", "loyalty.points_expired"
ANNIVERSARY = "loyalty.anniversary"
TICK = timedelta(milliseconds=1)
IN_60_DAYS = {"pointsExpiry": {"afterDays": 60, "alertDays": 30}}
# Of points that are granted on 3 March: 3 April and 3 May begin in Berlin.
ALERT_AT = datetime(2026, 4, 2, 22, tzinfo=UTC)
EXPIRES_AT = datetime(2026, 5, 2, 22, tzinfo=UTC)
FIRST_YEAR = datetime(2027, 3, 2, 23, tzinfo=UTC)


@pytest.fixture
def merchant(frozen_clock: Clock, new_merchant: Callable[..., Merchant]) -> Merchant:
    """A merchant who is alone in the database."""
    return new_merchant()


@pytest.fixture
def holder(merchant: Merchant) -> Member:
    """A member with 100 points, granted on 3 March, to be spent by the end of 2 May."""
    return merchant.member(balance=100, **IN_60_DAYS)


def data_of(merchant: Merchant, event_type: str) -> list[dict[str, Any]]:
    """Return the data of a store's events of a type, oldest first."""
    return [
        json.loads(event["payload"])["data"]
        for event in events_of(merchant)
        if event["type"] == event_type
    ]


def received(receiver: Receiver, event_type: str) -> list[dict[str, Any]]:
    return [each.event["data"] for each in receiver.of_type(event_type)]


def test_announces_expires_and_tells_of_both(
    frozen_clock: Clock, pipeline: Pipeline, holder: Member
) -> None:
    merchant = holder.merchant
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, EXPIRING, EXPIRED)
        for now in (ALERT_AT - TICK, ALERT_AT, EXPIRES_AT - TICK, EXPIRES_AT):
            frozen_clock.now = now
            pipeline.run_calendar()
            pipeline.run(merchant)

    assert received(receiver, EXPIRING) == [
        {
            **holder.ids,
            "points": 100,
            "expiresAt": "2026-05-02T22:00:00.000Z",
            "currentBalance": 100,
        }
    ]
    (expired,) = received(receiver, EXPIRED)
    assert (expired["points"], expired["newBalance"]) == (100, 0)
    assert [each.event["createdAt"] for each in receiver.received] == [
        "2026-04-02T22:00:00.000Z",
        "2026-05-02T22:00:00.000Z",
    ]
    assert holder.balance()["currentBalance"] == 0
    assert stored.units(holder) == [100, -100]
    stored.assert_sound(holder)


def test_a_redemption_before_the_alert_lowers_the_amount(
    frozen_clock: Clock, pipeline: Pipeline, holder: Member
) -> None:
    frozen_clock.now = ALERT_AT - TICK
    assert holder.redeem(30).status == 200
    frozen_clock.now = ALERT_AT
    pipeline.run_calendar()
    assert holder.redeem(50).status == 200
    pipeline.run_calendar()

    (told,) = data_of(holder.merchant, EXPIRING)
    assert (told["points"], told["currentBalance"]) == (70, 70)


def test_what_was_spent_is_not_announced(
    frozen_clock: Clock, pipeline: Pipeline, holder: Member
) -> None:
    holder.redeem(100)
    frozen_clock.now = ALERT_AT
    pipeline.run_calendar()

    assert data_of(holder.merchant, EXPIRING) == []


def test_each_day_of_expiry_is_announced_once(
    frozen_clock: Clock, pipeline: Pipeline, holder: Member
) -> None:
    holder.earn(20)
    frozen_clock.advance(days=1)
    holder.earn(5)

    for now in (ALERT_AT, ALERT_AT + timedelta(days=1), ALERT_AT + timedelta(days=2)):
        frozen_clock.now = now
        pipeline.run_calendar()

    told = data_of(holder.merchant, EXPIRING)
    assert [(each["points"], each["expiresAt"]) for each in told] == [
        (120, "2026-05-02T22:00:00.000Z"),
        (5, "2026-05-03T22:00:00.000Z"),
    ]


def test_several_days_that_were_missed_are_announced_together(
    frozen_clock: Clock, pipeline: Pipeline, holder: Member
) -> None:
    frozen_clock.advance(days=1)
    holder.earn(5)
    frozen_clock.now = ALERT_AT + timedelta(days=10)

    pipeline.run_calendar()

    assert sorted(each["points"] for each in data_of(holder.merchant, EXPIRING)) == [5, 100]


def test_points_that_join_what_was_announced_are_announced(
    frozen_clock: Clock, pipeline: Pipeline, holder: Member
) -> None:
    frozen_clock.now = ALERT_AT
    pipeline.run_calendar()
    # By a shorter policy, granted on 3 April for the same day.
    changes = {"pointsExpiry": {"afterDays": 29, "alertDays": 7}}
    holder.api.ok("updateLoyaltyProgram", {"programId": holder.program_id, **changes})
    holder.earn(11)
    pipeline.run_calendar()
    assert len(data_of(holder.merchant, EXPIRING)) == 1

    frozen_clock.now = EXPIRES_AT - timedelta(days=7)
    pipeline.run_calendar()

    told = data_of(holder.merchant, EXPIRING)
    assert [(each["points"], each["expiresAt"]) for each in told] == [
        (100, "2026-05-02T22:00:00.000Z"),
        (111, "2026-05-02T22:00:00.000Z"),
    ]


def test_without_an_alert_points_expire_all_the_same(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant
) -> None:
    member = merchant.member(balance=100, pointsExpiry={"afterDays": 60, "alertDays": 0})
    for now in (ALERT_AT, EXPIRES_AT):
        frozen_clock.now = now
        pipeline.run_calendar()

    assert data_of(merchant, EXPIRING) == []
    assert stored.units(member) == [100, -100]


# Anniversaries


def test_tells_each_anniversary_once(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant
) -> None:
    member = merchant.member()
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, ANNIVERSARY)
        for now in (FIRST_YEAR - TICK, FIRST_YEAR, datetime(2028, 3, 3, 12, tzinfo=UTC)):
            frozen_clock.now = now
            pipeline.run_calendar()
            pipeline.run_calendar()
            pipeline.deliver(merchant)

    about = {
        **member.ids,
        "memberId": member.membership_id,
        "enrolledAt": "2026-03-03T12:00:00.000Z",
    }
    assert received(receiver, ANNIVERSARY) == [{**about, "years": 1}, {**about, "years": 2}]
    assert stored.entries(member) == []
    stored.assert_sound(member)


def test_a_booking_on_the_day_does_not_swallow_the_anniversary(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant
) -> None:
    member = merchant.member()
    frozen_clock.now = FIRST_YEAR + timedelta(minutes=5)
    member.earn(10)
    pipeline.run_calendar()

    assert [each["years"] for each in data_of(merchant, ANNIVERSARY)] == [1]


def test_of_anniversaries_that_were_missed_only_the_latest_is_told(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant
) -> None:
    merchant.member()
    frozen_clock.set(2029, 3, 5)
    pipeline.run_calendar()

    assert [each["years"] for each in data_of(merchant, ANNIVERSARY)] == [3]


def test_an_anniversary_long_past_is_not_told(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant
) -> None:
    member = merchant.member()
    frozen_clock.set(2027, 6, 1)
    pipeline.run_calendar()

    assert data_of(merchant, ANNIVERSARY) == []
    next_due_at = stored.membership(member).next_due_at
    assert next_due_at == datetime(2028, 3, 2, 23, tzinfo=UTC)


def test_an_inactive_program_announces_and_celebrates_nothing(
    frozen_clock: Clock, pipeline: Pipeline, holder: Member
) -> None:
    merchant = holder.merchant
    merchant.api.ok("updateLoyaltyProgram", {"programId": holder.program_id, "isActive": False})
    for now in (ALERT_AT, EXPIRES_AT, FIRST_YEAR):
        frozen_clock.now = now
        pipeline.run_calendar()

    # Members can still spend, so they are told what they will lose.
    assert [each["points"] for each in data_of(merchant, EXPIRING)] == [100]
    assert stored.units(holder) == [100, -100]
    assert data_of(merchant, ANNIVERSARY) == []


# Once, whatever happens


def test_runs_at_once_do_everything_once(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant
) -> None:
    first = merchant.member(balance=100, **IN_60_DAYS)
    members = [first, *(first.other(f"user_{number}") for number in range(2, 8))]
    for member in members[1:]:
        member.enroll()
        member.earn(10)
    pipeline.register(merchant, "https://example.com/hook", EXPIRING, ANNIVERSARY)

    for now in (ALERT_AT, EXPIRES_AT, FIRST_YEAR):
        frozen_clock.now = now
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: member_calendar.run(page_size=2), range(4)))

    assert sorted(each["userId"] for each in data_of(merchant, EXPIRING)) == [
        member.user_id for member in members
    ]
    assert len(data_of(merchant, ANNIVERSARY)) == len(members)
    assert len(deliveries_of(merchant)) == 2 * len(members)
    for member in members:
        assert [entry.kind.value for entry in stored.entries(member)] == ["earn", "expire"]
        stored.assert_sound(member)


def test_what_is_lost_after_the_commit_is_found_by_the_sweep(
    frozen_clock: Clock, pipeline: Pipeline, holder: Member
) -> None:
    merchant = holder.merchant
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, EXPIRING, EXPIRED)
        for now in (ALERT_AT, EXPIRES_AT):
            frozen_clock.now = now
            pipeline.tasks.is_losing = True
            pipeline.run_calendar()
            pipeline.tasks.is_losing = False
            frozen_clock.advance(minutes=3)
            pipeline.sweep()
            pipeline.deliver(merchant)

    assert receiver.types == [EXPIRING, EXPIRED]


def test_one_membership_that_fails_does_not_keep_others_waiting(
    frozen_clock: Clock,
    pipeline: Pipeline,
    new_merchant: Callable[..., Merchant],
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken, working = (new_merchant().member(balance=100, **IN_60_DAYS) for _ in range(2))
    program = client.get_one(paths.program(broken.program_id))
    assert program.data is not None
    client.commit([Delete(program)])
    cache.clear_all()
    frozen_clock.now = EXPIRES_AT
    capsys.readouterr()

    assert member_calendar.run(page_size=1) == 1

    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (line["severity"], line["message"]) == ("ERROR", "member calendar failed")
    assert line["member"] == logs.digest(broken.membership_id)
    assert stored.units(working) == [100, -100]
    assert stored.units(broken) == [100]

    client.commit([client.Put(program.path, program.data)])
    pipeline.run_calendar()
    assert stored.units(broken) == [100, -100]
    stored.assert_sound(broken)


def test_a_run_stops_in_time_and_the_next_goes_on(
    frozen_clock: Clock, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = merchant.member(balance=100, **IN_60_DAYS)
    second = first.other("user_2")
    second.enroll()
    second.earn(5)
    frozen_clock.now = EXPIRES_AT
    monkeypatch.setattr(member_calendar, "RUN_S_MAX", -1.0)

    assert [member_calendar.run() for _ in range(3)] == [1, 1, 0]


def test_says_how_many_moved_on_and_idles_at_the_price_of_four_queries(
    frozen_clock: Clock, pipeline: Pipeline, holder: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    frozen_clock.now = ALERT_AT
    capsys.readouterr()
    pipeline.run_calendar()
    line = json.loads(capsys.readouterr().out)

    with watched() as traffic:
        pipeline.run_calendar()

    assert line == {"severity": "INFO", "message": "member calendar moved on", "count": 1}
    assert capsys.readouterr().out == ""
    assert traffic.cost == (4, 4, 0)


def test_moving_on_writes_a_membership_twice_an_event_and_its_deliveries(
    frozen_clock: Clock, pipeline: Pipeline, holder: Member
) -> None:
    for number in range(3):
        pipeline.register(holder.merchant, f"https://example.com/{number}")
    holder.balance()  # the program is in the process
    frozen_clock.now = ALERT_AT

    with watched() as traffic:
        pipeline.run_calendar()

    # What is due, the membership, the endpoints, the commit; then what idles.
    assert traffic.rpcs == ["query", "get", "query", "commit", "query", "query", "query"]
    assert len(traffic.written) == 2 + 1 + 3
