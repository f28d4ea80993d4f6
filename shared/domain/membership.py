"""What the ledger is about: memberships, their entries, and what causes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain import chain
from shared.domain.lots import Lot

RECENT_MAX = 10
"""Entries kept in the membership, so that balance and history are one read."""


class EntryKind(StrEnum):
    """Why a balance changed."""

    EARN = "earn"
    REDEEM = "redeem"
    ADJUST = "adjust"
    REVERSE = "reverse"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Cause:
    """Who asked for a booking, and what it is to be called.

    ``entry_id`` is the idempotency key of the entry; ``fingerprint`` tells a repeated request from
    another one under the same key; ``key_hash`` is the digest of the ``Idempotency-Key`` header.
    """

    entry_id: str
    fingerprint: str
    now: datetime
    key_hash: str | None = None
    description: str = ""
    source: str | None = None
    transaction_id: str | None = None
    action: str | None = None
    purchase_amount: str | None = None
    requested_units: int | None = None
    capped_by: str | None = None
    reward_id: str | None = None
    reward_code: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a membership. Never changed, never deleted; a correction names it."""

    entry_id: str
    membership_id: str
    account_id: str
    store_id: str
    program_id: str
    user_id: str
    seq: int
    kind: EntryKind
    units: int
    scale: int
    balance_before_units: int
    balance_after_units: int
    earned_after_units: int
    tier_before: str | None
    tier_after: str | None
    unlocked_reward_ids: tuple[str, ...]
    lot_expires_at: datetime | None
    corrects_entry_id: str | None
    uncollected_units: int
    recorded_at: datetime
    fingerprint: str
    key_hash: str | None
    description: str
    source: str | None
    transaction_id: str | None
    action: str | None
    purchase_amount: str | None
    requested_units: int | None
    capped_by: str | None
    reward_id: str | None
    reward_code: str | None
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class RecentEntry:
    """What a member sees of an entry in the history."""

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

    ``lots`` are open, in the order in which they are consumed; ``deficit_units`` is what a reversal
    took beyond the balance; ``lifetime_units`` is what counts for tiers: everything earned, less
    the earns that were reversed; ``reversed_units`` is what reversals took, less what they gave
    back; ``adjusted_units`` may be negative; ``seq`` and ``head_hash`` are those of the last entry.
    ``next_due_at`` is when time brings something next: an expiry, its announcement, an anniversary;
    ``anniversary_years`` is the last anniversary that is over and done with.
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
    head_hash: str = chain.GENESIS
    anniversary_years: int = 0
    next_due_at: datetime | None = None

    def assert_consistent(self) -> None:
        """Assert what must hold after every booking."""
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
