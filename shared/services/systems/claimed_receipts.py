"""Receipts of a till's export that customers may have claimed by the code of their TSE.

The export and the claim share the document of the receipt (decision 30). Who comes first has it:
what was claimed, or booked by the till's calls, the purchase takes over, so that a void that is
read later takes it back; what the export has booked nobody claims.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared import clock
from shared.domain.loyalty import receipt_claims
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.receipt_claims import (
    ClaimableReceipt,
    ImportedSale,
    ReceiptGrant,
)
from shared.domain.systems.purchases import Grant, KnownSale, Purchase
from shared.domain.systems.receipt_parts import Parts
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.said import say
from shared.services import commands
from shared.services.commands import Reads
from shared.services.loyalty import till_receipts
from shared.store import paths
from shared.store.client import Snapshot, Write
from shared.store.loyalty import receipt_documents

ELSEWHERE = say(
    "told_elsewhere",
    "It has earned before, and what came back of it is told elsewhere: nothing was changed.",
)
_CLAIM_OF = "claim:"
VOIDED = say("voided_before", "It was voided before: it earns nothing.")


@dataclass(frozen=True, slots=True)
class SharedReceipt:
    """The document that a receipt of an export shares with those who claim it."""

    program: Program
    receipt_id: str
    proof: str | None = None

    @property
    def path(self) -> str:
        """The path to read first."""
        return paths.receipt(self.receipt_id)

    def find(self, reads: Reads) -> ClaimableReceipt | None:
        """Return the receipt as it is stored, by whichever name; ``None`` if nobody knows it.

        Raises:
            Wanted: It is stored by another name.
        """
        return receipt_documents.decode(self._read(reads))

    def problem(self, found: ClaimableReceipt | None, purchase_id: str) -> str | None:
        """Return why a purchase cannot have the receipt; ``None`` if it can, or has it."""
        if found is None or found.purchase_id == purchase_id:
            return None
        if found.is_void:
            return VOIDED
        is_elsewhere = found.purchase_id is not None or found.returned_minor > 0
        return ELSEWHERE if is_elsewhere or (found.grants and not self._own(found)) else None

    def to_take_over(self, found: ClaimableReceipt | None, purchase_id: str) -> ReceiptGrant | None:
        """Return what the receipt has earned, if the purchase is to take it over."""
        if found is None or found.purchase_id == purchase_id:
            return None
        return self._own(found)

    def owner(self, found: ClaimableReceipt | None, purchase_id: str) -> str | None:
        """Return the member who has the receipt, whomever the till names, if anybody has it."""
        earned = self.to_take_over(found, purchase_id)
        if earned is None and found is not None and found.claimed_by is not None:
            earned = self._own(found)
        return None if earned is None else earned.user_id

    def waiter(self, found: ClaimableReceipt | None) -> str | None:
        """Return the customer whose claim waits for the export of this receipt."""
        waiting = receipt_claims.waiting_of(found, self.proof)
        return None if waiting is None or self.proof is None else waiting.user_id

    def is_kept(self, found: ClaimableReceipt | None, receipt: Receipt, now: datetime) -> bool:
        """Tell whether a sale without a member is kept: somebody may still claim it."""
        rules = self.program.receipt_claims
        assert rules is not None
        is_open = found is None or found.is_nobodys
        is_new = now <= receipt_claims.valid_until(receipt.issued_at, rules.within_days)
        return is_open and is_new and receipt.eligible.amount_minor > 0

    def expiry(self, receipt: Receipt) -> datetime:
        """Return until when a sale without a member is kept."""
        rules = self.program.receipt_claims
        assert rules is not None
        return receipt_claims.kept_until(receipt.issued_at, rules)

    def kept(self, reads: Reads, purchase: Purchase, receipt: Receipt) -> list[Write]:
        """Return the writes that keep a sale without a member, for whoever claims it."""
        rules = self.program.receipt_claims
        assert rules is not None
        sale = ImportedSale(
            program_id=self.program.program_id,
            system=purchase.system,
            external_id=receipt.external_id,
            number=receipt.number,
            issued_at=receipt.issued_at,
            series=receipt.series,
            revision=receipt.revision,
        )
        read = self._read(reads)
        before = self._stored(read)
        after = receipt_claims.kept(
            before,
            purchase.purchase_id,
            sale,
            receipt.eligible.amount_minor,
            rules,
            clock.utc_now(),
            self.proof,
        )
        return [receipt_documents.write(read, after)]

    def writes(
        self, reads: Reads, purchase: Purchase, receipt: Receipt, claimant: str | None = None
    ) -> list[Write]:
        """Return the writes that give the receipt to a purchase which has earned for it.

        ``claimant`` is the customer who has waited for it, if it has earned for that one.
        """
        if not purchase.grants:
            return []
        read = self._read(reads)
        program = self.program
        stored = receipt_documents.decode(read)
        before = self._stored(read)
        grants = [
            ReceiptGrant(
                program.program_id,
                each.entry_user_id,
                each.entry_id,
                each.units,
                pending_until=each.pending_until,
            )
            for each in purchase.grants
        ]
        after = receipt_claims.imported(
            before,
            purchase.purchase_id,
            grants,
            clock.utc_now(),
            self.proof,
            claimant=claimant,
        )
        if claimant is not None:
            after = replace(after, amount_minor=receipt.eligible.amount_minor)
        return [] if after == stored else [receipt_documents.write(read, after)]

    def _stored(self, read: Snapshot) -> ClaimableReceipt:
        """Return the receipt as it is stored, or one of which nothing is known."""
        program = self.program
        found = receipt_documents.decode(read) or ClaimableReceipt(
            receipt_id=self.receipt_id,
            account_id=program.account_id,
            store_id=program.store_id,
            transaction_id="",
            currency=program.currency,
            created_at=clock.utc_now(),
        )
        # Who waited for it may have told another store of the account.
        return replace(found, store_id=program.store_id) if found.waiting else found

    def _own(self, found: ClaimableReceipt) -> ReceiptGrant | None:
        """Return what it earned in the program, if that is one entry of one member."""
        own = [each for each in found.grants if each.program_id == self.program.program_id]
        return own[0] if len(own) == 1 else None

    def _read(self, reads: Reads) -> Snapshot:
        read = reads[self.path]
        found = receipt_documents.decode(read)
        if found is None or found.same_as is None:
            return read
        path = paths.receipt(found.same_as)
        commands.want(reads, [path])
        return reads[path]


def shared(program: Program, receipt: Receipt) -> SharedReceipt | None:
    """Return the document that a receipt shares; ``None`` if nobody can claim it."""
    is_sale = receipt.kind is ReceiptKind.SALE and receipt.voids is None
    if program.receipt_claims is None or receipt.tse is None or not is_sale:
        return None
    key = receipt.tse.key
    receipt_id = till_receipts.tse_receipt_id(program.account_id, key)
    return SharedReceipt(program, receipt_id, receipt.tse.proof)


def sale_of(receipt: Receipt, user_id: str, parts: Parts | None, besides_minor: int) -> KnownSale:
    """Return the sale of a receipt that has earned for a member already."""
    return KnownSale(
        amount_minor=max(receipt.eligible.amount_minor, 0),
        customer_id=user_id,
        is_earning=True,
        series=receipt.series,
        issued_at=receipt.issued_at,
        revision=receipt.revision,
        parts=parts,
        besides_minor=besides_minor,
    )


def caused_by_claim(receipt: Receipt) -> str:
    """Return ``Grant.receipt_id`` of what a claim has earned: no reading of an export caused it."""
    return f"{_CLAIM_OF}{receipt.identity}"


def grant_of(
    receipt: Receipt, user_id: str, earned: ReceiptGrant, found: ClaimableReceipt
) -> Grant:
    """Return what it has earned, for the member who has that membership now."""
    return Grant(
        user_id=user_id,
        entry_id=earned.entry_id,
        receipt_id=caused_by_claim(receipt),
        units=earned.units,
        booked_at=found.claimed_at or found.created_at,
        booked_for=None if earned.user_id == user_id else earned.user_id,
        pending_until=earned.pending_until,
    )
