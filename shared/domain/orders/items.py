"""What a customer buys: items with prices, their sum, and the store's catalog that they come from.

A customer's app knows prices, and may be old or changed: what a customer sends is only compared
with the catalog. A merchant's own system is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared.domain.catalog import products
from shared.domain.catalog.products import CatalogProduct
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.money import Money

HUMAN_VERIFICATION = "requiresHumanVerification"
"""The flag of a product for which staff must look at the customer."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a purchase: ``quantity`` units at a price, taxes included.

    ``price_unit_minor`` is in minor units of the store's currency; below 0 for what lowers the sum.
    ``product_id`` and ``ean`` are as the caller names the product; each finds it in the catalog.
    """

    name: str
    price_unit_minor: int
    quantity: int = 1
    vat_percent: Decimal | None = None
    product_id: str | None = None
    ean: str | None = None
    category: str | None = None
    type: LineType = LineType.ITEM

    @property
    def total_minor(self) -> int:
        """The price of all its units."""
        return self.price_unit_minor * self.quantity

    @property
    def product_names(self) -> dict[str, str]:
        """The names by which the catalog may know the product, by fields of the request."""
        names = {"productId": self.product_id, "ean": self.ean}
        return {field: name for field, name in names.items() if name is not None}


@dataclass(frozen=True, slots=True)
class Difference:
    """A value of an item that is not the catalog's.

    ``index`` counts from 0. ``field`` is ``product`` if the store does not sell it, else the field
    of the request. ``expected`` is what the catalog says; ``None`` if it says nothing.
    """

    index: int
    field: str
    expected: int | Decimal | str | None
    sent: int | Decimal | str | None


def total_minor(items: Iterable[Item]) -> int:
    """Return what is to be paid: the exact sum, in minor units."""
    return sum(each.total_minor for each in items)


def lines(items: Iterable[Item], currency: str) -> list[PurchaseLine]:
    """Return the items as the lines from which a program's rules compute what they earn."""
    return [
        PurchaseLine(
            Money(each.total_minor, currency).to_major(),
            each.type,
            each.category,
            each.product_id or each.ean,
            each.vat_percent,
        )
        for each in items
    ]


def sold(product: CatalogProduct | None, now: datetime) -> CatalogProduct | None:
    """Return a product with the price that is valid now; ``None`` if it cannot be sold."""
    if product is None or product.is_deleted:
        return None
    current = products.states_until(product, now)[-1]
    return current if current.price is not None else None


def from_catalog(product: CatalogProduct, quantity: int) -> Item:
    """Return an item with the values of a product that is sold (``sold``)."""
    assert product.price is not None
    return Item(
        name=product.name,
        price_unit_minor=product.price.amount_minor,
        quantity=quantity,
        vat_percent=product.vat_percent,
        product_id=product.product_id,
        ean=product.ean,
        category=product.category_id,
    )


def compared(
    items: Sequence[Item], find: Callable[[str], CatalogProduct | None], currency: str
) -> tuple[list[Item], list[Difference]]:
    """Compare a customer's items with the catalog.

    Args:
        items: As the customer sends them.
        find: Returns the product that has a name, as it is sold now.
        currency: The store's.

    Returns:
        The items with the catalog's values, and what differs: also an ``ean`` of another product
        than the ``productId``. A customer grants no discounts, so any line that is no item differs.
    """
    found: list[Item] = []
    differences: list[Difference] = []
    for index, item in enumerate(items):
        named = {field: find(name) for field, name in item.product_names.items()}
        product = next((each for each in named.values() if each is not None), None)
        if product is None or product.price is None or product.price.currency != currency:
            name = item.product_id or item.ean or item.name
            differences.append(Difference(index, "product", None, name))
            continue
        own = from_catalog(product, item.quantity)
        found.append(own)
        differences += _other_names(index, item, own, named)
        differences += _differences(index, item, own)
    return found, differences


def needs_verification(item: Item, find: Callable[[str], CatalogProduct | None]) -> bool:
    """Tell whether staff must look at the customer before any product that it names is sold."""
    found = [find(name) for name in item.product_names.values()]
    return any(each and (each.flags or {}).get(HUMAN_VERIFICATION) for each in found)


def _other_names(
    index: int, sent: Item, own: Item, named: Mapping[str, CatalogProduct | None]
) -> Iterable[Difference]:
    """Tell of names that are not the product's. One without EAN may have any that nobody has."""
    expected = {"productId": own.product_id, "ean": own.ean}
    for field, product in named.items():
        if product is None and expected[field] is None:
            continue
        if product is None or product.product_id != own.product_id:
            yield Difference(index, field, expected[field], sent.product_names[field])


def _differences(index: int, sent: Item, own: Item) -> Iterable[Difference]:
    if sent.type is not LineType.ITEM:
        yield Difference(index, "type", LineType.ITEM.value, sent.type.value)
    if sent.price_unit_minor != own.price_unit_minor:
        yield Difference(index, "priceUnit", own.price_unit_minor, sent.price_unit_minor)
    is_other_vat = own.vat_percent is not None and sent.vat_percent != own.vat_percent
    if sent.vat_percent is not None and is_other_vat:
        yield Difference(index, "vat", own.vat_percent, sent.vat_percent)
