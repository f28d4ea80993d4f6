"""Events, with the exact text that endpoints get."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.events import erased_payloads
from shared.domain.events.event import Event
from shared.domain.pseudonyms import Pseudonyms
from shared.schemas.paging import CursorPosition
from shared.store import paths, personal
from shared.store.client import Write
from shared.store.documents import Documents
from shared.store.personal import Personal

KEPT = timedelta(days=34)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A stored event, kept until ``expires_at``; endpoints get its ``payload``."""

    event_id: str
    type: str
    account_id: str
    store_id: str
    program_id: str | None
    user_id: str | None
    source: str | None
    created_at: datetime
    expires_at: datetime
    payload: str
    is_test: bool = False


def _erased(event: StoredEvent, names: Pseudonyms) -> StoredEvent:
    """Return an event that is told under the pseudonym from now on."""
    user_id = names.of_optional(event.user_id)
    return replace(event, user_id=user_id, payload=erased_payloads.erased(event.payload, names))


of_user = personal.of_user("events")

EVENTS = Documents(
    StoredEvent,
    paths.event,
    collection="events",
    path_of=lambda event: paths.event(event.event_id),
    personal=Personal("events", of_user, _erased),
)

decode = EVENTS.decode
find = EVENTS.find  # It also finds an expired event that is not deleted yet.


def creation(event: Event, payload: str) -> Write:
    """Return the write of a new event with the exact text that every endpoint gets."""
    return EVENTS.creation(
        StoredEvent(
            event_id=event.event_id,
            type=event.type,
            account_id=event.account_id,
            store_id=event.store_id,
            program_id=event.program_id,
            user_id=event.user_id,
            source=event.source,
            created_at=event.created_at,
            expires_at=event.created_at + KEPT,
            payload=payload,
            is_test=event.is_test,
        )
    )


def list_newest(
    store_id: str,
    *,
    event_type: str | None = None,
    program_id: str | None = None,
    user_id: str | None = None,
    since: datetime,
    until: datetime | None = None,
    after: CursorPosition | None = None,
    limit: int,
) -> list[StoredEvent]:
    """Return events of a store, the newest first, those of the same millisecond by descending id.

    Args:
        store_id: The store.
        event_type: Only this type.
        program_id: Only this program.
        user_id: Only this user.
        since: The earliest time, inclusive.
        until: The end, exclusive.
        after: The last event of the page before.
        limit: The most events to return.
    """
    equal = {"storeId": store_id, "type": event_type, "programId": program_id, "userId": user_id}
    filters = [(name, "==", value) for name, value in equal.items() if value is not None]
    end = [("createdAt", "<", until)] if until else []
    return EVENTS.query(
        *filters,
        ("createdAt", ">=", since),
        *end,
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after.at, "__name__": after.id} if after else None,
        limit=limit,
    )


def list_oldest(
    store_id: str,
    *,
    since: datetime,
    until: datetime | None = None,
    after: CursorPosition | None = None,
    limit: int,
) -> list[StoredEvent]:
    """Return events of a store, the oldest first, those of the same millisecond by ascending id.

    Args:
        store_id: The store.
        since: The earliest time, inclusive.
        until: The end, exclusive.
        after: The last event of the page before.
        limit: The most events to return.
    """
    end = [("createdAt", "<", until)] if until else []
    return EVENTS.query(
        ("storeId", "==", store_id),
        ("createdAt", ">=", since),
        *end,
        order_by=["createdAt", "__name__"],
        after={"createdAt": after.at, "__name__": after.id} if after else None,
        limit=limit,
    )
