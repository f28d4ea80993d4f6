"""trackLoyaltyEvent: what the program gives for an event, once for each, so often a period."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.services.events import emission
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import nothing_written

ACTION = "trackLoyaltyEvent"
DAILY = {"event": "app_login", "points": 5, "timesPerPeriod": 2, "period": "day"}
ONCE = {"event": "review", "points": 50}


@pytest.fixture
def anna(frozen_clock: Clock, merchant: Merchant) -> Member:
    """A member who may earn by two logins a day, and by one review."""
    assert frozen_clock.now.day == 3
    return merchant.member(eventRules=[DAILY, ONCE])


def track(member: Member, event_id: str, event: str = "app_login", **fields: Any) -> Answer:
    return member.api(ACTION, {**member.ids, "event": event, "eventId": event_id, **fields})


def refusal(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.error


def points(member: Member, event_id: str, event: str = "app_login", **fields: Any) -> Any:
    """Return what was granted, else why nothing was."""
    answer = track(member, event_id, event, **fields)
    assert answer.status == 200, answer.body
    stored.assert_sound(member)
    return answer.body["reason"] or answer.body["pointsAdded"]


def test_an_event_earns_what_the_rule_says(anna: Member) -> None:
    answer = track(anna, "e1")

    (entry,) = stored.entries(anna)
    assert (answer.status, answer.body) == (
        200,
        {
            "success": True,
            **anna.ids,
            "event": "app_login",
            "eventId": "e1",
            "entryId": entry.entry_id,
            "pointsAdded": 5,
            "cappedBy": None,
            "reason": None,
            "previousBalance": 0,
            "newBalance": 5,
            "currentTier": None,
        },
    )
    assert (entry.units, entry.earning_method) == (5, "event")
    assert entry.made_of is not None
    assert (entry.made_of.rule, entry.made_of.base) == ("event:app_login", None)
    stored.assert_sound(anna)


def test_it_is_told_as_earned_by_an_event(anna: Member) -> None:
    track(anna, "e1")
    (entry,) = stored.entries(anna)
    emission.emit_entry(anna.membership_id, entry.entry_id)

    (event,) = stored.events(anna.merchant.store_id, "loyalty.points_earned")
    assert event["data"]["earningMethod"] == "event"


def test_the_same_event_is_granted_once_for_ever(frozen_clock: Clock, anna: Member) -> None:
    first = track(anna, "e1")
    frozen_clock.advance(days=400)
    with nothing_written():
        again = track(anna, "e1")
        earlier = track(anna, "e1", occurredAt="2026-03-03T11:00:00Z")
        other = track(anna, "e1", "review")

    assert (again.body, earlier.body) == (first.body, first.body)
    assert refusal(other) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert anna.balance()["currentBalance"] == 5


def test_what_earned_nothing_never_does(frozen_clock: Clock, anna: Member) -> None:
    """Though there would be a rule, or room, tomorrow."""
    assert [points(anna, each) for each in ("e1", "e2", "e3")] == [5, 5, "used_up"]
    assert points(anna, "s1", "sport") == "no_rule"
    rules = [DAILY, ONCE, {"event": "sport", "points": 7}]
    anna.api.ok("updateLoyaltyProgram", {"programId": anna.program_id, "eventRules": rules})
    frozen_clock.advance(days=1)

    with nothing_written():
        assert points(anna, "e3") == "used_up"
        assert points(anna, "s1", "sport") == "no_rule"
    assert points(anna, "e4") == 5
    assert points(anna, "s2", "sport") == 7


@pytest.mark.usefixtures("frozen_clock")
def test_days_are_those_on_which_it_happened(anna: Member) -> None:
    before = {"occurredAt": "2026-03-02T22:59:00Z"}  # 23:59 of the day before in Berlin
    after = {"occurredAt": "2026-03-02T23:01:00Z"}

    assert [points(anna, f"a{n}", **after) for n in range(3)] == [5, 5, "used_up"]
    assert [points(anna, f"b{n}", **before) for n in range(3)] == [5, 5, "used_up"]
    assert points(anna, "a3", **after) == "used_up"
    assert points(anna, "a4") == "used_up"


@pytest.mark.parametrize("moment", ["2026-02-24T11:59:00Z", "2026-03-04T12:00:00Z"])
def test_what_is_too_old_or_has_not_happened_is_refused(anna: Member, moment: str) -> None:
    with nothing_written():
        assert refusal(track(anna, "e1", occurredAt=moment)) == (400, "INVALID_PARAMETERS")
    assert stored.entries(anna) == []


def test_the_limits_of_the_program_hold_besides(merchant: Merchant) -> None:
    member = merchant.member(eventRules=[ONCE], earningLimits={"maxPerDay": 30})

    answer = track(member, "e1", "review")

    assert (answer.body["pointsAdded"], answer.body["cappedBy"]) == (30, "maxPerDay")
    assert points(member, "e2", "review") == "used_up"


@pytest.mark.usefixtures("frozen_clock")
def test_many_at_once_get_no_more_than_the_rule_allows(anna: Member) -> None:
    with ThreadPoolExecutor(6) as pool:
        work = [pool.submit(track, anna, f"e{n % 6}") for n in range(8)]
        answers = [each.result() for each in work]

    assert {each.status for each in answers} <= {200, 409}
    assert anna.balance()["currentBalance"] == 10
    assert len(stored.entries(anna)) == 2
    stored.assert_sound(anna)


def test_money_of_cashback_programs(merchant: Merchant) -> None:
    member = merchant.member("cashback", eventRules=[{"event": "review", "points": 0.5}])

    assert points(member, "e1", "review") == 0.5


@pytest.mark.parametrize(
    "rules",
    [
        [{"event": "review", "points": 0.5}],
        [{"event": "review", "points": 0}],
        [{"event": "Review!", "points": 1}],
        [ONCE, ONCE],
        [{**ONCE, "period": "hour"}],
        [{**ONCE, "timesPerPeriod": 0}],
    ],
)
def test_rules_that_cannot_be_are_refused(anna: Member, rules: list[Any]) -> None:
    body = {"programId": anna.program_id, "eventRules": rules}
    with nothing_written():
        assert refusal(anna.api("updateLoyaltyProgram", body)) == (400, "INVALID_PARAMETERS")


def test_who_gets_nothing(anna: Member) -> None:
    stranger = create_merchant(anna.api.app)
    body = {**anna.ids, "event": "app_login", "eventId": "e1"}
    with nothing_written():
        assert refusal(track(anna.other("user_2"), "e1")) == (404, "MEMBERSHIP_NOT_FOUND")
        assert refusal(stranger.api(ACTION, body)) == (404, "PROGRAM_NOT_FOUND")
    anna.api.ok("suspendMember", {**anna.ids, "reason": "Missbrauch"})
    with nothing_written():
        assert refusal(track(anna, "e1")) == (403, "MEMBER_SUSPENDED")
        assert refusal(track(anna, "e2", "sport")) == (403, "MEMBER_SUSPENDED")
    assert stored.entries(anna) == []


def test_the_sandbox_grants_and_keeps_nothing(merchant: Merchant) -> None:
    body = {"programId": "lp_1", "userId": "u1", "event": "review", "eventId": "e1"}
    with nothing_written():
        answer = merchant.sandbox(ACTION, body)
        absent = merchant.sandbox(ACTION, {**body, "userId": "user_not_enrolled"})

    assert (answer.status, answer.body["event"], answer.body["newBalance"]) == (200, "review", 147)
    assert refusal(absent) == (404, "MEMBERSHIP_NOT_FOUND")
