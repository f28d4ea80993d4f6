"""Deliveries: made once, changed in part, and listed by what callers know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared import ids
from shared.domain.webhooks.deliveries import Delivery, DeliveryState
from shared.schemas.paging import CursorPosition
from shared.store import client, paths
from shared.store.client import Update, WriteConflict
from shared.store.webhooks import delivery_documents
from tests.support.strategies import NOW
from tests.support.values import sample
from tools.emulators import FirestoreEmulator

EARLY = NOW - timedelta(days=900)
"""Before any other test's deliveries were due."""


@pytest.fixture
def deliveries(firestore_emulator: FirestoreEmulator) -> list[Delivery]:
    """Two deliveries of an event to two endpoints of a store, the newer one first."""
    newer = sample(
        Delivery,
        delivery_id=ids.new("d"),
        event_id=ids.new("evt"),
        endpoint_id=ids.new("we"),
        store_id=ids.new("store"),
        state=DeliveryState.PENDING,
        created_at=NOW + timedelta(days=1),
    )
    ends = {"endpoint_id": ids.new("we"), "state": DeliveryState.DEAD, "created_at": NOW}
    older = replace(newer, delivery_id=ids.new("d"), **ends)
    client.commit([delivery_documents.creation(each) for each in (newer, older)])
    return [newer, older]


def test_a_delivery_is_made_once(deliveries: list[Delivery]) -> None:
    assert delivery_documents.find(deliveries[0].delivery_id) == deliveries[0]
    with pytest.raises(WriteConflict):
        client.commit([delivery_documents.creation(deliveries[0])])


def test_only_what_has_changed_is_written(deliveries: list[Delivery]) -> None:
    read = client.get_one(paths.webhook_delivery(deliveries[0].delivery_id))
    after = replace(deliveries[0], attempt_count=1, reason="endpoint_gone")
    write = delivery_documents.update(read, after)
    client.commit([write])

    assert isinstance(write, Update)
    assert write.data == {"attemptCount": 1, "reason": "endpoint_gone"}
    assert delivery_documents.find(after.delivery_id) == after


def test_lists_what_is_due_longest_due_first(deliveries: list[Delivery]) -> None:
    due = []
    for number, each in enumerate(deliveries):
        moment = EARLY - timedelta(days=number)
        after = replace(each, state=DeliveryState.PENDING, next_attempt_at=moment)
        read = client.get_one(paths.webhook_delivery(each.delivery_id))
        client.commit([delivery_documents.update(read, after)])
        due.append(after)

    assert delivery_documents.list_due(EARLY, limit=1) == due[1:]
    assert delivery_documents.list_due(EARLY, limit=1, after=due[1]) == due[:1]


def test_lists_those_of_a_store_and_of_an_event_newest_first(deliveries: list[Delivery]) -> None:
    newer, older = deliveries
    list_of_store = delivery_documents.list_of_store
    after = CursorPosition(newer.created_at, newer.delivery_id)

    assert list_of_store(newer.store_id, 1) == [newer]
    assert list_of_store(newer.store_id, 1, after=after) == [older]
    assert list_of_store(newer.store_id, 2, state=DeliveryState.DEAD) == [older]
    assert list_of_store(newer.store_id, 2, endpoint_id=newer.endpoint_id) == [newer]
    assert list_of_store(newer.store_id, 2, since=newer.created_at) == [newer]
    assert list_of_store(newer.store_id, 2, until=newer.created_at) == [older]
    assert delivery_documents.list_of_event(newer.store_id, newer.event_id) == deliveries


def test_counts_those_of_an_endpoint(deliveries: list[Delivery]) -> None:
    count, dead = delivery_documents.count_of_endpoint, DeliveryState.DEAD
    older = deliveries[1]

    assert count(older.endpoint_id, dead, NOW) == 1
    assert count(older.endpoint_id, dead, NOW + timedelta(days=2)) == 0
    assert count(older.endpoint_id, DeliveryState.PENDING, NOW) == 0
