"""A merchant's products, stock, orders and suppliers, as their own systems know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared.domain.money import Money


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one unit, taxes included, valid from ``valid_from`` on."""

    amount: Money
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class Product:
    """A product in one system.

    Attributes:
        external_id: The system's id, which never changes.
        name: As the system writes it; not empty.
        number: The merchant's own article number (SKU), if there is one.
        ean: A valid EAN-8, UPC-A or EAN-13, if there is one; see ``shared.domain.gtin``.
        brand: May be empty.
        category_id: The system's id of the category.
        price: The present price of one unit, taxes included; ``None`` if the system gives none.
        upcoming: Prices that begin later, soonest first.
        vat_percent: The rate of the tax in the price, e.g. 7 or 19.
        is_deleted: True if the system says that the product is no longer sold.
    """

    external_id: str
    name: str
    number: str | None = None
    ean: str | None = None
    brand: str = ""
    category_id: str | None = None
    price: Money | None = None
    upcoming: tuple[Price, ...] = ()
    vat_percent: Decimal | None = None
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """A group of products in one system."""

    external_id: str
    name: str
    parent_id: str | None = None
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class StockLevel:
    """The stock of a product in one place. ``product_id`` is the system's id of the product."""

    product_id: str
    location_id: str
    quantity: Decimal
    unit: str = ""
    number: str | None = None
    ean: str | None = None
    is_deleted: bool = False

    @property
    def external_id(self) -> str:
        """The ids of product and place together."""
        return f"{self.product_id}@{self.location_id}"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A position of an order. ``product_id`` is the system's id, ``number`` the article number."""

    quantity: Decimal
    name: str = ""
    product_id: str | None = None
    number: str | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order in one system. ``status`` is the system's own word."""

    external_id: str
    number: str
    status: str
    ordered_at: datetime | None = None
    supplier_id: str | None = None
    total: Money | None = None
    lines: tuple[OrderLine, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Supplier:
    """A company that the merchant buys from."""

    external_id: str
    name: str
    number: str | None = None
    country: str | None = None
    is_deleted: bool = False
