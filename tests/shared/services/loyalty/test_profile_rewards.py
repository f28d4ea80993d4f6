"""Newsletter and custom fields earn once for ever, in the commit that lets the profile say so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from google.api_core import exceptions

from shared.services.events import emission
from shared.store import rpc
from tests.conftest import Clock
from tests.support import sign_ins, stored
from tests.support.api import Api
from tests.support.merchants import Member, Merchant
from tests.support.wire import Wire, failed, first, lost

NEWSLETTER = {"event": "newsletter", "points": 50}
SIZE = {"event": "field:shoeSize", "points": 20}
CLUB = {"event": "field:club", "points": 10}
ON = {"newsletter": {"subscribed": True}}
OFF = {"newsletter": {"subscribed": False}}
FIELDS = [
    {"name": "shoeSize", "type": "number", "editableBy": "customer"},
    {"name": "club", "type": "boolean"},
]


@pytest.fixture
def anna(frozen_clock: Clock, merchant: Merchant) -> Member:
    """A member of a program that rewards newsletter and custom fields."""
    assert frozen_clock.now.day == 3
    merchant.api.ok("configureMembers", {"customFields": FIELDS})
    return merchant.member(eventRules=[NEWSLETTER, SIZE, CLUB])


def say(member: Member, api: Api | None = None, **fields: Any) -> Any:
    """Change the profile, and return all that the member has then."""
    (api or member.api).ok("updateMember", {"userId": member.user_id, **fields})
    stored.assert_sound(member)
    return member.balance()["currentBalance"]


def customer(member: Member, **sign_in: Any) -> Api:
    return member.merchant.customer(member.user_id, names_account=True, **sign_in)


def test_the_newsletter_earns_once_also_if_it_is_switched_off_and_on(anna: Member) -> None:
    assert [say(anna, **each) for each in (ON, OFF, ON, ON)] == [50, 50, 50, 50]

    (entry,) = stored.entries(anna)
    assert (entry.units, entry.earning_method, entry.description) == (50, "event", "newsletter")
    assert entry.made_of is not None
    assert entry.made_of.rule == "event:newsletter"
    emission.emit_entry(anna.membership_id, entry.entry_id)
    (event,) = stored.events(anna.merchant.store_id, "loyalty.points_earned")
    assert event["data"]["earningMethod"] == "event"


def test_it_earns_nothing_again_in_later_years(frozen_clock: Clock, anna: Member) -> None:
    assert [say(anna, **each) for each in (ON, OFF)] == [50, 50]
    frozen_clock.advance(days=800)
    assert say(anna, **ON) == 50


def test_a_field_earns_with_its_first_value(anna: Member) -> None:
    assert say(anna, customFields={"shoeSize": None, "club": False}) == 0
    assert say(anna, customFields={"shoeSize": 0}) == 20
    assert say(anna, customFields={"shoeSize": None}) == 20
    assert say(anna, customFields={"shoeSize": 42, "club": True}) == 30


def test_the_customer_does_the_same(anna: Member) -> None:
    assert say(anna, customer(anna), **ON, customFields={"shoeSize": 42}) == 70


def test_customers_of_whom_nobody_vouches_get_it_once_they_are_verified(
    merchant: Merchant, anna: Member
) -> None:
    program_id = merchant.program(eventRules=[NEWSLETTER], allowsUnverified=True)
    guest = Member(merchant, program_id, "guest")
    unknown = Api(merchant.api.app, sign_ins.anonymous("guest"), customer(guest).headers)
    unknown.ok("enrollInLoyaltyProgram", {"programId": program_id})
    assert say(guest, unknown, **ON) == 0
    unknown.ok("enrollInLoyaltyProgram", {"programId": program_id})
    assert stored.entries(guest) == []

    for _ in range(2):
        customer(guest).ok("enrollInLoyaltyProgram", {"programId": program_id})
    assert guest.balance()["currentBalance"] == 50
    person = stored.person(merchant, "guest")
    assert person is not None
    assert not person.is_unverified
    assert stored.entries(anna) == []


def test_each_program_of_the_person_gives_its_own(anna: Member) -> None:
    other = Member(anna.merchant, anna.merchant.program(eventRules=[CLUB, SIZE]), anna.user_id)
    other.enroll()
    without = Member(anna.merchant, anna.merchant.program(), anna.user_id)
    without.enroll()

    assert say(anna, **ON, customFields={"club": True}) == 60
    assert stored.units(other) == [10]
    assert stored.entries(without) == []


def test_who_enrols_later_gets_what_the_profile_says_already(merchant: Merchant) -> None:
    merchant.api.ok("createMember", {"userId": "user_1", **ON})
    member = merchant.member(eventRules=[NEWSLETTER])
    assert stored.units(member) == [50]
    assert [say(member, **each) for each in (OFF, ON)] == [50, 50]
    member.enroll()
    stored.assert_sound(member)
    assert stored.units(member) == [50]


def test_who_is_enrolled_by_another_system_gets_it_too(merchant: Merchant) -> None:
    merchant.api.ok("createMember", {"userId": "user_1", **ON})
    member = Member(merchant, merchant.program(eventRules=[NEWSLETTER]), "user_1")

    assert member.sync("add", 5, source="shop", externalTransactionId="t1").status == 200

    assert stored.units(member) == [50, 5]
    stored.assert_sound(member)


def test_who_is_created_after_joining_gets_it(anna: Member) -> None:
    anna.api.ok("createMember", {"userId": anna.user_id, **ON})
    assert stored.units(anna) == [50]


def test_what_was_tracked_by_its_name_counts(anna: Member) -> None:
    told = {**anna.ids, "event": "newsletter", "eventId": "mailing-7"}
    assert anna.api.ok("trackLoyaltyEvent", told)["pointsAdded"] == 50
    assert say(anna, **ON) == 50
    other = anna.other("other")
    other.enroll()
    assert say(other, **ON) == 50
    again = other.api.ok("trackLoyaltyEvent", {**told, "userId": "other"})
    assert (again["pointsAdded"], again["reason"]) == (0, "used_up")


def test_a_rule_that_comes_later_rewards_the_next_that_say_so(anna: Member) -> None:
    other = Member(anna.merchant, anna.merchant.program(), anna.user_id)
    other.enroll()
    assert say(other, **ON) == 0
    rules = {"programId": other.program_id, "eventRules": [NEWSLETTER]}
    anna.api.ok("updateLoyaltyProgram", rules)

    assert say(other, lastName="Lovelace") == 0
    assert say(other, **ON) == 50


def test_members_who_are_suspended_or_have_left_get_it_when_they_are_back(anna: Member) -> None:
    names = {**anna.ids, "reason": "checked"}
    anna.api.ok("suspendMember", names)
    assert say(anna, **ON) == 0
    anna.api.ok("reactivateMember", names)
    assert say(anna, **ON) == 50

    anna.api.ok("leaveLoyaltyProgram", anna.ids)
    assert say(anna, customFields={"club": True}) == 50
    anna.enroll()
    assert anna.balance()["currentBalance"] == 60


def test_the_limits_of_the_program_hold(merchant: Merchant) -> None:
    limits = {"maxPerBooking": 30, "whenExceeded": "truncate"}
    member = merchant.member(eventRules=[NEWSLETTER], earningLimits=limits)
    assert [say(member, **ON), say(member, **OFF), say(member, **ON)] == [30, 30, 30]


@pytest.mark.parametrize("into", ["user_1", "user_2"])
def test_of_two_who_are_merged_it_is_enough_that_one_had_it(anna: Member, into: str) -> None:
    other = anna.other("user_2")
    other.enroll()
    say(anna, **ON)
    old = "user_1" if into == "user_2" else "user_2"
    anna.api.ok("mergeMembers", {"fromUserId": old, "intoUserId": into})
    kept = anna.other(into)

    for each in (OFF, ON):
        anna.api.ok("updateMember", {"userId": into, **each})
    assert kept.balance()["currentBalance"] == sum(stored.units(kept)) == 50


@pytest.mark.parametrize("act", [lost, failed])
@pytest.mark.parametrize("error", [exceptions.DeadlineExceeded, exceptions.ServiceUnavailable])
def test_profile_and_points_are_written_together_or_not_at_all(
    anna: Member, wire: Wire, act: Any, error: type[Exception]
) -> None:
    wire.commits = [act(error)]
    anna.api("updateMember", {"userId": anna.user_id, **ON})
    person = stored.person(anna.merchant, anna.user_id)
    assert person is not None
    assert person.is_subscribed is bool(stored.entries(anna))

    assert say(anna, **ON) == 50
    assert stored.units(anna) == [50]


def test_a_crash_before_the_commit_leaves_nothing(anna: Member, wire: Wire) -> None:
    wire.every_commit = failed(SystemExit)
    with pytest.raises(SystemExit):
        anna.api("updateMember", {"userId": anna.user_id, **ON})
    wire.every_commit = None
    person = stored.person(anna.merchant, anna.user_id)
    assert person is not None
    assert (person.is_subscribed, stored.entries(anna)) == (False, [])
    assert say(anna, **ON) == 50


def test_points_that_are_booked_meanwhile_are_not_lost(anna: Member, wire: Wire) -> None:
    wire.commits = [first(lambda: anna.earn(7))]
    assert say(anna, **ON) == 57
    assert stored.units(anna) == [7, 50]


def test_many_at_once_earn_once(anna: Member) -> None:
    with ThreadPoolExecutor(4) as pool:
        body = {"userId": anna.user_id, **ON}
        work = [pool.submit(anna.api, "updateMember", body) for _ in range(6)]
        assert {each.result().status for each in work} <= {200, 409}
    stored.assert_sound(anna)
    assert stored.units(anna) == [50]


@pytest.mark.parametrize(
    ("fields", "commits", "reads"),
    [({"firstName": "Ada"}, 1, 1), (OFF, 1, 1), (ON, 1, 2)],
)
def test_only_what_is_rewarded_costs_one_read_more(
    anna: Member, wire: Wire, fields: dict[str, Any], commits: int, reads: int
) -> None:
    say(anna, language="de")
    wire.calls = []
    anna.api.ok("updateMember", {"userId": anna.user_id, **fields})
    assert (wire.calls.count(rpc.COMMIT), wire.calls.count(rpc.GET)) == (commits, reads)


@pytest.mark.parametrize("more", [{"period": "year"}, {"timesPerPeriod": 2}])
def test_a_program_cannot_promise_it_more_than_once(anna: Member, more: dict[str, Any]) -> None:
    for rule in (NEWSLETTER, SIZE):
        body = {"programId": anna.program_id, "eventRules": [{**rule, **more}]}
        answer = anna.api("updateLoyaltyProgram", body)
        assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
        assert list(answer.body["details"]["fields"]) == ["eventRules[0].period"]
