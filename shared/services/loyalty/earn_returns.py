"""Take back what an earn granted, as its goods come back: whole or in parts, each told once."""

from __future__ import annotations

from decimal import Decimal

from shared import ids
from shared.auth.caller import Caller
from shared.domain.loyalty import earn_returns, ledger, receipt_claims
from shared.domain.loyalty.earn_returns import EarnReturns, Returned
from shared.domain.loyalty.earning import Award
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.external_transactions import Direction, ExternalTransaction
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import EarningMethod, Program
from shared.errors import BookingNotFound, PurchaseHasOwnRefund
from shared.services import access, commands
from shared.services.commands import Reads
from shared.services.loyalty import bookings, till_receipts
from shared.services.loyalty.bookings import Booking, Decided
from shared.store import paths
from shared.store.loyalty import membership_documents, receipt_documents, return_documents

_RETURNED_BY = {
    EarningMethod.SCAN_AND_GO.value: "refundCheckout",
    EarningMethod.CLICK_COLLECT.value: "updateClickCollectStatus",
    receipt_claims.EARNING_METHOD: "voidReceiptClaim",
}
_EARNS = frozenset({EntryKind.EARN, EntryKind.PENDING})


def reverse(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    transaction_id: str | None,
    entry_id: str | None,
    source: str | None,
    amount: Decimal | None,
    points: Decimal | None,
    refund_id: str,
    description: str,
) -> Booking:
    """Take back what ``amount`` or ``points`` of an earn ask for; all that is left if neither.

    Happens once for one ``refund_id`` of a member, for ever, even if there was nothing to take.
    The booking's award says what was asked for if nothing was taken.

    Raises:
        ProgramNotFound, MembershipNotFound, BookingNotFound, PurchaseHasOwnRefund,
        ReturnExceedsPurchase, InvalidParameters, IdempotencyKeyReused, Busy.
    """
    program = access.program(caller, program_id, store_id)
    names = _names_of(transaction_id, entry_id, source)
    terms = (
        names[0],
        *("" if each is None else f"{each:f}" for each in map(_plain, (amount, points))),
    )
    cause = bookings.cause_of(
        caller,
        program,
        action="reverse",
        business_key=refund_id,
        terms=terms,
        description=description,
        source=source,
        transaction_id=refund_id,
    )
    returned = Returned(ids.digest(refund_id), cause.fingerprint, amount, points)

    def book(membership: Membership, reads: Reads) -> Decided:
        earn = _earn(reads, membership, names, transaction_id, source)
        path = paths.earn_returns(earn.membership_id, earn.entry_id)
        receipt = _receipt_path(program, earn.transaction_id)
        commands.want(reads, [path, *receipt])
        _require_no_own_refund(program, earn, reads, receipt)
        before = return_documents.decode(reads[path]) or EarnReturns(
            program.account_id, program.program_id
        )
        told_units = before.nothing_units(returned)
        if told_units is not None:
            return Decided(membership, None, award=Award(told_units, 0))
        after, units = earn_returns.after(before, earn, program, returned)
        booked = (
            ledger.reverse(membership, program, earn, units, cause, policy=program.refund_policy)
            if units
            else None
        )
        if booked is None:
            after = after.with_nothing(returned, units)
        writes = [return_documents.write(reads[path], after)]
        if booked is not None:
            return Decided(*booked, writes)
        if units:
            membership = ledger.uncollected(membership, earn, units)
        return Decided(membership, None, writes, award=Award(units, 0))

    membership_id = paths.membership_id(program_id, user_id)
    return bookings.run(
        caller.claim,
        program,
        user_id,
        cause,
        book,
        more_paths=[
            *(paths.entry(membership_id, each) for each in names),
            paths.earn_returns(membership_id, names[0]),
            *_receipt_path(program, transaction_id),
        ],
        records_no_op=True,
    )


def _plain(amount: Decimal | None) -> Decimal | None:
    """Return an amount in one spelling: 5, 5.0 and 5.00 are the same."""
    return None if amount is None else amount.normalize()


def _names_of(
    transaction_id: str | None, entry_id: str | None, source: str | None
) -> tuple[str, ...]:
    """Return the ids that the earn may have, the likeliest first."""
    if transaction_id is None:
        assert entry_id is not None
        return (entry_id,)
    return ExternalTransaction(Direction.EARN, transaction_id, source, 0).entry_ids


def _earn(
    reads: Reads,
    membership: Membership,
    names: tuple[str, ...],
    transaction_id: str | None,
    source: str | None,
) -> Entry:
    """Return the earn, of a membership or of those that were merged into it: the original grant.

    Raises:
        BookingNotFound: The member has no such earn.
        Wanted: Something is not read yet.
    """
    own = (membership.membership_id, *membership.merged_from)
    found = _entries(reads, own, names)
    if transaction_id is not None:
        transaction = ExternalTransaction(Direction.EARN, transaction_id, source, 0)
        earn = transaction.find(found, "")
    else:
        earn = next(iter(found), None)
    if earn is not None and earn.activates_entry_id is not None:
        # It made a pending grant spendable, which is what was earned.
        earn = next(iter(_entries(reads, own, (earn.activates_entry_id,))), None)
    if earn is None:
        what = f"transaction {transaction_id}" if transaction_id else f"booking {names[0]}"
        raise BookingNotFound(f"The member has earned nothing by {what}.")
    return earn


def _entries(reads: Reads, own: tuple[str, ...], names: tuple[str, ...]) -> list[Entry]:
    every = [paths.entry(membership_id, name) for membership_id in own for name in names]
    commands.want(reads, every)
    entries = (membership_documents.decode_entry(reads[each]) for each in every)
    return [each for each in entries if each is not None and each.kind in _EARNS]


def _receipt_path(program: Program, transaction_id: str | None) -> list[str]:
    """Return where the receipt of a transaction is, if members may claim it."""
    if transaction_id is None:
        return []
    receipt_id = till_receipts.receipt_id(program.store_id, transaction_id)
    return [paths.receipt(receipt_id)]


def _require_no_own_refund(
    program: Program, earn: Entry, reads: Reads, receipt_path: list[str]
) -> None:
    """Refuse a purchase whose own refund takes points back: nothing is taken twice.

    Raises:
        PurchaseHasOwnRefund: It is one.
    """
    by = _RETURNED_BY.get(earn.earning_method or "")
    name = earn.transaction_id or ""
    if name.startswith("payment:"):
        by = "refundPayment"
    elif name.startswith(f"receipt:{program.store_id}:{earn.source}:"):
        by = "syncPOS"
    for path in receipt_path:
        receipt = receipt_documents.decode(reads[path])
        if receipt and any(each.entry_id == earn.entry_id for each in receipt.grants):
            by = "voidReceiptClaim"
    if by is not None:
        raise PurchaseHasOwnRefund(f"{by} tells what comes back of this purchase.", returnedBy=by)
