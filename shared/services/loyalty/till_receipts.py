"""A transaction that a till books, where members may claim receipts: it takes the receipt.

A receipt has a second name if its TSE has signed it (``tse_receipts``). The document of that name
leads to the one of the transaction, so that nobody has the receipt by the other name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from shared import ids
from shared.domain.loyalty import receipt_claims, tse_receipts
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.receipt_claims import ClaimableReceipt, ReceiptGrant
from shared.domain.loyalty.tse_receipts import NotAReceiptError, TseReceipt
from shared.errors import ReceiptCodeDamaged
from shared.services.commands import Reads
from shared.services.loyalty.bookings import Decided, Prepared
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import receipt_documents


def receipt_id(store_id: str, transaction_id: str) -> str:
    """Return the id of the receipt of a store's transaction."""
    return ids.derived("rcp", store_id, "transaction", transaction_id)


def tse_receipt_id(account_id: str, tse_key: str) -> str:
    """Return the id of what a TSE has signed. A TSE may move from a store to another."""
    return ids.derived("rcp", account_id, "tse", tse_key)


def read_tse(code: str) -> TseReceipt:
    """Return what the code of a German receipt says; nothing of it is proved.

    Raises:
        ReceiptCodeDamaged: It is none, or is cut.
    """
    try:
        return tse_receipts.parse(code)
    except NotAReceiptError as error:
        raise ReceiptCodeDamaged(str(error)) from None


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
    return known in membership.every_membership_id


@dataclass(frozen=True, slots=True)
class SecondName:
    """What the TSE has signed of a till's receipt, if the till tells it."""

    receipt_id: str
    proof: str

    @property
    def path(self) -> str:
        """The path to read."""
        return paths.receipt(self.receipt_id)

    def proved(self, reads: Reads, receipt: ClaimableReceipt, now: datetime) -> ClaimableReceipt:
        """Return the receipt with who waits for it by this name: the till proves it."""
        stored = receipt_documents.decode(reads[self.path])
        return receipt_claims.proved(receipt, self.proof, stored, now)

    def write(self, reads: Reads, receipt: ClaimableReceipt) -> list[Write]:
        """Return the writes that lead from this name to the receipt.

        Raises:
            ReceiptClaimed, ReceiptVoided: Somebody has the receipt by this name.
        """
        stored = receipt_documents.decode(reads[self.path])
        name = ClaimableReceipt(
            receipt_id=self.receipt_id,
            account_id=receipt.account_id,
            store_id=receipt.store_id,
            transaction_id="",
            currency=receipt.currency,
            created_at=receipt.created_at,
        )
        after = receipt_claims.named_too(name, stored, receipt)
        return [] if after == stored else [receipt_documents.write(reads[self.path], after)]


def second_name(account_id: str, code: str | None) -> SecondName | None:
    """Return the second name of a receipt whose TSE code the till tells.

    Raises:
        ReceiptCodeDamaged: It is no such code.
    """
    if code is None:
        return None
    tse = read_tse(code)
    return SecondName(tse_receipt_id(account_id, tse.key), tse.proof)


def taking(
    prepared: Prepared,
    transaction_id: str | None,
    lines: Sequence[PurchaseLine] | None,
    tse_code: str | None = None,
) -> Prepared:
    """Return a till's booking that takes the receipt in the same commit, or is refused.

    Where members cannot claim receipts, it stays as it is: nothing more is read or written.

    Raises:
        ReceiptCodeDamaged: ``tse_code`` is no code of a receipt.
    """
    program = prepared.program
    name = second_name(program.account_id, tse_code)
    if program.receipt_claims is None or transaction_id is None:
        return prepared
    receipt = _TillReceipt(program, transaction_id, lines, prepared, name)
    return replace(prepared, book=receipt.book, more_paths=[*prepared.more_paths, *receipt.needs])


@dataclass(frozen=True)
class _TillReceipt:
    """The receipt of a till's booking. Nobody has it until the booking is committed."""

    program: Program
    transaction_id: str
    lines: Sequence[PurchaseLine] | None
    prepared: Prepared
    name: SecondName | None

    @property
    def path(self) -> str:
        return paths.receipt(receipt_id(self.program.store_id, self.transaction_id))

    @property
    def needs(self) -> list[str]:
        return [self.path] if self.name is None else [self.path, self.name.path]

    def book(self, membership: Membership, reads: Reads, cause: Cause) -> Decided:
        decided = self.prepared.book(membership, reads, cause)
        if decided.entry is None:
            return decided
        more = self._writes(membership, reads, decided.entry)
        return replace(decided, more_writes=[*decided.more_writes, *more])

    def _writes(self, membership: Membership, reads: Reads, entry: Entry) -> list[Write]:
        read = reads[self.path]
        stored = receipt_documents.decode(read)
        receipt = stored or empty(self.program, self.transaction_id, entry.recorded_at)
        if self.name is not None:
            receipt = self.name.proved(reads, receipt, entry.recorded_at)
        amount_minor = (
            None
            if self.lines is None
            else receipt_claims.paid_minor(self.lines, self.program.currency)
        )
        after = receipt_claims.booked_by_till(
            receipt,
            membership,
            ReceiptGrant(
                self.program.program_id,
                membership.user_id,
                entry.entry_id,
                entry.granted_units,
                pending_until=entry.pending_until,
            ),
            amount_minor,
            entry.recorded_at,
            is_members=partial(is_same_member, membership),
        )
        names = [] if self.name is None else self.name.write(reads, after)
        return [receipt_documents.write(read, after), *names]
