"""A transaction that a till books, where members may claim receipts: it takes the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared import ids
from shared.domain.loyalty import receipt_claims
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.receipt_claims import ClaimableReceipt, ReceiptGrant
from shared.services.commands import Reads
from shared.services.loyalty.bookings import Decided, Prepared
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import receipt_documents


def receipt_id(store_id: str, transaction_id: str) -> str:
    """Return the id of the receipt of a store's transaction."""
    return ids.derived("rcp", store_id, "transaction", transaction_id)


def empty(program: Program, transaction_id: str, now: datetime) -> ClaimableReceipt:
    """Return a receipt of which nothing is known yet."""
    return ClaimableReceipt(
        receipt_id=receipt_id(program.store_id, transaction_id),
        account_id=program.account_id,
        store_id=program.store_id,
        transaction_id=transaction_id,
        currency=program.currency,
        created_at=now,
    )


def is_same_member(membership: Membership, user_id: str) -> bool:
    """Tell whether a user is a membership's member, or was merged into that one."""
    known = paths.membership_id(membership.program_id, user_id)
    return known in {membership.membership_id, *membership.merged_from}


def taking(
    prepared: Prepared, transaction_id: str | None, lines: Sequence[PurchaseLine] | None
) -> Prepared:
    """Return a till's booking that takes the receipt in the same commit, or is refused.

    Where members cannot claim receipts, it stays as it is: nothing more is read or written.
    """
    program = prepared.program
    if program.receipt_claims is None or transaction_id is None:
        return prepared
    receipt = _TillReceipt(program, transaction_id, lines, prepared)
    return replace(prepared, book=receipt.book, more_paths=[*prepared.more_paths, receipt.path])


@dataclass(frozen=True)
class _TillReceipt:
    """The receipt of a till's booking. Nobody has it until the booking is committed."""

    program: Program
    transaction_id: str
    lines: Sequence[PurchaseLine] | None
    prepared: Prepared

    @property
    def path(self) -> str:
        return paths.receipt(receipt_id(self.program.store_id, self.transaction_id))

    def book(self, membership: Membership, reads: Reads, cause: Cause) -> Decided:
        decided = self.prepared.book(membership, reads, cause)
        if decided.entry is None:
            return decided
        more = self._write(membership, reads, decided.entry)
        return replace(decided, more_writes=[*decided.more_writes, more])

    def _write(self, membership: Membership, reads: Reads, entry: Entry) -> Write:
        read = reads[self.path]
        stored = receipt_documents.decode(read)
        receipt = stored or empty(self.program, self.transaction_id, entry.recorded_at)
        by = receipt.claimed_by
        amount_minor = (
            None
            if self.lines is None
            else receipt_claims.paid_minor(self.lines, self.program.currency)
        )
        after = receipt_claims.booked_by_till(
            receipt,
            membership,
            ReceiptGrant(
                self.program.program_id, membership.user_id, entry.entry_id, entry.granted_units
            ),
            amount_minor,
            is_claimants=by is not None and is_same_member(membership, by),
        )
        return receipt_documents.write(read, after)
