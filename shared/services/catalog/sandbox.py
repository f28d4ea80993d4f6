"""The products that the sandbox shows: nothing is kept, so each answer follows from its request.

Every store has EUR and sells the product of the documentation, under whatever name it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from shared.domain import gtin
from shared.domain.catalog import product_drafts
from shared.domain.catalog.product_drafts import IfExists, ProductDraft, ProductOutcome
from shared.domain.money import Money
from shared.domain.stores.stores import Store
from shared.errors import InvalidParameters
from shared.schemas.catalog.product_bodies import (
    PRODUCT_EXAMPLE,
    could_be_ean,
    to_product_body,
)
from shared.services.catalog import product_imports, products
from shared.services.catalog.product_imports import ProductImport, ProductRowResult
from shared.store import paths

CURRENCY = "EUR"
_NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
_EAN = PRODUCT_EXAMPLE["ean"]


def inserted(store_id: str, draft: ProductDraft) -> dict[str, Any]:
    """Return the body of a new product with the values of a draft."""
    blank = products.new_product(_store(store_id), draft.key, _NOW)
    made = product_drafts.insert(None, draft, blank, IfExists.REFUSE).product
    return to_product_body(made, None).model_dump(by_alias=True, mode="json")


def imported(store_id: str, drafts: Sequence[ProductDraft | InvalidParameters]) -> ProductImport:
    """Return the results of rows in a store that sells nothing yet."""
    good, failed = product_imports.sorted_out(drafts)
    created = [
        ProductRowResult(index, ProductOutcome.CREATED.value, paths.product_id(store_id, draft.key))
        for index, draft in good
    ]
    return ProductImport(sorted([*failed, *created], key=lambda row: row.index))


def of_store(store_id: str) -> dict[str, Any]:
    """Return the body of a store's one product."""
    return _product(store_id, _EAN)


def named(name: str, store_id: str | None) -> dict[str, Any]:
    """Return the body of the product with an id; in a store also with an EAN or article number."""
    of_id = _store_and_key(name)
    if store_id is None:
        store_id, key = of_id or (PRODUCT_EXAMPLE["storeId"], _EAN)
        return {**_product(store_id, key), "productId": name}
    is_id = of_id is not None and of_id[0] == store_id
    return _product(store_id, of_id[1] if of_id and is_id else gtin.ean_of(name) or name)


def registered(product_id: str, store_id: str, price: Money | None) -> dict[str, Any]:
    """Return the body of another store's product in a store."""
    _, key = _store_and_key(product_id) or ("", _EAN)
    prices = {} if price is None else {"price": price.to_major()}
    return {**_product(store_id, key), **prices}


def _product(store_id: str, key: str) -> dict[str, Any]:
    is_ean = could_be_ean(key)
    return {
        **PRODUCT_EXAMPLE,
        "productId": paths.product_id(store_id, key),
        "storeId": store_id,
        "ean": key if is_ean else None,
        "number": None if is_ean else key,
    }


def _store_and_key(product_id: str) -> tuple[str, str] | None:
    """Return the store and key that an id tells, ``None`` if no product can have it."""
    path = paths.product_of_id(product_id)
    if path is None:
        return None
    _, encoded_store_id, _, encoded_key = path.split("/")
    return unquote(encoded_store_id), unquote(encoded_key)


def _store(store_id: str) -> Store:
    return Store(
        store_id=store_id,
        account_id="",
        name="",
        time_zone="Europe/Berlin",
        currency=CURRENCY,
        created_at=_NOW,
    )
