"""claimReceipt: a receipt earns once, for the customer who comes first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.domain.loyalty import receipt_codes
from shared.store.loyalty import membership_documents
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


@pytest.fixture
def other(member: Member) -> Member:
    """Another member of the same program."""
    found = member.other("user_2")
    found.enroll()
    return found


def balance(member: Member) -> float:
    points: float = member.balance()["currentBalance"]
    return points


# What a receipt earns.


def test_earns_what_was_paid_by_the_programs_rules(member: Member) -> None:
    code = make_claim(member.merchant)["code"]

    body = member.api.ok("claimReceipt", {"userId": "user_1", "code": code})

    (granted,) = body["earned"]
    assert body == {
        "success": True,
        "storeId": member.merchant.store_id,
        "userId": "user_1",
        "status": "claimed",
        "amount": 28.5,
        "earned": [
            {
                "programId": member.program_id,
                "points": 285,
                "pointsPending": 0,
                "pendingUntil": None,
                "entryId": granted["entryId"],
                "newBalance": 285,
                "currentTier": None,
                "reason": None,
            }
        ],
    }
    entry = membership_documents.find_entry(member.membership_id, granted["entryId"])
    assert entry is not None
    assert (entry.transaction_id, entry.earning_method) == (TRANSACTION, "receipt")


def test_lines_tiers_campaigns_and_limits_count_as_at_the_till(merchant: Merchant) -> None:
    member = merchant.member(
        "points",
        receiptClaims={},
        earningBase={"excludedCategories": ["tobacco"]},
        earningLimits={"maxPerBooking": 250},
    )
    merchant.api.ok(
        "createCampaign", {"programId": member.program_id, "name": "Double", "multiplier": 2}
    )
    lines = [{"amount": 20}, {"amount": 7, "category": "tobacco"}]
    code = make_claim(merchant, purchaseLines=lines)["code"]

    assert earned(claim(member, code)) == [(250, None)]  # 20 euros, twice, at most 250


def test_a_customer_claims_by_sign_in(member: Member) -> None:
    code = make_claim(member.merchant)["code"]

    answer = claim(member, code, api=member.merchant.customer("user_1"))

    assert earned(answer) == [(285, None)]
    assert answer.body["userId"] == "user_1"


def test_a_customer_claims_for_nobody_else(member: Member) -> None:
    code = make_claim(member.merchant)["code"]
    customer = member.merchant.customer("user_2", names_account=True)

    with nothing_written():
        answer = customer("claimReceipt", {"userId": "user_1", "code": code})

    assert_refused(answer, 403, "USER_NOT_ALLOWED")


def test_earns_in_each_program_that_takes_receipts_and_has_the_member(merchant: Merchant) -> None:
    points = merchant.member("points", receiptClaims={})
    stamps = merchant.member("stamps", receiptClaims={"perDay": 1})
    without = merchant.member("points")
    merchant.program("points", receiptClaims={})  # not a member
    code = make_claim(merchant)["code"]

    answer = claim(points, code)

    granted = {each["programId"]: each["points"] for each in answer.body["earned"]}
    assert granted == {points.program_id: 285, stamps.program_id: 1}
    assert (balance(points), balance(stamps), balance(without)) == (285, 1, 0)


def test_one_programs_refusal_is_not_that_of_the_others(merchant: Merchant) -> None:
    points = merchant.member("points", receiptClaims={"perDay": 2})
    stamps = merchant.member("stamps", receiptClaims={"perDay": 1})
    assert earned(claim(points, make_claim(merchant, transaction_id="a")["code"]))

    answer = claim(points, make_claim(merchant, transaction_id="b")["code"])

    assert {(each["points"], each["reason"]) for each in answer.body["earned"]} == {
        (285, None),
        (0, "receipt_limit_reached"),
    }
    assert (balance(points), balance(stamps)) == (570, 1)


def test_a_receipt_that_earns_nothing_stays_open(member: Member, other: Member) -> None:
    code = make_claim(member.merchant, amount=4.99)["code"]  # from 5 euros on

    with nothing_written():
        answer = claim(member, code)

    assert earned(answer) == [(0, "minimum_purchase")]
    member.api.ok(
        "updateLoyaltyProgram", {"programId": member.program_id, "rules": {"minimumPurchase": 0}}
    )
    assert earned(claim(other, code)) == [(49, None)]


# Once, for one customer.


def test_who_claims_again_gets_the_first_answer(member: Member) -> None:
    code = make_claim(member.merchant)["code"]
    first = claim(member, code)
    member.earn(10)

    with nothing_written():
        second = claim(member, code)

    assert second.body == {**first.body, "duplicate": True}
    assert balance(member) == 295


def test_a_repeated_request_gets_the_first_answer(member: Member) -> None:
    code = make_claim(member.merchant)["code"]
    first = claim(member, code, "k1")

    with nothing_written():
        second = claim(member, code, "k1")

    assert (second.body, second.is_replay) == (first.body, True)


def test_another_customer_is_refused_and_not_told_who(member: Member, other: Member) -> None:
    code = make_claim(member.merchant)["code"]
    assert claim(member, code).status == 200

    with nothing_written():
        answer = claim(other, code)

    assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "claimed"})
    assert "user_1" not in str(answer.body)
    assert balance(other) == 0


def test_customers_at_once_get_it_once(member: Member) -> None:
    code = make_claim(member.merchant)["code"]
    members = [member, *(member.other(f"user_{number}") for number in range(2, 6))]
    for each in members[1:]:
        each.enroll()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda each: claim(each, code), members))

    assert sorted(each.status for each in answers) == [200, 409, 409, 409, 409]
    assert sum(balance(each) for each in members) == 285


@pytest.mark.parametrize("steps", range(5))
def test_a_process_that_dies_books_all_or_nothing(
    member: Member, other: Member, steps: int
) -> None:
    code = make_claim(member.merchant)["code"]
    with dying_after(steps):
        claim(member, code)

    again = claim(member, code)

    assert earned(again) == [(285, None)]
    assert balance(member) == 285
    assert claim(other, code).status == 409


# The till and the customer share the receipt.


def test_what_a_customer_has_claimed_the_till_books_for_nobody_else(
    member: Member, other: Member
) -> None:
    assert claim(member, make_claim(member.merchant)["code"]).status == 200

    with nothing_written():
        added = other.add(purchaseAmount=28.5, transactionId=TRANSACTION)
        synced = other.sync("add", 285, externalTransactionId=TRANSACTION)

    assert_refused(added, 409, "RECEIPT_CLAIMED", {"status": "claimed"})
    assert_refused(synced, 409, "RECEIPT_CLAIMED", {"status": "claimed"})
    assert balance(other) == 0


def test_the_till_that_books_it_for_the_claimant_gets_that_booking(member: Member) -> None:
    claimed = claim(member, make_claim(member.merchant)["code"])

    with nothing_written():
        added = member.add(purchaseAmount=28.5, transactionId=TRANSACTION)

    assert added.body["entryId"] == claimed.body["earned"][0]["entryId"]
    assert (balance(member), added.is_replay) == (285, True)


@pytest.mark.parametrize("by", ["add", "sync"])
def test_what_the_till_has_booked_nobody_claims(member: Member, other: Member, by: str) -> None:
    code = make_claim(member.merchant)["code"]
    if by == "add":
        booked = other.add(purchaseAmount=28.5, transactionId=TRANSACTION)
    else:
        booked = other.sync("add", 285, externalTransactionId=TRANSACTION)
    assert booked.status == 200

    with nothing_written():
        answers = [claim(each, code) for each in (member, other)]

    for each in answers:
        assert_refused(each, 409, "RECEIPT_CLAIMED", {"status": "has_member"})
    assert (balance(member), balance(other)) == (0, 285)


def test_the_till_and_a_customer_at_once_book_it_once(member: Member, other: Member) -> None:
    code = make_claim(member.merchant)["code"]

    with ThreadPoolExecutor(2) as pool:
        claiming = pool.submit(claim, member, code)
        adding = pool.submit(other.add, purchaseAmount=28.5, transactionId=TRANSACTION)
    statuses = sorted([claiming.result().status, adding.result().status])

    assert statuses == [200, 409]
    assert balance(member) + balance(other) == 285


def test_a_bulk_row_is_refused_alone(member: Member, other: Member) -> None:
    assert claim(member, make_claim(member.merchant)["code"]).status == 200
    rows = [
        {"userId": other.user_id, "points": 285, "transactionId": TRANSACTION},
        {"userId": other.user_id, "points": 5, "transactionId": "bon-2"},
    ]

    body = member.api.ok("bulkAddLoyaltyPoints", {"programId": member.program_id, "rows": rows})

    assert [each["outcome"] for each in body["results"]] == ["refused", "booked"]
    assert balance(other) == 5


def test_a_till_may_book_one_receipt_in_two_programs(member: Member) -> None:
    stamps = member.merchant.member("stamps", receiptClaims={})

    for each in (member, stamps):
        assert each.add(purchaseAmount=28.5, transactionId=TRANSACTION).status == 200

    assert (balance(member), balance(stamps)) == (285, 1)


def test_a_program_without_claims_books_as_ever(member: Member) -> None:
    plain = member.merchant.member("points")
    code = make_claim(member.merchant)["code"]
    assert claim(member, code).status == 200

    assert plain.add(purchaseAmount=28.5, transactionId=TRANSACTION).status == 200


# What is refused.


def test_a_receipt_is_claimed_for_so_many_days(member: Member, frozen_clock: Clock) -> None:
    code = make_claim(member.merchant)["code"]
    late = make_claim(member.merchant, transaction_id="bon-2")["code"]
    frozen_clock.advance(days=14)
    assert earned(claim(member, code)) == [(285, None)]
    frozen_clock.advance(seconds=1)

    with nothing_written():
        answer = claim(member, late)

    assert_refused(answer, 409, "RECEIPT_TOO_OLD")


def test_so_many_receipts_earn_on_a_day_of_the_store(member: Member, frozen_clock: Clock) -> None:
    codes = [
        make_claim(member.merchant, transaction_id=f"bon-{number}")["code"] for number in range(4)
    ]
    for code in codes[:3]:
        assert claim(member, code).status == 200

    with nothing_written():
        answer = claim(member, codes[3])

    assert_refused(answer, 409, "RECEIPT_LIMIT_REACHED")
    frozen_clock.advance(hours=11)  # Midnight in Berlin
    assert earned(claim(member, codes[3])) == [(285, None)]


def test_receipts_at_once_do_not_pass_the_limit(member: Member) -> None:
    codes = [
        make_claim(member.merchant, transaction_id=f"bon-{number}")["code"] for number in range(6)
    ]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda code: claim(member, code), codes))

    assert sorted(each.status for each in answers) == [200, 200, 200, 409, 409, 409]
    assert balance(member) == 855


@pytest.mark.parametrize("change", ["cut", "checksum", "text"])
def test_a_code_that_was_read_badly_is_told_so(member: Member, change: str) -> None:
    code: str = make_claim(member.merchant)["code"]
    read = {"cut": code[:-1], "checksum": f"{code[:-8]}00000000", "text": "https://example.com"}

    with nothing_written():
        answer = claim(member, read[change])

    assert_refused(answer, 400, "RECEIPT_CODE_DAMAGED")


def test_another_accounts_receipt_is_not_found(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    foreign = new_merchant()
    foreign.program("points", receiptClaims={})
    code = make_claim(foreign)["code"]

    with nothing_written():
        answer = claim(member, code)

    assert_refused(answer, 404, "RECEIPT_NOT_FOUND")


def test_another_accounts_store_is_not_found(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    code = make_claim(member.merchant)["code"]
    body = {"userId": "user_1", "code": code, "storeId": new_merchant().store_id}

    with nothing_written():
        answer = member.api("claimReceipt", body)

    assert_refused(answer, 404, "STORE_NOT_FOUND")


def test_a_customer_may_name_a_store_for_the_account(member: Member) -> None:
    code = make_claim(member.merchant)["code"]
    body = {"code": code, "storeId": member.merchant.another_store().store_id}

    assert earned(member.merchant.customer("user_1")("claimReceipt", body)) == [(285, None)]


def test_a_forged_code_is_not_found(member: Member) -> None:
    code: str = make_claim(member.merchant)["code"]
    forged = receipt_codes.text_of(code.split(":")[1], [b"another key"])

    with nothing_written():
        answer = claim(member, forged)

    assert_refused(answer, 404, "RECEIPT_NOT_FOUND")


@pytest.mark.parametrize(
    ("action", "status", "code"),
    [
        ("suspendMember", 403, "MEMBER_SUSPENDED"),
        ("leaveLoyaltyProgram", 403, "MEMBERSHIP_CLOSED"),
    ],
)
def test_who_is_suspended_or_has_left_earns_nothing(
    member: Member, other: Member, action: str, status: int, code: str
) -> None:
    text = make_claim(member.merchant)["code"]
    body: dict[str, Any] = {**member.ids, **({"reason": "x"} if action[0] == "s" else {})}
    member.api.ok(action, body)

    with nothing_written():
        answer = claim(member, text)

    assert (answer.status, answer.error) == (status, code)
    assert earned(claim(other, text)) == [(285, None)]


def test_who_is_in_no_program_of_the_store_is_refused(member: Member) -> None:
    code = make_claim(member.merchant)["code"]

    with nothing_written():
        answer = claim(member.other("user_9"), code)

    assert_refused(answer, 404, "MEMBERSHIP_NOT_FOUND")


def test_programs_that_stopped_taking_receipts_refuse(member: Member) -> None:
    code = make_claim(member.merchant)["code"]
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "receiptClaims": None})

    with nothing_written():
        answer = claim(member, code)

    assert_refused(answer, 400, "RECEIPT_CLAIMS_OFF")


def test_a_voided_receipt_earns_nothing(member: Member) -> None:
    code = make_claim(member.merchant)["code"]
    assert void(member.merchant).status == 200

    with nothing_written():
        answer = claim(member, code)

    assert_refused(answer, 409, "RECEIPT_VOIDED")


# A person whose member was merged.


def test_the_old_id_of_a_merged_member_claims_for_the_new_one(
    member: Member, other: Member
) -> None:
    first = make_claim(member.merchant)["code"]
    assert claim(member, first).status == 200
    member.api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})
    second = make_claim(member.merchant, transaction_id="bon-2")["code"]

    answer = claim(member, second)
    again = claim(other, first)

    assert answer.body["userId"] == "user_2"
    assert again.body["duplicate"] is True
    assert balance(other) == 570


def test_says_what_cannot_be_spent_yet(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points", receiptClaims={}, pendingDays=14)
    code = make_claim(merchant)["code"]

    first = claim(member, code)
    frozen_clock.advance(days=1)
    again = claim(member, code)

    (granted,) = first.body["earned"]
    pending = {"points": 285, "pointsPending": 285, "pendingUntil": "2026-03-17T23:00:00.000Z"}
    assert granted.items() >= {**pending, "newBalance": 0}.items()
    assert again.body["earned"] == first.body["earned"]
    (receipt,) = member.api.ok("listReceiptClaims", {"programId": member.program_id})["receipts"]
    assert receipt["earned"][0].items() >= pending.items()
