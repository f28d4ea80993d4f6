"""Products: mirrored at the top, listed by what callers know, and the prices they had."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared import ids
from shared.domain.catalog.products import CatalogProduct
from shared.domain.money import Money
from shared.store import client, paths
from shared.store.catalog import product_documents
from tests.support.strategies import NOW
from tests.support.values import sample
from tools.emulators import FirestoreEmulator


@pytest.fixture
def store_id(firestore_emulator: FirestoreEmulator) -> str:
    """A store without products."""
    return ids.new("store")


def keep(product: CatalogProduct, before: CatalogProduct | None = None) -> CatalogProduct:
    """Store a product."""
    read = client.get_one(paths.store_product(product.store_id, product.key))
    client.commit(product_documents.writes(read, before, product))
    return product


def make_product(store_id: str, key: str, **fields: object) -> CatalogProduct:
    """Store a product of the system ``korona``."""
    known = {"product_id": paths.product_id(store_id, key), "store_id": store_id, "key": key}
    return keep(sample(CatalogProduct, **known, source="korona", **fields))


def test_a_product_is_written_in_both_places(store_id: str) -> None:
    product = make_product(store_id, "a/1")
    both = (paths.store_product(store_id, "a/1"), paths.product(product.product_id))
    first, second = (client.get(both)[path].data for path in both)

    assert first == second
    assert first is not None
    assert product_documents.find(product.product_id) == product


def test_finds_those_that_there_are_in_the_order_asked_for(store_id: str) -> None:
    first, second = make_product(store_id, "a"), make_product(store_id, "b")

    asked = [second.product_id, f"{store_id}_none", "no id", first.product_id]
    assert product_documents.find_many(asked) == [second, first]
    assert product_documents.find("no id") is None


def test_a_price_that_ended_is_kept(store_id: str) -> None:
    before = make_product(store_id, "a", price=Money(100, "EUR"), priced_at=NOW)
    later = NOW + timedelta(days=1)
    keep(replace(before, price=Money(120, "EUR"), priced_at=later, updated_at=later), before)

    (ended,) = product_documents.list_price_changes(store_id, "a", limit=5)

    assert (ended.amount, ended.until) == (Money(100, "EUR"), later)


def test_lists_by_what_is_known(store_id: str) -> None:
    milk = make_product(store_id, "a", number="7", external_id="k-1", category_id="dairy")
    bread = make_product(store_id, "b", external_id="k-2", next_price_at=NOW)
    old = make_product(store_id, "c", external_id="k-3", deleted_at=NOW)
    make_product(ids.new("store"), "a", number="7", external_id="k-1", next_price_at=NOW)

    assert product_documents.list_by_number(store_id, "7", limit=5) == [milk]
    assert product_documents.list_to_price(store_id, NOW, limit=5) == [bread]
    assert product_documents.count_live(store_id, "korona") == 2
    asked = [f"k-{number}" for number in range(3, 40)]
    assert product_documents.list_by_external_id(store_id, "korona", asked) == [old]
    assert product_documents.list_page(store_id, limit=2) == [milk, bread]
    assert product_documents.list_page(store_id, after_key="b", limit=2) == [old]
    assert product_documents.list_page(store_id, category_id="dairy", limit=2) == [milk]
    assert product_documents.list_page(store_id, source="other", limit=2) == []
    live = product_documents.list_page(store_id, includes_deleted=False, limit=5)
    assert live == [milk, bread]
