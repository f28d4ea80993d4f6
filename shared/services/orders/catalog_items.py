"""Look up in the store's catalog what items name, in the read of the command itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shared.domain import gtin
from shared.domain.catalog.products import CatalogProduct
from shared.domain.orders import items
from shared.services.commands import Reads
from shared.store import paths
from shared.store.catalog import product_documents


def paths_of(store_id: str, names: Iterable[str]) -> list[str]:
    """Return the paths of the store's products that have one of these names.

    Args:
        store_id: The store.
        names: Our ids of products, EANs or other keys of the store's products.
    """
    found = [path for name in names for path in _paths(store_id, name)]
    return list(dict.fromkeys(found))


def find(reads: Reads, store_id: str, name: str, now: datetime) -> CatalogProduct | None:
    """Return the product of the store that has this name, as it is sold now."""
    for path in _paths(store_id, name):
        product = items.sold(product_documents.decode(reads[path]), now)
        if product is not None and product.store_id == store_id:
            return product
    return None


def _paths(store_id: str, name: str) -> list[str]:
    in_store = paths.store_product(store_id, gtin.ean_of(name) or name)
    by_id = paths.product_of_id(name)
    return [in_store] if by_id is None else [by_id, in_store]
