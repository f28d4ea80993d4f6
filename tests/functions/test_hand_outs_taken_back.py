"""Who hands a reward out by mistake takes it back at once: the points are on the card again."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.accounts.staff import StaffRole
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Api
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import hired

CASHIER, MANAGER = StaffRole.CASHIER, StaffRole.MANAGER
REDEEM, USE, CANCEL = "redeemLoyaltyPoints", "useRewardCode", "cancelRedemption"
COFFEE = {
    "rewardId": "rw_coffee",
    "title": "Coffee",
    "type": "free_product",
    "requiredPoints": 8,
    "stock": 5,
}

pytestmark = pytest.mark.usefixtures("persons")


@pytest.fixture
def collector(frozen_clock: Clock, merchant: Merchant) -> Member:
    """A customer with 10 stamps, of which 8 buy a coffee."""
    member = merchant.member("stamps", rewards=[COFFEE])
    member.earn(10)
    frozen_clock.advance(seconds=1)
    return member


@pytest.fixture
def till(merchant: Merchant) -> Api:
    return hired(merchant, CASHIER)


def use(api: Api, member: Member, code: str, **fields: Any) -> dict[str, Any]:
    body = {"storeId": member.merchant.store_id, "rewardCode": code, **fields}
    return dict(api.ok(USE, body))


def handed_out(api: Api, member: Member) -> dict[str, Any]:
    """Let somebody of the staff redeem and hand out a coffee; return what the use answered."""
    code = member.api.ok("getMemberCode", {"userId": member.user_id})["code"]
    body = {**member.ids, "rewardId": "rw_coffee", "points": 8, "memberCode": code}
    return use(api, member, api.ok(REDEEM, body)["rewardCode"])


def named(member: Member, used: dict[str, Any]) -> dict[str, Any]:
    return {**member.ids, "redemptionId": used["redemptionId"]}


def test_the_points_and_the_piece_are_back(
    collector: Member, till: Api, frozen_clock: Clock
) -> None:
    """The last of five pieces: who wants the next one gets that one, and nobody gets a sixth."""
    gone = collector.other("ben")
    gone.enroll()
    gone.earn(50)
    buying = {**gone.ids, "rewardId": "rw_coffee", "points": 8}
    for _ in range(4):
        gone.api.ok(REDEEM, buying)
    used = handed_out(till, collector)
    with nothing_written():
        assert gone.api(REDEEM, buying).error == "REWARD_OUT_OF_STOCK"
    frozen_clock.advance(minutes=14)

    back = till.ok(CANCEL, named(collector, used))
    again = till.ok(CANCEL, named(collector, used))

    assert (back["pointsReturned"], back["newBalance"]) == (8, 10)
    assert again["cancellationId"] == back["cancellationId"]
    assert [each.staff_id for each in stored.entries(collector)[1:]] == ["uid_cashier"] * 2
    found = collector.api.ok("getRedemption", named(collector, used))["redemption"]
    assert (found["status"], found["usedAt"], found["usedBy"]) == ("cancelled", None, None)
    gone.api.ok(REDEEM, buying)
    with nothing_written():
        assert gone.api(REDEEM, buying).error == "REWARD_OUT_OF_STOCK"
    stored.assert_sound(collector)


def test_the_code_serves_for_nothing_any_more(collector: Member, till: Api) -> None:
    code = collector.api.ok("getMemberCode", {"userId": collector.user_id})["code"]
    body = {**collector.ids, "rewardId": "rw_coffee", "points": 8, "memberCode": code}
    reward_code = till.ok(REDEEM, body)["rewardCode"]
    using = {"storeId": collector.merchant.store_id, "rewardCode": reward_code}
    used = till(USE, using, idempotency_key="use-1").body
    till.ok(CANCEL, named(collector, used))

    with nothing_written():
        repeated = till(USE, using, idempotency_key="use-1")
        anew = till(USE, using, idempotency_key="use-2")

    assert (repeated.status, repeated.error) == (409, "REDEMPTION_CANCELLED")
    assert (anew.status, anew.error) == (409, "REDEMPTION_CANCELLED")


def test_what_the_customer_has_reserved_in_the_card(collector: Member, till: Api) -> None:
    held = collector.api.ok("reserveLoyaltyPoints", {**collector.ids, "rewardId": "rw_coffee"})
    used = use(till, collector, held["rewardCode"])

    back = till.ok(CANCEL, named(collector, used))

    assert (back["pointsReturned"], back["newBalance"]) == (8, 10)
    stored.assert_sound(collector)


def test_what_the_customer_has_just_redeemed(collector: Member, till: Api) -> None:
    body = {**collector.ids, "rewardId": "rw_coffee", "points": 8}
    used = use(till, collector, collector.api.ok(REDEEM, body)["rewardCode"])

    assert till.ok(CANCEL, named(collector, used))["newBalance"] == 10


def test_a_manager_takes_back_what_they_handed_out(collector: Member) -> None:
    manager = hired(collector.merchant, MANAGER, "uid_manager")
    used = handed_out(manager, collector)

    assert manager.ok(CANCEL, named(collector, used))["newBalance"] == 10


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("too late", "too_late"),
        ("redeemed long before", "too_late"),
        ("not the last", "not_the_last"),
        ("by a colleague", "other_staff"),
    ],
)
def test_a_cashier_takes_nothing_else_back(
    why: str, reason: str, collector: Member, till: Api, frozen_clock: Clock
) -> None:
    if why == "redeemed long before":
        body = {**collector.ids, "rewardId": "rw_coffee", "points": 8}
        code = collector.api.ok(REDEEM, body)["rewardCode"]
        frozen_clock.advance(minutes=15, seconds=1)
        used = use(till, collector, code)
    else:
        by = hired(collector.merchant, CASHIER, "uid_2") if why == "by a colleague" else till
        used = handed_out(by, collector)
    if why == "too late":
        frozen_clock.advance(minutes=15, seconds=1)
    if why == "not the last":
        frozen_clock.advance(seconds=1)
        till.ok("addLoyaltyPoints", {**collector.ids, "purchaseCount": 1})

    with nothing_written():
        answer = till(CANCEL, named(collector, used))

    assert_refused(answer, 403, "UNDO_NOT_ALLOWED", {"reason": reason})


def test_nobody_else_takes_a_hand_out_back(collector: Member, till: Api) -> None:
    used = handed_out(till, collector)
    manager = hired(collector.merchant, MANAGER, "uid_manager")

    with nothing_written():
        by_manager = manager(CANCEL, named(collector, used))
        by_key = collector.api(CANCEL, named(collector, used))

    assert [each.error for each in (by_manager, by_key)] == ["REWARD_CODE_USED"] * 2
    assert collector.balance()["currentBalance"] == 2


@pytest.mark.parametrize("is_held", [False, True])
def test_what_a_key_says_of_a_cashier_is_nothing_that_they_have_done(
    is_held: bool, collector: Member, till: Api
) -> None:
    body = {**collector.ids, "rewardId": "rw_coffee"}
    held = ("reserveLoyaltyPoints", body)
    made = collector.api.ok(*held if is_held else (REDEEM, {**body, "points": 8}))
    used = use(collector.api, collector, made["rewardCode"], usedBy="uid_cashier")

    with nothing_written():
        answer = till(CANCEL, named(collector, used))

    assert_refused(answer, 403, "UNDO_NOT_ALLOWED", {"reason": "other_staff"})
    found = collector.api.ok("getRedemption", named(collector, used))["redemption"]
    assert (found["status"], found["usedBy"]) == ("used", "uid_cashier")
    assert collector.balance()["currentBalance"] == 2


def test_nobody_takes_back_for_themselves(merchant: Merchant, frozen_clock: Clock) -> None:
    me = merchant.member("stamps", rewards=[COFFEE]).other("uid_cashier")
    me.enroll()
    me.earn(10)
    frozen_clock.advance(seconds=1)
    till = hired(merchant, CASHIER)
    body = {**me.ids, "rewardId": "rw_coffee", "points": 8}
    used = use(till, me, me.api.ok(REDEEM, body)["rewardCode"])

    with nothing_written():
        answer = till(CANCEL, named(me, used))

    assert_refused(answer, 403, "OWN_MEMBERSHIP")
    assert me.balance()["currentBalance"] == 2


def test_where_nothing_is_cancelled_a_hand_out_is_not_taken_back(
    frozen_clock: Clock, merchant: Merchant, till: Api
) -> None:
    member = merchant.member("stamps", rewards=[COFFEE], redemptionCancelDays=0)
    member.earn(10)
    frozen_clock.advance(seconds=1)
    used = handed_out(till, member)

    with nothing_written():
        answer = till(CANCEL, named(member, used))

    assert (answer.status, answer.error) == (400, "CANCELLATION_TOO_LATE")
