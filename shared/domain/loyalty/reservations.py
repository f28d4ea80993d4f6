"""The record of a reservation: what becomes of a hold after it has left the membership."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.membership import Membership
from shared.errors import ReservationClosed, ReservationExpired

KEPT = timedelta(days=30)
"""After that nobody asks what became of it. What was committed stays in the ledger."""


class ReservationStatus(StrEnum):
    """What became of a reservation; ``EXPIRED`` also when its member left or was erased."""

    COMMITTED = "committed"
    VOIDED = "voided"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation, kept until ``expires_at``, long after its hold has ended.

    ``entry_id`` is the redemption that it was committed to. The hold, while it is open, is in the
    membership; what says neither that it was committed nor voided has ended by itself.
    """

    reservation_id: str
    membership_id: str
    account_id: str
    store_id: str
    program_id: str
    user_id: str
    units: int
    scale: int
    made_at: datetime
    ends_at: datetime
    fingerprint: str
    expires_at: datetime
    transaction_id: str | None = None
    reward_id: str | None = None
    reward_code: str | None = None
    voided_at: datetime | None = None
    entry_id: str | None = None
    is_customers: bool = False

    @classmethod
    def of(cls, hold: Hold, membership: Membership, fingerprint: str) -> Reservation:
        """Return the record of a hold that was just made."""
        return cls(
            reservation_id=hold.reservation_id,
            membership_id=hold.membership_id,
            account_id=membership.account_id,
            store_id=membership.store_id,
            program_id=membership.program_id,
            user_id=membership.user_id,
            units=hold.units,
            scale=membership.scale,
            made_at=hold.made_at,
            ends_at=hold.ends_at,
            fingerprint=fingerprint,
            expires_at=hold.made_at + KEPT,
            transaction_id=hold.transaction_id,
            reward_id=hold.reward_id,
            reward_code=hold.reward_code,
            is_customers=hold.is_customers,
        )

    @property
    def status(self) -> ReservationStatus:
        """What became of it, if its hold is not open any more."""
        if self.entry_id is not None:
            return ReservationStatus.COMMITTED
        if self.voided_at is not None:
            return ReservationStatus.VOIDED
        return ReservationStatus.EXPIRED

    def committed(self, entry_id: str) -> Reservation:
        """Return it after its redemption was booked."""
        return replace(self, entry_id=entry_id)

    def voided(self, now: datetime) -> Reservation:
        """Return it after somebody has given it up."""
        return replace(self, voided_at=now)

    def refusal(self) -> ReservationClosed | ReservationExpired:
        """Return why it cannot be committed, or not be voided, if its hold is not open any more."""
        if self.status is ReservationStatus.EXPIRED:
            return ReservationExpired("The reservation has ended.")
        return ReservationClosed(
            f"The reservation was {self.status} before.",
            status=self.status.value,
            **({} if self.entry_id is None else {"redemptionId": self.entry_id}),
        )
