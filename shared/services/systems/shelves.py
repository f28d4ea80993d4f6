"""Where a sync keeps what it reads: products with mirror and prices, all else as it comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from shared.connectors.base import Stream
from shared.domain.catalog import products
from shared.domain.catalog.goods import Category, Order, Product, StockLevel, Supplier
from shared.domain.catalog.products import CatalogProduct
from shared.domain.systems.syncs import Counts, Sync
from shared.services.commands import Reads
from shared.services.systems.sync_pages import Shelf, Taken
from shared.store import client, paths
from shared.store.catalog import product_documents
from shared.store.client import Snapshot
from shared.store.systems import goods_documents
from shared.store.systems.goods_documents import StoredRecord

RECORDS: dict[Stream, type[StoredRecord]] = {
    Stream.CATEGORIES: Category,
    Stream.STOCK: StockLevel,
    Stream.ORDERS: Order,
    Stream.SUPPLIERS: Supplier,
}
"""Streams whose items are kept as they are, each in a collection of the stream's name."""


def shelf_of(sync: Sync) -> Shelf:
    """Return where the items of the stream are kept that a sync is at."""
    stream = Stream(sync.stream or "")
    if stream is Stream.PRODUCTS:
        return ProductShelf(sync)
    return RecordShelf(sync, stream)


@dataclass(frozen=True, slots=True)
class ProductShelf:
    """Products of a store."""

    has_choice: ClassVar[bool] = True
    may_be_empty: ClassVar[bool] = False

    sync: Sync

    def key(self, item: Product, owners: Mapping[str, str]) -> str | None:
        """Return the EAN, the article number or the system's id."""
        return products.key_of(item, owners)

    def path(self, key: str) -> str:
        """Return where the product is kept."""
        return paths.store_product(self.sync.store_id, key)

    def holder(self, read: Snapshot) -> str | None:
        """Return the system's id of the product that is kept there and sold."""
        found = product_documents.decode(read)
        is_ours = found is not None and found.source == self.sync.system and not found.is_deleted
        return found.external_id if found and is_ours else None

    def former(self, items: dict[str, Product], reads: Reads) -> dict[str, str | None]:
        """Find products that were kept under other keys, such as an EAN that they had."""
        keys = {
            item.external_id: key for key, item in items.items() if self._is_new(reads, key, item)
        }
        if not keys:
            return {}
        found = product_documents.list_by_external_id(
            self.sync.store_id, self.sync.system, list(keys)
        )
        return {
            self.path(each.key): None
            if items[keys[each.external_id]].is_deleted
            else keys[each.external_id]
            for each in found
            if each.external_id in keys and each.key not in items and not each.is_deleted
        }

    def take(
        self, reads: Reads, key: str, item: Product, former: str | None, now: datetime
    ) -> Taken:
        """Write a product that is new or has changed."""
        read = reads[self.path(key)]
        before = product_documents.decode(read)
        if item.is_deleted and (before is None or before.external_id != item.external_id):
            return Taken()  # It came and went between two syncs, or has left its key to another.
        moved = product_documents.decode(reads[former]) if former else None
        after = products.merged(before, item, self._base(key, moved, now), now)
        if after is before:
            return Taken()
        has_ended = after.is_deleted and not (before and before.is_deleted)
        counts = Counts(
            created=int(before is None),
            changed=int(before is not None and not has_ended),
            deleted=int(has_ended),
            priced=int(products.is_repriced(before, after)),
        )
        return Taken(product_documents.writes(read, before, after), counts)

    def retire(self, reads: Reads, path: str, replaced_by: str | None, now: datetime) -> Taken:
        """Mark a product as sold no more."""
        before = product_documents.decode(reads[path])
        if before is None or before.is_deleted or before.source != self.sync.system:
            return Taken()
        after = products.gone(before, now, replaced_by=replaced_by)
        return Taken(product_documents.writes(reads[path], before, after), Counts(deleted=1))

    def count_live(self) -> int:
        """Return how many products of the system are sold."""
        return product_documents.count_live(self.sync.store_id, self.sync.system)

    def live(self) -> Iterator[tuple[str, str, str]]:
        """Go through the products of the system that are sold."""
        collection = paths.store_products(self.sync.store_id)
        for page in client.pages(collection, ("source", "==", self.sync.system)):
            for snapshot in page:
                product = product_documents.decode(snapshot)
                assert product is not None
                if not product.is_deleted:
                    yield snapshot.path, product.key, product.external_id or ""

    def _is_new(self, reads: Reads, key: str, item: Product) -> bool:
        before = reads[self.path(key)].data
        return before is None or before["externalId"] != item.external_id

    def _base(self, key: str, moved: CatalogProduct | None, now: datetime) -> CatalogProduct:
        sync = self.sync
        return CatalogProduct(
            product_id=paths.product_id(sync.store_id, key),
            account_id=sync.account_id,
            store_id=sync.store_id,
            key=key,
            name="",
            source=sync.system,
            created_at=now,
            updated_at=now,
            flags=moved.flags if moved else None,
        )


@dataclass(frozen=True, slots=True)
class RecordShelf:
    """Categories, stock levels, orders or suppliers of a store."""

    has_choice: ClassVar[bool] = False
    may_be_empty: ClassVar[bool] = True

    sync: Sync
    stream: Stream

    def key(self, item: StoredRecord, owners: Mapping[str, str]) -> str:  # noqa: ARG002 - ids are unique already
        """Return the system's id."""
        return item.external_id

    def path(self, key: str) -> str:
        """Return where the record is kept."""
        return goods_documents.path_of(self.sync.store_id, self.stream, self.sync.system, key)

    def holder(self, read: Snapshot) -> None:
        """Return nothing: nobody else is ever kept under an id."""

    def former(self, items: dict[str, StoredRecord], reads: Reads) -> dict[str, str | None]:  # noqa: ARG002 - see above
        """Return nothing: ids never change."""
        return {}

    def take(
        self,
        reads: Reads,
        key: str,
        item: StoredRecord,
        former: str | None,  # noqa: ARG002 - see above
        now: datetime,
    ) -> Taken:
        """Write a record that is new or has changed."""
        read = reads[self.path(key)]
        before = goods_documents.decode(RECORDS[self.stream], read)
        if before == item or (before is None and item.is_deleted):
            return Taken()
        counts = Counts(
            created=int(before is None),
            changed=int(before is not None and not item.is_deleted),
            deleted=int(item.is_deleted),
        )
        return Taken([goods_documents.write(read, item, self._owner, now)], counts)

    def retire(self, reads: Reads, path: str, replaced_by: str | None, now: datetime) -> Taken:  # noqa: ARG002 - see above
        """Mark a record as gone."""
        before = goods_documents.decode(RECORDS[self.stream], reads[path])
        if before is None or before.is_deleted:
            return Taken()
        after = replace(before, is_deleted=True)
        return Taken(
            [goods_documents.write(reads[path], after, self._owner, now)], Counts(deleted=1)
        )

    def count_live(self) -> int:
        """Return how many records of the system there are."""
        return goods_documents.count_live(self.sync.store_id, self.stream, self.sync.system)

    def live(self) -> Iterator[tuple[str, str, str]]:
        """Go through the records of the system."""
        collection = paths.store_records(self.sync.store_id, self.stream)
        for page in client.pages(collection, ("source", "==", self.sync.system)):
            for snapshot in page:
                if snapshot.data and not snapshot.data["isDeleted"]:
                    key = snapshot.data["externalId"]
                    yield snapshot.path, key, key

    @property
    def _owner(self) -> tuple[str, str, str]:
        return (self.sync.account_id, self.sync.store_id, self.sync.system)
