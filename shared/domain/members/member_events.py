"""Events of members. They name fields, and never what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.members.member import Member


def from_created(member: Member, event_id: str, fields: Sequence[str]) -> Event | None:
    """Return the event of a new profile; ``None`` without a store that could tell of it."""
    data = {"userId": member.user_id, "fields": sorted(fields)}
    return _event(member, event_id, event_types.MEMBER_CREATED, member.updated_at, data)


def from_updated(
    member: Member, event_id: str, fields: Sequence[str], changed_by: str
) -> Event | None:
    """Return the event of a changed profile; ``None`` without a store that could tell of it."""
    data = {"userId": member.user_id, "fields": sorted(fields), "changedBy": changed_by}
    return _event(member, event_id, event_types.MEMBER_UPDATED, member.updated_at, data)


def from_merged(member: Member, event_id: str, from_user_id: str) -> Event | None:
    """Return the event of a merge; ``None`` without a store that could tell of it."""
    data = {"userId": member.user_id, "fromUserId": from_user_id}
    return _event(member, event_id, event_types.MEMBER_MERGED, member.updated_at, data)


def _event(
    member: Member, event_id: str, name: str, at: datetime, data: Mapping[str, object]
) -> Event | None:
    if member.store_id is None:
        return None
    return Event(
        event_id=event_id,
        type=name,
        account_id=member.account_id,
        store_id=member.store_id,
        program_id=None,
        user_id=member.user_id,
        source=None,
        created_at=at,
        data=data,
    )
