"""advanceTestClock: what time brings happens to a test account, once, in the order of time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import clock
from shared.services.accounts import test_clock_moves
from shared.services.accounts.test_clock_moves import CONTINUE
from shared.store.loyalty import program_documents
from shared.store.orders import checkout_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.checkouts import Market
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import reserved

ACTION = "advanceTestClock"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def tested(frozen_clock: Clock, new_merchant: Callable[..., Merchant]) -> Merchant:
    """A test account, whose time is the real one: 3 March 2026."""
    return new_merchant(is_test=True)


def history(member: Member) -> list[tuple[str, float, str]]:
    """Return kind, units and time of a member's entries, oldest first."""
    stored.assert_sound(member)
    return [
        (each.kind.value, float(each.units), each.recorded_at.isoformat(timespec="minutes")[:16])
        for each in stored.entries(member)
    ]


def told(merchant: Merchant, *types: str) -> list[tuple[str, str]]:
    return [
        (each["type"].removeprefix("loyalty."), each["createdAt"].isoformat()[:16])
        for each in events_of(merchant)
        if each["type"] in {f"loyalty.{name}" for name in types}
    ]


def test_points_expire_after_they_are_announced(tested: Merchant) -> None:
    member = tested.member(balance=100, pointsExpiry={"afterDays": 60, "alertDays": 30})
    answer = tested.api.ok(ACTION, {"days": 100})
    assert answer == {
        "success": True,
        "status": "ready",
        "accountTime": "2026-06-11T12:00:00.000Z",
        "realTime": "2026-03-03T12:00:00.000Z",
        "advancingTo": None,
    }
    assert member.balance()["currentBalance"] == 0
    assert history(member) == [
        ("earn", 100, "2026-03-03T12:00"),
        ("expire", -100, "2026-05-02T22:00"),
    ]
    assert told(tested, "points_expiring") == [("points_expiring", "2026-04-02T22:00")]


def test_a_year_with_all_that_it_brings(tested: Merchant) -> None:
    """A birthday in the middle is granted on its day, and expires a month after it."""
    birthday = {"event": "birthday", "points": 50, "period": "year"}
    member = tested.member(
        eventRules=[birthday],
        ruleExpiries=[{"rule": "event:birthday", "afterDays": 30, "alertDays": 0}],
        pendingDays=14,
    )
    tested.api.ok("updateMember", {"userId": member.user_id, "birthday": "1990-04-10"})
    member.add(purchaseAmount=20)
    tested.api.ok(ACTION, {"to": "2027-03-03T23:30:00+01:00"})
    assert history(member) == [
        ("pending", 0, "2026-03-03T12:00"),
        ("earn", 200, "2026-03-17T23:00"),
        ("earn", 50, "2026-04-09T22:00"),
        ("expire", -50, "2026-05-10T22:00"),
    ]
    assert told(tested, "anniversary") == [("anniversary", "2027-03-02T23:00")]


def test_a_tier_is_announced_and_lost(tested: Merchant) -> None:
    member = tested.member(
        "tier", balance=600, tierPolicy={"basis": "rolling_12_months", "downgrade": "all"}
    )
    assert member.balance()["currentTier"] == "Silber"
    tested.api.ok(ACTION, {"days": 400})
    assert member.balance()["currentTier"] == "Bronze"
    kinds = [each[0] for each in history(member)]
    assert kinds == ["earn", "tier"]
    assert [each for each, _ in told(tested, "tier_expiring")] == ["tier_expiring"]


def test_what_nobody_has_paid_ends_and_what_was_reserved_is_free(tested: Merchant) -> None:
    member = tested.member(balance=100)
    reserved(member, 60)
    assert member.redeem(50).status == 400
    checkout_id = Market(tested, member).started()
    tested.api.ok(ACTION, {"hours": 24})
    found = checkout_documents.find(checkout_id)
    assert found is not None
    assert (found.stage.value, found.updated_at) == ("cancelled", NOW + timedelta(hours=2))
    assert member.redeem(100).status == 200


def test_the_time_of_others_stays(tested: Merchant, merchant: Merchant) -> None:
    expiring = {"pointsExpiry": {"afterDays": 5, "alertDays": 0}}
    other = merchant.member(balance=10, **expiring)
    tested.member(balance=10, **expiring)
    before = stored.of_member(other)
    tested.api.ok(ACTION, {"days": 30})
    assert stored.of_member(other) == before
    assert other.balance()["currentBalance"] == 10


@pytest.mark.usefixtures("own_database")  # the calendar works through all there is
def test_is_done_once(tested: Merchant, pipeline: Pipeline) -> None:
    member = tested.member(balance=10, pointsExpiry={"afterDays": 5, "alertDays": 0})
    first = tested.api(ACTION, {"days": 30}, idempotency_key="k1")
    with nothing_written():
        again = tested.api(ACTION, {"days": 30}, idempotency_key="k1")
        pipeline.tasks.reset()
        named = tested.api(ACTION, {"to": "2026-04-02T14:00:00+02:00"})
    assert again.body == first.body == named.body
    assert again.headers["Idempotent-Replayed"] == "true"
    pipeline.run_calendar()
    assert len(history(member)) == 2
    assert tested.api.ok("getTestClock", {})["accountTime"] == "2026-04-02T12:00:00.000Z"


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        ({"to": "2026-03-03T12:00:00Z"}, "to", "must be later than the account's time"),
        ({"to": "2027-04-08T12:00:01Z"}, "to", "must be at most 400 days after"),
        ({"days": 401}, "days", "must be at most 400"),
    ],
)
def test_goes_forward_and_not_too_far(
    tested: Merchant, body: dict[str, Any], field: str, problem: str
) -> None:
    with nothing_written():
        refused = tested.api(ACTION, body)
    assert refused.body["details"]["fields"][field].startswith(problem)


def test_needs_one_way_to_say_how_far(tested: Merchant) -> None:
    with nothing_written():
        for body in ({}, {"days": 1, "hours": 1}):
            assert_fields_refused(
                tested.api(ACTION, body), {"body": "needs one of to, days and hours"}
            )


def test_is_never_more_than_ten_years_ahead(tested: Merchant) -> None:
    for _ in range(9):
        tested.api.ok(ACTION, {"days": 400})
    with nothing_written():
        refused = tested.api(ACTION, {"hours": 24 * 61})
    assert_fields_refused(refused, {"hours": "must be at most 3660 days after the real time"})


def test_the_time_of_a_live_account_is_the_real_one(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    with nothing_written():
        moved = merchant.api(ACTION, {"days": 1})
        shown = merchant.api("getTestClock", {})
    assert_refused(moved, 403, "TEST_ACCOUNT_REQUIRED")
    assert_refused(shown, 403, "TEST_ACCOUNT_REQUIRED")


def test_what_takes_long_is_gone_on_with_by_a_task(
    tested: Merchant, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = tested.member(balance=10, pointsExpiry={"afterDays": 5, "alertDays": 0})
    other = member.other("user_2")
    tested.api.ok(ACTION, {"days": 1})
    other.enroll()
    other.earn(20)
    monkeypatch.setattr(test_clock_moves, "AT_ONCE_S", -1.0)
    begun = tested.api.ok(ACTION, {"days": 30})
    assert (begun["status"], begun["accountTime"]) == ("advancing", "2026-03-08T23:00:00.000Z")
    assert begun["advancingTo"] == "2026-04-03T12:00:00.000Z"
    assert [len(history(each)) for each in (member, other)] == [2, 1]
    member.earn(5)  # Others see time pass.
    assert history(member)[-1][2] == "2026-03-08T23:00"
    (task,) = [each for each in pipeline.tasks.pending if each.queue == CONTINUE]
    assert pipeline.tasks.run(task) == pipeline.tasks.run(task) == 200
    assert tested.api.ok("getTestClock", {})["status"] == "ready"
    assert [each[2] for each in history(member)] == [
        "2026-03-03T12:00",
        "2026-03-08T23:00",
        "2026-03-08T23:00",
        "2026-03-14T23:00",
    ]
    assert history(other)[-1] == ("expire", -20, "2026-03-09T23:00")


@pytest.mark.usefixtures("own_database")  # the calendar works through all there is
def test_the_schedule_goes_on_with_what_was_left_and_with_time(
    tested: Merchant, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, frozen_clock: Clock
) -> None:
    member = tested.member(balance=10, pointsExpiry={"afterDays": 5, "alertDays": 0})
    pipeline.tasks.is_losing = True
    monkeypatch.setattr(test_clock_moves, "AT_ONCE_S", -1.0)
    tested.api.ok(ACTION, {"days": 30})
    pipeline.run_calendar()
    assert tested.api.ok("getTestClock", {})["status"] == "ready"
    assert [each[0] for each in history(member)] == ["earn", "expire"]
    member.earn(7)
    frozen_clock.advance(days=6)
    pipeline.run_calendar()
    assert history(member)[-1] == ("expire", -7, "2026-04-08T12:00")


def test_what_fails_does_not_stop_time(tested: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    good = tested.member(balance=10, pointsExpiry={"afterDays": 5, "alertDays": 0})
    bad = good.other("user_2")
    bad.enroll()
    bad.earn(20)
    find, calls = program_documents.find, iter((True, False))

    def failing(program_id: str) -> Any:
        assert not next(calls, False), "this one fails"
        return find(program_id)

    monkeypatch.setattr(program_documents, "find", failing)
    tested.api.ok(ACTION, {"days": 30})
    monkeypatch.setattr(program_documents, "find", find)
    assert sorted(len(stored.entries(each)) for each in (good, bad)) == [1, 2]
    assert clock.utc_now() == NOW
    tested.api.ok(ACTION, {"hours": 1})
    assert [len(stored.entries(each)) for each in (good, bad)] == [2, 2]
    assert stored.entries(good)[-1].recorded_at >= NOW + timedelta(days=5)
