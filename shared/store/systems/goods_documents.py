"""What systems tell of a store besides its products: categories, stock, orders, suppliers."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from shared.domain.catalog.goods import Category, Order, StockLevel, Supplier
from shared.store import client, codec, paths
from shared.store.client import Document, Snapshot, Write

StoredRecord = Category | StockLevel | Order | Supplier
RecordT = TypeVar("RecordT", bound=StoredRecord)


def record_id(source: str, external_id: str) -> str:
    """Return the id of a record within its store's collection."""
    return f"{source}:{external_id}"


def path_of(store_id: str, collection: str, source: str, external_id: str) -> str:
    """Return where a record is kept."""
    return paths.store_record(store_id, collection, record_id(source, external_id))


def decode(kind: type[RecordT], snapshot: Snapshot) -> RecordT | None:
    """Return the record of a snapshot, ``None`` if there is none."""
    return codec.from_document(kind, snapshot.data) if snapshot.data else None


def write(
    read: Snapshot, record: StoredRecord, owner: tuple[str, str, str], now: datetime
) -> Write:
    """Return the write of a new or changed record.

    Args:
        read: As it was.
        record: As it is to be.
        owner: Account, store and source.
        now: UTC.
    """
    account_id, store_id, source = owner
    document: Document = {
        **codec.to_document(record),
        "recordId": record_id(source, record.external_id),
        "externalId": record.external_id,
        "accountId": account_id,
        "storeId": store_id,
        "source": source,
        "updatedAt": now,
    }
    return client.replacement(read, document)


def count_live(store_id: str, collection: str, source: str) -> int:
    """Return how many records of a system are not marked as gone."""
    return client.count(
        paths.store_records(store_id, collection),
        ("source", "==", source),
        ("isDeleted", "==", False),
    )
