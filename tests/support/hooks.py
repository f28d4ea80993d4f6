"""Helpers to make and read a merchant's webhook endpoints."""

from __future__ import annotations

from typing import Any

from shared.domain.stores.stores import Store
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.services.vaults import vault
from shared.store import client, paths
from shared.store.client import Update
from shared.store.stores import store_documents
from shared.store.webhooks import endpoint_documents
from tests.support.api import Answer
from tests.support.merchants import Merchant

URL = "https://example.com/webhooks/beep"
SECRET = "a-secret-of-the-merchant"
OTHER_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
QUEUE_URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/events"
QUEUE: dict[str, Any] = {
    "kind": "aws_sqs",
    "queueUrl": QUEUE_URL,
    "credentials": {
        "type": "access_key",
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "secretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    },
}
"""A destination on AWS, with the example credentials of AWS's own documentation."""


def create(merchant: Merchant, key: str | None = None, **fields: Any) -> Answer:
    """Make an endpoint of the store, by default for ``URL`` and all loyalty events."""
    target = {} if "destination" in fields else {"url": URL}
    body = {"storeId": merchant.store_id, **target, "events": ["loyalty.*"], **fields}
    return merchant.api("createWebhookEndpoint", body, idempotency_key=key)


def created(merchant: Merchant, **fields: Any) -> str:
    """Make an endpoint; return its id."""
    answer = create(merchant, **fields)
    assert answer.status == 200, answer.body
    webhook_id: str = answer.body["webhook"]["webhookId"]
    return webhook_id


def listed(merchant: Merchant) -> list[dict[str, Any]]:
    """Return the endpoints of the store, as the API lists them."""
    body = merchant.api.ok("listWebhookEndpoints", {"storeId": merchant.store_id})
    assert body["count"] == len(body["webhooks"])
    webhooks: list[dict[str, Any]] = body["webhooks"]
    return webhooks


def kept(webhook_id: str) -> WebhookEndpoint:
    """Return a stored endpoint."""
    found = endpoint_documents.find(webhook_id)
    assert found is not None
    return found


def secrets_of(webhook_id: str) -> list[str]:
    """Return the secrets of an endpoint, the newest first."""
    path = paths.webhook_endpoint(webhook_id)
    return [vault().decrypt(each.token, path) for each in kept(webhook_id).secrets]


def change(endpoint: WebhookEndpoint) -> None:
    """Store a changed endpoint without the API."""
    read = client.get_one(paths.webhook_endpoint(endpoint.endpoint_id))
    client.commit([endpoint_documents.write(read, endpoint)])


def store_of(merchant: Merchant) -> Store:
    """Return the stored store."""
    found = store_documents.decode(client.get_one(paths.store(merchant.store_id)))
    assert found is not None
    return found


def forget_targets(merchant: Merchant) -> None:
    """Empty the store's list of targets, as a process would that does not wait for its turn."""
    read = client.get_one(paths.store(merchant.store_id))
    client.commit([Update(read, {"webhookIdsByTarget": {}})])


def assert_listed_exactly(merchant: Merchant) -> None:
    """Assert that the store's list of targets matches its endpoints."""
    endpoints = endpoint_documents.list_of_store(merchant.store_id)
    ids_by_target = store_of(merchant).webhook_ids_by_target
    assert sorted(ids_by_target.values()) == sorted(each.endpoint_id for each in endpoints)
    assert len({each.target for each in endpoints}) == len(endpoints)
