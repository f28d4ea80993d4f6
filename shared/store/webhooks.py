"""Webhook endpoints, events and deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from shared.domain.events import Event
from shared.domain.webhooks import Delivery, DeliveryState, WebhookEndpoint
from shared.store import client, codec, paths
from shared.store.client import Create, Snapshot, Update, Write

KEPT = timedelta(days=30)


def endpoints_of_store(store_id: str) -> list[WebhookEndpoint]:
    """Return a store's endpoints as they are now, oldest first."""
    found = client.query("webhookEndpoints", ("storeId", "==", store_id))
    endpoints = [endpoint for each in found if (endpoint := decode_endpoint(each))]
    return sorted(endpoints, key=lambda each: (each.created_at, each.endpoint_id))


def endpoint_pages() -> Iterator[list[Snapshot]]:
    """Return all endpoints as they are stored, some at a time."""
    return client.pages("webhookEndpoints")


def decode_endpoint(snapshot: Snapshot) -> WebhookEndpoint | None:
    """Return the endpoint of a snapshot, ``None`` if there is none."""
    return codec.from_document(WebhookEndpoint, snapshot.data) if snapshot.data else None


def endpoint_write(read: Snapshot, endpoint: WebhookEndpoint) -> Write:
    """Return the write of a new or changed endpoint."""
    return client.replacement(read, codec.to_document(endpoint))


def decode_delivery(snapshot: Snapshot) -> Delivery | None:
    """Return the delivery of a snapshot, ``None`` if there is none."""
    return codec.from_document(Delivery, snapshot.data) if snapshot.data else None


def delivery_creation(delivery: Delivery) -> Write:
    """Return the write of a new delivery."""
    return Create(paths.webhook_delivery(delivery.delivery_id), codec.to_document(delivery))


def delivery_update(read: Snapshot, delivery: Delivery) -> Write:
    """Return the write of a delivery after an attempt."""
    return Update(read, codec.to_document(delivery))


def due_deliveries(before: datetime, limit: int, after: Delivery | None = None) -> list[Delivery]:
    """Return pending deliveries whose attempt was due before a moment, longest due first.

    Args:
        before: The moment, UTC.
        limit: Most to return.
        after: The last one of the page before, to go on from there.
    """
    found = client.query(
        "webhookDeliveries",
        ("state", "==", DeliveryState.PENDING.value),
        ("nextAttemptAt", "<=", before),
        order_by=["nextAttemptAt", "__name__"],
        after={"nextAttemptAt": after.next_attempt_at, "__name__": after.delivery_id}
        if after
        else None,
        limit=limit,
    )
    return [delivery for each in found if (delivery := decode_delivery(each))]


def event_creation(event: Event, payload: str) -> Write:
    """Return the write of a new event with the exact text that every endpoint is sent."""
    body: dict[str, Any] = codec.to_document(event)
    del body["data"]  # It is in the payload.
    kept = {"payload": payload, "expiresAt": event.created_at + KEPT}
    return Create(paths.event(event.event_id), {**body, **kept})
