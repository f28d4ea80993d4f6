"""Memberships: one user's standing in one program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.loyalty.entries import GENESIS, EntryKind
from shared.domain.loyalty.lots import Lot

RECENT_MAX = 10
"""Entries kept in the membership, so that balance and history are one read."""


@dataclass(frozen=True, slots=True)
class RecentEntry:
    """A row of the history, which shows a member an entry."""

    entry_id: str
    kind: EntryKind
    units: int
    balance_after_units: int
    description: str
    transaction_id: str | None
    reward_code: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """One user's standing in one program. All amounts in the program's smallest unit.

    ``lots`` are open, in the order in which they are spent; ``deficit_units`` are the units that
    reversals took beyond the balance; ``lifetime_units`` count for tiers: all earned units less
    the reversed ones, or what an external system has set instead; ``reversed_units`` are the units
    that reversals took, less those that they gave back; ``adjusted_units`` may be negative; ``seq``
    and ``head_hash`` are the last entry's. ``next_due_at`` is the time of the next expiry,
    announcement or anniversary; ``anniversary_years`` is the last anniversary that is done.
    """

    membership_id: str
    account_id: str
    store_id: str
    program_id: str
    user_id: str
    scale: int
    enrolled_at: datetime
    updated_at: datetime
    source: str | None = None
    balance_units: int = 0
    earned_units: int = 0
    redeemed_units: int = 0
    expired_units: int = 0
    reversed_units: int = 0
    adjusted_units: int = 0
    deficit_units: int = 0
    lifetime_units: int = 0
    tier: str | None = None
    lots: tuple[Lot, ...] = ()
    recent: tuple[RecentEntry, ...] = ()
    seq: int = 0
    head_hash: str = GENESIS
    anniversary_years: int = 0
    next_due_at: datetime | None = None

    def assert_consistent(self) -> None:
        """Assert the equations that must hold after every booking."""
        assert all(lot.units > 0 for lot in self.lots)
        assert self.deficit_units >= 0
        assert self.balance_units == sum(lot.units for lot in self.lots) - self.deficit_units
        assert self.balance_units == (
            self.earned_units
            - self.redeemed_units
            - self.expired_units
            - self.reversed_units
            + self.adjusted_units
        )
