"""Cashiers take from a balance what a customer pays or gets, who is there, and undo it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.catalog import ENDPOINTS
from shared.domain.accounts.staff import StaffRole
from shared.domain.members import member_codes
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Api
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written
from tests.support.staff import hired, signed_in

CASHIER, MANAGER = StaffRole.CASHIER, StaffRole.MANAGER
REDEEM, UNDO, CANCEL = "redeemLoyaltyPoints", "reverseLoyaltyTransaction", "cancelRedemption"
COFFEE = {"rewardId": "rw_coffee", "title": "Coffee", "type": "free_product", "requiredPoints": 8}

pytestmark = pytest.mark.usefixtures("persons")


@pytest.fixture
def saver(frozen_clock: Clock, merchant: Merchant) -> Member:
    """A customer with 12.40 of cashback, of which 8 buy a coffee."""
    member = merchant.member("cashback", rewards=[COFFEE])
    member.earn(12.40)
    frozen_clock.advance(seconds=1)
    return member


@pytest.fixture
def till(merchant: Merchant) -> Api:
    return hired(merchant, CASHIER)


def code_of(member: Member) -> str:
    return str(member.api.ok("getMemberCode", {"userId": member.user_id})["code"])


def device_of(member: Member) -> dict[str, Any]:
    body = {"userId": member.user_id, "deviceId": "phone"}
    return dict(member.api.ok("getMemberCode", body)["device"])


def payment(member: Member, **fields: Any) -> dict[str, Any]:
    body = {**member.ids, "amount": 12.40, "transactionId": "T-1", "memberCode": code_of(member)}
    return {**body, **fields}


def earn_of(member: Member, paid: float = 12.40) -> dict[str, Any]:
    lines = [{"amount": 20}, {"amount": -paid, "type": "reward"}]
    return {**member.ids, "purchaseLines": lines, "transactionId": "T-1"}


def test_a_purchase_is_paid_from_the_balance_and_earns_for_the_rest(
    saver: Member, till: Api
) -> None:
    quoted = till.ok("quoteLoyaltyPayment", {**saver.ids, "amount": 20})
    paid = till.ok(REDEEM, payment(saver))
    again = till.ok(REDEEM, payment(saver))
    earned = till.ok("addLoyaltyPoints", earn_of(saver))

    assert (quoted["amountPaid"], quoted["amountLeft"]) == (12.4, 7.6)
    assert (paid["amountPaid"], paid["newBalance"]) == (12.4, 0)
    assert again["redemptionId"] == paid["redemptionId"]
    assert earned["madeOf"]["base"] == 7.6
    assert [each.staff_id for each in stored.entries(saver)[1:]] == ["uid_cashier"] * 2
    stored.assert_sound(saver)


def test_the_undoing_gives_back_what_was_paid_and_takes_what_was_earned(
    saver: Member, till: Api, frozen_clock: Clock
) -> None:
    till.ok(REDEEM, payment(saver))
    frozen_clock.advance(seconds=1)
    entry_id = till.ok("addLoyaltyPoints", earn_of(saver))["entryId"]
    frozen_clock.advance(minutes=14)

    undone = till.ok(UNDO, {**saver.ids, "entryId": entry_id, "refundId": "oops"})

    assert (undone["pointsGivenBack"], undone["newBalance"]) == (12.4, 12.4)
    stored.assert_sound(saver)


def test_a_payment_that_earned_nothing_is_cancelled(
    saver: Member, till: Api, frozen_clock: Clock
) -> None:
    paid = till.ok(REDEEM, payment(saver))
    told = till.ok(
        "addLoyaltyPoints",
        {
            **earn_of(saver),
            "purchaseLines": [{"amount": 12.40}, {"amount": -12.40, "type": "reward"}],
        },
    )
    frozen_clock.advance(minutes=14)
    body = {**saver.ids, "redemptionId": paid["redemptionId"]}

    cancelled = till.ok(CANCEL, body)

    assert (told["entryId"], told["reason"]) == (None, "nothing_paid")
    assert cancelled["newBalance"] == 12.4
    assert till.ok(CANCEL, body)["cancellationId"] == cancelled["cancellationId"]


@pytest.mark.parametrize(
    ("why", "reason"),
    [("too late", "too_late"), ("by a key", "other_staff"), ("not the last", "not_the_last")],
)
def test_a_cashier_cancels_nothing_else(
    why: str, reason: str, saver: Member, till: Api, frozen_clock: Clock
) -> None:
    body = payment(saver, amount=5)
    by = saver.api if why == "by a key" else till
    redemption_id = by.ok(REDEEM, body)["redemptionId"]
    frozen_clock.advance(minutes=15, seconds=1) if why == "too late" else None
    if why == "not the last":
        frozen_clock.advance(seconds=1)
        till.ok("addLoyaltyPoints", earn_of(saver, 5))

    with nothing_written():
        answer = till(CANCEL, {**saver.ids, "redemptionId": redemption_id})

    assert_refused(answer, 403, "UNDO_NOT_ALLOWED", {"reason": reason})
    cancelled = hired(saver.merchant, MANAGER).ok(
        CANCEL, {**saver.ids, "redemptionId": redemption_id}
    )
    assert cancelled["pointsReturned"] == 5


def test_another_cashier_gives_nothing_back(saver: Member, till: Api, frozen_clock: Clock) -> None:
    till.ok(REDEEM, payment(saver))
    frozen_clock.advance(seconds=1)
    other = hired(saver.merchant, CASHIER, "uid_2")
    entry_id = other.ok("addLoyaltyPoints", earn_of(saver))["entryId"]

    with nothing_written():
        answer = other(UNDO, {**saver.ids, "entryId": entry_id, "refundId": "oops"})

    assert_refused(answer, 403, "UNDO_NOT_ALLOWED", {"reason": "other_staff"})
    assert saver.balance()["currentBalance"] == 0.22  # 3 % of what was paid in money.


def test_a_purchase_gives_no_reward_back(saver: Member, till: Api, frozen_clock: Clock) -> None:
    """It was given the name of the reward, which is handed out."""
    body = {**saver.ids, "rewardId": "rw_coffee", "points": 8, "memberCode": code_of(saver)}
    code = till.ok(REDEEM, {**body, "transactionId": "T-1"})["rewardCode"]
    till.ok("useRewardCode", {"storeId": saver.merchant.store_id, "rewardCode": code})
    frozen_clock.advance(seconds=1)
    till.ok("addLoyaltyPoints", {**saver.ids, "purchaseAmount": 10, "transactionId": "T-1"})

    with nothing_written():
        answer = till(UNDO, {**saver.ids, "transactionId": "T-1", "refundId": "oops"})

    assert_refused(answer, 403, "UNDO_NOT_ALLOWED", {"reason": "no_payment"})
    assert saver.balance()["currentBalance"] == 4.7


@pytest.mark.parametrize("by", ["a colleague", "oneself"])
def test_a_purchase_gives_no_payment_back_after_another_booking(
    by: str, saver: Member, till: Api, frozen_clock: Clock
) -> None:
    """It is the last booking itself, but not the payment that has its name."""
    till.ok(REDEEM, payment(saver))
    frozen_clock.advance(seconds=1)
    other = till if by == "oneself" else hired(saver.merchant, CASHIER, "uid_2")
    other.ok("addLoyaltyPoints", {**saver.ids, "purchaseAmount": 10})
    frozen_clock.advance(seconds=1)
    till.ok("addLoyaltyPoints", earn_of(saver))

    with nothing_written():
        answer = till(UNDO, {**saver.ids, "transactionId": "T-1", "refundId": "oops"})

    assert_refused(answer, 403, "UNDO_NOT_ALLOWED", {"reason": "not_the_last"})
    assert saver.balance()["currentBalance"] == 0.52  # 3 % of 10.00 and of 7.60.


def test_a_payment_is_too_old_to_come_back(saver: Member, till: Api, frozen_clock: Clock) -> None:
    till.ok(REDEEM, payment(saver))
    frozen_clock.advance(minutes=15, seconds=1)
    till.ok("addLoyaltyPoints", earn_of(saver))

    with nothing_written():
        answer = till(UNDO, {**saver.ids, "transactionId": "T-1", "refundId": "oops"})

    assert_refused(answer, 403, "UNDO_NOT_ALLOWED", {"reason": "too_late"})


def test_a_reward_is_taken_for_who_is_there(saver: Member, till: Api) -> None:
    offered = till.ok("listRewards", saver.ids)["rewards"][0]
    body = {**saver.ids, "rewardId": "rw_coffee", "points": 8, "memberCode": code_of(saver)}
    code = till.ok(REDEEM, body)["rewardCode"]
    used = till.ok("useRewardCode", {"storeId": saver.merchant.store_id, "rewardCode": code})

    assert offered["forMember"]["canRedeem"] is True
    assert (used["rewardDescription"], used["usedBy"]) == ("Coffee", "uid_cashier")
    assert saver.balance()["currentBalance"] == 4.4


@pytest.mark.parametrize(
    ("fields", "name", "problem"),
    [
        ({"memberCode": None}, "memberCode", "is required of cashiers"),
        (
            {"amount": None, "points": 5},
            "points",
            "is not for cashiers without rewardId: send amount",
        ),
        ({"rewardDescription": "A car"}, "rewardDescription", "is not for cashiers"),
    ],
)
def test_a_cashier_takes_nothing_else(
    fields: dict[str, Any], name: str, problem: str, saver: Member, till: Api
) -> None:
    body = payment(saver, **fields)

    with nothing_written():
        answers = [till(REDEEM, body), till(REDEEM, body, X_Beep_Mode="test")]

    for answer in answers:
        assert_invalid(answer, **{name: problem})


def test_the_code_must_be_that_of_the_customer(saver: Member, till: Api) -> None:
    saver.api.ok("createMember", {"userId": "other", "firstName": "Ada"})
    others = saver.api.ok("getMemberCode", {"userId": "other"})["code"]
    codes = {others: (404, "MEMBER_CODE_NOT_FOUND"), f"{others}X": (400, "MEMBER_CODE_DAMAGED")}

    for code, refused in codes.items():
        for api in (till, saver.api):  # Who sends one says that the customer is there.
            body = payment(saver, memberCode=code)
            with nothing_written():
                answer = api(REDEEM, body)
            assert (answer.status, answer.error) == refused


def test_a_code_of_another_account_is_nobodys(
    saver: Member, till: Api, new_merchant: Callable[..., Merchant]
) -> None:
    body = payment(saver, memberCode=code_of(new_merchant().member()))

    with nothing_written():
        answer = till(REDEEM, body)

    assert_refused(answer, 404, "MEMBER_CODE_NOT_FOUND")


def test_a_code_that_changes_is_of_the_last_quarter_of_an_hour(
    saver: Member, till: Api, frozen_clock: Clock
) -> None:
    device = device_of(saver)

    def shown(later: timedelta = timedelta(0)) -> str:
        return member_codes.rotating(device["codeId"], device["secret"], frozen_clock.now + later)

    code = shown()
    till.ok("identifyMember", {"memberCode": code})  # Scanned: that uses it up for who is found.
    frozen_clock.advance(minutes=15)
    till.ok(REDEEM, payment(saver, amount=5, memberCode=code))
    frozen_clock.advance(minutes=1)

    for late in (code, shown(timedelta(minutes=2))):
        body = payment(saver, transactionId="T-2", amount=5, memberCode=late)
        with nothing_written():
            answer = till(REDEEM, body)
        assert_refused(answer, 400, "MEMBER_CODE_EXPIRED")


def test_the_old_id_of_who_was_merged_works_with_the_code(saver: Member, till: Api) -> None:
    saver.api.ok("createMember", {"userId": "other", "firstName": "Ada"})
    body = payment(saver)
    saver.api.ok("mergeMembers", {"fromUserId": saver.user_id, "intoUserId": "other"})

    assert till.ok(REDEEM, body)["userId"] == "other"


def test_a_forged_code_is_nobodys(saver: Member, till: Api, frozen_clock: Clock) -> None:
    device = device_of(saver)
    forged = member_codes.rotating(device["codeId"], "00" * 32, frozen_clock.now)
    body = payment(saver, memberCode=forged)

    with nothing_written():
        answer = till(REDEEM, body)

    assert_refused(answer, 404, "MEMBER_CODE_NOT_FOUND")


def test_customers_send_no_code(saver: Member) -> None:
    customer = saver.merchant.customer(saver.user_id)
    body = {**saver.ids, "rewardId": "rw_coffee", "points": 8, "memberCode": code_of(saver)}

    with nothing_written():
        answer = customer(REDEEM, body)

    assert_invalid(answer, memberCode="is not for customers")


def test_what_a_cashier_may_see_of_a_balance() -> None:
    seen = {each.name for each in ENDPOINTS if CASHIER in each.staff_roles and each.is_read}

    assert seen == {"listRewards", "getMyAccess", "listMyAccounts", "getHealth"}


def test_a_manager_needs_no_code(saver: Member) -> None:
    body = payment(saver)
    del body["memberCode"]

    hired(saver.merchant, MANAGER)

    assert signed_in(saver.merchant, "uid_manager").ok(REDEEM, body)["newBalance"] == 0


@pytest.fixture
def own(saver: Member) -> tuple[Member, Api]:
    """A cashier who is a customer, too, with 12.40 of cashback; the card is there."""
    me = saver.other("uid_cashier")
    me.enroll()
    me.earn(12.40)
    return me, hired(saver.merchant, CASHIER)


@pytest.mark.parametrize("is_merged", [False, True])
@pytest.mark.parametrize(
    "wanted", [{"amount": 5}, {"amount": None, "rewardId": "rw_coffee", "points": 8}]
)
def test_a_cashier_takes_nothing_from_the_own_balance(
    wanted: dict[str, Any], is_merged: bool, own: tuple[Member, Api]
) -> None:
    me, till = own
    body = payment(me, **wanted)
    if is_merged:
        me.api.ok("mergeMembers", {"fromUserId": "uid_cashier", "intoUserId": "user_1"})
        body["userId"] = "user_1"

    with nothing_written():
        answer = till(REDEEM, body)

    assert_refused(answer, 403, "OWN_MEMBERSHIP")
    by_colleague = hired(me.merchant, CASHIER, "uid_2").ok(REDEEM, body)
    assert by_colleague["pointsRedeemed"] == wanted.get("points", 5)


@pytest.mark.parametrize("action", [CANCEL, UNDO])
def test_a_cashier_gives_nothing_back_to_themselves(
    action: str, saver: Member, own: tuple[Member, Api], frozen_clock: Clock
) -> None:
    """It was booked for somebody else, who was merged with them since."""
    me, till = own
    paid = till.ok(REDEEM, payment(saver, amount=5))
    earned = till.ok("addLoyaltyPoints", earn_of(saver, 5))
    me.api.ok("mergeMembers", {"fromUserId": saver.user_id, "intoUserId": me.user_id})
    frozen_clock.advance(seconds=1)
    named = {
        CANCEL: {"redemptionId": paid["redemptionId"]},
        UNDO: {"entryId": earned["entryId"], "refundId": "oops"},
    }

    with nothing_written():
        answer = till(action, {**me.ids, **named[action]})

    assert_refused(answer, 403, "OWN_MEMBERSHIP")
    assert me.balance()["currentBalance"] == 20.25


def test_an_own_reward_is_handed_out_by_oneself(own: tuple[Member, Api]) -> None:
    me, till = own
    body = payment(me, amount=None, rewardId="rw_coffee", points=8)
    code = hired(me.merchant, CASHIER, "uid_2").ok(REDEEM, body)["rewardCode"]

    used = till.ok("useRewardCode", {"storeId": me.merchant.store_id, "rewardCode": code})

    assert (used["userId"], used["usedBy"]) == ("uid_cashier", "uid_cashier")


def test_what_a_shop_has_reserved_is_not_taken_at_the_till(
    saver: Member, till: Api, frozen_clock: Clock
) -> None:
    wanted = {**saver.ids, "amount": 5, "transactionId": "T-1", "expiresInMinutes": 15}
    held = saver.api.ok("reserveLoyaltyPoints", wanted)
    body = payment(saver, amount=5)

    with nothing_written():
        answer = till(REDEEM, body)

    details = {"reservationId": held["reservationId"], "expiresAt": held["expiresAt"]}
    fix = answer.body["fix"]
    assert_refused(answer, 409, "RESERVATION_EXISTS", details, fix=fix)
    assert "commit or void it" in fix
    assert saver.balance()["heldBalance"] == 5
    till.ok(REDEEM, {**body, "transactionId": "T-2"})  # Another purchase has another name.
    frozen_clock.advance(minutes=15)
    assert till.ok(REDEEM, {**body, "memberCode": code_of(saver)})["newBalance"] == 2.4


@pytest.mark.parametrize("named_by", ["key", "transaction"])
@pytest.mark.parametrize("since", ["the code was replaced", "the code is over", "it must change"])
def test_what_was_paid_is_answered_as_paid(
    since: str, named_by: str, saver: Member, till: Api, frozen_clock: Clock
) -> None:
    """The answer was lost: who is told that the code is over would let the customer pay again."""
    device = device_of(saver)
    rotating = member_codes.rotating(device["codeId"], device["secret"], frozen_clock.now)
    code = rotating if since == "the code is over" else code_of(saver)
    body = payment(saver, amount=5, memberCode=code)
    key = None
    if named_by == "key":
        del body["transactionId"]
        key = "sale-1"
    paid = till.ok(REDEEM, body, idempotency_key=key)
    if since == "the code was replaced":
        saver.api.ok("getMemberCode", {"userId": saver.user_id, "codeAction": "replace"})
    elif since == "it must change":
        saver.api.ok("configureMembers", {"changingCodes": True})
    frozen_clock.advance(minutes=20)

    with nothing_written():
        again = till(REDEEM, body, idempotency_key=key)

    assert (again.status, again.body["redemptionId"]) == (200, paid["redemptionId"])
    with nothing_written():
        other = till(REDEEM, {**body, "transactionId": "T-2"})
    assert other.status in {400, 403, 404}
    assert saver.balance()["currentBalance"] == 7.4


@pytest.mark.parametrize(
    "wanted", [{"amount": 5}, {"amount": None, "rewardId": "rw_coffee", "points": 8}]
)
def test_where_codes_change_a_picture_of_one_earns_only(
    wanted: dict[str, Any], saver: Member, till: Api, frozen_clock: Clock
) -> None:
    saver.api.ok("configureMembers", {"changingCodes": True})
    body = payment(saver, **wanted)

    with nothing_written():
        answer = till(REDEEM, body)

    assert_refused(answer, 403, "CHANGING_CODE_REQUIRED")
    assert till.ok("identifyMember", {"memberCode": body["memberCode"]})
    till.ok("addLoyaltyPoints", {**saver.ids, "purchaseAmount": 10})
    device = device_of(saver)
    body["memberCode"] = member_codes.rotating(device["codeId"], device["secret"], frozen_clock.now)
    assert till.ok(REDEEM, body)["pointsRedeemed"] == wanted.get("points", 5)


def test_the_code_of_another_members_picture_is_nobodys_where_codes_change(
    saver: Member, till: Api
) -> None:
    saver.api.ok("createMember", {"userId": "other", "firstName": "Ada"})
    others = saver.api.ok("getMemberCode", {"userId": "other"})["code"]
    saver.api.ok("configureMembers", {"changingCodes": True})
    body = payment(saver, memberCode=others)

    with nothing_written():
        answer = till(REDEEM, body)

    assert_refused(answer, 404, "MEMBER_CODE_NOT_FOUND")


def test_others_pay_by_a_code_that_stays(saver: Member) -> None:
    """They need none, so the code is only a check of theirs."""
    saver.api.ok("configureMembers", {"changingCodes": True})

    assert saver.api.ok(REDEEM, payment(saver))["newBalance"] == 0


@pytest.mark.parametrize("by", [CASHIER, MANAGER, None])
def test_the_code_of_a_reward_is_told_to_who_has_taken_it(
    by: StaffRole | None, saver: Member, till: Api
) -> None:
    """Who knows the name of somebody else's booking could hand the reward out to themselves."""
    colleague = saver.api if by is None else hired(saver.merchant, by, "uid_2")
    body = payment(saver, amount=None, rewardId="rw_coffee", points=8)
    taken = colleague.ok(REDEEM, body)

    with nothing_written():
        again = colleague.ok(REDEEM, body)
        told = till.ok(REDEEM, body)

    assert again["rewardCode"] == taken["rewardCode"] is not None
    assert (told["redemptionId"], told["rewardCode"]) == (taken["redemptionId"], None)
