"""createReceiptClaim: a code for a receipt without a member, the same for the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.domain.accounts.packages import Package
from tests.conftest import Clock
from tests.support.claimable import TRANSACTION, claim, earned, make_claim, void
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written


@pytest.fixture
def member(merchant: Merchant, frozen_clock: Clock) -> Member:
    """A member of a program whose receipts can be claimed, 10 points a euro."""
    assert frozen_clock.now
    return merchant.member("points", receiptClaims={})


def test_makes_a_code_for_a_receipt(member: Member) -> None:
    made = make_claim(member.merchant)

    assert made == {
        "success": True,
        "storeId": member.merchant.store_id,
        "transactionId": TRANSACTION,
        "amount": 28.5,
        "status": "open",
        "code": made["code"],
        "svg": made["svg"],
        "png": None,
        "issuedAt": "2026-03-03T12:00:00.000Z",
        "validUntil": "2026-03-17T12:00:00.000Z",
    }
    assert made["svg"].startswith("<svg")


def test_a_transaction_has_one_claim_whoever_asks_again(
    member: Member, frozen_clock: Clock
) -> None:
    first = make_claim(member.merchant, amount=28.5)
    frozen_clock.advance(days=1)

    with nothing_written():
        second = make_claim(member.merchant, amount=28.50)

    assert second == first
    assert earned(claim(member, first["code"])) == [(285, None)]
    assert make_claim(member.merchant)["status"] == "claimed"


def test_two_tills_at_once_make_one_claim(member: Member) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: make_claim(member.merchant), range(4)))

    assert {each["code"] for each in made} == {made[0]["code"]}


@pytest.mark.parametrize(
    "other",
    [
        {"purchaseAmount": 28.51},
        {"purchaseLines": [{"amount": 28.5, "category": "wine"}]},
        {"purchaseLines": [{"amount": 30}, {"amount": -1.5, "type": "discount"}]},
    ],
)
def test_the_same_transaction_with_other_values_is_refused(
    member: Member, other: dict[str, object]
) -> None:
    made = make_claim(member.merchant)
    body = {"storeId": member.merchant.store_id, "transactionId": TRANSACTION, **other}

    with nothing_written():
        answer = member.api("createReceiptClaim", body)

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", {"transactionId": TRANSACTION})
    assert earned(claim(member, made["code"])) == [(285, None)]


def test_what_the_till_has_booked_for_a_member_has_no_claim(member: Member) -> None:
    assert member.add(purchaseAmount=28.5, transactionId=TRANSACTION).status == 200
    body = {"storeId": member.merchant.store_id, "transactionId": TRANSACTION, "purchaseAmount": 5}

    with nothing_written():
        answer = member.api("createReceiptClaim", body)

    assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "has_member"})


def test_a_store_whose_programs_take_no_receipts_refuses(merchant: Merchant) -> None:
    merchant.program("points")
    merchant.program("stamps", isActive=False, receiptClaims={})
    body = {"storeId": merchant.store_id, "transactionId": TRANSACTION, "purchaseAmount": 5}

    with nothing_written():
        answer = merchant.api("createReceiptClaim", body)

    assert_refused(answer, 400, "RECEIPT_CLAIMS_OFF")


def test_needs_an_amount_that_somebody_can_have_paid(member: Member) -> None:
    body = {"storeId": member.merchant.store_id, "transactionId": TRANSACTION}

    with nothing_written():
        neither = member.api("createReceiptClaim", body)
        finer = member.api("createReceiptClaim", {**body, "purchaseAmount": 1.234})
        nothing = member.api("createReceiptClaim", {**body, "purchaseAmount": 0})

    assert (neither.status, neither.error) == (400, "INVALID_PARAMETERS")
    assert_invalid(finer, purchaseAmount="must be an amount in EUR, with at most 2 decimals")
    problem = "must be greater than 0"
    assert_refused(nothing, 400, "INVALID_PARAMETERS", {"fields": {"purchaseAmount": problem}})


def test_another_accounts_store_is_not_found(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()
    body = {"storeId": other.store_id, "transactionId": TRANSACTION, "purchaseAmount": 5}

    with nothing_written():
        answer = member.api("createReceiptClaim", body)

    assert_refused(answer, 404, "STORE_NOT_FOUND")


def test_customers_make_no_claims(member: Member) -> None:
    body = {"storeId": member.merchant.store_id, "transactionId": TRANSACTION, "purchaseAmount": 5}

    with nothing_written():
        answer = member.merchant.customer()("createReceiptClaim", body)

    assert answer.status == 403


def test_needs_grow(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(Package.GO)
    body = {"storeId": merchant.store_id, "transactionId": TRANSACTION, "purchaseAmount": 5}

    with nothing_written():
        answer = merchant.api("createReceiptClaim", body)

    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", requiredUpgrade="GROW", currentPackage="GO")


def test_a_voided_receipt_keeps_its_claim_and_says_so(member: Member) -> None:
    first = make_claim(member.merchant)
    assert void(member.merchant).status == 200

    assert make_claim(member.merchant) == {**first, "status": "voided"}
