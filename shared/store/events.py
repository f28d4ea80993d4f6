"""Events: what happened, with the exact text that endpoints are sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shared.domain.events import Event
from shared.store import codec, deliveries, paths
from shared.store.client import Create, Write

KEPT = deliveries.KEPT + timedelta(days=4)
"""And the four days that a delivery may take: a dead letter can be sent again while it is kept."""


def creation(event: Event, payload: str) -> Write:
    """Return the write of a new event with the exact text that every endpoint is sent."""
    body: dict[str, Any] = codec.to_document(event)
    del body["data"]  # It is in the payload.
    kept = {"payload": payload, "expiresAt": event.created_at + KEPT}
    return Create(paths.event(event.event_id), {**body, **kept})
