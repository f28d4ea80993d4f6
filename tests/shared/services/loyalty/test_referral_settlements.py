"""A referral rewards both sides once, after the new member's first purchase has cooled off."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from google.api_core import exceptions

from shared import clock
from shared.auth.caller import Caller
from shared.domain.accounts.packages import Package
from shared.services.events import emission
from shared.services.loyalty import balances, member_calendar
from shared.store import rpc
from tests.conftest import Clock
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.staff import hired
from tests.support.wire import Wire, failed, first, lost

pytestmark = pytest.mark.usefixtures("own_database")

TERMS = {"referrerPoints": 100, "newMemberPoints": 50, "coolOffDays": 14, "minimumPurchase": 10}
DAYS_5 = timedelta(days=5)


@pytest.fixture
def merchant(frozen_clock: Clock, new_merchant: Callable[..., Merchant]) -> Merchant:
    """A merchant who is alone in the database."""
    return new_merchant()


@pytest.fixture
def wire(own_database: None, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The RPCs to the test's own database."""
    wire = Wire()
    monkeypatch.setattr(rpc, "send", wire.through(rpc.send))
    return wire


@pytest.fixture
def anna(merchant: Merchant) -> Member:
    """A member who refers others."""
    return merchant.member(referral=TERMS)


@pytest.fixture
def ben(anna: Member) -> Member:
    """Whom Anna referred."""
    return referred(anna, "ben")


def referred(by: Member, user_id: str) -> Member:
    friend = by.other(user_id)
    code = by.api.ok("getReferralCode", by.ids)["code"]
    by.api.ok("enrollInLoyaltyProgram", {**friend.ids, "referralCode": code})
    return friend


def buy(member: Member, amount: float = 20, **fields: Any) -> None:
    fields = {"transactionId": f"t{amount}", **fields}
    answer = member.add(purchaseAmount=amount, **fields)
    assert answer.status == 200, answer.body


def rewards(clock: Clock, *members: Member, days: int = 15) -> list[list[int]]:
    """Let the calendar run some days later, twice; return what each got for referrals."""
    clock.advance(days=days)
    member_calendar.run()
    member_calendar.run()
    for each in members:
        stored.assert_sound(each)
    return [
        [entry.units for entry in stored.entries(each) if entry.earning_method == "referral"]
        for each in members
    ]


def counts(member: Member) -> tuple[int, int]:
    found = member.api.ok("getReferralCode", member.ids)
    return found["pendingReferrals"], found["rewardedReferrals"]


def test_both_get_theirs_once_after_the_cool_off(
    frozen_clock: Clock, anna: Member, ben: Member
) -> None:
    assert rewards(frozen_clock, anna, ben) == [[], []]
    buy(ben)
    assert rewards(frozen_clock, anna, ben, days=14) == [[], []]
    assert counts(anna) == (1, 0)
    assert rewards(frozen_clock, anna, ben, days=1) == [[100], [50]]
    assert counts(anna) == (0, 1)
    buy(ben, 30)
    assert rewards(frozen_clock, anna, ben, days=100) == [[100], [50]]


def test_it_is_told_as_earned_by_a_referral(frozen_clock: Clock, anna: Member, ben: Member) -> None:
    buy(ben)
    rewards(frozen_clock, anna, ben)
    (entry,) = [each for each in stored.entries(anna) if each.earning_method == "referral"]
    emission.emit_entry(anna.membership_id, entry.entry_id)
    (event,) = stored.events(anna.merchant.store_id, "loyalty.points_earned")
    assert event["data"]["earningMethod"] == "referral"
    assert "ben" not in str(event)


@pytest.mark.parametrize("units", [5, 9.99])
def test_a_purchase_that_is_too_small_decides_nothing(
    frozen_clock: Clock, anna: Member, ben: Member, units: float
) -> None:
    buy(ben, units)
    ben.earn(500)
    assert rewards(frozen_clock, anna, ben) == [[], []]
    buy(ben, 10)
    assert rewards(frozen_clock, anna, ben) == [[100], [50]]


def test_pending_days_count_if_they_are_more(frozen_clock: Clock, merchant: Merchant) -> None:
    anna = merchant.member(referral={**TERMS, "coolOffDays": 3}, pendingDays=20)
    ben = referred(anna, "ben")
    buy(ben)
    assert rewards(frozen_clock, anna, ben, days=20) == [[], []]
    assert rewards(frozen_clock, anna, ben, days=1) == [[100], [50]]


@pytest.mark.usefixtures("persons")
def test_a_cashier_who_tells_late_shortens_no_cool_off(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    anna = merchant.member(referral={**TERMS, "coolOffDays": 3})
    ben = referred(anna, "ben")
    frozen_clock.advance(days=5)
    body = {**ben.ids, "purchaseAmount": 20, "occurredAt": clock.to_wire(clock.utc_now() - DAYS_5)}
    hired(merchant, "cashier", "uid_cashier").ok("addLoyaltyPoints", body)
    assert rewards(frozen_clock, anna, ben, days=3) == [[], []]
    assert rewards(frozen_clock, anna, ben, days=1) == [[100], [50]]


def test_without_a_cool_off_it_is_the_next_run(frozen_clock: Clock, merchant: Merchant) -> None:
    anna = merchant.member(referral={**TERMS, "coolOffDays": 0})
    ben = referred(anna, "ben")
    buy(ben)
    assert rewards(frozen_clock, anna, ben, days=0) == [[100], [50]]


def test_the_terms_are_those_of_the_enrolment(
    frozen_clock: Clock, anna: Member, ben: Member
) -> None:
    anna.api.ok("updateLoyaltyProgram", {"programId": anna.program_id, "referral": None})
    buy(ben)
    assert rewards(frozen_clock, anna, ben) == [[100], [50]]


@pytest.mark.parametrize("who", ["anna", "ben"])
@pytest.mark.parametrize("how", ["suspendMember", "leaveLoyaltyProgram"])
def test_who_referred_and_is_not_active_gets_nothing_and_a_new_one_ends_it(
    frozen_clock: Clock, anna: Member, ben: Member, who: str, how: str
) -> None:
    buy(ben)
    names = {**(anna if who == "anna" else ben).ids}
    anna.api.ok(how, {**names, **({"reason": "checked"} if how == "suspendMember" else {})})
    expected: list[list[int]] = [[], [50]] if who == "anna" else [[], []]
    assert rewards(frozen_clock, anna, ben) == expected
    assert counts(anna)[0] == 0


def test_no_more_in_a_year_than_the_program_allows(frozen_clock: Clock, merchant: Merchant) -> None:
    anna = merchant.member(referral={**TERMS, "limitPerYear": 2})
    friends = [referred(anna, f"friend_{number}") for number in range(3)]
    for each in friends:
        buy(each)
    got = rewards(frozen_clock, anna, *friends)
    assert got == [[100, 100], [50], [50], [50]]
    frozen_clock.now = frozen_clock.now.replace(year=2027)
    late = referred(anna, "late")
    buy(late)
    assert rewards(frozen_clock, anna, late) == [[100, 100, 100], [50]]


def test_new_members_of_whom_nobody_vouches_wait(frozen_clock: Clock, merchant: Merchant) -> None:
    anna = merchant.member(referral=TERMS, allowsUnverified=True)
    ben = anna.other("ben")
    project = os.environ["GOOGLE_CLOUD_PROJECT"]
    ours = {"iss": f"https://securetoken.google.com/{project}", "aud": project}
    code = anna.api.ok("getReferralCode", anna.ids)["code"]
    body = {"programId": anna.program_id, "referralCode": code}
    merchant.customer("ben", email=None, **ours).ok("enrollInLoyaltyProgram", body)
    buy(ben)
    assert rewards(frozen_clock, anna, ben) == [[], []]

    verified = merchant.customer("ben", **ours)
    verified.ok("enrollInLoyaltyProgram", {"programId": anna.program_id})
    assert rewards(frozen_clock, anna, ben, days=0) == [[100], [50]]


def test_who_referred_and_was_merged_gets_it_under_the_new_id(
    frozen_clock: Clock, anna: Member, ben: Member
) -> None:
    new = anna.other("new")
    new.enroll()
    anna.api.ok("mergeMembers", {"fromUserId": anna.user_id, "intoUserId": "new"})
    buy(ben)
    frozen_clock.advance(days=15)
    member_calendar.run()
    assert [new.balance()["currentBalance"], counts(new)] == [100, (0, 1)]


def test_both_sides_merged_are_one_person_who_gets_nothing(
    frozen_clock: Clock, anna: Member, ben: Member
) -> None:
    buy(ben)
    before = ben.balance()["currentBalance"]
    anna.api.ok("mergeMembers", {"fromUserId": "ben", "intoUserId": anna.user_id})
    frozen_clock.advance(days=15)
    member_calendar.run()
    assert anna.balance()["currentBalance"] == before
    assert counts(anna)[1] == 0


@pytest.mark.parametrize("who", ["anna", "ben"])
def test_who_is_erased_is_named_nowhere_and_gets_nothing(
    frozen_clock: Clock, anna: Member, ben: Member, who: str
) -> None:
    buy(ben)
    gone, left = (anna, ben) if who == "anna" else (ben, anna)
    anna.api.ok("eraseMember", {"userId": gone.user_id})
    (referral,) = stored.documents("referrals").values()
    assert f"'{gone.user_id}'" not in str(referral)
    assert f"/{gone.user_id}'" not in str(referral)
    assert rewards(frozen_clock, left) == [[50] if who == "anna" else []]


def test_an_export_names_nobody_else(anna: Member, ben: Member) -> None:
    for one, other in ((anna, ben), (ben, anna)):
        exported = anna.api.ok("exportMember", {"userId": one.user_id})
        assert "referrals" in str(exported)
        assert f"'{other.user_id}'" not in str(exported)


@pytest.mark.parametrize("act", [lost, failed])
def test_answers_that_get_lost_do_nothing_twice(
    frozen_clock: Clock, anna: Member, ben: Member, wire: Wire, act: Any
) -> None:
    buy(ben)
    wire.commits = [act(exceptions.ServiceUnavailable)]
    assert rewards(frozen_clock, anna, ben) == [[100], [50]]


def test_a_crash_leaves_neither_of_the_two(
    frozen_clock: Clock, anna: Member, ben: Member, wire: Wire
) -> None:
    buy(ben)
    frozen_clock.advance(days=15)
    wire.every_commit = failed(SystemExit)
    with pytest.raises(SystemExit):
        member_calendar.run()
    wire.every_commit = None
    assert stored.entries(anna) == []
    assert rewards(frozen_clock, anna, ben, days=0) == [[100], [50]]


def test_what_is_booked_for_who_referred_meanwhile_is_not_lost(
    frozen_clock: Clock, anna: Member, ben: Member, wire: Wire
) -> None:
    buy(ben)
    wire.commits = [first(lambda: anna.earn(7))]
    assert rewards(frozen_clock, anna, ben) == [[100], [50]]
    assert anna.balance()["currentBalance"] == 107


def test_several_runs_at_once(frozen_clock: Clock, anna: Member, ben: Member) -> None:
    other = referred(anna, "other")
    buy(ben)
    buy(other)
    frozen_clock.advance(days=15)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: member_calendar.run(), range(4)))
    assert rewards(frozen_clock, anna, ben, other, days=0) == [[100, 100], [50], [50]]


def test_nothing_is_due_after_it(frozen_clock: Clock, anna: Member, ben: Member) -> None:
    buy(ben)
    rewards(frozen_clock, anna, ben)
    frozen_clock.now += timedelta(days=1)
    with nothing_written():
        assert member_calendar.run() == 0


@pytest.mark.parametrize(
    ("returned", "expected"), [(100, [[], []]), (40, [[100], [50]]), (60, [[], []])]
)
@pytest.mark.parametrize("is_spent", [False, True])
def test_goods_that_come_back_before_end_it_unless_enough_is_left(
    frozen_clock: Clock,
    anna: Member,
    ben: Member,
    returned: int,
    expected: list[list[int]],
    is_spent: bool,
) -> None:
    buy(ben, 20)  # 200 points; 10 euros are enough.
    (entry,) = stored.entries(ben)
    if is_spent:
        assert ben.redeem(200).status == 200
    caller = Caller(anna.merchant.account_id, Package.PRIME, is_live=True)
    balances.take_back(
        caller,
        program_id=ben.program_id,
        user_id=ben.user_id,
        store_id=None,
        entry_id=entry.entry_id,
        units=2 * returned,
        transaction_id="refund",
        description="Refund",
    )
    assert rewards(frozen_clock, anna, ben) == expected
    if expected == [[], []]:
        buy(ben, 15, transactionId="next")
        assert rewards(frozen_clock, anna, ben) == [[100], [50]]
