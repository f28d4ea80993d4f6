"""Memberships: one user's standing in one program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain.loyalty.counters import Counters, PeriodCount
from shared.domain.loyalty.entries import GENESIS, EntryKind
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.lots import LOTS_MAX, Lot
from shared.domain.loyalty.pending import PendingAward
from shared.domain.loyalty.referred import Referred
from shared.domain.loyalty.tier_policies import TierHold
from shared.domain.loyalty.uncollected_returns import Remembered
from shared.domain.loyalty.waiting_returns import Waiting
from shared.domain.loyalty.welcome_dates import WelcomeDates
from shared.errors import MembershipClosed, MemberSuspended

RECENT_MAX = 10
"""Entries kept in the membership, so that balance and history are one read."""


class MembershipStatus(StrEnum):
    """How a member stands in a program.

    ``SUSPENDED`` by the merchant; ``LEFT`` by the member; ``MERGED`` into another membership.
    """

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which a membership was not active; ``ended_at`` is ``None`` while it lasts."""

    began_at: datetime
    ended_at: datetime | None = None


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
    pending_units: int | None = None
    purchase_amount: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """One user's standing in one program. All amounts in the program's smallest unit.

    ``lots`` are open, in the order in which they are spent; ``deficit_units`` are the units that
    reversals and offline redemptions took beyond the balance; ``lifetime_units`` count for tiers:
    all earned units less the reversed ones, or what an external system has set instead;
    ``reversed_units`` are the units that reversals took, less those that they gave back;
    ``adjusted_units``, with what was transferred, may be negative; ``seq``
    and ``head_hash`` are the last entry's. ``next_due_at`` is the time of the next expiry,
    announcement or anniversary; ``anniversary_years`` is the last anniversary that is done.

    ``merged_into`` is the membership that took over, of ``merged_into_user_id``; ``merged_from``
    are those that this one took over, oldest first. ``is_taken_over``: a merge opened it, and no
    enrolment.
    ``status_reason`` is why it was last suspended or reactivated; ``left_at`` is when the member
    left, also if it is suspended as well; ``absences`` are its latest times without being active.
    ``joined_at``: when the member joined in another system, if that is where they come from;
    ``enrolled_at`` is when this membership was opened.
    ``awaits_welcome``: it was opened with a welcome bonus that is not granted yet.
    ``welcome_dates``: when its welcome bonus expires, and those of members who were merged into it.
    ``counters`` are ``None`` for memberships from before anything was counted.

    ``pending`` are grants that cannot be spent yet, with ``pending_units`` in all; they are no part
    of the balance or of any total.

    ``holds`` are units that are set aside, with ``held_units`` in all: part of the balance, but not
    of ``lots``. One that has ended may still be there; see ``holds.without_ended``.
    ``active_at`` is the latest activity that has put off the expiry of what renews.
    ``received_at``: when the balance last grew by a booking; ``None`` if it never did, or not since
    that is written down.
    ``referral``: somebody referred the member, who joined by it.
    ``waiting_returns`` were told before their purchases have earned, oldest first.
    ``uncollected`` are returns that could not take all, oldest first: what cancelled redemptions
    give back pays them.

    ``earned_by_month`` is what counts for tiers by month, latest first; ``None`` for memberships
    from before months were counted, and in programs without tiers. ``tier_hold`` is by what the
    tier is held, if the program has a policy for tiers. At ``tier_valid_until`` it is lost, if
    nothing is booked until then; ``None`` if it is not.

    While ``erasure_id`` is set, the person is being erased, and only that erasure writes here.
    ``erased_at``: the person was erased then, and ``user_id`` is a pseudonym.
    ``came_back_at``: it was opened then for somebody who had been erased within a year; ``None``
    for all others. Ids of its events follow from it, too.
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
    status: MembershipStatus = MembershipStatus.ACTIVE
    status_reason: str | None = None
    left_at: datetime | None = None
    absences: tuple[Absence, ...] = ()
    awaits_welcome: bool = False
    counters: Counters | None = None
    merged_into: str | None = None
    merged_into_user_id: str | None = None
    merged_from: tuple[str, ...] = ()
    is_taken_over: bool = False
    pending_units: int = 0
    pending: tuple[PendingAward, ...] = ()
    referral: Referred | None = None
    erasure_id: str | None = None
    erased_at: datetime | None = None
    joined_at: datetime | None = None
    held_units: int = 0
    holds: tuple[Hold, ...] = ()
    waiting_returns: Waiting = ()
    earned_by_month: tuple[PeriodCount, ...] | None = None
    tier_hold: TierHold | None = None
    tier_valid_until: datetime | None = None
    active_at: datetime | None = None
    came_back_at: datetime | None = None
    uncollected: Remembered = ()
    received_at: datetime | None = None
    welcome_dates: WelcomeDates = ()

    @property
    def every_membership_id(self) -> tuple[str, ...]:
        """All ids of the membership: the own one, then those that were merged into it."""
        return (self.membership_id, *self.merged_from)

    @property
    def member_since(self) -> datetime:
        """When the member joined, here or in the system that they come from."""
        return self.joined_at or self.enrolled_at

    @property
    def is_active(self) -> bool:
        """True if the member earns and spends."""
        return self.status is MembershipStatus.ACTIVE

    @property
    def held_lots(self) -> tuple[Lot, ...]:
        """The lots of all that is set aside."""
        return tuple(lot for hold in self.holds for lot in hold.lots)

    @property
    def available_units(self) -> int:
        """What can be spent: the balance less what is set aside. Negative if there is a deficit."""
        return self.balance_units - self.held_units

    def was_absent_at(self, moment: datetime) -> bool:
        """Tell whether the membership was suspended or left at a moment."""
        return any(
            each.began_at <= moment and (each.ended_at is None or moment < each.ended_at)
            for each in self.absences
        )

    def require_active(self) -> None:
        """Refuse to grant or spend for a member who is suspended, has left, or was merged.

        Raises:
            MemberSuspended, MembershipClosed.
        """
        refusal = self.why_inactive()
        if refusal is not None:
            raise refusal

    def why_inactive(self) -> MemberSuspended | MembershipClosed | None:
        """Return why the member neither earns nor spends; ``None`` if that is not so."""
        names = {"programId": self.program_id, "userId": self.user_id}
        if self.status is MembershipStatus.SUSPENDED:
            return MemberSuspended(f"User {self.user_id} is suspended.", **names)
        if self.status is MembershipStatus.LEFT:
            return MembershipClosed(f"User {self.user_id} has left the program.", **names)
        if self.status is MembershipStatus.MERGED:
            return self._merged()
        return None

    def require_unmerged(self) -> None:
        """Refuse to book anything on a membership that was merged into another one.

        Raises:
            MembershipClosed: It was.
        """
        if self.status is MembershipStatus.MERGED:
            raise self._merged()

    def _merged(self) -> MembershipClosed:
        return MembershipClosed(
            f"The membership of user {self.user_id} was merged into another one.",
            fix="Use the user into which it was merged.",
            programId=self.program_id,
            userId=self.user_id,
        )

    @property
    def counted(self) -> Counters:
        """The counters. Who had earned before anything was counted is taken to have purchased."""
        return self.counters or Counters(purchases=1 if self.earned_units else 0)

    def assert_consistent(self) -> None:
        """Assert the equations that must hold after every booking."""
        assert all(lot.units > 0 for lot in self.lots)
        assert len(self.lots) <= LOTS_MAX
        assert self.deficit_units >= 0
        assert all(award.units >= 0 for award in self.pending)
        assert self.pending_units == sum(award.units for award in self.pending)
        assert self.held_units == sum(hold.units for hold in self.holds)
        open_units = sum(lot.units for lot in self.lots) + self.held_units
        assert self.balance_units == open_units - self.deficit_units
        assert self.balance_units == (
            self.earned_units
            - self.redeemed_units
            - self.expired_units
            - self.reversed_units
            + self.adjusted_units
        )
