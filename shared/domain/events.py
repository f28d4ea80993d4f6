"""What happened, in the words of the webhook documentation: ids and balances, no personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared import ids
from shared.domain.membership import Entry, EntryKind, Membership
from shared.domain.packages import Package
from shared.domain.units import from_units

API_VERSION = "v1"

POINTS_EARNED = "loyalty.points_earned"
POINTS_REDEEMED = "loyalty.points_redeemed"
ENROLLMENT = "loyalty.enrollment"
TIER_CHANGED = "loyalty.tier_changed"
REWARD_UNLOCKED = "loyalty.reward_unlocked"
EXTERNAL_SYNCED = "loyalty.external_synced"
CHECKIN_EARNED = "loyalty.checkin_earned"
QR_EARNED = "loyalty.qr_earned"
POINTS_ADJUSTED = "loyalty.points_adjusted"
POINTS_REVERSED = "loyalty.points_reversed"
POINTS_EXPIRED = "loyalty.points_expired"

WILDCARD = "loyalty.*"

PACKAGE_BY_TYPE: Mapping[str, Package] = {
    POINTS_EARNED: Package.GO,
    POINTS_REDEEMED: Package.GO,
    ENROLLMENT: Package.GO,
    REWARD_UNLOCKED: Package.GO,
    CHECKIN_EARNED: Package.GO,
    QR_EARNED: Package.GO,
    POINTS_ADJUSTED: Package.GO,
    POINTS_REVERSED: Package.GO,
    POINTS_EXPIRED: Package.GO,
    TIER_CHANGED: Package.PRIME,
    EXTERNAL_SYNCED: Package.PRIME,
}
"""Every event type that can be subscribed to, and the package that its delivery needs."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened once.

    ``source`` names the external system that caused it; such an event is not sent back there.
    """

    event_id: str
    type: str
    account_id: str
    store_id: str
    program_id: str
    user_id: str
    source: str | None
    created_at: datetime
    data: Mapping[str, Any]


def subscribes(patterns: tuple[str, ...], event_type: str) -> bool:
    """Tell whether an endpoint's list of types, or ``loyalty.*``, includes a type."""
    return event_type in patterns or (
        WILDCARD in patterns and event_type.startswith(WILDCARD.removesuffix("*"))
    )


def booking_event_id(membership_id: str, entry_id: str) -> str:
    """Return the id of the event that tells an entry: known before the entry is read."""
    return ids.derived("evt", membership_id, entry_id)


def enrollment_event_id(membership_id: str) -> str:
    """Return the id of the event that tells a new membership."""
    return ids.derived("evt", membership_id)


def from_enrollment(membership: Membership) -> Event:
    """Return the event of a new membership."""
    member = {"programId": membership.program_id, "userId": membership.user_id}
    return Event(
        event_id=enrollment_event_id(membership.membership_id),
        type=ENROLLMENT,
        account_id=membership.account_id,
        store_id=membership.store_id,
        program_id=membership.program_id,
        user_id=membership.user_id,
        source=membership.source,
        created_at=membership.enrolled_at,
        data={**member, "memberId": membership.membership_id},
    )


def from_entry(entry: Entry) -> list[Event]:
    """Return the events of a ledger entry: the booking itself first, then what followed from it.

    A change that an external system booked is ``loyalty.external_synced``, whatever its kind, and
    not ``points_earned`` or ``points_redeemed`` as well: one booking is told once.
    """
    booking_id = booking_event_id(entry.membership_id, entry.entry_id)
    events = [_event(entry, booking_id, *_booking(entry))]
    if entry.tier_before != entry.tier_after:
        change = {
            "previousTier": entry.tier_before,
            "newTier": entry.tier_after,
            "totalEarned": from_units(entry.earned_after_units, entry.scale),
        }
        event_id = ids.derived("evt", booking_id, TIER_CHANGED)
        events.append(_event(entry, event_id, TIER_CHANGED, change))
    for reward_id in entry.unlocked_reward_ids:
        unlocked = {
            "rewardId": reward_id,
            "newBalance": from_units(entry.balance_after_units, entry.scale),
        }
        event_id = ids.derived("evt", booking_id, REWARD_UNLOCKED, reward_id)
        events.append(_event(entry, event_id, REWARD_UNLOCKED, unlocked))
    return events


_TYPE_BY_KIND = {
    EntryKind.EARN: POINTS_EARNED,
    EntryKind.REDEEM: POINTS_REDEEMED,
    EntryKind.ADJUST: POINTS_ADJUSTED,
    EntryKind.REVERSE: POINTS_REVERSED,
    EntryKind.EXPIRE: POINTS_EXPIRED,
}


def _booking(entry: Entry) -> tuple[str, dict[str, Any]]:
    """Return type and data of the event that tells the booking itself."""
    signed = entry.kind in {EntryKind.ADJUST, EntryKind.REVERSE}
    points = entry.units if signed else abs(entry.units)
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
        data["earningMethod"] = "purchase" if entry.purchase_amount else "api"
    if entry.kind is EntryKind.REDEEM:
        data["rewardId"] = entry.reward_id
        data["rewardDescription"] = entry.description
    if entry.kind is EntryKind.REVERSE:
        data["correctsEntryId"] = entry.corrects_entry_id
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
        data={**member, **data},
    )
