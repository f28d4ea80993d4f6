"""voidReceiptClaim: what came back earns nothing, told before the claim or after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.support.claimable import TRANSACTION, claim, earned, make_claim, void
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written


@pytest.fixture
def member(merchant: Merchant, frozen_clock: Clock) -> Member:
    """A member of a program whose receipts can be claimed, 10 points a euro."""
    assert frozen_clock.now
    return merchant.member("points", receiptClaims={})


def balance(member: Member) -> float:
    points: float = member.balance()["currentBalance"]
    return points


def test_takes_back_all_that_a_receipt_earned(member: Member) -> None:
    assert claim(member, make_claim(member.merchant)["code"]).status == 200

    answer = void(member.merchant)

    assert answer.body == {
        "success": True,
        "storeId": member.merchant.store_id,
        "transactionId": TRANSACTION,
        "status": "voided",
        "returnedAmount": 28.5,
        "takenBack": [{"programId": member.program_id, "userId": "user_1", "points": 285}],
    }
    assert balance(member) == 0


def test_told_again_it_takes_nothing_more(member: Member) -> None:
    assert claim(member, make_claim(member.merchant)["code"]).status == 200
    assert void(member.merchant, returnedAmount=10).status == 200

    with nothing_written():
        again = void(member.merchant, returnedAmount=10)
        less = void(member.merchant, returnedAmount=5)

    assert (again.body["takenBack"], less.body["takenBack"]) == ([], [])
    assert less.body["returnedAmount"] == 10


def test_takes_the_share_of_what_came_back_in_all(member: Member) -> None:
    assert claim(member, make_claim(member.merchant, amount=9.99)["code"]).status == 200  # 99

    taken = [
        void(member.merchant, returnedAmount=amount).body["takenBack"] for amount in (3.33, 6.66)
    ]

    assert [each[0]["points"] for each in taken] == [33, 33]
    assert void(member.merchant).body["takenBack"][0]["points"] == 33
    assert balance(member) == 0


def test_who_claims_afterwards_earns_for_what_is_left(member: Member) -> None:
    code = make_claim(member.merchant, amount=28.5)["code"]
    assert void(member.merchant, returnedAmount=8.5).body["takenBack"] == []

    assert earned(claim(member, code)) == [(200, None)]
    assert earned(claim(member, code)) == [(200, None)]  # A repetition, after which more comes back
    assert void(member.merchant, returnedAmount=18.5).body["takenBack"][0]["points"] == 100
    assert claim(member, code).body["duplicate"] is True
    assert void(member.merchant).body["takenBack"][0]["points"] == 100


def test_what_came_back_as_a_whole_cannot_be_claimed_or_booked(member: Member) -> None:
    code = make_claim(member.merchant)["code"]
    assert void(member.merchant, returnedAmount=28.5).body["status"] == "voided"

    with nothing_written():
        claimed = claim(member, code)
        booked = member.add(purchaseAmount=28.5, transactionId=TRANSACTION)
        synced = member.sync("add", 285, externalTransactionId=TRANSACTION)

    for each in (claimed, booked, synced):
        assert_refused(each, 409, "RECEIPT_VOIDED")


def test_takes_what_the_member_has_not_spent(member: Member) -> None:
    assert claim(member, make_claim(member.merchant)["code"]).status == 200
    assert member.redeem(200).status == 200

    taken = void(member.merchant).body["takenBack"]

    assert taken[0]["points"] == 85
    member.earn(300)
    with nothing_written():
        assert void(member.merchant).body["takenBack"] == []


def test_takes_back_what_the_till_has_booked(member: Member) -> None:
    make_claim(member.merchant)
    other = member.other("user_2")
    other.enroll()
    assert other.add(purchaseAmount=28.5, transactionId=TRANSACTION).status == 200

    taken = void(member.merchant, returnedAmount=14.25).body["takenBack"]

    assert [(each["userId"], each["points"]) for each in taken] == [("user_2", 142)]
    assert balance(other) == 143


def test_points_that_the_till_gave_without_an_amount_come_back_as_a_whole(member: Member) -> None:
    assert member.add(points=50, transactionId=TRANSACTION).status == 200

    with nothing_written():
        part = void(member.merchant, returnedAmount=1)

    fix = "is unknown of this receipt: leave it out to void all"
    assert_refused(part, 400, "INVALID_PARAMETERS", {"fields": {"returnedAmount": fix}})
    assert void(member.merchant).body["takenBack"][0]["points"] == 50


def test_takes_back_from_who_took_over(member: Member) -> None:
    assert claim(member, make_claim(member.merchant)["code"]).status == 200
    other = member.other("user_2")
    other.enroll()
    member.api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})

    assert void(member.merchant).body["takenBack"][0]["points"] == 285
    assert balance(other) == 0


def test_takes_back_from_a_person_who_was_erased(member: Member) -> None:
    assert claim(member, make_claim(member.merchant)["code"]).status == 200
    member.api.ok("createMember", {"userId": "user_1"})
    member.api.ok("eraseMember", {"userId": "user_1"})

    (taken,) = void(member.merchant).body["takenBack"]

    assert taken["points"] == 285
    assert taken["userId"].startswith("erased_")


@pytest.mark.parametrize("steps", range(4))
def test_a_process_that_dies_takes_back_all_or_nothing(member: Member, steps: int) -> None:
    assert claim(member, make_claim(member.merchant)["code"]).status == 200
    with dying_after(steps):
        void(member.merchant, returnedAmount=10)

    assert void(member.merchant, returnedAmount=10).status == 200
    assert balance(member) == 185


def test_a_receipt_that_nobody_knows_is_not_found(member: Member) -> None:
    with nothing_written():
        answer = void(member.merchant, "bon-9")

    assert_refused(answer, 404, "RECEIPT_NOT_FOUND")


def test_another_accounts_store_is_not_found(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    foreign = new_merchant()
    foreign.program("points", receiptClaims={})
    make_claim(foreign)
    body = {"storeId": foreign.store_id, "transactionId": TRANSACTION}

    with nothing_written():
        answer = member.api("voidReceiptClaim", body)

    assert_refused(answer, 404, "STORE_NOT_FOUND")
