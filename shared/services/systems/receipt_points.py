"""Points for receipts of a till: each receipt counts once, even if it is read many times."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from shared.auth.caller import Caller
from shared.domain.loyalty import earning, ledger
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.systems.syncs import Sync
from shared.errors import IdempotencyKeyReused, MembershipNotFound, PunktwerkError
from shared.services import access
from shared.services.accounts import callers
from shared.services.commands import Reads
from shared.services.loyalty import balances as bookkeeping
from shared.services.loyalty import bookings
from shared.store.loyalty import membership_documents


class ReceiptOutcome(StrEnum):
    """The result of a receipt. ``NOTHING``: it has no customer, or earns nothing."""

    AWARDED = "awarded"
    TAKEN_BACK = "taken_back"
    NOTHING = "nothing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ReceiptResult:
    """The result of a receipt; ``reason`` says why points were refused."""

    outcome: ReceiptOutcome
    reason: str = ""


_NOTHING = ReceiptResult(ReceiptOutcome.NOTHING)


def book(sync: Sync, receipt: Receipt) -> ReceiptResult:
    """Grant the points of a receipt, or take back those of the receipt that it voids.

    Trainings, transfers and other receipts that are no sale earn nothing. Receipts without a
    customer, older than ``issued_since``, or older than the membership earn nothing either. A void
    takes back from the member who has earned, even if the till does not name the member again.

    Raises:
        ProgramNotFound: The program is gone.
        PunktwerkError: The database is busy; the same receipt may come again.
    """
    if sync.program_id is None:
        return _NOTHING
    caller = callers.acting_for(sync.account_id)
    program = access.program(caller, sync.program_id, sync.store_id)
    is_old = sync.issued_since is not None and receipt.issued_at < sync.issued_since
    try:
        if receipt.kind is ReceiptKind.SALE and receipt.customer_id is not None and not is_old:
            return _earn(caller, program, sync, receipt, receipt.customer_id)
        if receipt.kind is ReceiptKind.VOID and receipt.voids is not None:
            return _take_back(caller, program, sync, receipt, receipt.voids)
    except (MembershipNotFound, IdempotencyKeyReused):
        return _NOTHING  # It has no customer, or was read before, when other amounts were left.
    except PunktwerkError as refusal:
        if not refusal.is_final:
            raise
        return ReceiptResult(ReceiptOutcome.REFUSED, f"{refusal.code}: {refusal.message}")
    return _NOTHING


def transaction_id(sync: Sync, external_id: str) -> str:
    """Return the id of a receipt's booking: unique among all systems of a store."""
    return f"receipt:{sync.store_id}:{sync.system}:{external_id}"


def _earn(
    caller: Caller, program: Program, sync: Sync, receipt: Receipt, user_id: str
) -> ReceiptResult:
    amount = receipt.eligible
    if amount.currency != program.currency:
        return ReceiptResult(ReceiptOutcome.REFUSED, f"The receipt is in {amount.currency}.")
    if amount.amount_minor <= 0:
        return _NOTHING
    award = earning.award_for_purchase(program, amount.to_major())
    cause = bookings.cause_of(
        caller,
        program,
        action="earn",
        business_key=transaction_id(sync, receipt.external_id),
        # The receipt is booked as it is; a system that corrects it later issues another one.
        terms=("receipt",),
        description=f"Receipt {receipt.number}"[:200],
        source=sync.system,
        transaction_id=transaction_id(sync, receipt.external_id),
        purchase_amount=str(amount.to_major()),
        requested_units=award.requested_units,
        capped_by=award.capped_by,
    )

    def booked(membership: Membership, _: Reads) -> bookings.Decided:
        if award.awarded_units == 0 or receipt.issued_at < membership.enrolled_at:
            return bookings.Decided(membership, None)
        return bookings.Decided(*ledger.earn(membership, program, award.awarded_units, cause))

    booking = bookings.run(None, program, user_id, cause, booked, award=award)
    # This sync has booked it and not counted it, because its worker died: it counts as new.
    entry = booking.entry
    is_news = entry is not None and (not booking.is_replay or entry.recorded_at > sync.started_at)
    return ReceiptResult(ReceiptOutcome.AWARDED) if is_news else _NOTHING


def _take_back(
    caller: Caller, program: Program, sync: Sync, receipt: Receipt, voided_id: str
) -> ReceiptResult:
    booked = membership_documents.find_by_transaction(
        program.program_id, transaction_id(sync, voided_id)
    )
    earned = next((each for each in booked if each.kind is EntryKind.EARN), None)
    if earned is None:
        return _NOTHING  # It has earned nothing.
    taken = membership_documents.list_corrections(earned.membership_id, earned.entry_id)
    name = transaction_id(sync, receipt.external_id)
    units = _units_to_take(receipt, earned, taken)
    if units == 0 or name in {each.transaction_id for each in taken}:
        return _NOTHING
    booking = bookkeeping.take_back(
        caller,
        program_id=program.program_id,
        user_id=earned.user_id,
        store_id=sync.store_id,
        entry_id=earned.entry_id,
        units=units,
        transaction_id=name,
        description=f"Receipt {receipt.number}"[:200],
    )
    is_news = booking.entry is not None and not booking.is_replay
    return ReceiptResult(ReceiptOutcome.TAKEN_BACK) if is_news else _NOTHING


def _units_to_take(receipt: Receipt, earned: Entry, taken: list[Entry]) -> int:
    """Return the units that a void takes back: the rest, or the share of the returned goods.

    Tills void a receipt in place, or by a second one, or both, or line by line. All together take
    back the earned units, and no more. A share is rounded up, as earned units are rounded down.
    """
    asked = sum(each.uncollected_units - each.units for each in taken)
    left = max(earned.units - asked, 0)
    returned = abs(receipt.eligible.to_major())
    bought = Decimal(earned.purchase_amount or 0)
    is_whole = receipt.voids == receipt.external_id or returned == 0 or returned >= bought
    if is_whole:
        return left
    share = (earned.units * returned / bought).to_integral_value(rounding=ROUND_CEILING)
    return min(int(share), left)
