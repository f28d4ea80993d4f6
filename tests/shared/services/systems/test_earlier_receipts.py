"""What was booked before purchases were kept is recognised, and not booked again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.loyalty import earning, earning_base, ledger
from shared.domain.loyalty.membership import Membership
from shared.domain.systems import purchases
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.services.accounts import callers
from shared.services.loyalty import balances, bookings
from shared.services.systems import receipt_points
from shared.services.systems.receipt_points import ReceiptOutcome
from shared.store.loyalty import program_documents
from tests.support.branches import TickingClock
from tests.support.receipts import ReceiptTill, book, receipt
from tests.support.stored import assert_sound, entries, units

pytestmark = pytest.mark.usefixtures("ticking")


def book_as_before(receipt_till: ReceiptTill, sold: Receipt) -> None:
    """Book a sale with the code that kept no purchases: the entry's id alone told of it."""
    program = program_documents.find(receipt_till.anna.program_id)
    assert program is not None
    name = receipt_points.transaction_id(receipt_till.sync(), sold.external_id)
    award = earning.award_for_purchase(program, earning_base.of_amount(sold.eligible.to_major()))
    cause = bookings.cause_of(
        callers.acting_for(program.account_id),
        program,
        action="earn",
        business_key=name,
        terms=("receipt",),
        transaction_id=name,
        purchase_amount=str(sold.eligible.to_major()),
    )

    def booked(membership: Membership, _: Any) -> bookings.Decided:
        return bookings.Decided(*ledger.earn(membership, program, award.awarded_units, cause))

    bookings.run(None, program, sold.customer_id or "", cause, booked)


def take_as_before(receipt_till: ReceiptTill, voiding: Receipt, points: int) -> None:
    sale = entries(receipt_till.anna)[0]
    balances.take_back(
        callers.acting_for(receipt_till.anna.merchant.account_id),
        program_id=receipt_till.anna.program_id,
        user_id="user_1",
        store_id=receipt_till.anna.merchant.store_id,
        entry_id=sale.entry_id,
        units=points,
        transaction_id=receipt_points.transaction_id(receipt_till.sync(), voiding.external_id),
        description="",
    )


@pytest.mark.parametrize("series", [None, "2026-01-01"])
def test_what_was_booked_before_purchases_were_kept_is_recognised(
    receipt_till: ReceiptTill, ticking: TickingClock, series: str | None
) -> None:
    sold, part, rest = (
        receipt(series=series),
        receipt(-333, external_id="V", kind=ReceiptKind.VOID, voids="R-1", customer_id=None),
        receipt(-667, external_id="W", kind=ReceiptKind.VOID, voids="R-1", customer_id=None),
    )
    ticking.advance(timedelta(hours=6))
    book_as_before(receipt_till, sold)
    take_as_before(receipt_till, part, 34)

    results = book(receipt_till, sold, part, sold, part)

    assert {each.outcome for each in results} == {ReceiptOutcome.NOTHING}
    assert units(receipt_till.anna) == [100, -34]
    book(receipt_till, rest, part, sold, rest)
    assert units(receipt_till.anna) == [100, -34, -66]
    assert_sound(receipt_till.anna)


@pytest.mark.parametrize("series", [None, "2026-01-01"])
def test_a_receipt_that_is_later_than_the_earlier_booking_is_another_one(
    receipt_till: ReceiptTill, ticking: TickingClock, series: str | None
) -> None:
    ticking.advance(timedelta(hours=6))
    book_as_before(receipt_till, receipt())

    later = receipt(series=series, issued_at=ticking.now + timedelta(hours=1))
    book(receipt_till, later, later)

    assert units(receipt_till.anna) == [100, 100]


def test_another_amount_than_booked_before_is_said(
    receipt_till: ReceiptTill, ticking: TickingClock
) -> None:
    ticking.advance(timedelta(hours=6))
    book_as_before(receipt_till, receipt())

    (result,) = book(receipt_till, receipt(1200))

    assert result.notes == (purchases.OTHER_AMOUNT,)
    assert units(receipt_till.anna) == [100]
