"""Deliveries of events to webhook endpoints."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.webhooks import Delivery, DeliveryState
from shared.store import client, codec, paths
from shared.store.client import Create, Snapshot, Update, Write

KEPT = timedelta(days=30)


def decode(snapshot: Snapshot) -> Delivery | None:
    """Return the delivery of a snapshot, ``None`` if there is none."""
    return codec.from_document(Delivery, snapshot.data) if snapshot.data else None


def creation(delivery: Delivery) -> Write:
    """Return the write of a new delivery."""
    return Create(paths.webhook_delivery(delivery.delivery_id), codec.to_document(delivery))


def update(read: Snapshot, delivery: Delivery) -> Write:
    """Return the write of a delivery after an attempt."""
    return Update(read, codec.to_document(delivery))


def list_due(before: datetime, limit: int, after: Delivery | None = None) -> list[Delivery]:
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
    return [delivery for each in found if (delivery := decode(each))]
