"""Receipts that were booked before purchases were kept, as far as their entries tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.programs import Program
from shared.domain.money import Money
from shared.domain.systems.purchases import Grant, KnownSale
from shared.store.loyalty import membership_documents


@dataclass(frozen=True, slots=True)
class EarlierSale:
    """A sale as its entry tells of it.

    ``taken`` are the receipts that took units back, each with the units that it asked for.
    """

    sale: KnownSale
    grant: Grant
    taken: tuple[tuple[str, int], ...]


def find(program: Program, transactions: str, receipt_id: str) -> tuple[EarlierSale, ...]:
    """Return the sales of a receipt's id, of all members.

    Args:
        program: The program in which they earned.
        transactions: What precedes the ids of receipts in the transaction ids of entries.
        receipt_id: The id in the store's system.
    """
    name = f"{transactions}{receipt_id}"
    booked = membership_documents.find_by_transaction(program.program_id, name)
    return tuple(
        _sale_of(program, transactions, receipt_id, entry)
        for entry in booked
        if entry.kind is EntryKind.EARN and entry.activates_entry_id is None
    )


def _sale_of(program: Program, transactions: str, receipt_id: str, entry: Entry) -> EarlierSale:
    corrections = membership_documents.list_corrections(entry.membership_id, entry.entry_id)
    asked = {
        (each.transaction_id or "").removeprefix(transactions): each.uncollected_units - each.units
        for each in corrections
    }
    amount = Money.from_major(Decimal(entry.purchase_amount or 0), program.currency)
    sale = KnownSale(
        amount_minor=amount.amount_minor,
        customer_id=entry.user_id,
        is_earning=True,
        booked_at=entry.recorded_at,
    )
    grant = Grant(
        user_id=entry.user_id,
        entry_id=entry.entry_id,
        receipt_id=receipt_id,
        units=entry.units,
        booked_at=entry.recorded_at,
        asked_units=sum(asked.values()),
        taken_units=-sum(each.units for each in corrections),
    )
    return EarlierSale(sale, grant, tuple(asked.items()))
