"""Webhook endpoints."""

from __future__ import annotations

from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.store import paths
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

ENDPOINTS = Documents(
    WebhookEndpoint,
    paths.webhook_endpoint,
    collection="webhookEndpoints",
    path_of=lambda endpoint: paths.webhook_endpoint(endpoint.endpoint_id),
    personal=NoPersonalData("Credentials and settings of the merchant."),
)

decode = ENDPOINTS.decode
find = ENDPOINTS.find
creation = ENDPOINTS.creation
write = ENDPOINTS.write
deletion = ENDPOINTS.deletion
from_document = ENDPOINTS.from_document
to_document = ENDPOINTS.to_document


def list_of_store(store_id: str) -> list[WebhookEndpoint]:
    """Return a store's endpoints as they are now, oldest first."""
    endpoints = ENDPOINTS.query(("storeId", "==", store_id))
    return sorted(endpoints, key=lambda each: (each.created_at, each.endpoint_id))
