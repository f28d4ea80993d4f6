"""Deliveries of events to webhook endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from shared.domain.webhooks import deliveries
from shared.domain.webhooks.deliveries import Delivery, DeliveryState
from shared.schemas.paging import CursorPosition
from shared.store import client, paths
from shared.store.client import Snapshot, Update, Write
from shared.store.documents import Documents
from shared.store.events import event_documents
from shared.store.personal import Personal

EVENTS_PER_QUERY = 30
"""Firestore's limit of values in one ``in``."""

KEPT = event_documents.KEPT - timedelta(days=4)
"""A delivery is kept so long after its last change.

That is less than its event, by the days that its attempts may take: so a dead letter can be sent
again while it is kept.
"""


def _of_user(account_id: str, user_id: str, after: str | None = None) -> Iterator[list[Snapshot]]:
    """Yield the deliveries of a person's events, event by event."""
    last_event = None
    if after is not None:
        event_id, _ = deliveries.ids_in(after.rpartition("/")[2])
        last_event = paths.event(event_id)
        yield from client.pages("webhookDeliveries", ("eventId", "==", event_id), after=after)
    for page in event_documents.of_user(account_id, user_id, last_event):
        for start in range(0, len(page), EVENTS_PER_QUERY):
            event_ids = [each.id for each in page[start : start + EVENTS_PER_QUERY]]
            yield from client.pages("webhookDeliveries", ("eventId", "in", event_ids))


DELIVERIES = Documents(
    Delivery,
    paths.webhook_delivery,
    collection="webhookDeliveries",
    path_of=lambda delivery: paths.webhook_delivery(delivery.delivery_id),
    personal=Personal("deliveries", _of_user, lambda delivery, _: deliveries.silenced(delivery)),
)

decode = DELIVERIES.decode
find = DELIVERIES.find
creation = DELIVERIES.creation


def update(read: Snapshot, delivery: Delivery) -> Write:
    """Return the write of an existing delivery: only changed fields, because answers are long."""
    before = read.data or {}
    after = DELIVERIES.to_document(delivery)
    return Update(read, {name: after[name] for name in after if before.get(name) != after[name]})


def list_due(before: datetime, limit: int, after: Delivery | None = None) -> list[Delivery]:
    """Return pending deliveries whose attempt was due before a moment, longest due first.

    Args:
        before: The moment, UTC.
        limit: The most deliveries to return.
        after: The last delivery of the page before.
    """
    return DELIVERIES.query(
        ("state", "==", DeliveryState.PENDING.value),
        ("nextAttemptAt", "<=", before),
        order_by=["nextAttemptAt", "__name__"],
        after={"nextAttemptAt": after.next_attempt_at, "__name__": after.delivery_id}
        if after
        else None,
        limit=limit,
    )


def list_of_store(
    store_id: str,
    limit: int,
    *,
    endpoint_id: str | None = None,
    state: DeliveryState | None = None,
    event_type: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: CursorPosition | None = None,
) -> list[Delivery]:
    """Return deliveries of a store, newest first.

    Args:
        store_id: The store.
        limit: The most deliveries to return.
        endpoint_id: Only deliveries to this endpoint.
        state: Only deliveries in this state.
        event_type: Only deliveries of this type.
        since: The earliest time of making, inclusive, UTC.
        until: The end, exclusive, UTC.
        after: The last delivery of the page before.
    """
    equal = {
        "storeId": store_id,
        "endpointId": endpoint_id,
        "state": state.value if state else None,
        "eventType": event_type,
    }
    bounds = ((">=", since), ("<", until))
    filters: list[tuple[str, str, Any]] = [
        *((name, "==", value) for name, value in equal.items() if value is not None),
        *(("createdAt", operator, moment) for operator, moment in bounds if moment is not None),
    ]
    return DELIVERIES.query(
        *filters,
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after.at, "__name__": after.id} if after else None,
        limit=limit,
    )


def list_of_event(store_id: str, event_id: str) -> list[Delivery]:
    """Return the deliveries of one event: one for each endpoint that gets it, newest first."""
    deliveries = DELIVERIES.query(("storeId", "==", store_id), ("eventId", "==", event_id))
    return sorted(deliveries, key=lambda each: (each.created_at, each.delivery_id), reverse=True)


def count_of_endpoint(endpoint_id: str, state: DeliveryState, since: datetime) -> int:
    """Return the number of deliveries to an endpoint in a state, without test events.

    Args:
        endpoint_id: The endpoint.
        state: The present state of the deliveries.
        since: The earliest time of making, inclusive, UTC.
    """
    return DELIVERIES.count(
        ("endpointId", "==", endpoint_id),
        ("isTest", "==", False),
        ("state", "==", state.value),
        ("createdAt", ">=", since),
    )
