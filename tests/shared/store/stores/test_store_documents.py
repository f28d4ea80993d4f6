"""Stores: cached, and listed for their account alone, oldest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared import ids
from shared.domain.stores.stores import Store
from shared.store import client, paths
from shared.store.stores import store_documents
from tests.support.strategies import NOW
from tests.support.values import sample
from tools.emulators import FirestoreEmulator


@pytest.fixture
def stores(firestore_emulator: FirestoreEmulator) -> list[Store]:
    """Three stores of an account, oldest first, two of them of one moment."""
    account_id = ids.new("acc")
    made = [
        sample(
            Store,
            store_id=ids.new(f"store_{number}"),
            account_id=account_id,
            created_at=NOW + timedelta(days=number // 2),
        )
        for number in (1, 2, 3)
    ]
    other = replace(made[0], store_id=ids.new("store"), account_id=ids.new("acc"))
    client.commit([store_documents.creation(each) for each in (*reversed(made), other)])
    return made


def test_an_account_lists_its_stores_oldest_first(stores: list[Store]) -> None:
    listed = store_documents.list_of_account(stores[0].account_id)

    assert listed[0] == stores[0]
    assert sorted(listed, key=lambda each: each.store_id) == stores


def test_pages_go_on_after_the_last_store(stores: list[Store]) -> None:
    found: list[Store] = []
    for _ in stores:
        last = (found[-1].created_at, found[-1].store_id) if found else None
        found += store_documents.list_page(stores[0].account_id, after=last, limit=1)

    assert found == stores


def test_a_change_is_seen_once_the_store_is_forgotten(stores: list[Store]) -> None:
    before = store_documents.find(stores[0].store_id)
    assert before == stores[0]
    read = client.get_one(paths.store(before.store_id))
    client.commit([store_documents.write(read, replace(before, name="Other"))])

    assert store_documents.find(before.store_id) == before
    store_documents.forget(before.store_id)
    assert store_documents.find(before.store_id) == replace(before, name="Other")
