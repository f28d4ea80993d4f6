"""Who was two members of a program had two welcome bonuses, and keeps one when they are joined."""

from __future__ import annotations

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

    answer = merge(own, till, "k1")

    (row,) = answer["memberships"]
    assert (row["pointsMoved"], row["welcomeBonusTaken"], row["newBalance"]) == (50, 50, 50)
    entry = stored.entries(till)[-1]
    assert (entry.kind, entry.units) == (EntryKind.REVERSE, -50)
    assert merge(own, till, "k1") == answer
    assert till.balance()["currentBalance"] == 50
    assert_right(till)


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


def test_what_staff_took_back_before_does_not_count(two: tuple[Member, Member]) -> None:
    till, own = two
    bonus = stored.entries(till)[0].entry_id
    till.api.ok("reverseLoyaltyTransaction", {**till.ids, "entryId": bonus, "refundId": "r1"})

    (row,) = merge(till, own)["memberships"]

    assert (row["welcomeBonusTaken"], row["newBalance"]) == (0, 50)


def test_a_third_one_goes_as_well(two: tuple[Member, Member]) -> None:
    till, own = two
    third = till.other("till_18")
    third.enroll()
    merge(own, till)

    (row,) = merge(till, third)["memberships"]

    assert (row["pointsMoved"], row["welcomeBonusTaken"], row["newBalance"]) == (50, 50, 50)
    assert_right(third)


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
