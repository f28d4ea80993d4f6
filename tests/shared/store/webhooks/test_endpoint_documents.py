"""Webhook endpoints: listed for their store, oldest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared import ids
from shared.domain.webhooks.endpoints import SigningSecret, WebhookEndpoint
from shared.store import client, paths
from shared.store.webhooks import endpoint_documents
from tests.support.strategies import NOW
from tests.support.values import sample
from tools.emulators import FirestoreEmulator


@pytest.fixture
def endpoints(firestore_emulator: FirestoreEmulator) -> list[WebhookEndpoint]:
    """Two endpoints of a store, oldest first."""
    older = sample(
        WebhookEndpoint,
        endpoint_id=ids.new("we"),
        store_id=ids.new("store"),
        secrets=(SigningSecret("a"), SigningSecret("b", NOW)),
        settings={"region": "eu-central-1"},
    )
    younger = replace(older, endpoint_id=ids.new("we"), created_at=NOW + timedelta(days=1))
    for each in (younger, older):
        read = client.get_one(paths.webhook_endpoint(each.endpoint_id))
        client.commit([endpoint_documents.write(read, each)])
    return [older, younger]


def test_endpoints_are_listed_oldest_first(endpoints: list[WebhookEndpoint]) -> None:
    assert endpoint_documents.list_of_store(endpoints[0].store_id) == endpoints


def test_an_endpoint_is_found_until_it_is_deleted(endpoints: list[WebhookEndpoint]) -> None:
    endpoint_id = endpoints[0].endpoint_id
    assert endpoint_documents.find(endpoint_id) == endpoints[0]
    read = client.get_one(paths.webhook_endpoint(endpoint_id))
    client.commit([endpoint_documents.deletion(read)])

    assert endpoint_documents.find(endpoint_id) is None


def test_a_document_is_made_and_read_without_the_database() -> None:
    endpoint = sample(WebhookEndpoint, secrets=(SigningSecret("a"),))
    document = endpoint_documents.to_document(endpoint)

    assert endpoint_documents.from_document(document) == endpoint
