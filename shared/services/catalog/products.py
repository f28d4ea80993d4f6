"""Insert, find and list the products of a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from shared import clock
from shared.auth.caller import Caller
from shared.domain import gtin
from shared.domain.catalog import product_drafts, product_events, products
from shared.domain.catalog.product_drafts import IfExists, Inserted, ProductDraft, ProductOutcome
from shared.domain.catalog.products import API_SOURCE, CatalogProduct
from shared.domain.money import Money
from shared.domain.stores.stores import Store
from shared.errors import ProductNotFound
from shared.schemas import paging
from shared.schemas.base import invalid
from shared.schemas.catalog.product_bodies import (
    ProductBody,
    ProductWithPricesBody,
    to_product_body,
    to_product_with_prices_body,
)
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.store import codec, paths
from shared.store.catalog import product_documents
from shared.store.client import Document, Write

PRICE_HISTORY_MAX = 20
SAME_NUMBER_MAX = 10


@dataclass(frozen=True, slots=True)
class SavedProduct:
    """A product after a draft; ``is_replay`` if an earlier request with the same key did it."""

    product: CatalogProduct
    outcome: ProductOutcome
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Some of a store's products; ``next_cursor`` is ``None`` on the last page."""

    items: Sequence[CatalogProduct]
    next_cursor: str | None


def insert(caller: Caller, store: Store, draft: ProductDraft, if_exists: IfExists) -> SavedProduct:
    """Add a product to a store.

    Args:
        caller: Owner of the store.
        store: The store that is to sell the product.
        draft: The product.
        if_exists: The treatment of a product that the store sells with other values.

    Raises:
        ProductExists, ProductManaged, IdempotencyKeyReused, Busy.
    """

    def save(known: CatalogProduct | None, blank: CatalogProduct) -> Inserted:
        return product_drafts.insert(known, draft, blank, if_exists)

    return _save(caller, store, draft.key, save)


def register(caller: Caller, product_id: str, store: Store, price: Money | None) -> SavedProduct:
    """Add a product to a store that another of the account's stores sells.

    If the store sells it already, the price stays. A request for another price is refused.

    Args:
        caller: Owner of the product and the store.
        product_id: The product in the other store.
        store: The store that is to sell it, too.
        price: Its price in this store; ``None`` for its price in the other store.

    Raises:
        ProductNotFound: There is no such product, or it is no longer sold.
        InvalidParameters: No price is given, and the stores have different currencies.
        ProductExists, ProductManaged, IdempotencyKeyReused, Busy.
    """
    product = access.product(caller, product_id, None)
    known = products.states_until(product, clock.utc_now())[-1]
    if known.is_deleted:
        raise ProductNotFound(f"The product {product_id} is no longer sold.")
    own_price = price or known.price
    if own_price is not None and own_price.currency != store.currency:
        raise invalid({"price": f"is required, because the store's currency is {store.currency}"})
    draft = product_drafts.draft_of(known, own_price)

    def save(known: CatalogProduct | None, blank: CatalogProduct) -> Inserted:
        return product_drafts.register(known, draft, blank, price)

    return _save(caller, store, draft.key, save)


def find(caller: Caller, name: str, store_id: str | None) -> CatalogProduct:
    """Return a product of the caller's by our id or, in a store, by its EAN or article number.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
        ProductNotFound: There is no such product, or it belongs to another account or store.
    """
    if store_id is None:
        return access.product(caller, name, None)
    access.store(caller, store_id)
    in_store = paths.product_id(store_id, gtin.ean_of(name) or name)
    named = product_documents.find_many([name, in_store])
    found = access.own_products(caller, named, store_id)
    if not found:
        found = access.former_products(caller, name, store_id)
    if not found:
        numbered = product_documents.list_by_number(store_id, name, SAME_NUMBER_MAX)
        # A product that is no longer sold has left its number to one that is sold.
        found = sorted(numbered, key=lambda each: each.is_deleted)
    return access.own_product(caller, found[0] if found else None, name, store_id)


def list_page(
    caller: Caller,
    store_id: str,
    *,
    source: str | None,
    category_id: str | None,
    includes_deleted: bool,
    after_key: str | None,
    limit: int,
) -> ProductPage:
    """Return some of a store's products, in the order of their keys: one query.

    A product that is deleted or inserted between two pages moves no other to another page.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    access.store(caller, store_id)
    found = product_documents.list_page(
        store_id,
        source=source,
        category_id=category_id,
        includes_deleted=includes_deleted,
        after_key=after_key,
        limit=limit + 1,
    )
    items = found[:limit]
    return ProductPage(items, paging.encode_key(items[-1].key) if len(found) > limit else None)


def shown(product: CatalogProduct) -> ProductBody:
    """Return a product as answers show it, with the price that is valid now."""
    return to_product_body(_current(_states(product)), _replaced_by(product))


def shown_with_prices(product: CatalogProduct) -> ProductWithPricesBody:
    """Return a product as answers show it, with its past and future prices: one query.

    A price ends as soon as the next one begins, even if the product is not yet written so.
    """
    states = _states(product)
    ended = [
        change
        for before, after in pairwise(states)
        if (change := products.price_change(before, after))
    ]
    changes = product_documents.list_price_changes(product.store_id, product.key, PRICE_HISTORY_MAX)
    history = [*reversed(ended), *changes][:PRICE_HISTORY_MAX]
    return to_product_with_prices_body(_current(states), _replaced_by(product), history)


def new_product(store: Store, key: str, now: datetime) -> CatalogProduct:
    """Return an empty product of a store, which the caller fills in."""
    return CatalogProduct(
        product_id=paths.product_id(store.store_id, key),
        account_id=store.account_id,
        store_id=store.store_id,
        key=key,
        name="",
        source=API_SOURCE,
        created_at=now,
        updated_at=now,
    )


def _save(
    caller: Caller,
    store: Store,
    key: str,
    save: Callable[[CatalogProduct | None, CatalogProduct], Inserted],
) -> SavedProduct:
    """Write a changed product and its events; write nothing if the product stays as it is.

    Args:
        caller: Owner of the store.
        store: The store that sells the product.
        key: The product's key.
        save: Returns the change, from the known product and an empty one.
    """
    now = clock.utc_now()
    path = paths.store_product(store.store_id, key)
    blank = new_product(store, key, now)

    def decide(reads: Reads) -> Effect[SavedProduct]:
        before = product_documents.decode(reads[path])
        found = save(before, blank)
        writes: list[Write] = []
        news = outbox.Announcement()
        if found.product is not before:
            writes += product_documents.writes(reads[path], before, found.product)
            if found.outcome is ProductOutcome.CREATED:
                news = outbox.announce([product_events.from_created(found.product)])
        kept = {"product": codec.to_document(found.product), "outcome": found.outcome.value}
        saved = SavedProduct(found.product, found.outcome)
        return Effect(saved, [*writes, *news.writes], kept, news.tasks)

    return commands.run([path], decide, claim=caller.claim, replay=_replayed)


def _states(product: CatalogProduct) -> list[CatalogProduct]:
    return products.states_until(product, clock.utc_now())


def _current(states: list[CatalogProduct]) -> CatalogProduct:
    # The product's time of change stays: a new price since then does not change it.
    return replace(states[-1], updated_at=states[0].updated_at)


def _replaced_by(product: CatalogProduct) -> str | None:
    key = product.replaced_by
    return paths.product_id(product.store_id, key) if key is not None else None


def _replayed(kept: Document, _: Reads) -> SavedProduct:
    product = codec.from_document(CatalogProduct, kept["product"])
    return SavedProduct(product, ProductOutcome(kept["outcome"]), is_replay=True)
