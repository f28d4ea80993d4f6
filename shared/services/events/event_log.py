"""A store's events, as long as they are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared import clock
from shared.auth.caller import Caller
from shared.errors import EventNotFound
from shared.schemas import paging
from shared.schemas.paging import CursorPosition, Page
from shared.services import access
from shared.store.events import event_documents
from shared.store.events.event_documents import StoredEvent


def get(caller: Caller, event_id: str, store_id: str | None) -> StoredEvent:
    """Return an event of the caller's account, and of ``store_id`` if one is given.

    Raises:
        EventNotFound: It does not exist, belongs to another account or store, or has expired.
    """
    found = event_documents.find(event_id)
    if (
        found is None
        or not access.is_own(caller, found, store_id)
        # Firestore deletes expired documents within a day, not at once.
        or found.expires_at <= clock.utc_now()
    ):
        raise EventNotFound(f"There is no event {event_id}.")
    return found


def page(
    caller: Caller,
    store_id: str,
    *,
    event_type: str | None,
    program_id: str | None,
    user_id: str | None,
    since: datetime | None,
    until: datetime | None,
    after: CursorPosition | None,
    limit: int,
) -> Page[StoredEvent]:
    """Return some of a store's events, the newest first; ``None`` does not filter.

    Args:
        caller: Must own the store.
        store_id: The store.
        event_type: Only this type.
        program_id: Only this program.
        user_id: Only this user.
        since: The earliest time, inclusive.
        until: The end, exclusive.
        after: The end of the page before.
        limit: The most events to return.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    access.store(caller, store_id)
    oldest_kept = clock.utc_now() - event_documents.KEPT + timedelta(milliseconds=1)
    found = event_documents.list_newest(
        store_id,
        event_type=event_type,
        program_id=program_id,
        user_id=user_id,
        since=max(since, oldest_kept) if since else oldest_kept,
        until=until,
        after=after,
        limit=limit + 1,
    )
    return paging.cut(found, limit, lambda last: CursorPosition(last.created_at, last.event_id))
