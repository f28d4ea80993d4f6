"""Stored products of a store: one for each EAN, or for each article number without an EAN.

The merchant's own system is the source of truth: its values replace the known ones. Values that it
does not give, such as the flag that staff must check the buyer's age, stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from shared.domain.catalog.goods import Price, Product
from shared.domain.money import Money

API_SOURCE = "api"
"""The source of products that were inserted by a call, and not read from a system."""


@dataclass(frozen=True, slots=True)
class CatalogProduct:
    """A product of a store.

    Attributes:
        product_id: Our id, unique among all stores.
        account_id: The account that owns it.
        store_id: The store that sells it.
        key: Its EAN, else its article number, else its source's id: unique in the store.
        source: The system that it comes from, or ``API_SOURCE``.
        external_id: That system's id.
        price: Price of one unit since ``priced_at``, taxes included; ``None`` if there is none.
        upcoming: Prices that begin later, soonest first; the first begins at ``next_price_at``.
        flags: Rules for the app at the till, e.g. ``requiresHumanVerification``.
        deleted_at: The time since which it is no longer sold.
        replaced_by: The ``key`` under which the same product goes on, after its EAN changed.
    """

    product_id: str
    account_id: str
    store_id: str
    key: str
    name: str
    source: str
    created_at: datetime
    updated_at: datetime
    external_id: str | None = None
    number: str | None = None
    ean: str | None = None
    brand: str = ""
    category_id: str | None = None
    price: Money | None = None
    priced_at: datetime | None = None
    upcoming: tuple[Price, ...] = ()
    next_price_at: datetime | None = None
    vat_percent: Decimal | None = None
    flags: Mapping[str, bool] | None = None
    deleted_at: datetime | None = None
    replaced_by: str | None = None

    @property
    def is_deleted(self) -> bool:
        """True if it is no longer sold."""
        return self.deleted_at is not None


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price that a product had, from ``since`` until ``until``."""

    product_id: str
    amount: Money
    since: datetime
    until: datetime
    source: str


def key_of(product: Product, taken: Mapping[str, str]) -> str | None:
    """Return the key of a product: EAN, article number or the system's id.

    Args:
        product: The product as its system describes it.
        taken: Keys that products of the same system have, with their ids. A second product with
            the same EAN is kept under its article number, so that none is lost.

    Returns:
        ``None`` if other products have all its possible keys.
    """
    for key in (product.ean, product.number, product.external_id):
        if key and taken.get(key, product.external_id) == product.external_id:
            return key
    return None


def merged(
    known: CatalogProduct | None, seen: Product, base: CatalogProduct, now: datetime
) -> CatalogProduct:
    """Return a product after its system was read: ``known`` itself if nothing has changed.

    A product that is no longer sold keeps its last price.

    Args:
        known: The stored product; ``None`` if it is new.
        seen: The product as the system describes it.
        base: A product of the store, key and source with only the values that no system gives.
        now: The time when it was read.
    """
    start = known or base
    after = replace(
        start,
        name=seen.name,
        source=base.source,
        external_id=seen.external_id,
        number=seen.number,
        ean=seen.ean,
        brand=seen.brand or start.brand,
        category_id=seen.category_id,
        vat_percent=start.vat_percent if seen.vat_percent is None else seen.vat_percent,
        deleted_at=(start.deleted_at or now) if seen.is_deleted else None,
        replaced_by=start.replaced_by if seen.is_deleted else None,
    )
    after = (
        _priced(after, start.price, (), now)
        if seen.is_deleted
        else _priced(after, seen.price, seen.upcoming, now)
    )
    return start if known and after == start else replace(after, updated_at=now)


def gone(
    product: CatalogProduct, now: datetime, *, replaced_by: str | None = None
) -> CatalogProduct:
    """Return a product that is no longer sold. It keeps its price, and gets no new one."""
    ended = replace(product, deleted_at=now, updated_at=now, replaced_by=replaced_by)
    return _priced(ended, ended.price, (), now)


def with_due_price(product: CatalogProduct, now: datetime) -> CatalogProduct:
    """Return the product with the first price that has begun by ``now``, or the same product.

    Only one price begins at a time, because a price that has ended since belongs to its history.
    """
    if not product.upcoming or product.upcoming[0].valid_from > now:
        return product
    current, *later = product.upcoming
    priced = _priced(product, current.amount, later, current.valid_from)
    return replace(priced, updated_at=now)


def states_until(product: CatalogProduct, now: datetime) -> list[CatalogProduct]:
    """Return a product's states as prices begin until ``now``; the first is the product itself."""
    states = [product]
    while (after := with_due_price(states[-1], now)) is not states[-1]:
        states.append(after)
    return states


def price_change(before: CatalogProduct | None, after: CatalogProduct) -> PriceChange | None:
    """Return the price that ended between two states of a product, ``None`` if none ended."""
    if before is None or before.price is None or before.price == after.price:
        return None
    until = after.priced_at or after.updated_at
    since = before.priced_at or before.created_at
    return PriceChange(after.product_id, before.price, since, until, after.source)


def is_repriced(before: CatalogProduct | None, after: CatalogProduct) -> bool:
    """Tell whether a known product has another price, or no price any more."""
    return before is not None and before.price != after.price


def _priced(
    product: CatalogProduct, price: Money | None, upcoming: Iterable[Price], at: datetime
) -> CatalogProduct:
    later = tuple(sorted(upcoming, key=lambda each: each.valid_from))
    return replace(
        product,
        price=price,
        priced_at=product.priced_at if price == product.price else at,
        upcoming=later,
        next_price_at=later[0].valid_from if later else None,
    )
