"""Deliveries of events to webhook endpoints."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from shared.domain.webhooks.deliveries import Delivery, DeliveryState
from shared.schemas.paging import CursorPosition
from shared.store import paths
from shared.store.client import Snapshot, Update, Write
from shared.store.documents import Documents
from shared.store.events import event_documents

KEPT = event_documents.KEPT - timedelta(days=4)
"""A delivery is kept so long after its last change.

That is less than its event, by the days that its attempts may take: so a dead letter can be sent
again while it is kept.
"""


DELIVERIES = Documents(
    Delivery,
    paths.webhook_delivery,
    collection="webhookDeliveries",
    path_of=lambda delivery: paths.webhook_delivery(delivery.delivery_id),
)

decode = DELIVERIES.decode
find = DELIVERIES.find
creation = DELIVERIES.creation


def update(read: Snapshot, delivery: Delivery) -> Write:
    """Return the write of a delivery that exists: of what has changed, because answers are long."""
    before = read.data or {}
    after = DELIVERIES.to_document(delivery)
    return Update(read, {name: after[name] for name in after if before.get(name) != after[name]})


def list_due(before: datetime, limit: int, after: Delivery | None = None) -> list[Delivery]:
    """Return pending deliveries whose attempt was due before a moment, longest due first.

    Args:
        before: The moment, UTC.
        limit: Most to return.
        after: The last one of the page before, to go on from there.
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
        store_id: Whose.
        limit: Most to return.
        endpoint_id: To this endpoint only.
        state: In this state only.
        event_type: Of this type only.
        since: Made then or later, UTC.
        until: Made before, UTC.
        after: The last one of the page before, to go on from there.
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
    """Return the deliveries of one event: one for each endpoint that was told, newest first."""
    deliveries = DELIVERIES.query(("storeId", "==", store_id), ("eventId", "==", event_id))
    return sorted(deliveries, key=lambda each: (each.created_at, each.delivery_id), reverse=True)


def count_of_endpoint(endpoint_id: str, state: DeliveryState, since: datetime) -> int:
    """Return how many deliveries to an endpoint are in a state, test events left out.

    Args:
        endpoint_id: To which endpoint.
        state: In which state they are now.
        since: Made then or later, UTC.
    """
    return DELIVERIES.count(
        ("endpointId", "==", endpoint_id),
        ("isTest", "==", False),
        ("state", "==", state.value),
        ("createdAt", ">=", since),
    )
