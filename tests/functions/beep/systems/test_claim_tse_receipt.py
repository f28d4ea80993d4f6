"""claimReceipt with a TSE's code: believed if a registered TSE has signed it, and only once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared import clock
from tests.conftest import Clock
from tests.support.claimable import TRANSACTION, claim, earned, make_claim
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.tses import NOON, TestTse


@pytest.fixture
def tse() -> TestTse:
    return TestTse()


@pytest.fixture
def member(merchant: Merchant, frozen_clock: Clock, tse: TestTse) -> Member:
    """A member of a program whose receipts can be claimed, in a store with the TSE."""
    assert frozen_clock.now == NOON
    register(merchant, tse)
    return merchant.member("points", receiptClaims={})


def register(merchant: Merchant, *tses: TestTse) -> None:
    body = {"storeId": merchant.store_id, "tses": [each.serial for each in tses]}
    merchant.api.ok("configureStoreTse", body)


def joined(member: Member, user_id: str) -> Member:
    other = member.other(user_id)
    other.enroll()
    return other


def balance(member: Member) -> float:
    points: float = member.balance()["currentBalance"]
    return points


def void(merchant: Merchant, code: str, **fields: float) -> dict[str, object]:
    body = {"storeId": merchant.store_id, "receiptCode": code, **fields}
    return merchant.api.ok("voidReceiptClaim", body)


def test_earns_what_the_tse_has_signed(member: Member, tse: TestTse) -> None:
    answer = claim(member, tse.receipt("28.50"))

    assert earned(answer) == [(285, None)]
    assert (answer.body["amount"], answer.body["storeId"]) == (28.5, member.merchant.store_id)
    assert earned(claim(member, tse.receipt("10.00", number=2))) == [(100, None)]


def test_programs_that_count_without_tax_know_the_rate(merchant: Merchant, tse: TestTse) -> None:
    register(merchant, tse)
    member = merchant.member(
        "points", receiptClaims={}, earningBase={"taxMode": "net", "vatPercent": 7}
    )

    assert earned(claim(member, tse.receipt("11.90", at=clock.utc_now()))) == [(100, None)]


def test_who_claims_again_gets_the_first_answer(member: Member, tse: TestTse) -> None:
    first = claim(member, tse.receipt())
    with nothing_written():
        # A TSE never signs twice, but ECDSA has many signatures of one text.
        second = claim(member, tse.receipt())

    assert second.body == {**first.body, "duplicate": True}


def test_customers_at_once_get_it_once(member: Member, tse: TestTse) -> None:
    members = [member, *(joined(member, f"user_{number}") for number in range(2, 5))]
    code = tse.receipt()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda each: claim(each, code), members))

    assert sorted(each.status for each in answers) == [200, 409, 409, 409]
    assert sum(balance(each) for each in members) == 285


def test_what_no_registered_tse_has_signed_is_refused(member: Member, tse: TestTse) -> None:
    code = tse.receipt("28.50")
    forged = [TestTse().receipt(), code.replace("28.50", "98.50"), code.replace(";1;101", ";2;101")]

    for text in forged:
        with nothing_written():
            answer = claim(member, text)
        assert_refused(answer, 400, "RECEIPT_NOT_VERIFIED")


def test_a_tse_that_only_another_account_has_registered_counts_for_nothing(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    foreign, other_tse = new_merchant(), TestTse()
    register(foreign, other_tse)

    with nothing_written():
        answer = claim(member, other_tse.receipt())

    assert_refused(answer, 400, "RECEIPT_NOT_VERIFIED")


@pytest.mark.parametrize(("kind", "gross"), [("AVTraining", "28.50"), ("Beleg", "-28.50")])
def test_what_is_no_sale_earns_nothing(member: Member, tse: TestTse, kind: str, gross: str) -> None:
    with nothing_written():
        answer = claim(member, tse.receipt(gross, kind=kind))

    assert_refused(answer, 400, "RECEIPT_NO_SALE")


def test_a_code_that_was_cut_is_damaged(member: Member, tse: TestTse) -> None:
    with nothing_written():
        answer = claim(member, tse.receipt().rpartition(";")[0])

    assert_refused(answer, 400, "RECEIPT_CODE_DAMAGED")


@pytest.mark.parametrize("days", [-15, 2])
def test_a_receipt_of_another_time_is_refused(member: Member, tse: TestTse, days: int) -> None:
    with nothing_written():
        answer = claim(member, tse.receipt(at=NOON + timedelta(days=days)))

    assert_refused(answer, 409, "RECEIPT_TOO_OLD")


# The till may tell the same receipt by its transaction.


def test_what_the_till_has_booked_nobody_claims_by_the_tse(member: Member, tse: TestTse) -> None:
    code = tse.receipt()
    booked = member.add(purchaseAmount=28.5, transactionId=TRANSACTION, receiptCode=code)
    assert booked.status == 200

    for each in (member, joined(member, "user_2")):
        with nothing_written():
            answer = claim(each, code)
        assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "has_member"})


def test_what_was_claimed_by_the_tse_the_till_does_not_book(member: Member, tse: TestTse) -> None:
    code = tse.receipt()
    assert claim(member, code).status == 200

    for each in (member, joined(member, "user_2")):
        with nothing_written():
            answer = each.add(purchaseAmount=28.5, transactionId=TRANSACTION, receiptCode=code)
        assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "claimed"})


def test_a_claim_and_its_tse_code_are_one_receipt(member: Member, tse: TestTse) -> None:
    code, other = tse.receipt(), joined(member, "user_2")
    made = make_claim(member.merchant, receiptCode=code)
    assert earned(claim(member, code)) == [(285, None)]

    with nothing_written():
        answer = claim(other, made["code"])

    assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "claimed"})
    assert claim(member, made["code"]).body["duplicate"] is True


def test_no_claim_is_made_of_what_was_claimed_by_the_tse(member: Member, tse: TestTse) -> None:
    code = tse.receipt()
    assert claim(member, code).status == 200
    body = {"storeId": member.merchant.store_id, "transactionId": TRANSACTION, "purchaseAmount": 9}

    with nothing_written():
        answer = member.api("createReceiptClaim", {**body, "receiptCode": code})

    assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "claimed"})


def test_the_code_goes_with_a_transaction(member: Member, tse: TestTse) -> None:
    with nothing_written():
        alone = member.add(purchaseAmount=28.5, receiptCode=tse.receipt())
        damaged = member.add(purchaseAmount=28.5, transactionId=TRANSACTION, receiptCode="V0;x")

    assert (alone.status, alone.error) == (400, "INVALID_PARAMETERS")
    assert_refused(damaged, 400, "RECEIPT_CODE_DAMAGED")


# What comes back.


def test_the_till_takes_back_by_the_code(member: Member, tse: TestTse) -> None:
    code = tse.receipt("28.50")
    assert claim(member, code).status == 200

    half = void(member.merchant, code, returnedAmount=14.25)
    whole = void(member.merchant, code)

    assert (half["status"], whole["status"]) == ("claimed", "voided")
    assert balance(member) == 0


def test_what_was_voided_before_earns_nothing(member: Member, tse: TestTse) -> None:
    code = tse.receipt()
    assert void(member.merchant, code)["status"] == "voided"

    with nothing_written():
        claimed = claim(member, code)
        booked = member.add(purchaseAmount=28.5, transactionId=TRANSACTION, receiptCode=code)

    assert_refused(claimed, 409, "RECEIPT_VOIDED")
    assert_refused(booked, 409, "RECEIPT_VOIDED")


def test_of_what_came_back_in_part_the_rest_earns(member: Member, tse: TestTse) -> None:
    code = tse.receipt("28.50")
    void(member.merchant, code, returnedAmount=8.5)

    assert earned(claim(member, code)) == [(200, None)]


def test_a_void_needs_the_code_of_a_sale(member: Member, tse: TestTse) -> None:
    body = {"storeId": member.merchant.store_id}

    with nothing_written():
        neither = member.api("voidReceiptClaim", body)
        training = member.api(
            "voidReceiptClaim", {**body, "receiptCode": tse.receipt(kind="AVTraining")}
        )
        damaged = member.api("voidReceiptClaim", {**body, "receiptCode": "V0;x"})

    assert (neither.status, neither.error) == (400, "INVALID_PARAMETERS")
    assert_refused(training, 400, "RECEIPT_NO_SALE")
    assert_refused(damaged, 400, "RECEIPT_CODE_DAMAGED")
