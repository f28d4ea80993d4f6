"""listReceiptClaims: who has a receipt, who waits for it since when, and who waited in vain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.claimable import claim, make_claim, void
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.tses import NOON, TestTse


@pytest.fixture
def member(merchant: Merchant, frozen_clock: Clock) -> Member:
    """A member of a program whose receipts can be claimed, 10 points a euro."""
    assert frozen_clock.now == NOON
    return merchant.member("points", receiptClaims={})


def listed(member: Member, **fields: Any) -> list[dict[str, Any]]:
    body = {"storeId": member.merchant.store_id, **fields}
    receipts: list[dict[str, Any]] = member.api.ok("listReceiptClaims", body)["receipts"]
    return receipts


def wait(member: Member, code: str) -> None:
    body = {"userId": member.user_id, "code": code, "storeId": member.merchant.store_id}
    assert member.api.ok("claimReceipt", body)["status"] == "waiting"


def test_says_since_when_until_when_and_for_what_a_claim_waits(member: Member) -> None:
    wait(member, TestTse().receipt("28.50"))

    (shown,) = listed(member, status="waiting")

    assert shown == {
        "receiptId": shown["receiptId"],
        "storeId": member.merchant.store_id,
        "transactionId": shown["transactionId"],
        "status": "waiting",
        "amount": None,
        "returnedAmount": 0,
        "claimedBy": None,
        "claimedAt": None,
        "earned": [],
        "waiting": [
            {
                "userId": member.user_id,
                "since": "2026-03-03T12:00:00.000Z",
                "until": "2026-04-02T12:00:00.000Z",
                "waitsFor": "till_export",
            }
        ],
        "dropped": [],
        "issuedAt": None,
        "createdAt": "2026-03-03T12:00:00.000Z",
    }


def test_lists_by_status_customer_and_time_newest_first(
    member: Member, frozen_clock: Clock
) -> None:
    ben = member.other("user_2")
    ben.enroll()
    steps = {"bon-open": None, "bon-anna": member, "bon-ben": ben, "bon-void": None}
    for name, claimant in steps.items():
        frozen_clock.now += timedelta(hours=1)
        code = make_claim(member.merchant, transaction_id=name)["code"]
        if claimant is not None:
            assert claim(claimant, code).status == 200
    void(member.merchant, "bon-void")
    frozen_clock.now += timedelta(hours=1)
    assert member.add(purchaseAmount=5, transactionId="bon-till").status == 200

    def names(**fields: Any) -> list[str]:
        return [each["transactionId"] for each in listed(member, **fields)]

    assert names() == ["bon-till", "bon-void", "bon-ben", "bon-anna", "bon-open"]
    assert names(status="open") == ["bon-open"]
    assert names(status="claimed") == ["bon-ben", "bon-anna"]
    assert names(status="voided") == ["bon-void"]
    assert names(status="has_member") == ["bon-till"]
    assert names(userId="user_2") == ["bon-ben"]
    assert names(userId="user_2", status="voided") == []
    assert names(status="claimed", since="2026-03-03T15:00:00Z") == ["bon-ben"]
    by_program = {"storeId": None, "programId": member.program_id}
    assert names(**by_program, status="claimed") == ["bon-ben", "bon-anna"]


def test_goes_on_from_page_to_page(member: Member, frozen_clock: Clock) -> None:
    for number in range(3):
        make_claim(member.merchant, transaction_id=f"bon-{number}")
        frozen_clock.now += timedelta(milliseconds=number)
    body = {"storeId": member.merchant.store_id, "limit": 2}

    first = member.api.ok("listReceiptClaims", body)
    second = member.api.ok("listReceiptClaims", {**body, "cursor": first["nextCursor"]})

    found = [each["transactionId"] for each in (*first["receipts"], *second["receipts"])]
    assert sorted(found) == ["bon-0", "bon-1", "bon-2"]
    assert (first["count"], second["count"], second["nextCursor"]) == (2, 1, None)


def test_the_code_of_a_tse_is_no_receipt_of_its_own(member: Member) -> None:
    make_claim(member.merchant, receiptCode=TestTse().receipt("28.50"))

    assert len(listed(member)) == 1


def test_who_was_merged_is_found_and_shown_by_the_new_id(member: Member) -> None:
    ben = member.other("user_2")
    ben.enroll()
    assert claim(member, make_claim(member.merchant)["code"]).status == 200
    member.api.ok("mergeMembers", {"fromUserId": member.user_id, "intoUserId": "user_2"})

    for user_id in (member.user_id, "user_2"):
        (shown,) = listed(member, userId=user_id)
        assert (shown["claimedBy"], shown["earned"][0]["userId"]) == ("user_2", "user_2")


def test_another_accounts_store_and_program_are_not_found(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant().member("points", receiptClaims={})

    with nothing_written():
        store = member.api("listReceiptClaims", {"storeId": other.merchant.store_id})
        program = member.api("listReceiptClaims", {"programId": other.program_id})
        neither = member.api("listReceiptClaims", {"status": "open"})

    assert_refused(store, 404, "STORE_NOT_FOUND")
    assert_refused(program, 404, "PROGRAM_NOT_FOUND")
    assert (neither.status, neither.error) == (400, "INVALID_PARAMETERS")
