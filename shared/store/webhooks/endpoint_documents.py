"""Webhook endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.store import client, codec, paths
from shared.store.client import Create, Delete, Document, Snapshot, Write


def find(endpoint_id: str) -> WebhookEndpoint | None:
    """Return an endpoint as it is now, ``None`` if there is none."""
    return decode(client.get_one(paths.webhook_endpoint(endpoint_id)))


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
    return from_document(snapshot.data) if snapshot.data else None


def from_document(document: Document) -> WebhookEndpoint:
    """Return the endpoint that ``to_document`` made a document of."""
    return codec.from_document(WebhookEndpoint, document)


def to_document(endpoint: WebhookEndpoint) -> Document:
    """Return an endpoint as it is stored."""
    return codec.to_document(endpoint)


def creation(endpoint: WebhookEndpoint) -> Write:
    """Return the write of a new endpoint."""
    return Create(paths.webhook_endpoint(endpoint.endpoint_id), to_document(endpoint))


def write(read: Snapshot, endpoint: WebhookEndpoint) -> Write:
    """Return the write of a new or changed endpoint."""
    return client.replacement(read, to_document(endpoint))


def deletion(read: Snapshot) -> Write:
    """Return the write that deletes an endpoint."""
    return Delete(read)
