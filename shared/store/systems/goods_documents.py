"""Data of systems besides products: categories, stock, orders, suppliers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from shared.domain.catalog.goods import Category, Order, StockLevel, Supplier
from shared.store import client, codec, paths
from shared.store.client import Document, Snapshot, Write
from shared.store.documents import Documents

Goods = Category | StockLevel | Order | Supplier
GoodsT = TypeVar("GoodsT", bound=Goods)

GOODS: dict[type, Documents[Any, ...]] = {
    kind: Documents(kind, paths.store_record) for kind in (Category, StockLevel, Order, Supplier)
}


def record_id(source: str, external_id: str) -> str:
    """Return the id of an item within its store's collection."""
    return f"{source}:{external_id}"


def path_of(store_id: str, collection: str, source: str, external_id: str) -> str:
    """Return the path of an item."""
    return paths.store_record(store_id, collection, record_id(source, external_id))


def decode(kind: type[GoodsT], snapshot: Snapshot) -> GoodsT | None:
    """Return the item of a snapshot, ``None`` if there is none."""
    found: GoodsT | None = GOODS[kind].decode(snapshot)
    return found


def write(read: Snapshot, goods: Goods, owner: tuple[str, str, str], now: datetime) -> Write:
    """Return the write of a new or changed item.

    Args:
        read: The snapshot before the change.
        goods: The new or changed item.
        owner: Account, store and source.
        now: UTC.
    """
    account_id, store_id, source = owner
    document: Document = {
        **codec.to_document(goods),
        "recordId": record_id(source, goods.external_id),
        "externalId": goods.external_id,
        "accountId": account_id,
        "storeId": store_id,
        "source": source,
        "updatedAt": now,
    }
    return client.replacement(read, document)


def count_live(store_id: str, collection: str, source: str) -> int:
    """Return the number of a system's items that are not marked as gone."""
    return client.count(
        paths.store_records(store_id, collection),
        ("source", "==", source),
        ("isDeleted", "==", False),
    )
