"""Webhook endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from shared.domain.webhooks import WebhookEndpoint
from shared.store import client, codec
from shared.store.client import Snapshot, Write


def list_of_store(store_id: str) -> list[WebhookEndpoint]:
    """Return a store's endpoints as they are now, oldest first."""
    found = client.query("webhookEndpoints", ("storeId", "==", store_id))
    endpoints = [endpoint for each in found if (endpoint := decode(each))]
    return sorted(endpoints, key=lambda each: (each.created_at, each.endpoint_id))


def pages() -> Iterator[list[Snapshot]]:
    """Return all endpoints as they are stored, some at a time."""
    return client.pages("webhookEndpoints")


def decode(snapshot: Snapshot) -> WebhookEndpoint | None:
    """Return the endpoint of a snapshot, ``None`` if there is none."""
    return codec.from_document(WebhookEndpoint, snapshot.data) if snapshot.data else None


def write(read: Snapshot, endpoint: WebhookEndpoint) -> Write:
    """Return the write of a new or changed endpoint."""
    return client.replacement(read, codec.to_document(endpoint))
