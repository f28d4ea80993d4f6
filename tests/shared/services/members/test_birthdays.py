"""Birthdays are rewarded by the calendar: on the day, once in twelve months, set in good time."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core import exceptions

from functions.schedules import run_member_calendar
from shared.services.members import birthdays
from shared.store import cache, client, paths, rpc
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Api
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.wire import Wire, failed, first, lost

pytestmark = pytest.mark.usefixtures("own_database")

RULE = {"event": "birthday", "points": 100, "period": "year"}
# Today is 3 March 2026. 10 April begins in Berlin.
DAY = datetime(2026, 4, 9, 22, tzinfo=UTC)
NEXT = datetime(2027, 4, 9, 22, tzinfo=UTC)


@pytest.fixture
def merchant(frozen_clock: Clock, new_merchant: Callable[..., Merchant]) -> Merchant:
    """A merchant who is alone in the database."""
    return new_merchant()


@pytest.fixture
def anna(merchant: Merchant) -> Member:
    """A member who has a birthday on 10 April, which is rewarded."""
    member = merchant.member(eventRules=[RULE])
    born(member, "1990-04-10")
    return member


@pytest.fixture
def wire(own_database: None, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The RPCs to the test's own database."""
    wire = Wire()
    monkeypatch.setattr(rpc, "send", wire.through(rpc.send))
    return wire


def born(member: Member, day: str | None, api: Api | None = None) -> None:
    (api or member.api).ok("updateMember", {"userId": member.user_id, "birthday": day})


def units(member: Member, clock: Clock, *moments: datetime) -> list[int]:
    """Let the calendar run at some moments, twice each; return what it has booked then."""
    for moment in moments:
        clock.now = moment
        run_member_calendar.handle()
        run_member_calendar.handle()
    stored.assert_sound(member)
    return stored.units(member)


def test_the_day_begins_in_the_time_zone_of_the_store(frozen_clock: Clock, anna: Member) -> None:
    before = DAY.replace(hour=21, minute=59)
    assert units(anna, frozen_clock, DAY.replace(hour=10), before) == []
    assert units(anna, frozen_clock, DAY) == [100]
    (entry,) = stored.entries(anna)
    assert (entry.earning_method, entry.description) == ("birthday", "Birthday")
    assert entry.made_of is not None
    assert entry.made_of.rule == "event:birthday"


def test_once_a_year_on_the_day(frozen_clock: Clock, anna: Member) -> None:
    assert units(anna, frozen_clock, DAY, DAY.replace(month=5)) == [100]
    assert units(anna, frozen_clock, NEXT.replace(hour=21), NEXT) == [100, 100]


def test_stores_in_two_time_zones_each_on_their_own_day(
    frozen_clock: Clock, anna: Member, new_merchant: Callable[..., Merchant]
) -> None:
    account_id = anna.merchant.account_id
    program_id = anna.merchant.program(eventRules=[RULE])
    for path in (
        paths.program(program_id),
        paths.store_program(anna.merchant.store_id, program_id),
    ):
        read = client.get_one(path)
        assert read.data is not None
        assert read.data["accountId"] == account_id
        client.commit([client.replacement(read, {**read.data, "timeZone": "Asia/Tokyo"})])
    cache.clear_all()
    other = Member(anna.merchant, program_id, anna.user_id)
    other.enroll()

    assert units(other, frozen_clock, DAY.replace(hour=14, minute=59)) == []
    assert units(other, frozen_clock, DAY.replace(hour=15)) == [100]
    assert stored.entries(anna) == []
    assert units(anna, frozen_clock, DAY) == [100]
    assert units(other, frozen_clock, NEXT) == [100, 100]


@pytest.mark.parametrize(("day", "expected"), [("1990-04-02", [100]), ("1990-04-01", [])])
def test_it_was_set_30_days_before(
    frozen_clock: Clock, anna: Member, day: str, expected: list[int]
) -> None:
    born(anna, day)
    assert units(anna, frozen_clock, DAY) == expected
    assert units(anna, frozen_clock, NEXT) == [*expected, 100]


def test_changing_it_gives_no_second_one_in_twelve_months(
    frozen_clock: Clock, anna: Member
) -> None:
    assert units(anna, frozen_clock, DAY) == [100]
    born(anna, "1990-08-01")
    assert units(anna, frozen_clock, DAY.replace(month=8)) == [100]
    assert units(anna, frozen_clock, NEXT.replace(month=8)) == [100, 100]


def test_without_a_birthday_there_is_none(frozen_clock: Clock, anna: Member) -> None:
    born(anna, None)
    with nothing_written():
        assert units(anna, frozen_clock, DAY) == []


def test_late_runs_lose_none_for_30_days(frozen_clock: Clock, anna: Member) -> None:
    assert units(anna, frozen_clock, DAY.replace(month=5, hour=21)) == [100]


def test_what_is_longer_ago_is_not_made_up_for(frozen_clock: Clock, anna: Member) -> None:
    assert units(anna, frozen_clock, DAY.replace(month=5, hour=23)) == []
    assert units(anna, frozen_clock, NEXT) == [100]


def test_who_joins_later_or_gets_the_rule_later_has_the_next_one(
    frozen_clock: Clock, anna: Member
) -> None:
    other = Member(anna.merchant, anna.merchant.program(), anna.user_id)
    frozen_clock.now = DAY
    other.enroll()
    rules = {"programId": other.program_id, "eventRules": [RULE]}
    anna.api.ok("updateLoyaltyProgram", rules)

    assert units(other, frozen_clock, DAY) == []
    assert units(anna, frozen_clock, DAY) == [100]
    assert units(other, frozen_clock, NEXT) == [100]


@pytest.mark.parametrize("who", ["suspended", "suspended everywhere", "left"])
def test_nobody_who_is_suspended_or_has_left(frozen_clock: Clock, anna: Member, who: str) -> None:
    if who == "left":
        anna.api.ok("leaveLoyaltyProgram", anna.ids)
    else:
        where = {"programId": anna.program_id} if who == "suspended" else {}
        names = {"userId": anna.user_id, "reason": "checked", **where}
        anna.api.ok("suspendMember", names)
    assert units(anna, frozen_clock, DAY) == []


def test_nobody_of_whom_no_address_is_verified(frozen_clock: Clock, merchant: Merchant) -> None:
    program_id = merchant.program(eventRules=[RULE], allowsUnverified=True)
    guest = Member(merchant, program_id, "guest")
    project = os.environ["GOOGLE_CLOUD_PROJECT"]
    ours = {"iss": f"https://securetoken.google.com/{project}", "aud": project}
    unknown = merchant.customer("guest", names_account=True, email=None, **ours)
    unknown.ok("enrollInLoyaltyProgram", {"programId": program_id})
    born(guest, "1990-04-10", unknown)
    assert units(guest, frozen_clock, DAY) == []

    verified = merchant.customer("guest", names_account=True, **ours)
    verified.ok("enrollInLoyaltyProgram", {"programId": program_id})
    assert units(guest, frozen_clock, NEXT) == [100]


def test_two_who_are_merged_have_one_birthday(frozen_clock: Clock, anna: Member) -> None:
    other = anna.other("user_2")
    other.enroll()
    born(other, "1990-05-20")
    assert units(anna, frozen_clock, DAY) == [100]
    anna.api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})

    frozen_clock.now = DAY.replace(month=5, day=25)
    run_member_calendar.handle()
    assert other.balance()["currentBalance"] == 100
    person = stored.person(anna.merchant, "user_1")
    assert person is not None
    assert person.birthday_due_at is None
    frozen_clock.now = NEXT.replace(month=5, day=25)
    run_member_calendar.handle()
    assert other.balance()["currentBalance"] == 200


def test_who_is_erased_has_none(frozen_clock: Clock, anna: Member) -> None:
    anna.api.ok("eraseMember", {"userId": anna.user_id})
    assert stored.person(anna.merchant, anna.user_id) is None
    frozen_clock.now = DAY
    assert birthdays.run() == 0


def test_the_merchant_may_tell_of_it_and_both_are_one(frozen_clock: Clock, anna: Member) -> None:
    def told(event_id: str) -> Any:
        body = {**anna.ids, "event": "birthday", "eventId": event_id}
        return anna.api.ok("trackLoyaltyEvent", body)["pointsAdded"]

    assert [told("b1"), told("b2")] == [100, 0]
    assert units(anna, frozen_clock, DAY) == [100]
    assert units(anna, frozen_clock, NEXT) == [100, 100]
    assert told("b3") == 0


@pytest.mark.parametrize("act", [lost, failed])
def test_answers_that_get_lost_do_nothing_twice(
    frozen_clock: Clock, anna: Member, wire: Wire, act: Any
) -> None:
    wire.commits = [act(exceptions.ServiceUnavailable)]
    assert units(anna, frozen_clock, DAY) == [100]


def test_a_crash_is_made_up_for_by_the_next_run(
    frozen_clock: Clock, anna: Member, wire: Wire
) -> None:
    frozen_clock.now = DAY
    wire.every_commit = failed(SystemExit)
    with pytest.raises(SystemExit):
        birthdays.run()
    wire.every_commit = None
    assert stored.entries(anna) == []
    assert units(anna, frozen_clock, DAY) == [100]


def test_what_is_booked_meanwhile_is_not_lost(
    frozen_clock: Clock, anna: Member, wire: Wire
) -> None:
    wire.commits = [first(lambda: anna.earn(7))]
    assert units(anna, frozen_clock, DAY) == [7, 100]


def test_several_runs_at_once(frozen_clock: Clock, anna: Member) -> None:
    frozen_clock.now = DAY
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: birthdays.run(), range(4)))
    assert stored.units(anna) == [100]
    stored.assert_sound(anna)


def test_one_that_fails_does_not_stop_the_others(
    frozen_clock: Clock, anna: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [anna.other(f"other_{number}") for number in range(3)]
    for each in others:
        each.enroll()
        born(each, "1980-04-10")
    real = birthdays._programs

    def programs(person: Any) -> Any:
        if person.user_id == anna.user_id:
            raise ValueError("broken")
        return real(person)

    monkeypatch.setattr(birthdays, "_programs", programs)
    frozen_clock.now = DAY
    assert birthdays.run(page_size=2) == 3
    assert [stored.units(each) for each in (anna, *others)] == [[], [100], [100], [100]]
    monkeypatch.undo()


@pytest.mark.parametrize("more", [{"period": "ever"}, {"timesPerPeriod": 2}])
def test_a_program_promises_it_once_a_year(anna: Member, more: dict[str, Any]) -> None:
    body = {"programId": anna.program_id, "eventRules": [{**RULE, **more}]}
    answer = anna.api("updateLoyaltyProgram", body)
    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
