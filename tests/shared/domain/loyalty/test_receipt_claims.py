"""Receipts that are claimed: one member has one, and returns take their share, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import earning_base, receipt_claims, returns
from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.earning_base import EARNING_BASE_DEFAULT, PurchaseLine
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import ReceiptClaimRules
from shared.domain.loyalty.receipt_claims import (
    ClaimableReceipt,
    ClaimDropReason,
    ReceiptGrant,
    ReceiptStatus,
)
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
        receipt = receipt_claims.returned(receipt, each, NOW)
    return receipt


def test_a_receipt_goes_from_open_to_whoever_comes_first() -> None:
    assert RECEIPT.status is ReceiptStatus.OPEN
    assert CLAIMED.status is ReceiptStatus.CLAIMED
    assert replace(RECEIPT, grants=(GRANT,)).status is ReceiptStatus.HAS_MEMBER
    assert told(CLAIMED, [None]).status is ReceiptStatus.VOIDED
    assert (RECEIPT.expires_at is None, CLAIMED.expires_at) == (False, None)


def test_nobody_claims_what_somebody_has_or_what_came_back() -> None:
    receipt_claims.require_open(RECEIPT, NOW)
    for taken in (CLAIMED, replace(RECEIPT, grants=(GRANT,))):
        with pytest.raises(ReceiptClaimed):
            receipt_claims.require_open(taken, NOW)
    with pytest.raises(ReceiptVoided):
        receipt_claims.require_open(told(RECEIPT, [None]), NOW)


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


# Claims that wait. The name of the TSE is a receipt of its own until the till tells both.

NAME = ClaimableReceipt(
    receipt_id="rcp_name",
    account_id="acc_1",
    store_id="store_1",
    transaction_id="",
    currency="EUR",
    created_at=NOW,
)
MEMBERSHIP = Membership(
    membership_id="lp_1_user_1",
    account_id="acc_1",
    store_id="store_1",
    program_id="lp_1",
    user_id="user_1",
    scale=0,
    enrolled_at=NOW,
    updated_at=NOW,
)
REAL, FORGED = "real", "forged"
waits = st.lists(
    st.tuples(st.sampled_from(["user_1", "user_2", "user_3"]), st.sampled_from([REAL, FORGED])),
    max_size=5,
)


def awaited(told_waits: Sequence[tuple[str, str]]) -> ClaimableReceipt:
    """Return the name after customers have claimed it, of whom some are refused."""
    name = NAME
    for minute, (user_id, proof) in enumerate(told_waits):
        with suppress(ReceiptClaimed):
            at = NOW + timedelta(minutes=minute)
            name = receipt_claims.awaited(name, user_id, proof, at)
    return name


def first_real(told_waits: Sequence[tuple[str, str]]) -> str | None:
    return next((user_id for user_id, proof in told_waits if proof == REAL), None)


def ends(receipt: ClaimableReceipt) -> dict[str, set[ClaimDropReason]]:
    reasons: dict[str, set[ClaimDropReason]] = {}
    for each in receipt.dropped:
        reasons.setdefault(each.user_id, set()).add(each.reason)
    return reasons


@given(waits)
def test_whom_the_till_does_not_name_the_first_one_with_its_code_keeps(
    told_waits: list[tuple[str, str]],
) -> None:
    name = awaited(told_waits)

    known = receipt_claims.proved(RECEIPT, REAL, name, NOW)

    first = first_real(told_waits)
    assert [each.user_id for each in known.waiting] == ([first] if first else [])
    assert all(each.reason is ClaimDropReason.NOT_VERIFIED for each in known.dropped)
    assert len(known.waiting) + len(known.dropped) == len(name.waiting)
    assert receipt_claims.named_too(NAME, name, known).same_as == "rcp_1"
    for user_id in ("user_1", "user_2", "user_3"):
        if first in {None, user_id}:
            own = receipt_claims.require_open(known, NOW, user_id.__eq__)
            assert (own is None) is (first is None)
        else:
            with pytest.raises(ReceiptClaimed) as refused:
                receipt_claims.require_open(known, NOW, user_id.__eq__)
            assert refused.value.details["status"] == "waiting"
    after = receipt_claims.claimed(known, first or "user_3", [GRANT], NOW)
    assert (after.status, after.waiting, after.waiting_until) == (ReceiptStatus.CLAIMED, (), None)
    assert after.dropped == known.dropped


@given(waits, st.sampled_from(["user_1", "user_2", "user_3"]))
def test_a_member_whom_the_till_names_has_it_whoever_waits(
    told_waits: list[tuple[str, str]], named: str
) -> None:
    name = awaited(told_waits)
    membership = replace(MEMBERSHIP, user_id=named)
    grant = replace(GRANT, user_id=named)

    known = receipt_claims.proved(RECEIPT, REAL, name, NOW)
    after = receipt_claims.booked_by_till(
        known, membership, grant, 4000, NOW, is_members=named.__eq__
    )

    first = first_real(told_waits)
    assert after.grants == (grant,)
    assert after.claimed_by == (named if first == named else None)
    assert after.waiting == ()
    if first not in {None, named}:
        assert ClaimDropReason.HAS_MEMBER in ends(after)[first or ""]
    # Nobody who has waited is gone without a word: got it, or is told why not.
    got = {named} if first == named else set()
    assert {each.user_id for each in name.waiting} == got | ends(after).keys()


@given(waits, st.one_of(st.none(), st.integers(1, 4_500)))
def test_a_void_ends_the_wait_and_a_part_does_not(
    told_waits: list[tuple[str, str]], returned_minor: int | None
) -> None:
    known = receipt_claims.proved(RECEIPT, REAL, awaited(told_waits), NOW)

    after = receipt_claims.returned(known, returned_minor, NOW)

    assert (after.waiting == ()) is (after.is_void or known.waiting == ())
    if after.is_void and known.waiting:
        assert ClaimDropReason.NOTHING_EARNED in ends(after)[known.waiting[0].user_id]


def test_who_has_waited_to_the_end_keeps_nobody_from_it() -> None:
    known = receipt_claims.proved(RECEIPT, REAL, awaited([("user_1", REAL)]), NOW)
    later = NOW + receipt_claims.WAITS

    assert receipt_claims.require_open(known, later, "user_2".__eq__) is None
    dropped = receipt_claims.without_waited(known, later)
    assert ends(dropped) == {"user_1": {ClaimDropReason.EXPIRED}}
    assert dropped.status is ReceiptStatus.OPEN


def test_who_was_erased_has_waited_for_nothing() -> None:
    known = receipt_claims.proved(
        RECEIPT, REAL, awaited([("user_1", REAL), ("user_1", FORGED)]), NOW
    )
    assert (len(known.waiting), len(known.dropped)) == (1, 1)

    erased = receipt_claims.erased(known, Pseudonyms({"user_1": "erased_x"}))

    assert receipt_claims.users(erased) == ()
    assert receipt_claims.of_user_alone(known, "user_2").dropped == ()
