"""The codes of a cinema are worth money wherever they are seen: who gets points back for them."""

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
REDEEM, USE, CANCEL, RETURN = (
    "redeemLoyaltyPoints",
    "useRewardCode",
    "cancelRedemption",
    "reverseLoyaltyTransaction",
)
CINEMA = {
    "rewardId": "rw_cinema",
    "title": "Cinema",
    "type": "voucher",
    "requiredPoints": 8,
    "stock": 0,
}
CODES = ["Kino-1a", "Kino-2b", "Kino-3c"]

pytestmark = pytest.mark.usefixtures("persons")


@pytest.fixture
def collector(frozen_clock: Clock, merchant: Merchant) -> Member:
    """A customer with 10 stamps, of which 8 buy a ticket."""
    member = merchant.member("stamps", rewards=[CINEMA])
    codes = {"programId": member.program_id, "rewardId": "rw_cinema", "codes": CODES}
    member.api.ok("importVoucherCodes", codes)
    member.earn(10)
    frozen_clock.advance(seconds=1)
    return member


@pytest.fixture
def till(merchant: Merchant) -> Api:
    return hired(merchant, CASHIER)


def bought(api: Api, member: Member, **fields: Any) -> dict[str, Any]:
    """Let somebody redeem a ticket for a customer who shows the card."""
    code = member.api.ok("getMemberCode", {"userId": member.user_id})["code"]
    body = {**member.ids, "rewardId": "rw_cinema", "points": 8, "memberCode": code, **fields}
    return dict(api.ok(REDEEM, body))


def use(api: Api, member: Member, made: dict[str, Any]) -> dict[str, Any]:
    body = {"storeId": member.merchant.store_id, "rewardCode": made["rewardCode"]}
    return dict(api.ok(USE, body))


def named(member: Member, made: dict[str, Any]) -> dict[str, Any]:
    return {**member.ids, "redemptionId": made["redemptionId"]}


def test_a_cashier_sees_one_code_for_one_card(collector: Member, till: Api) -> None:
    """Or one full card, given back again and again, would show all of them."""
    made = bought(till, collector)

    with nothing_written():
        answer = till(CANCEL, named(collector, made))
        again = till(CANCEL, named(collector, made))

    fix = "Ask a manager, who first sees to it that the code does not work any more."
    assert_refused(answer, 403, "UNDO_NOT_ALLOWED", {"reason": "imported_code"}, fix=fix)
    assert again.error == "UNDO_NOT_ALLOWED"
    assert collector.balance()["currentBalance"] == 2


@pytest.mark.parametrize("by", ["the cashier", "the customer"])
def test_a_used_code_is_given_back_by_nobody(by: str, collector: Member, till: Api) -> None:
    """It may have been used at the cinema before it was shown here."""
    buyer = till if by == "the cashier" else None
    body = {**collector.ids, "rewardId": "rw_cinema", "points": 8}
    made = bought(buyer, collector) if buyer else collector.api.ok(REDEEM, body)
    use(till, collector, made)
    manager = hired(collector.merchant, MANAGER, "uid_manager")

    with nothing_written():
        answers = [each(CANCEL, named(collector, made)) for each in (till, manager, collector.api)]

    assert [(each.status, each.error) for each in answers] == [(409, "REWARD_CODE_USED")] * 3
    assert collector.balance()["currentBalance"] == 2


def test_a_manager_does_not_take_back_what_they_have_used(collector: Member) -> None:
    manager = hired(collector.merchant, MANAGER, "uid_manager")
    made = bought(manager, collector)
    use(manager, collector, made)

    with nothing_written():
        answer = manager(CANCEL, named(collector, made))

    assert (answer.status, answer.error) == (409, "REWARD_CODE_USED")
    assert collector.balance()["currentBalance"] == 2


@pytest.mark.parametrize("by", ["a manager", "a key"])
def test_who_can_end_the_code_elsewhere_gives_it_back(
    by: str, collector: Member, till: Api
) -> None:
    made = bought(till, collector)
    api = hired(collector.merchant, MANAGER, "uid_manager") if by == "a manager" else collector.api

    back = api.ok(CANCEL, named(collector, made))

    assert (back["pointsReturned"], back["newBalance"]) == (8, 10)
    assert bought(till, collector)["rewardCode"] != made["rewardCode"]
    stored.assert_sound(collector)


def test_what_was_given_back_is_told_as_that(collector: Member, till: Api) -> None:
    made = bought(till, collector)
    collector.api.ok(CANCEL, {**named(collector, made), "reason": "Ended at the cinema"})
    other = collector.other("ben")
    other.enroll()

    with nothing_written():
        used = till(USE, {"storeId": collector.merchant.store_id, "rewardCode": made["rewardCode"]})
        absent = till(CANCEL, named(other, made))

    assert (used.status, used.error) == (409, "REDEMPTION_CANCELLED")
    assert (absent.status, absent.error) == (404, "REDEMPTION_NOT_FOUND")


def test_a_cashier_is_no_manager_of_the_own_card(merchant: Merchant, collector: Member) -> None:
    me = collector.other("uid_cashier")
    me.enroll()
    me.earn(10)
    till = hired(merchant, CASHIER)
    made = me.api.ok(REDEEM, {**me.ids, "rewardId": "rw_cinema", "points": 8})

    with nothing_written():
        answer = till(CANCEL, named(me, made))

    assert_refused(answer, 403, "OWN_MEMBERSHIP")


@pytest.mark.parametrize("is_used", [False, True])
def test_a_return_gives_back_no_code_that_was_named_after_the_purchase(
    is_used: bool, collector: Member, till: Api, frozen_clock: Clock
) -> None:
    made = bought(till, collector, transactionId="T-1")
    if is_used:
        use(till, collector, made)
    frozen_clock.advance(seconds=1)
    purchase = {**collector.ids, "purchaseCount": 1, "transactionId": "T-1"}
    till.ok("addLoyaltyPoints", purchase)

    undone = till.ok(RETURN, {**collector.ids, "transactionId": "T-1", "refundId": "oops"})

    assert (undone["pointsGivenBack"], undone["newBalance"]) == (0, 2)
    assert undone["cancelledRedemptionIds"] == []
    found = collector.api.ok("getRedemption", named(collector, made))["redemption"]
    assert found["status"] == ("used" if is_used else "redeemed")
    stored.assert_sound(collector)


def test_a_return_gives_back_no_code_that_the_purchase_unlocked(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    """Who fills the card, goes to the cinema and returns the purchase keeps both otherwise."""
    member = merchant.member("stamps", rewards=[CINEMA])
    codes = {"programId": member.program_id, "rewardId": "rw_cinema", "codes": CODES}
    member.api.ok("importVoucherCodes", codes)
    member.api.ok("addLoyaltyPoints", {**member.ids, "purchaseCount": 8, "transactionId": "T-1"})
    frozen_clock.advance(seconds=1)
    made = member.api.ok(REDEEM, {**member.ids, "rewardId": "rw_cinema", "points": 8})

    returned = member.api.ok(RETURN, {**member.ids, "transactionId": "T-1", "refundId": "r1"})

    assert (returned["pointsGivenBack"], returned["cancelledRedemptionIds"]) == (0, [])
    found = member.api.ok("getRedemption", named(member, made))["redemption"]
    assert found["status"] == "redeemed"
    stored.assert_sound(member)
    back = member.api.ok(CANCEL, named(member, made))
    assert back["pointsReturned"] == 8
    stored.assert_sound(member)
