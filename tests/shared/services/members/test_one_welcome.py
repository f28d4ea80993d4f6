"""Who was two members of a program had two welcome bonuses, and keeps one when they are joined."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.loyalty.entries import EntryKind
from shared.services.loyalty import verification
from tests.conftest import Clock
from tests.support import stored
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.traffic import watched

EMAIL = "max@example.com"


@pytest.fixture
def two(frozen_clock: Clock, merchant: Merchant) -> tuple[Member, Member]:
    """Whom the till has made, with a bonus of 50, and the same person's own later one."""
    till = Member(merchant, merchant.program("points", welcomeBonus=50), "till_17")
    merchant.api.ok("createMember", {"userId": till.user_id, "email": EMAIL})
    till.enroll()
    frozen_clock.advance(days=1)
    own = till.other("uid_1")
    own.merchant.customer(own.user_id).ok("enrollInLoyaltyProgram", {"programId": own.program_id})
    assert [each.balance()["currentBalance"] for each in (till, own)] == [50, 50]
    return till, own


def merge(old: Member, new: Member, key: str | None = None) -> dict[str, Any]:
    body = {"fromUserId": old.user_id, "intoUserId": new.user_id}
    return old.api.ok("mergeMembers", body, idempotency_key=key)


def assert_right(member: Member) -> None:
    report = verification.verify(member.program_id)
    assert report is not None
    assert report.problems == ()


def test_linking_takes_the_second_one_back_and_says_so(two: tuple[Member, Member]) -> None:
    till, own = two
    till.earn(70)
    customer = own.merchant.customer(own.user_id, names_account=True, email=EMAIL)

    assert customer.ok("linkMember", {})["newlyLinkedUserIds"] == ["till_17"]

    assert own.balance()["currentBalance"] == 120
    body = {**own.ids, "includeCameBack": True}
    newest, merged, *_ = own.api.ok("getLoyaltyTransactions", body)["transactions"]
    assert (newest["type"], newest["points"], newest["description"]) == (
        "reverse",
        -50,
        "Welcome bonus",
    )
    assert merged["type"] == "merge"
    rows = own.api.ok("getLoyaltyTransactions", body)["transactions"]
    bonuses = {each["memberId"]: each for each in rows if each["earningMethod"] == "welcome"}
    assert bonuses[own.membership_id]["cameBack"] == {"askedPoints": 50, "leftPoints": 0}
    assert bonuses[till.membership_id]["cameBack"] == {"askedPoints": 0, "leftPoints": 50}
    with nothing_written():
        customer.ok("linkMember", {})
    assert_right(own)


def test_merging_says_how_much_it_took(two: tuple[Member, Member]) -> None:
    """The till's bonus was the first one, so it stays, whichever of the two members does."""
    till, own = two

    answer = merge(till, own, "k1")

    (row,) = answer["memberships"]
    assert (row["pointsMoved"], row["welcomeBonusTaken"], row["newBalance"]) == (50, 50, 50)
    entry = stored.entries(own)[-1]
    assert (entry.kind, entry.units) == (EntryKind.REVERSE, -50)
    assert merge(till, own, "k1") == answer
    assert own.balance()["currentBalance"] == 50
    assert_right(own)


def test_what_is_spent_stays_spent_and_nobody_gets_into_debt(two: tuple[Member, Member]) -> None:
    till, own = two
    redeemed = own.redeem(40).body["redemptionId"]
    till.redeem(30)

    (row,) = merge(till, own)["memberships"]

    assert (row["pointsMoved"], row["welcomeBonusTaken"], row["newBalance"]) == (20, 30, 0)
    cancelled = own.api.ok("cancelRedemption", {**own.ids, "redemptionId": redeemed})
    assert (cancelled["pointsReturned"], cancelled["pointsCollected"]) == (40, 20)
    assert own.balance()["currentBalance"] == 20
    assert_right(own)


def test_nothing_left_takes_nothing(two: tuple[Member, Member]) -> None:
    till, own = two
    for each in two:
        assert each.redeem(50).status == 200

    (row,) = merge(till, own)["memberships"]

    assert (row["welcomeBonusTaken"], row["newBalance"]) == (0, 0)
    assert_right(own)


@pytest.mark.parametrize("policy", ["unlimited", "only_pending"])
def test_whatever_the_program_says_of_goods_that_come_back(
    two: tuple[Member, Member], policy: str
) -> None:
    till, own = two
    till.api.ok("updateLoyaltyProgram", {"programId": till.program_id, "refundPolicy": policy})
    assert own.redeem(50).status == 200
    assert till.redeem(20).status == 200

    (row,) = merge(till, own)["memberships"]

    assert (row["welcomeBonusTaken"], row["newBalance"]) == (30, 0)


@pytest.mark.parametrize(
    ("of_first", "back", "taken"),
    [(True, 50, 0), (True, 49, 1), (False, 49, 1), (False, 50, 0)],
)
def test_what_staff_took_back_before_does_not_count(
    two: tuple[Member, Member], of_first: bool, back: int, taken: int
) -> None:
    """They keep one whole bonus: the one of which staff have left more."""
    till, own = two
    member = till if of_first else own
    bonus = stored.entries(member)[0].entry_id
    body = {**member.ids, "entryId": bonus, "refundId": "r1", "points": back}
    member.api.ok("reverseLoyaltyTransaction", body)

    (row,) = merge(till, own)["memberships"]

    assert (row["welcomeBonusTaken"], row["newBalance"]) == (taken, 50)
    assert_right(own)


def expiring(clock: Clock, merchant: Merchant, **policy: Any) -> tuple[Member, Member]:
    """Return two members with a bonus of 50 each, which expires after 30 days, a day apart."""
    program = merchant.program("points", welcomeBonus=50, pointsExpiry={"afterDays": 30, **policy})
    first = Member(merchant, program, "till_17")
    first.enroll()
    clock.advance(days=1)
    second = first.other("uid_1")
    second.enroll()
    return first, second


@pytest.mark.parametrize("renewed_by", [[], ["earning"]])
def test_what_has_expired_is_not_taken_of_what_was_earned_since(
    frozen_clock: Clock, merchant: Merchant, renewed_by: list[str]
) -> None:
    """Also where what is earned puts off the expiry: not that of what has expired before."""
    first, second = expiring(frozen_clock, merchant, renewedBy=renewed_by)
    frozen_clock.advance(days=60)
    second.earn(100)
    assert [each.units for each in stored.entries(second)] == [50, -50, 100]

    (row,) = merge(first, second)["memberships"]

    assert (row["welcomeBonusTaken"], row["newBalance"]) == (0, 100)
    assert_right(second)


def test_what_an_activity_has_put_off_is_taken(frozen_clock: Clock, merchant: Merchant) -> None:
    first, second = expiring(frozen_clock, merchant, renewedBy=["earning"])
    frozen_clock.advance(days=20)
    second.earn(100)
    frozen_clock.advance(days=20)
    assert [each.balance()["currentBalance"] for each in (first, second)] == [0, 150]

    (row,) = merge(first, second)["memberships"]

    assert (row["welcomeBonusTaken"], row["newBalance"]) == (50, 100)
    assert_right(second)


@pytest.mark.usefixtures("persons")
def test_what_staff_have_put_off_is_taken(frozen_clock: Clock, merchant: Merchant) -> None:
    first, second = expiring(frozen_clock, merchant)
    last_day = (frozen_clock.now + timedelta(days=80)).date().isoformat()
    for each in (first, second):
        body = {**each.ids, "lastDay": last_day, "reason": "goodwill", "actor": "till_1"}
        each.api.ok("extendExpiry", body)
    frozen_clock.advance(days=40)
    assert [each.balance()["currentBalance"] for each in (first, second)] == [50, 50]

    (row,) = merge(first, second)["memberships"]

    assert (row["welcomeBonusTaken"], row["newBalance"]) == (50, 50)
    assert_right(second)


def test_what_is_reserved_can_still_be_had(two: tuple[Member, Member]) -> None:
    till, own = two
    of_till, of_own = reserve(till, 50), reserve(own, 40)

    (row,) = merge(till, own)["memberships"]

    assert (row["welcomeBonusTaken"], row["newBalance"]) == (10, 90)
    answer = own.api.ok("getCustomerBalance", {**own.ids, "includeReservations": True})
    assert (answer["heldBalance"], answer["availableBalance"]) == (90, 0)
    for name in (of_till, of_own):
        own.api.ok("commitLoyaltyRedemption", {**own.ids, "reservationId": name})
    assert own.balance()["currentBalance"] == 0
    assert_right(own)


@pytest.mark.parametrize("by_staff", [True, False])
def test_what_is_given_up_later_is_taken_by_staff_or_with_a_third_member(
    two: tuple[Member, Member], by_staff: bool
) -> None:
    till, own = two
    held = reserve(own, 40)
    till.redeem(50)
    (row,) = merge(till, own)["memberships"]
    assert (row["welcomeBonusTaken"], row["newBalance"]) == (10, 40)
    own.api.ok("voidLoyaltyRedemption", {**own.ids, "reservationId": held})
    assert own.balance()["currentBalance"] == 40

    if by_staff:
        body = {**own.ids, "entryId": stored.entries(own)[0].entry_id, "refundId": "r1"}
        assert own.api.ok("reverseLoyaltyTransaction", body)["pointsReversed"] == 40
        assert own.balance()["currentBalance"] == 0
    else:
        third = till.other("till_18")
        third.enroll()
        (row,) = merge(third, own)["memberships"]
        assert (row["welcomeBonusTaken"], row["newBalance"]) == (90, 0)
    assert_right(own)


def reserve(member: Member, points: int) -> str:
    answer = member.api.ok("reserveLoyaltyPoints", {**member.ids, "points": points})
    return str(answer["reservationId"])


def test_a_third_one_goes_as_well(two: tuple[Member, Member]) -> None:
    till, own = two
    third = till.other("till_18")
    third.enroll()
    merge(till, own)

    (row,) = merge(third, own)["memberships"]

    assert (row["pointsMoved"], row["welcomeBonusTaken"], row["newBalance"]) == (50, 50, 50)
    assert_right(own)


def test_where_one_has_had_a_bonus_nothing_is_taken(merchant: Merchant) -> None:
    """The other joined before there was one."""
    till = Member(merchant, merchant.program("points"), "till_17")
    till.enroll()
    merchant.api.ok("updateLoyaltyProgram", {"programId": till.program_id, "welcomeBonus": 50})
    own = till.other("uid_1")
    own.enroll()

    (row,) = merge(till, own)["memberships"]

    assert (row["welcomeBonusTaken"], row["newBalance"]) == (0, 50)


def test_it_is_looked_for_in_one_call_with_the_rest(
    merchant: Merchant, two: tuple[Member, Member]
) -> None:
    """Two reads, by names that are known before; what that costs in all is in the golden files."""
    first = merchant.member("points", balance=10)
    second = first.other("user_2")
    second.enroll()
    calls = []
    for pair in ((first, second), two):
        with watched() as traffic:
            merge(*pair)
        calls.append(traffic)

    entries = [{path for path in each.asked if "/entries/" in path} for each in calls]
    assert [len(each) for each in entries] == [2, 2]


def test_a_crash_takes_nothing_twice(two: tuple[Member, Member]) -> None:
    till, own = two
    for calls in range(1, 40):
        with dying_after(calls) as life:
            merge(till, own, "k1")
        if not life.has_ended:
            break

    assert own.balance()["currentBalance"] == 50
    assert [each.units for each in stored.entries(own)] == [50, 50, -50]
    assert_right(own)
