"""Ledger entries: immutable changes of a membership, and their causes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared import ids

GENESIS = "0" * 64
"""``previous_hash`` of a membership's first entry."""


class EntryKind(StrEnum):
    """The reason for a change of a balance."""

    EARN = "earn"
    REDEEM = "redeem"
    ADJUST = "adjust"
    REVERSE = "reverse"
    EXPIRE = "expire"
    MERGE = "merge"
    PENDING = "pending"
    TIER = "tier"
    EXTEND = "extend"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Moved:
    """The totals that a merge moved, in units: as they change those of the entry's membership.

    ``is_in``: into this membership, else out of it. ``other_membership_id`` and ``other_user_id``
    are the other side's.
    """

    is_in: bool
    other_membership_id: str
    other_user_id: str
    earned_units: int
    redeemed_units: int
    expired_units: int
    reversed_units: int
    adjusted_units: int


@dataclass(frozen=True, slots=True)
class SpentLot:
    """Units that a redemption took, with their time of expiry; ``None`` if they had none.

    ``renews`` is that of the lot: true, else ``None``.
    """

    units: int
    expires_at: datetime | None = None
    renews: bool | None = None


@dataclass(frozen=True, slots=True)
class Extended:
    """What an extension moved: ``units``, held and pending ones too, to ``Entry.lot_expires_at``.

    ``before`` is when they would have expired; ``None``: all that would have expired before then.
    """

    units: int
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """What a return gave back before it took anything: the entries before its own tell it, too.

    ``balance_units`` is the balance before all that is in the same commit; ``units`` is what
    ``redemption_ids`` gave back, which are cancelled by it; ``reservation_ids`` were open, and are
    voided. ``collected_units`` are what earlier returns could not take, and take of ``units``;
    ``None`` if nothing. What a return did while it waited for its purchase is in these, too.
    """

    balance_units: int
    units: int = 0
    redemption_ids: tuple[str, ...] = ()
    reservation_ids: tuple[str, ...] = ()
    collected_units: int | None = None


@dataclass(frozen=True, slots=True)
class CampaignPart:
    """What a campaign added to a booking, exactly, before rounding: points, stamps or money."""

    campaign_id: str
    points: str


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What a booking was made of, if rules computed it.

    ``base_points`` times ``tier_multiplier``, plus the points of all campaigns, rounded down to a
    unit, is what was asked for; what the limits left of it is the booking.

    Attributes:
        rule: The rule, such as ``pointsPerEuro``.
        base: The earning base of a purchase, in the store's currency.
        base_points: What the rule gives by itself, exactly.
        tier_multiplier: The multiplier of the member's tier; 1 if there is none.
        campaigns: The campaigns that applied.
        counted_day: The day of the store for whose limits it counts, if the program has limits.
    """

    rule: str
    base: str | None
    base_points: str
    tier_multiplier: str = "1"
    campaigns: tuple[CampaignPart, ...] = ()
    counted_day: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """The cause of a booking: its origin, and the id of its entry.

    ``entry_id`` is the idempotency key of the entry; ``fingerprint`` tells a repeated request from
    another one under the same key; ``key_hash`` is the digest of the ``Idempotency-Key`` header.
    ``earning_method`` names the way to earn, such as ``qr_checkin``, if it is not the usual one.
    ``occurred_at`` is when it happened, if it is told later: by a file, or a till that was offline.
    ``is_by_cashier``: a cashier says so, who has signed in.
    ``campaigns_before`` are those that earlier bookings of the same purchase have had and counted;
    ``None`` if this is its first. ``actor`` is who corrects by hand. ``amount_paid`` is what of a
    purchase a redemption pays, exactly, in the store's currency. ``staff_id`` is the uid of the
    person of the merchant's staff who calls. ``order_id`` is the order of a shop; unlike a
    transaction, it may have any number of bookings. ``purchase_count`` is how many purchases it
    is, if nobody has told what was paid for them.
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
    earning_method: str | None = None
    occurred_at: datetime | None = None
    made_of: MadeOf | None = None
    activates_entry_id: str | None = None
    campaigns_before: tuple[str, ...] | None = None
    took_stock: bool | None = None
    actor: str | None = None
    amount_paid: str | None = None
    staff_id: str | None = None
    order_id: str | None = None
    is_by_cashier: bool = False
    purchase_count: int | None = None

    @property
    def is_purchase(self) -> bool:
        """True if something was bought, whether it is known what was paid or not."""
        return self.purchase_amount is not None or self.purchase_count is not None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a membership. Never changed, never deleted; a correction names it.

    ``lifetime_after_units`` counts for tiers after an adjustment, after a merge, and after a
    correction of an entry that is another membership's. Other entries have none, as theirs follows
    from ``units``; so have adjustments from before it was there, which kept it. ``moved`` is what a
    merge moved.
    ``earning_method`` is ``None`` for points that a request gave or a purchase earned, and in
    entries from before it was there; ``purchase`` if nobody has told what was paid.
    ``occurred_at`` is ``None`` unless it was told later.

    ``pending_units`` is the change of what is pending, ``None`` for most entries. An entry of the
    kind ``PENDING`` adds pending units, which nobody can spend before ``pending_until``, and has 0
    ``units``. The ``EARN`` that makes them spendable names it in ``activates_entry_id``.
    ``spent`` are the lots of a redemption, or those that a transfer moved, in both its entries.
    ``took_stock`` tells that a redemption took a piece of its reward's stock. Both are ``None`` in
    entries from before they were there.
    ``actor`` is who corrected a balance by hand, as the request says: a person perhaps.
    ``staff_id`` is the uid of the person of the merchant's staff who has signed in and booked it;
    ``None`` if a key or a customer did, or time.
    ``amount_paid`` is what a redemption paid of a purchase; ``None`` for all others.
    ``collected_units`` is how much of what a cancelled redemption gives back is taken by the next
    entries, as returns could not take it before; ``None`` if nothing is.
    ``undone`` is what a return gave back; ``None`` if it gave nothing back.
    ``order_id`` is a shop's order, if the request named one: no name of the booking.

    An entry of the kind ``TIER`` has 0 ``units``: nothing but the tier changes. ``tier_reason``
    says why: ``time``, since ``occurred_at``, or ``recalculation``. ``tier_steps`` are the levels
    that an entry led up, negative if down; ``None`` without a change, and in older entries.

    ``renewed_until``: it was an activity that put off the expiry of all that renews and would have
    expired before. ``renews``: so will later ones put off that of what this entry granted; true,
    else ``None``. ``extended`` is what an entry of the kind ``EXTEND`` moved.
    ``copied_at``: it is a copy under a pseudonym, from when the person was erased. It was told and
    counted as the entry that it was.
    ``came_back_at`` is that of the membership, so that the id of the event follows from the entry.
    """

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
    lifetime_after_units: int | None = None
    earning_method: str | None = None
    occurred_at: datetime | None = None
    made_of: MadeOf | None = None
    moved: Moved | None = None
    pending_units: int | None = None
    pending_until: datetime | None = None
    activates_entry_id: str | None = None
    copied_at: datetime | None = None
    came_back_at: datetime | None = None
    spent: tuple[SpentLot, ...] | None = None
    took_stock: bool | None = None
    actor: str | None = None
    amount_paid: str | None = None
    tier_steps: int | None = None
    tier_reason: str | None = None
    renews: bool | None = None
    renewed_until: datetime | None = None
    extended: Extended | None = None
    collected_units: int | None = None
    undone: Undone | None = None
    staff_id: str | None = None
    order_id: str | None = None

    @property
    def granted_units(self) -> int:
        """The units that a grant gave, whether they are pending or not."""
        return self.units if self.pending_until is None else self.pending_units or 0

    @property
    def moved_units(self) -> int:
        """The change of balance and pending units together."""
        return self.units + (self.pending_units or 0)

    @property
    def has_imported_code(self) -> bool:
        """Whether its code was imported, a cinema's for example: we cannot end it."""
        return self.reward_code is not None and not ids.is_our_reward_code(self.reward_code)
