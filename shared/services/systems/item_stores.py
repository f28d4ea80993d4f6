"""Storage of a sync's items: products with mirror and prices, all other goods as they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol

from shared.connectors.base import Stream
from shared.domain.catalog import products
from shared.domain.catalog.goods import Category, Order, Product, StockLevel, Supplier
from shared.domain.catalog.products import CatalogProduct
from shared.domain.systems.syncs import Counts, Sync
from shared.services.commands import Reads
from shared.services.systems.sync_progress import ItemChange
from shared.store import client, paths
from shared.store.catalog import product_documents
from shared.store.client import Snapshot
from shared.store.systems import goods_documents
from shared.store.systems.goods_documents import Goods

GOODS: dict[Stream, type[Goods]] = {
    Stream.CATEGORIES: Category,
    Stream.STOCK: StockLevel,
    Stream.ORDERS: Order,
    Stream.SUPPLIERS: Supplier,
}
"""Streams whose items are stored unchanged, each in a collection of the stream's name."""


class ItemStore(Protocol):
    """The storage of one stream's items.

    Attributes:
        has_choice: An item may be kept under one of several keys.
        may_be_empty: An empty list may be right.
    """

    has_choice: ClassVar[bool]
    may_be_empty: ClassVar[bool]

    def key(self, item: Any, owners: Mapping[str, str]) -> str | None:
        """Return an item's key; ``None`` if other items own all its possible keys."""

    def path(self, key: str) -> str:
        """Return the path of a key's item."""

    def owner(self, read: Snapshot) -> str | None:
        """Return the system's id of the stored item, unless it is gone."""

    def former_paths(self, items: dict[str, Any], reads: Reads) -> dict[str, str | None]:
        """Find items that are stored under a key that they no longer have.

        Returns:
            Their present keys by path; ``None`` for an item that is gone.
        """

    def save(
        self, reads: Reads, key: str, item: Any, former: str | None, now: datetime
    ) -> ItemChange:
        """Return the change of an item, which was stored at the path ``former`` before."""

    def mark_gone(
        self, reads: Reads, path: str, replaced_by: str | None, now: datetime
    ) -> ItemChange:
        """Return the change of an item that is no longer listed."""

    def count_live(self) -> int:
        """Return the number of items that are known and not gone."""

    def live(self) -> Iterator[tuple[str, str, str]]:
        """Yield all items that are known and not gone: path, key and the system's id."""


def store_of(sync: Sync) -> ItemStore:
    """Return the storage for the items of a sync's present stream."""
    stream = Stream(sync.stream or "")
    if stream is Stream.PRODUCTS:
        return ProductStore(sync)
    return GoodsStore(sync, stream)


@dataclass(frozen=True, slots=True)
class ProductStore:
    """Products of a store."""

    has_choice: ClassVar[bool] = True
    may_be_empty: ClassVar[bool] = False

    sync: Sync

    def key(self, item: Product, owners: Mapping[str, str]) -> str | None:
        """Return the EAN, the article number or the system's id."""
        return products.key_of(item, owners)

    def path(self, key: str) -> str:
        """Return the product's path."""
        return paths.store_product(self.sync.store_id, key)

    def owner(self, read: Snapshot) -> str | None:
        """Return the system's id of the stored product, if it is sold."""
        found = product_documents.decode(read)
        is_ours = found is not None and found.source == self.sync.system and not found.is_deleted
        return found.external_id if found and is_ours else None

    def former_paths(self, items: dict[str, Product], reads: Reads) -> dict[str, str | None]:
        """Find products that are stored under other keys, such as an earlier EAN."""
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

    def save(
        self, reads: Reads, key: str, item: Product, former: str | None, now: datetime
    ) -> ItemChange:
        """Write a product that is new or has changed."""
        read = reads[self.path(key)]
        before = product_documents.decode(read)
        if item.is_deleted and (before is None or before.external_id != item.external_id):
            return (
                ItemChange()
            )  # It came and went between two syncs, or another item has its key now.
        moved = product_documents.decode(reads[former]) if former else None
        after = products.merged(before, item, self._base(key, moved, now), now)
        if after is before:
            return ItemChange()
        has_ended = after.is_deleted and not (before and before.is_deleted)
        counts = Counts(
            created=int(before is None),
            changed=int(before is not None and not has_ended),
            deleted=int(has_ended),
            priced=int(products.is_repriced(before, after)),
        )
        return ItemChange(product_documents.writes(read, before, after), counts)

    def mark_gone(
        self, reads: Reads, path: str, replaced_by: str | None, now: datetime
    ) -> ItemChange:
        """Mark a product as no longer sold."""
        before = product_documents.decode(reads[path])
        if before is None or before.is_deleted or before.source != self.sync.system:
            return ItemChange()
        after = products.gone(before, now, replaced_by=replaced_by)
        return ItemChange(product_documents.writes(reads[path], before, after), Counts(deleted=1))

    def count_live(self) -> int:
        """Return the number of the system's products that are sold."""
        return product_documents.count_live(self.sync.store_id, self.sync.system)

    def live(self) -> Iterator[tuple[str, str, str]]:
        """Yield the system's products that are sold."""
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
class GoodsStore:
    """Categories, stock levels, orders or suppliers of a store."""

    has_choice: ClassVar[bool] = False
    may_be_empty: ClassVar[bool] = True

    sync: Sync
    stream: Stream

    def key(self, item: Goods, owners: Mapping[str, str]) -> str:  # noqa: ARG002 - ids are unique already
        """Return the system's id."""
        return item.external_id

    def path(self, key: str) -> str:
        """Return the item's path."""
        return goods_documents.path_of(self.sync.store_id, self.stream, self.sync.system, key)

    def owner(self, read: Snapshot) -> None:
        """Return ``None``: no other item is ever stored under an id."""

    def former_paths(self, items: dict[str, Goods], reads: Reads) -> dict[str, str | None]:  # noqa: ARG002 - see above
        """Return no items: ids never change."""
        return {}

    def save(
        self,
        reads: Reads,
        key: str,
        item: Goods,
        former: str | None,  # noqa: ARG002 - see above
        now: datetime,
    ) -> ItemChange:
        """Write an item that is new or has changed."""
        read = reads[self.path(key)]
        before = goods_documents.decode(GOODS[self.stream], read)
        if before == item or (before is None and item.is_deleted):
            return ItemChange()
        counts = Counts(
            created=int(before is None),
            changed=int(before is not None and not item.is_deleted),
            deleted=int(item.is_deleted),
        )
        return ItemChange([goods_documents.write(read, item, self._owner, now)], counts)

    def mark_gone(
        self,
        reads: Reads,
        path: str,
        replaced_by: str | None,  # noqa: ARG002 - see above
        now: datetime,
    ) -> ItemChange:
        """Mark an item as gone."""
        before = goods_documents.decode(GOODS[self.stream], reads[path])
        if before is None or before.is_deleted:
            return ItemChange()
        after = replace(before, is_deleted=True)
        return ItemChange(
            [goods_documents.write(reads[path], after, self._owner, now)], Counts(deleted=1)
        )

    def count_live(self) -> int:
        """Return the number of the system's items."""
        return goods_documents.count_live(self.sync.store_id, self.stream, self.sync.system)

    def live(self) -> Iterator[tuple[str, str, str]]:
        """Yield the system's items."""
        collection = paths.store_records(self.sync.store_id, self.stream)
        for page in client.pages(collection, ("source", "==", self.sync.system)):
            for snapshot in page:
                if snapshot.data and not snapshot.data["isDeleted"]:
                    key = snapshot.data["externalId"]
                    yield snapshot.path, key, key

    @property
    def _owner(self) -> tuple[str, str, str]:
        return (self.sync.account_id, self.sync.store_id, self.sync.system)
