"""Products of a store, inserted by calls or left by syncs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from shared import clock
from shared.domain.catalog.products import CatalogProduct, PriceChange
from shared.domain.money import Money
from shared.services.catalog import products
from shared.store import client, codec, paths
from shared.store.catalog import product_documents
from shared.store.stores import store_documents
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Merchant

EAN = "4006381333931"
MILK: dict[str, Any] = {
    "ean": EAN,
    "name": "Bio-Vollmilch 3,5%",
    "brand": "BioHof",
    "price": 1.49,
    "vat": 7,
}


def insert(merchant: Merchant, **fields: Any) -> Answer:
    """Insert milk, or another product."""
    return merchant.api("insertProduct", {"storeId": merchant.store_id, **MILK, **fields})


def inserted(merchant: Merchant, **fields: Any) -> dict[str, Any]:
    """Insert milk, or another product; return the product."""
    answer = insert(merchant, **fields)
    assert answer.status == 200, answer.body
    product: dict[str, Any] = answer.body["product"]
    return product


def synced(merchant: Merchant, **fields: Any) -> CatalogProduct:
    """Store milk in a store as a sync with KORONA does."""
    store = store_documents.find(merchant.store_id)
    assert store is not None
    key = fields.pop("key", EAN)
    milk = replace(
        products.new_product(store, key, clock.utc_now()),
        name="Bio-Vollmilch 3,5%",
        brand="BioHof",
        source="korona",
        external_id="k-1",
        ean=EAN,
        price=Money(149, "EUR"),
        vat_percent=Decimal(7),
    )
    product = replace(milk, **fields)
    path = paths.store_product(merchant.store_id, key)
    client.commit(product_documents.writes(client.get_one(path), None, product))
    return product


def kept(merchant: Merchant, key: str = EAN) -> CatalogProduct:
    """Return a stored product, and check that its mirror is the same document."""
    source = stored.document(paths.store_product(merchant.store_id, key))
    mirror = stored.document(paths.product(paths.product_id(merchant.store_id, key)))
    assert source is not None
    assert mirror == source
    return codec.from_document(CatalogProduct, source)


def ended_prices(merchant: Merchant, key: str = EAN) -> list[PriceChange]:
    """Return the former prices of a product, latest first."""
    return product_documents.list_price_changes(merchant.store_id, key, 100)
