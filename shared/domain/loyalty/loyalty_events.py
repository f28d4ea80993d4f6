"""Events of memberships, in the words of the webhook documentation. No personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from shared import ids
from shared.clock import to_wire
from shared.domain.events.event import Event
from shared.domain.events.event_types import (
    ANNIVERSARY,
    CHECKIN_EARNED,
    ENROLLMENT,
    EXPIRY_EXTENDED,
    EXTERNAL_SYNCED,
    MEMBER_REACTIVATED,
    MEMBER_SUSPENDED,
    MEMBERSHIP_LEFT,
    MEMBERSHIP_MERGED,
    MILESTONE_REACHED,
    POINTS_ADJUSTED,
    POINTS_EARNED,
    POINTS_EXPIRED,
    POINTS_EXPIRING,
    POINTS_PENDING,
    POINTS_REDEEMED,
    POINTS_REVERSED,
    POINTS_TRANSFERRED,
    QR_EARNED,
    RETURN_DROPPED,
    REWARD_UNLOCKED,
    SYNC_CONFLICT,
    TIER_CHANGED,
    TIER_EXPIRING,
)
from shared.domain.loyalty.entries import Cause, Entry, EntryKind, Extended
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import EarningMethod, Program
from shared.domain.loyalty.waiting_returns import WaitingReturn, WhyDropped
from shared.domain.units import from_units


def booking_event_id(
    membership_id: str, entry_id: str, came_back_at: datetime | None = None
) -> str:
    """Return the id of an entry's event.

    It is known before the entry is read, but for members who were erased and came back: theirs
    follows from when that was, too, as what was told before is still there.
    """
    return ids.derived("evt", *_names(membership_id, came_back_at), entry_id)


def enrollment_event_id(membership_id: str, came_back_at: datetime | None = None) -> str:
    """Return the id of a new membership's event, as ``booking_event_id`` does."""
    return ids.derived("evt", *_names(membership_id, came_back_at))


def event_id_of(entry: Entry) -> str:
    """Return the id of an entry's event."""
    return booking_event_id(entry.membership_id, entry.entry_id, entry.came_back_at)


def enrollment_event_id_of(membership: Membership) -> str:
    """Return the id of the event of a new membership."""
    return enrollment_event_id(membership.membership_id, membership.came_back_at)


def _names(membership_id: str, came_back_at: datetime | None) -> tuple[str, ...]:
    return (membership_id, *([to_wire(came_back_at)] if came_back_at else []))


def _names_of(membership: Membership) -> tuple[str, ...]:
    return _names(membership.membership_id, membership.came_back_at)


def from_enrollment(membership: Membership) -> Event:
    """Return the event of a new membership."""
    return _of_member(
        membership,
        enrollment_event_id_of(membership),
        ENROLLMENT,
        membership.enrolled_at,
        {"memberId": membership.membership_id},
        source=membership.source,
    )


def from_return(membership: Membership, now: datetime) -> Event:
    """Return the event of a member who had left and came back."""
    event_id = _standing_event_id(membership, ENROLLMENT, now)
    data = {"memberId": membership.membership_id}
    return _of_member(membership, event_id, ENROLLMENT, now, data)


def from_leaving(membership: Membership, now: datetime) -> Event:
    """Return the event of a member who left a program."""
    event_id = _standing_event_id(membership, MEMBERSHIP_LEFT, now)
    data = {
        "memberId": membership.membership_id,
        "currentBalance": from_units(membership.balance_units, membership.scale),
    }
    return _of_member(membership, event_id, MEMBERSHIP_LEFT, now, data)


def from_suspension(membership: Membership, now: datetime) -> Event:
    """Return the event of a membership that was suspended."""
    return _of_suspension(membership, MEMBER_SUSPENDED, now)


def from_reactivation(membership: Membership, now: datetime) -> Event:
    """Return the event of a membership whose suspension was lifted."""
    return _of_suspension(membership, MEMBER_REACTIVATED, now)


def from_anniversary(membership: Membership, years: int, now: datetime) -> Event:
    """Return the event of a membership that is ``years`` old."""
    return _of_member(
        membership,
        ids.derived("evt", *_names_of(membership), ANNIVERSARY, str(years)),
        ANNIVERSARY,
        now,
        {
            "memberId": membership.membership_id,
            "years": years,
            "enrolledAt": membership.member_since,
        },
    )


def from_expiring(membership: Membership, units: int, expires_at: datetime, now: datetime) -> Event:
    """Return the event that ``units`` will expire at ``expires_at``."""
    return _of_member(
        membership,
        # The sequence number, because points of the same day may be granted after an alert.
        ids.derived(
            "evt",
            *_names_of(membership),
            POINTS_EXPIRING,
            to_wire(expires_at),
            str(membership.seq),
        ),
        POINTS_EXPIRING,
        now,
        {
            "points": from_units(units, membership.scale),
            "expiresAt": expires_at,
            "currentBalance": from_units(membership.balance_units, membership.scale),
        },
    )


def from_dropped_return(
    membership: Membership, waited: WaitingReturn, reason: WhyDropped, now: datetime
) -> Event:
    """Return the event that a return that waited for its purchase takes nothing."""
    event_id = ids.derived(
        "evt",
        *_names_of(membership),
        RETURN_DROPPED,
        waited.returned.refund,
        to_wire(waited.since),
    )
    data = {
        "refundId": waited.refund_id,
        "transactionId": waited.transaction_id,
        "waitedSince": waited.since,
        "reason": reason.value,
    }
    return _of_member(membership, event_id, RETURN_DROPPED, now, data)


def from_tier_expiring(membership: Membership, points_to_keep: int | None, now: datetime) -> Event:
    """Return the event that a member will lose the tier at ``tier_valid_until``."""
    valid_until = membership.tier_valid_until
    assert valid_until is not None
    return _of_member(
        membership,
        # The sequence number, because another booking may lead to the same moment again.
        ids.derived(
            "evt",
            *_names_of(membership),
            TIER_EXPIRING,
            to_wire(valid_until),
            str(membership.seq),
        ),
        TIER_EXPIRING,
        now,
        {
            "currentTier": membership.tier,
            "tierValidUntil": valid_until,
            "pointsToKeepTier": (
                None if points_to_keep is None else from_units(points_to_keep, membership.scale)
            ),
        },
    )


def from_entry(entry: Entry, milestones_units: Sequence[int] = ()) -> list[Event]:
    """Return the events of a ledger entry: first the booking, then its consequences.

    A change that an external system booked is ``loyalty.external_synced``, whatever its kind, and
    not ``points_earned`` or ``points_redeemed`` as well: one booking is told once. In the same way,
    points of a check-in are ``loyalty.qr_earned`` or ``loyalty.checkin_earned`` alone.

    Args:
        entry: The booked entry.
        milestones_units: The program's milestones, in units. The total of earned units never
            falls, so each milestone is passed once.
    """
    booking_id = event_id_of(entry)
    is_of_tier = entry.kind is EntryKind.TIER
    events = [] if is_of_tier else [_event(entry, booking_id, *_booking(entry))]
    if entry.tier_before != entry.tier_after:
        change = {
            "previousTier": entry.tier_before,
            "newTier": entry.tier_after,
            "totalEarned": from_units(entry.earned_after_units, entry.scale),
            "direction": "up" if _is_upwards(entry) else "down",
            "reason": entry.tier_reason or entry.kind.value,
        }
        event_id = booking_id if is_of_tier else ids.derived("evt", booking_id, TIER_CHANGED)
        events.append(_event(entry, event_id, TIER_CHANGED, change))
    for reward_id in entry.unlocked_reward_ids:
        unlocked = {
            "rewardId": reward_id,
            "newBalance": from_units(entry.balance_after_units, entry.scale),
        }
        event_id = ids.derived("evt", booking_id, REWARD_UNLOCKED, reward_id)
        events.append(_event(entry, event_id, REWARD_UNLOCKED, unlocked))
    for milestone_units in _passed(entry, milestones_units):
        reached = {
            "milestone": from_units(milestone_units, entry.scale),
            "totalEarned": from_units(entry.earned_after_units, entry.scale),
        }
        event_id = ids.derived("evt", booking_id, MILESTONE_REACHED, str(milestone_units))
        events.append(_event(entry, event_id, MILESTONE_REACHED, reached))
    return events


def _is_upwards(entry: Entry) -> bool:
    """Tell whether a tier is higher than before; older entries do not say by how many levels."""
    if entry.tier_steps is not None:
        return entry.tier_steps > 0
    return entry.tier_before is None or (entry.tier_after is not None and entry.units > 0)


def _passed(entry: Entry, milestones_units: Sequence[int]) -> list[int]:
    """Return the milestones that the total of earned units reached with this entry."""
    if entry.kind is not EntryKind.EARN:
        return []
    before_units = entry.earned_after_units - entry.units
    return [each for each in milestones_units if before_units < each <= entry.earned_after_units]


_TYPE_BY_KIND = {
    EntryKind.EARN: POINTS_EARNED,
    EntryKind.REDEEM: POINTS_REDEEMED,
    EntryKind.ADJUST: POINTS_ADJUSTED,
    EntryKind.REVERSE: POINTS_REVERSED,
    EntryKind.EXPIRE: POINTS_EXPIRED,
    EntryKind.MERGE: MEMBERSHIP_MERGED,
    EntryKind.PENDING: POINTS_PENDING,
    EntryKind.TRANSFER: POINTS_TRANSFERRED,
    EntryKind.EXTEND: EXPIRY_EXTENDED,
}
_SIGNED = frozenset({EntryKind.ADJUST, EntryKind.REVERSE, EntryKind.MERGE, EntryKind.TRANSFER})
_TYPE_BY_METHOD = {
    EarningMethod.QR_CHECKIN.value: QR_EARNED,
    EarningMethod.STORE_CHECKIN.value: CHECKIN_EARNED,
}
"""The types of grants that have one of their own; all others are ``loyalty.points_earned``."""


def _booking(entry: Entry) -> tuple[str, dict[str, Any]]:
    """Return type and data of the booking's own event."""
    points = entry.units if entry.kind in _SIGNED else abs(entry.granted_units)
    data: dict[str, Any] = {
        "entryId": entry.entry_id,
        "points": from_units(points, entry.scale),
        "previousBalance": from_units(entry.balance_before_units, entry.scale),
        "newBalance": from_units(entry.balance_after_units, entry.scale),
        "source": entry.source,
    }
    if entry.action is not None:
        synced = {"action": entry.action, "externalTransactionId": entry.transaction_id}
        return EXTERNAL_SYNCED, {**data, **synced}
    data["transactionId"] = entry.transaction_id
    if entry.kind is EntryKind.EARN:
        usual = "purchase" if entry.purchase_amount else "api"
        data["earningMethod"] = entry.earning_method or usual
        return _TYPE_BY_METHOD.get(entry.earning_method or usual, POINTS_EARNED), data
    if entry.kind is EntryKind.REDEEM:
        data["rewardId"] = entry.reward_id
        data["rewardDescription"] = entry.description
        data["amountPaid"] = None if entry.amount_paid is None else Decimal(entry.amount_paid)
    if entry.moved is not None:
        from_user_id, into_user_id = entry.user_id, entry.moved.other_user_id
        if entry.moved.is_in:
            from_user_id, into_user_id = into_user_id, from_user_id
        data |= {"fromUserId": from_user_id, "intoUserId": into_user_id}
    if entry.kind is EntryKind.REVERSE:
        data["correctsEntryId"] = entry.corrects_entry_id
        data["pendingPoints"] = from_units(entry.pending_units or 0, entry.scale)
        data["pointsCollected"] = from_units(entry.collected_units or 0, entry.scale)
    if entry.kind is EntryKind.PENDING:
        usual = "purchase" if entry.purchase_amount else "api"
        data["earningMethod"] = entry.earning_method or usual
        data["availableAt"] = entry.pending_until
    if entry.kind is EntryKind.EXTEND:
        extended = entry.extended or Extended(0)
        data["points"] = from_units(extended.units, entry.scale)
        data["expiresAt"] = entry.lot_expires_at
        data["previousExpiresAt"] = extended.before
    return _TYPE_BY_KIND[entry.kind], data


def _event(entry: Entry, event_id: str, event_type: str, data: Mapping[str, Any]) -> Event:
    member = {"programId": entry.program_id, "userId": entry.user_id}
    return Event(
        event_id=event_id,
        type=event_type,
        account_id=entry.account_id,
        store_id=entry.store_id,
        program_id=entry.program_id,
        user_id=entry.user_id,
        source=entry.source,
        created_at=entry.recorded_at,
        data={**member, "sequence": entry.seq, **data},
    )


def from_sync_conflict(
    program: Program,
    cause: Cause,
    found: Mapping[str, Any],
    *,
    expected_version: int,
    target_units: int | None,
) -> Event:
    """Return the event of a booking that was refused, as the member has changed meanwhile.

    Args:
        program: The program.
        cause: Of the booking.
        found: ``userId``, ``version`` and ``currentBalance`` of the member.
        expected_version: The version that the booking expected.
        target_units: What the balance was to be; ``None`` if it was to change by something.
    """
    wanted = None if target_units is None else from_units(target_units, program.scale)
    named = [("id", cause.transaction_id), ("key", cause.key_hash)]
    name = next(
        (f"{kind} {value}" for kind, value in named if value), f"{found['version']} {wanted}"
    )
    user_id = found["userId"]
    names = (program.program_id, user_id, cause.source or "", name, str(expected_version))
    return Event(
        event_id=ids.derived("evt", SYNC_CONFLICT, *names),
        type=SYNC_CONFLICT,
        account_id=program.account_id,
        store_id=program.store_id,
        program_id=program.program_id,
        user_id=user_id,
        source=cause.source,
        created_at=cause.now,
        data={
            "programId": program.program_id,
            "userId": user_id,
            "source": cause.source,
            "externalTransactionId": cause.transaction_id,
            "points": wanted,
            "currentBalance": found["currentBalance"],
            "expectedVersion": expected_version,
            "version": found["version"],
        },
    )


def _of_member(
    membership: Membership,
    event_id: str,
    event_type: str,
    created_at: datetime,
    data: Mapping[str, Any],
    *,
    source: str | None = None,
) -> Event:
    member = {"programId": membership.program_id, "userId": membership.user_id}
    return Event(
        event_id=event_id,
        type=event_type,
        account_id=membership.account_id,
        store_id=membership.store_id,
        program_id=membership.program_id,
        user_id=membership.user_id,
        source=source,
        created_at=created_at,
        data={**member, **data},
    )


def _of_suspension(membership: Membership, event_type: str, now: datetime) -> Event:
    """Return an event without the reason: it is free text, which may name the person."""
    data = {"memberId": membership.membership_id, "status": membership.status.value}
    event_id = _standing_event_id(membership, event_type, now)
    return _of_member(membership, event_id, event_type, now, data)


def _standing_event_id(membership: Membership, event_type: str, now: datetime) -> str:
    return ids.derived("evt", *_names_of(membership), event_type, to_wire(now))
