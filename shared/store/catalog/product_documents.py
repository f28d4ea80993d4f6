"""Products of stores, mirrored at the top, and their past prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.catalog import products
from shared.domain.catalog.products import CatalogProduct, PriceChange
from shared.store import client, codec, paths
from shared.store.client import Document, Put, Snapshot, Write
from shared.store.documents import Documents

EXTERNAL_IDS_PER_QUERY = 30
"""Firestore's limit of values in one ``in``."""


def _from_document(document: Document) -> CatalogProduct:
    """Give a product its id of today: decision 17."""
    product = codec.from_document(CatalogProduct, document)
    return replace(product, product_id=paths.product_id(product.store_id, product.key))


PRODUCTS = Documents(
    CatalogProduct,
    paths.store_product,
    mirror_of=lambda product: paths.product(product.product_id),
    from_document=_from_document,
)
PRICE_CHANGES = Documents(PriceChange, paths.price_change)

decode = PRODUCTS.decode


def find(product_id: str) -> CatalogProduct | None:
    """Return a product as it is now."""
    found = find_many([product_id])
    return found[0] if found else None


def find_many(product_ids: list[str]) -> list[CatalogProduct]:
    """Return the existing ones of these products, in this order."""
    return _existing([path for each in product_ids if (path := paths.product_of_id(each))])


def find_former(product_id: str) -> list[CatalogProduct]:
    """Return the products of all accounts that had this id before ids became unambiguous."""
    return _existing(paths.products_of_former_id(product_id))


def _existing(asked: list[str]) -> list[CatalogProduct]:
    found = client.get(asked) if asked else {}
    return [product for path in asked if (product := decode(found[path]))]


def list_by_number(store_id: str, number: str, limit: int) -> list[CatalogProduct]:
    """Return a store's products of an article number, in the order of their keys."""
    return PRODUCTS.query(
        ("number", "==", number), collection=paths.store_products(store_id), limit=limit
    )


def list_price_changes(store_id: str, key: str, limit: int) -> list[PriceChange]:
    """Return the prices that a product had, the latest first."""
    return PRICE_CHANGES.query(
        collection=paths.price_changes(store_id, key), order_by=["-until"], limit=limit
    )


def list_page(
    store_id: str,
    *,
    source: str | None = None,
    category_id: str | None = None,
    includes_deleted: bool = True,
    after_key: str | None = None,
    limit: int,
) -> list[CatalogProduct]:
    """Return a store's products in the order of their keys' document ids.

    Args:
        store_id: The store.
        source: Only products of this system.
        category_id: Only products of this category.
        includes_deleted: True to include products that are no longer sold.
        after_key: The key of the last product of the page before.
        limit: The most products to return.
    """
    filters: list[tuple[str, str, str | None]] = []
    if source is not None:
        filters.append(("source", "==", source))
    if category_id is not None:
        filters.append(("categoryId", "==", category_id))
    if not includes_deleted:
        filters.append(("deletedAt", "==", None))
    return PRODUCTS.query(
        *filters,
        collection=paths.store_products(store_id),
        order_by=["__name__"],
        after={"__name__": paths.encode(after_key)} if after_key is not None else None,
        limit=limit,
    )


def list_by_external_id(
    store_id: str, source: str, external_ids: list[str]
) -> list[CatalogProduct]:
    """Return products of a system by its ids: one query for 30 ids."""
    found: list[CatalogProduct] = []
    for start in range(0, len(external_ids), EXTERNAL_IDS_PER_QUERY):
        found += PRODUCTS.query(
            ("source", "==", source),
            ("externalId", "in", external_ids[start : start + EXTERNAL_IDS_PER_QUERY]),
            collection=paths.store_products(store_id),
        )
    return found


def list_to_price(store_id: str, before: datetime, limit: int) -> list[CatalogProduct]:
    """Return products with a due new price, longest due first."""
    return PRODUCTS.query(
        ("nextPriceAt", "<=", before),
        collection=paths.store_products(store_id),
        order_by=["nextPriceAt"],
        limit=limit,
    )


def count_live(store_id: str, source: str) -> int:
    """Return the number of a system's products that the store sells."""
    return PRODUCTS.count(
        ("source", "==", source),
        ("deletedAt", "==", None),
        collection=paths.store_products(store_id),
    )


def writes(read: Snapshot, before: CatalogProduct | None, after: CatalogProduct) -> list[Write]:
    """Return the writes of a new or changed product: itself, its mirror, and a price that ended.

    Args:
        read: The snapshot of the store's product from which ``before`` was read.
        before: The product before the change.
        after: The changed product.
    """
    found = PRODUCTS.writes(read, after)
    ended = products.price_change(before, after)
    if ended is not None:
        change_id = f"{int(ended.until.timestamp() * 1000):015}"
        path = paths.price_change(after.store_id, after.key, change_id)
        found.append(Put(path, PRICE_CHANGES.to_document(ended)))
    return found
