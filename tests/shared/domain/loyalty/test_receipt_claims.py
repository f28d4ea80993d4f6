"""Receipts that are claimed: one member has one, and returns take their share, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import earning_base, receipt_claims, returns
from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.earning_base import EARNING_BASE_DEFAULT, PurchaseLine
from shared.domain.loyalty.programs import ReceiptClaimRules
from shared.domain.loyalty.receipt_claims import ClaimableReceipt, ReceiptGrant, ReceiptStatus
from shared.domain.pseudonyms import Pseudonyms
from shared.errors import ReceiptClaimed, ReceiptLimitReached, ReceiptTooOld, ReceiptVoided

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
RECEIPT = ClaimableReceipt(
    receipt_id="rcp_1",
    account_id="acc_1",
    store_id="store_1",
    transaction_id="bon-1",
    currency="EUR",
    created_at=NOW,
    lines=(PurchaseLine(Decimal(30)), PurchaseLine(Decimal(10), category="wine")),
    amount_minor=4000,
    issued_at=NOW,
    expires_at=NOW + receipt_claims.OPEN_KEPT,
)
GRANT = ReceiptGrant("lp_1", "user_1", "le_1", 400)
CLAIMED = receipt_claims.claimed(RECEIPT, "user_1", [GRANT], NOW)
parts = st.lists(st.integers(1, 4_500), max_size=6)


def told(receipt: ClaimableReceipt, sums: Sequence[int | None]) -> ClaimableReceipt:
    for each in sums:
        receipt = receipt_claims.returned(receipt, each)
    return receipt


def test_a_receipt_goes_from_open_to_whoever_comes_first() -> None:
    assert RECEIPT.status is ReceiptStatus.OPEN
    assert CLAIMED.status is ReceiptStatus.CLAIMED
    assert replace(RECEIPT, grants=(GRANT,)).status is ReceiptStatus.HAS_MEMBER
    assert told(CLAIMED, [None]).status is ReceiptStatus.VOIDED
    assert (RECEIPT.expires_at is None, CLAIMED.expires_at) == (False, None)


def test_nobody_claims_what_somebody_has_or_what_came_back() -> None:
    receipt_claims.require_open(RECEIPT)
    for taken in (CLAIMED, replace(RECEIPT, grants=(GRANT,))):
        with pytest.raises(ReceiptClaimed):
            receipt_claims.require_open(taken)
    with pytest.raises(ReceiptVoided):
        receipt_claims.require_open(told(RECEIPT, [None]))


@given(parts)
def test_returns_take_their_share_of_the_largest_sum_in_any_order(sums: list[int]) -> None:
    after = told(CLAIMED, sums)

    returned_minor = min(max(sums, default=0), 4000)
    assert after.returned_minor == returned_minor
    assert after.grants[0].asked_units == returns.units_to_take(400, returned_minor, 4000)
    assert after.is_void is (returned_minor == 4000)
    assert told(CLAIMED, sums[::-1]) == after
    assert told(after, sums) == after


@given(st.integers(1, 3_999), parts)
def test_what_came_back_before_the_claim_is_not_taken_back_again(
    before_minor: int, sums: list[int]
) -> None:
    part = told(RECEIPT, [before_minor])
    left = earning_base.base_amount(EARNING_BASE_DEFAULT, part.earning_lines)
    claimed = receipt_claims.claimed(part, "user_1", [GRANT], NOW)
    after = told(claimed, sums)

    assert left == Decimal(4000 - before_minor) / 100
    assert claimed.earning_lines == part.earning_lines == after.earning_lines
    assert told(claimed, [before_minor]) == claimed
    returned_minor = max([before_minor, *(min(each, 4000) for each in sums)])
    assert after.grants[0].asked_units == returns.units_to_take(
        400, returned_minor - before_minor, 4000 - before_minor
    )


def test_a_receipt_earns_until_it_is_too_old_and_so_often_a_day() -> None:
    rules, day = ReceiptClaimRules(per_day=2, within_days=14), "2026-03-03"
    counted = Counters()
    for _ in range(2):
        receipt_claims.require_within(RECEIPT, rules, counted, day, NOW + timedelta(days=14))
        counted = receipt_claims.counted(counted, day, NOW)

    with pytest.raises(ReceiptLimitReached):
        receipt_claims.require_within(RECEIPT, rules, counted, day, NOW)
    receipt_claims.require_within(RECEIPT, rules, counted, "2026-03-04", NOW)
    late = NOW + timedelta(days=14, seconds=1)
    with pytest.raises(ReceiptTooOld):
        receipt_claims.require_within(RECEIPT, rules, Counters(), day, late)


def test_who_was_erased_is_named_no_more() -> None:
    erased = receipt_claims.erased(CLAIMED, Pseudonyms({"user_1": "erased_x"}))

    assert receipt_claims.users(erased) == ("erased_x",)
    assert receipt_claims.of_user_alone(CLAIMED, "user_2").grants == ()
