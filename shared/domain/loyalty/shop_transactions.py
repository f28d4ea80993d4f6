"""Entries of the ledger as a shop's loyalty plugin knows them: transactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain import shopware_ids
from shared.domain.loyalty import history
from shared.domain.loyalty.entries import Entry, EntryKind


@dataclass(frozen=True, slots=True)
class TransactionFilter:
    """What must hold of a transaction; ``None`` for whatever. Bounds of its value are inclusive."""

    is_received: bool | None = None
    is_refund: bool | None = None
    is_expired: bool | None = None
    order_id: str | None = None
    min_units: int | None = None
    max_units: int | None = None
    since: None = None
    until: None = None
    is_corrected: None = None

    @property
    def is_of_time(self) -> bool:
        """True if it asks for everything."""
        return self == TransactionFilter()

    def fits(self, entry: Entry, now: datetime) -> bool:
        """Tell whether an entry is asked for."""
        value = value_units(entry)
        return (
            self.is_received in {None, is_received(entry)}
            and self.is_refund in {None, is_refund(entry)}
            and self.is_expired in {None, is_expired(entry, now)}
            and self.order_id in {None, order_id_of(entry)}
            and (self.min_units is None or value >= self.min_units)
            and (self.max_units is None or value <= self.max_units)
        )

    def units_of(self, entry: Entry) -> int:
        """Return what an entry is sorted by, if that is not its time."""
        return value_units(entry)


def value_units(entry: Entry) -> int:
    """Return what a transaction is about: what it added to the balance, or will."""
    return entry.units if is_received(entry) else entry.pending_units or 0


def is_received(entry: Entry) -> bool:
    """Tell whether the balance has it: what a purchase earns may come later, by another entry."""
    return entry.kind is not EntryKind.PENDING


def is_refund(entry: Entry) -> bool:
    """Tell whether it takes back or gives back, for goods that came back or were cancelled."""
    return entry.kind is EntryKind.REVERSE


def is_expired(entry: Entry, now: datetime) -> bool:
    """Tell whether it granted points whose date is over, or wrote such points off."""
    return entry.kind is EntryKind.EXPIRE or history.is_expired(entry, now)


def order_id_of(entry: Entry) -> str | None:
    """Return the order of the shop, 32 hex digits, ``None`` if there is none."""
    return entry.order_id or shopware_ids.canonical_or_none(entry.transaction_id)
