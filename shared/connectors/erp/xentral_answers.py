"""Reads Xentral's answers into our models, and writes sales as sales orders. Pure functions.

Source: Xentral's own contracts, github.com/xentral/api-spec-public: v1 of 2024-12-20 (products,
import of sales orders) and documents v3 of 2026-08-20 (sales orders and suppliers to read).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from shared.connectors.erp.books import BERLIN, Amount, moment_of, rounded, unit_price
from shared.connectors.rows import id_in
from shared.domain.catalog.goods import Order, OrderLine, StockLevel, Supplier
from shared.domain.gtin import ean_of
from shared.domain.money import Money
from shared.domain.systems.sales import Sale, SaleLine
from shared.errors import ConnectorRejected
from shared.said import say

SYSTEM = "xentral"
STOCK = "stock"
"""The place for all warehouses together: the list of products only has their sum."""

_CURRENCIES = {"EUR", "PLN", "CHF", "USD", "GBP"}
_VAT_CATEGORIES: Mapping[Decimal, str] = {
    Decimal(19): "normal",
    Decimal(7): "reduced",
    Decimal(0): "exempt",
}
_PRICE_STEP = Decimal("0.0001")
"""The smallest step of a unit price in Xentral."""
_PRODUCT = "product"
_LOCATION = re.compile(r".*/([0-9]{1,18})/?")


class _Answer(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)


class XentralListed(_Answer):
    """A page of a list of v1. Pages are counted from 1."""

    data: list[Any]
    length: int = Field(validation_alias=AliasPath("extra", "totalCount"), ge=0)


class Flow(_Answer):
    """A page of a list of v3, read by cursor. ``following`` is a URL; it is not followed."""

    data: list[Any]
    cursor: str | None = Field(default=None, validation_alias=AliasPath("meta", "nextCursor"))
    following: str | None = Field(default=None, validation_alias=AliasPath("links", "next"))


class ListedOrder(_Answer):
    id: str = Field(min_length=1)
    external_id: str | None = Field(default=None, validation_alias="externalOrderId")


class ListedProduct(_Answer):
    id: str = Field(min_length=1)
    number: str | None = None
    ean: str | None = None


class _Product(ListedProduct):
    stock: Amount | None = Field(default=None, validation_alias="stockCount")
    unit: str | None = Field(default=None, validation_alias=AliasPath("unit", "name"))
    is_stocked: bool = Field(default=True, validation_alias="isStockItem")
    is_disabled: bool = Field(default=False, validation_alias="isDisabled")


class _Supplier(_Answer):
    id: str = Field(min_length=1)
    number: str | None = None
    name: str | None = Field(default=None, validation_alias=AliasPath("primaryAddress", "name"))
    country: str | None = Field(
        default=None, validation_alias=AliasPath("primaryAddress", "country")
    )


class _Money(_Answer):
    amount: Amount
    currency: str = Field(pattern=r"^[A-Z]{3}$")

    def to_money(self) -> Money:
        """Round the amount: Xentral keeps fractions of cents, but does not print them."""
        return rounded(self.amount, self.currency)


class _Line(_Answer):
    quantity: Amount
    name: str | None = None
    number: str | None = None
    product_id: str | None = Field(default=None, validation_alias=AliasPath(_PRODUCT, "id"))
    gross: _Money | None = Field(
        default=None, validation_alias=AliasPath("lineItemRevenue", "gross")
    )


class _Order(_Answer):
    id: str = Field(min_length=1)
    number: str | None = Field(default=None, validation_alias="documentNumber")
    status: str
    ordered_at: str | None = Field(default=None, validation_alias="documentDate")
    gross: _Money | None = Field(default=None, validation_alias=AliasPath("totals", "gross"))
    lines: list[Any] = Field(validation_alias="lineItems")


@dataclass(frozen=True, slots=True)
class XentralTerms:
    """The values of a sales order that a sale does not have: ids in the merchant's Xentral."""

    customer_id: str
    project_id: str
    payment_method_id: str
    shipping_method_id: str


def to_stock_level(row: Any) -> StockLevel | None:
    """Read a product; ``None`` if Xentral keeps no stock of it.

    Raises:
        ValueError: The product has no id, or has no stock although Xentral keeps stock of it.
    """
    product = _Product.model_validate(row)
    if not product.is_stocked:
        return None
    if product.stock is None:
        raise ValueError(say("no_stock", "no stock"))
    return StockLevel(
        product_id=product.id,
        location_id=STOCK,
        quantity=product.stock,
        unit=product.unit or "",
        number=product.number or None,
        ean=ean_of(product.ean),
        is_deleted=product.is_disabled,
    )


def stock_id_of(row: Any) -> str:
    """Return the stock id for a product that cannot be read."""
    return f"{id_in(row)}@{STOCK}"


def to_supplier(row: Any) -> Supplier:
    """Read a supplier.

    Raises:
        ValueError: The supplier has no id or no name.
    """
    supplier = _Supplier.model_validate(row)
    name = (supplier.name or "").strip()
    if not name:
        raise ValueError(say("no_name", "no name"))
    return Supplier(supplier.id, name, supplier.number or None, supplier.country or None)


def to_order(row: Any) -> Order:
    """Read a sales order. Items that are headings, subtotals and the like are left out.

    Raises:
        ValueError: A value is missing or has the wrong type.
    """
    order = _Order.model_validate(row)
    lines = [_Line.model_validate(each) for each in order.lines if _is_product(each)]
    return Order(
        external_id=order.id,
        number=order.number or "",
        status=order.status,
        ordered_at=moment_of(order.ordered_at),
        total=None if order.gross is None else order.gross.to_money(),
        lines=tuple(
            OrderLine(
                quantity=line.quantity,
                name=line.name or "",
                product_id=line.product_id,
                number=line.number or None,
                amount=None if line.gross is None else line.gross.to_money(),
            )
            for line in lines
        ),
    )


def _is_product(line: Any) -> bool:
    return not isinstance(line, dict) or line.get("type", _PRODUCT) == _PRODUCT


def to_sales_order(
    sale: Sale, terms: XentralTerms, product_id_of: Callable[[SaleLine], str]
) -> Any:
    """Write a sale as a sales order to import. Our record id is its external id and number.

    Prices include taxes. We ship nothing and reserve no stock: ``autoShipping`` is off, because the
    customer already has the goods that a till sold.

    Args:
        sale: The sale; it has no returns.
        terms: The order's customer, and its ways of payment and shipping.
        product_id_of: Returns Xentral's id of the product that a line names.

    Raises:
        ConnectorRejected: The sale cannot be written as an order with the same amounts.
    """
    currency = sale.total.currency
    if currency not in _CURRENCIES:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} takes no orders in {currency}.",
                system="Xentral",
                currency=currency,
            )
        )
    prices = [unit_price(line, step=_PRICE_STEP, system="Xentral") for line in sale.lines]
    taxes = [_tax(line) for line in sale.lines]
    return {
        "date": f"{sale.sold_at.astimezone(BERLIN):%Y-%m-%d}",
        "externalOrderId": sale.record_id,
        "externalOrderNumber": sale.record_id,
        "internalDesignation": f"Beleg {sale.number}",
        "customer": {"id": terms.customer_id},
        "project": {"id": terms.project_id},
        "financials": {
            "paymentMethod": {"id": terms.payment_method_id},
            "currency": currency,
            "tax": {"taxation": "domestic", "taxDisplay": "gross"},
        },
        "delivery": {
            "autoShipping": False,
            "shippingMethod": {"id": terms.shipping_method_id},
        },
        "positions": [
            {
                "product": {"id": product_id_of(line), "name": line.name},
                "quantity": line.quantity,
                "price": {"amount": f"{price:f}", "currency": currency},
                "tax": tax,
            }
            for line, price, tax in zip(sale.lines, prices, taxes, strict=True)
        ],
    }


def _tax(line: SaleLine) -> dict[str, str]:
    category = _VAT_CATEGORIES.get(line.vat_percent)
    if category is None:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} has no category for {percent} %: {product}.",
                system="Xentral",
                percent=line.vat_percent,
                product=line.name,
            )
        )
    return {"vatCategory": category, "taxText": f"{line.vat_percent.normalize():f} % MwSt."}


def id_at(location: str) -> str | None:
    """Return the id at the end of a created object's URL, if it has one."""
    found = _LOCATION.fullmatch(location)
    return found[1] if found else None


def to_problem(body: Any) -> str:
    """Return the message of a refusal: a title, and messages or violations by field names."""
    violations = body.get("violations") or {}
    by_field = violations if isinstance(violations, list) else [violations]
    said = [f"{name}: {' '.join(messages)}" for each in by_field for name, messages in each.items()]
    return " ".join([body.get("title") or body["message"], *said, *body.get("messages", ())])
