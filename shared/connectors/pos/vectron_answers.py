"""Reads Vectron's transactions into our models. Pure functions.

Source: Vectron business-data-api 1.0, of 2022-12-16. Amounts are numbers in major units. An invoice
contains its products and product groups; no other call lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared import clock
from shared.connectors.base import Skipped
from shared.connectors.pos.derived import valid
from shared.connectors.rows import ExternalId
from shared.domain.catalog.goods import Category, Product
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.units import currency_scale
from shared.said import say, sentence_of

_KINDS: Mapping[str, ReceiptKind] = {
    "INVOICE": ReceiptKind.SALE,
    "CANCELLED_INVOICE": ReceiptKind.VOID,
}
# Bounded, so that computations are exact.
_Amount = Annotated[Decimal, Field(max_digits=15, decimal_places=6)]
_Quantity = Annotated[Decimal, Field(max_digits=9, decimal_places=6)]
_T = TypeVar("_T")
_Listed = Annotated[list[_T], BeforeValidator(lambda value: [] if value is None else value)]


def _to_utc(moment: datetime) -> datetime:
    """Read a time without an offset as UTC, as the contract does for other times."""
    return clock.to_milliseconds(moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC))


class _Row(BaseModel):
    # Numbers of products and invoices are strings in the contract and integers in its examples.
    model_config = ConfigDict(alias_generator=to_camel, coerce_numbers_to_str=True, frozen=True)


class Mark(_Row):
    """The fields of a transaction that are needed to continue after it. Positions have its id."""

    invoice_id: str = Field(pattern=r"^[!-~]{1,100}$")
    transaction_at: datetime | None = None

    @property
    def at(self) -> datetime | None:
        """The time at which it was made."""
        return self.transaction_at and _to_utc(self.transaction_at)


class Invoice(_Row):
    """A whole transaction."""

    invoice_id: str
    invoice_number: str | None = None
    transaction_at: datetime
    transaction_type: str
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    total: _Amount


class _Item(_Row):
    invoice_item_id: str | None = None
    product_id: str | None = None
    quantity: _Quantity
    price: _Amount
    tax_rate: _Quantity | None = None


class _Change(_Row):
    """A discount or a surcharge on an item."""

    invoice_item_id: str | None = None


class _Product(_Row):
    product_id: ExternalId
    number: str | None = None
    name: str | None = None
    product_group_id: ExternalId | None = None


class _Group(_Row):
    product_group_id: ExternalId
    name: str | None = None


class Basket(Invoice):
    """A transaction with its items."""

    items: _Listed[_Item] = []
    products: _Listed[_Product] = []
    discounts: _Listed[Any] = []
    surcharges: _Listed[Any] = []
    item_discounts: _Listed[_Change] = []
    item_surcharges: _Listed[_Change] = []


class _Grouped(_Row):
    product_groups: _Listed[_Group] = []


def to_receipt(row: Mapping[str, Any], invoice_id: str) -> Receipt | Skipped:
    """Read a transaction as a receipt.

    Vectron marks neither deposits nor tips nor vouchers, so the whole amount is eligible. A
    cancelled invoice does not name the invoice that it voids. Only its own id can match, so it
    becomes a void of that id, with another id.
    """
    invoice = valid(Invoice, row, invoice_id)
    if isinstance(invoice, Skipped):
        return invoice
    kind = _KINDS.get(invoice.transaction_type, ReceiptKind.OTHER)
    is_void = kind is ReceiptKind.VOID
    if is_void and not invoice.total:
        return Skipped(
            f"{invoice_id}:cancelled",
            say("cancelled_unclear", "was cancelled, but it does not say how much"),
        )
    if invoice.total < 0 and kind is ReceiptKind.SALE:  # a refund that does not name its sale
        kind = ReceiptKind.VOID
    try:
        total = Money.from_major(
            -abs(invoice.total) if is_void else invoice.total, invoice.currency
        )
    except ValueError as error:
        return Skipped(invoice_id, sentence_of(error))
    return Receipt(
        external_id=f"{invoice_id}:cancelled" if is_void else invoice_id,
        number=invoice.invoice_number or invoice_id,
        issued_at=_to_utc(invoice.transaction_at),
        kind=kind,
        total=total,
        eligible=total,
        voids=invoice_id if is_void else None,
    )


def to_categories(row: Mapping[str, Any], invoice_id: str) -> Iterator[Category | Skipped]:
    """Read the product groups that a transaction contains."""
    grouped = valid(_Grouped, row, invoice_id)
    if isinstance(grouped, Skipped):
        yield grouped
        return
    for group in grouped.product_groups:
        name = (group.name or "").strip()
        if name:
            yield Category(group.product_group_id, name)
        else:
            yield Skipped(group.product_group_id, say("no_name", "has no name"))


def to_products(row: Mapping[str, Any], invoice_id: str) -> Iterator[Product | Skipped]:
    """Read the products that a transaction sold at a certain price.

    Products without a certain price are left out, because they would remove the known price.
    """
    basket = valid(Basket, row, invoice_id)
    if isinstance(basket, Skipped):
        yield basket
        return
    if _KINDS.get(basket.transaction_type) is not ReceiptKind.SALE:
        return
    sold = {item.product_id: (price, item.tax_rate) for item, price in _unit_prices(basket)}
    for product in basket.products:
        if product.product_id in sold:
            yield _to_product(product, *sold[product.product_id], basket.currency)


def _to_product(
    product: _Product, price: Decimal, vat_percent: Decimal | None, currency: str
) -> Product | Skipped:
    name = (product.name or "").strip()
    if not name:
        return Skipped(product.product_id, say("no_name", "has no name"))
    try:
        amount = Money.from_major(price, currency)
    except ValueError as error:
        return Skipped(product.product_id, sentence_of(error))
    return Product(
        external_id=product.product_id,
        name=name,
        number=product.number or None,
        category_id=product.product_group_id or None,
        price=amount,
        vat_percent=vat_percent,
    )


def _unit_prices(basket: Basket) -> Iterator[tuple[_Item, Decimal]]:
    """Return the price of one unit of each item for which the price is certain.

    The contract does not tell whether an item's price is for one unit or for all, or whether it
    includes taxes. An invoice without discounts and surcharges shows it: either the sum of all
    prices, or the sum of all prices times quantities, equals the gross total. In other invoices
    only items with a single unit and without discount or surcharge count.
    """
    changes = [*basket.item_discounts, *basket.item_surcharges]
    changed = {each.invoice_item_id for each in changes}
    is_plain = not (changes or basket.discounts or basket.surcharges)
    is_of_all = is_plain and sum(each.price for each in basket.items) == basket.total
    cent = Decimal(1).scaleb(-currency_scale(basket.currency))
    is_of_one = is_plain and basket.total == sum(
        (each.price * each.quantity).quantize(cent, ROUND_HALF_UP) for each in basket.items
    )
    for item in basket.items:
        if item.product_id is None or item.quantity <= 0 or item.price < 0:
            continue
        if item.quantity == 1:
            if is_of_all or is_of_one or not (is_plain or item.invoice_item_id in changed):
                yield item, item.price
        elif is_of_one and not is_of_all:
            yield item, item.price
        elif is_of_all and not is_of_one:
            unit_price = item.price / item.quantity
            if unit_price == unit_price.quantize(cent):  # no rounded price of a weighed item
                yield item, unit_price
