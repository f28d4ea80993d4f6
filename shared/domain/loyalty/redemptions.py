"""Redemptions: an entry of the ledger, and what became of it.

Most redemptions have nothing but their entry. The first use or cancellation makes a record; so
redemptions from before there were records need none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared import ids
from shared.clock import to_wire
from shared.domain.loyalty.entries import Entry
from shared.errors import CancellationTooLate, RedemptionCancelled, RewardCodeUsed


def cancellation_id(membership_id: str, redemption_id: str) -> str:
    """Return the id of the entry that cancels a redemption, whoever does so."""
    return ids.derived("le", "cancel", membership_id, redemption_id)


class RedemptionStatus(StrEnum):
    """What became of a redemption: its code may have been used, or all was given back."""

    REDEEMED = "redeemed"
    USED = "used"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RedemptionRecord:
    """What became of a redemption.

    ``used_in_store_id`` is where the reward was handed out, ``used_by`` whom or what the merchant
    names as having done so. ``staff_id`` is the person of the staff who has used it by the own
    sign-in, whom no key can name. ``cancel_entry_id`` is the entry that gave the points back.
    ``shop_write_id`` is what is put into an online shop, if the code is of one.
    """

    membership_id: str
    entry_id: str
    account_id: str
    program_id: str
    user_id: str
    used_at: datetime | None = None
    used_in_store_id: str | None = None
    used_by: str | None = None
    cancelled_at: datetime | None = None
    cancel_entry_id: str | None = None
    cancel_reason: str | None = None
    shop_write_id: str | None = None
    staff_id: str | None = None

    @classmethod
    def of(cls, entry: Entry) -> RedemptionRecord:
        """Return the record of a redemption of which nothing became yet."""
        return cls(
            entry.membership_id, entry.entry_id, entry.account_id, entry.program_id, entry.user_id
        )

    @property
    def status(self) -> RedemptionStatus:
        """What became of it."""
        if self.cancelled_at is not None:
            return RedemptionStatus.CANCELLED
        return RedemptionStatus.REDEEMED if self.used_at is None else RedemptionStatus.USED

    def used(
        self, now: datetime, store_id: str, used_by: str | None, staff_id: str | None = None
    ) -> RedemptionRecord:
        """Return it after its code was used.

        Raises:
            RewardCodeUsed, RedemptionCancelled: It cannot be used, or not again.
        """
        self.require_open()
        return replace(
            self, used_at=now, used_in_store_id=store_id, used_by=used_by, staff_id=staff_id
        )

    def cancelled(self, now: datetime, entry_id: str, reason: str | None) -> RedemptionRecord:
        """Return it after its points were given back.

        Raises:
            RewardCodeUsed, RedemptionCancelled: It cannot be cancelled, or not again.
        """
        self.require_open()
        return replace(self, cancelled_at=now, cancel_entry_id=entry_id, cancel_reason=reason)

    def taken_back(self, now: datetime, entry_id: str, reason: str | None) -> RedemptionRecord:
        """Return it after who has handed it out took that back: it was used for nothing.

        Raises:
            RedemptionCancelled: It was cancelled before.
        """
        unused = replace(self, used_at=None, used_in_store_id=None, used_by=None, staff_id=None)
        return unused.cancelled(now, entry_id, reason)

    def returned(self, now: datetime, entry_id: str, reason: str) -> RedemptionRecord:
        """Return it after its purchase came back, used or not: with the goods, or in vain."""
        return replace(self, cancelled_at=now, cancel_entry_id=entry_id, cancel_reason=reason)

    def require_not_cancelled(self) -> None:
        """Refuse to answer a repeated redemption as paid after its points were given back.

        Raises:
            RedemptionCancelled.
        """
        if self.cancelled_at is None:
            return
        raise RedemptionCancelled(
            "This was redeemed before and cancelled since: it pays for nothing.",
            fix="Ask for money, or redeem anew with another `transactionId` and `Idempotency-Key`.",
            cancelledAt=to_wire(self.cancelled_at),
            redemptionId=self.entry_id,
        )

    def require_handed_out(self) -> None:
        """Refuse to answer a repeated use as handed out after that was taken back.

        Raises:
            RedemptionCancelled.
        """
        if self.used_at is None:
            self.require_open()

    def require_open(self) -> None:
        """Refuse what can be done only while nothing became of it yet.

        Raises:
            RewardCodeUsed, RedemptionCancelled.
        """
        if self.used_at is not None:
            raise RewardCodeUsed(
                "The code was used before.",
                usedAt=to_wire(self.used_at),
                storeId=self.used_in_store_id,
            )
        if self.cancelled_at is not None:
            raise RedemptionCancelled(
                "The redemption was cancelled before.", cancelledAt=to_wire(self.cancelled_at)
            )


class CodeState(StrEnum):
    """How far the code of a redemption is in its online shop.

    ``PENDING``: it is not there for certain. ``FAILED``: nobody tries to put it there any more.
    """

    PENDING = "pending"
    ACTIVE = "active"
    FAILED = "failed"
    REVOKED = "revoked"
    USED = "used"


@dataclass(frozen=True, slots=True)
class CodeInShop:
    """The online shop of a redemption's code; ``order_id`` is the order that it was used for."""

    system: str
    store_id: str
    state: CodeState
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Redemption:
    """A redemption with what became of it.

    ``merged_into_user_id`` is whose it is by now, if that is somebody else than then. ``shop`` is
    where its code can be used, if that is an online shop.
    """

    entry: Entry
    record: RedemptionRecord
    merged_into_user_id: str | None = None
    shop: CodeInShop | None = None

    @property
    def user_id(self) -> str:
        """The member whose redemption it is."""
        return self.merged_into_user_id or self.entry.user_id

    @property
    def status(self) -> RedemptionStatus:
        """What became of it."""
        return self.record.status


def require_in_time(entry: Entry, cancel_days: int, now: datetime) -> None:
    """Refuse to cancel what is too old: ``cancel_days`` times 24 hours, 0 for never.

    Raises:
        CancellationTooLate.
    """
    until = entry.recorded_at + timedelta(days=cancel_days)
    if now >= until:
        raise CancellationTooLate(
            "The redemption is too old to be cancelled.", until=to_wire(until)
        )
