"""Reads Lightspeed Retail X-Series' answers into our models.

Source: the vendor's OpenAPI definition of API 2.0, of 2025-07-23. Amounts are JSON numbers in major
units with up to five decimals: the customer pays 3.03 for a price of 3.02632, so they are rounded
half up to the minor unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import AliasPath, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from shared.connectors.paid import paid_for, percent_of
from shared.connectors.rows import ExternalId, Number, without_nulls
from shared.domain.catalog.goods import Category, Product
from shared.domain.gtin import ean_of
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.units import currency_scale
from shared.said import say

_NOTHING = Decimal(0)
_HUNDREDTH = Decimal("0.01")
_DONE = {
    "CLOSED",
    "ONACCOUNT_CLOSED",
    "LAYBY_CLOSED",
    "DISPATCHED_CLOSED",
    "PICKED_UP_CLOSED",
    "SERVICE_CLOSED",
}
_VOIDED = "VOIDED"
_BARCODES = {"EAN", "JAN", "UPC", "ITF"}


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    _drop_nulls = model_validator(mode="before")(without_nulls)


class Collection(_Answer):
    """A page of a list in the order of the version. Its rows are read one by one."""

    data: list[dict[str, Any]]
    version_max: int | None = Field(default=None, validation_alias=AliasPath("version", "max"))


class CategoryList(_Answer):
    """A page of the categories, which have no version."""

    categories: list[dict[str, Any]] = Field(validation_alias=AliasPath("data", "categories"))
    has_next: bool = Field(default=False, validation_alias=AliasPath("page_info", "has_next"))
    last_seen: str | None = Field(
        default=None, validation_alias=AliasPath("page_info", "last_seen")
    )


class _FoundSale(_Answer):
    id: ExternalId
    source_id: str | None = None


class Found(_Answer):
    """The sales that a search found."""

    data: list[_FoundSale]


class Retailer(_Answer):
    """The account. All its amounts are of one currency."""

    currency: str = Field(
        pattern=r"^[A-Z]{3}$", validation_alias=AliasPath("data", "currency", "code")
    )


class CategoryRow(_Answer):
    """A product category."""

    id: ExternalId
    name: str = Field(min_length=1)
    parent_category_id: str | None = None


class _Code(_Answer):
    type: str = ""
    code: str = ""


class LightspeedProduct(_Answer):
    """A product, or one variant of it."""

    id: ExternalId
    name: str = ""
    variant_name: str = ""
    variant_parent_id: str | None = None
    sku: str | None = None
    active: bool = True
    deleted_at: str | None = None
    price_including_tax: Number | None = None
    product_codes: list[_Code] = []
    product_type_id: str | None = None
    type_id: str | None = Field(default=None, validation_alias=AliasPath("type", "id"))
    brand: str | None = Field(default=None, validation_alias=AliasPath("brand", "name"))

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes by which the product is scanned or typed."""
        return (*((self.sku,) if self.sku else ()), *(each.code for each in self.product_codes))


class _Line(_Answer):
    price_total: Number = _NOTHING
    tax_total: Number = _NOTHING
    product_id: str | None = None

    @property
    def paid(self) -> Decimal:
        """The total with taxes."""
        return self.price_total + self.tax_total

    @property
    def vat_percent(self) -> Decimal | None:
        """The rate that price and tax show, to a hundredth of a percent."""
        if not self.price_total:
            return None
        return percent_of((100 * self.tax_total / self.price_total).quantize(_HUNDREDTH))


class SaleRow(_Answer):
    """A sale in any state."""

    id: ExternalId
    status: str
    invoice_number: str | None = None
    sale_date: AwareDatetime
    deleted_at: str | None = None
    customer_id: str | None = None
    return_for: str | None = None
    total_price: Number
    total_tax: Number = _NOTHING
    line_items: list[_Line] = []
    version: int | None = None


class TaxRow(_Answer):
    """A tax with one rate, or with several that are paid together. ``0.1`` is 10 %."""

    class Rate(_Answer):
        """A part of the tax."""

        rate: Number

    id: ExternalId
    is_default: bool = False
    deleted_at: str | None = None
    rates: list[Rate] = []

    @property
    def percent(self) -> Decimal:
        """The sum of all rates in percent, e.g. 19."""
        return sum((each.rate for each in self.rates), _NOTHING) * 100


class LightspeedWritten(_Answer):
    """The sale that was written."""

    id: ExternalId = Field(validation_alias=AliasPath("register_sale", "id"))


def to_category(row: CategoryRow) -> Category:
    """Read a category."""
    return Category(row.id, row.name, row.parent_category_id)


def to_product(row: LightspeedProduct, currency: str) -> Product:
    """Read a product.

    Raises:
        ValueError: The product has no name.
    """
    is_deleted = row.deleted_at is not None or not row.active
    name = (row.variant_name if row.variant_parent_id else "") or row.name
    if not name and is_deleted:
        name = row.sku or row.id
    if not name:
        raise ValueError(say("no_name", "has no name"))
    price = row.price_including_tax
    return Product(
        external_id=row.id,
        name=name,
        number=row.sku or None,
        ean=_ean_of(row),
        brand=row.brand or "",
        category_id=row.type_id or row.product_type_id,
        price=None if price is None or is_deleted else to_money(price, currency),
        is_deleted=is_deleted,
    )


def to_receipt(row: SaleRow, currency: str) -> Receipt | None:
    """Read a sale if it is finished. An unfinished sale is listed again when it is finished.

    A voided sale voids itself, because it may have been closed when it was read before. A sale that
    returns goods of another may sell others in exchange.
    """
    is_void = row.status == _VOIDED or row.deleted_at is not None
    if not is_void and row.status not in _DONE:
        return None
    total = to_money(row.total_price + row.total_tax, currency)
    says = _says(row.line_items, total)
    voids = row.id if is_void else row.return_for
    is_return = voids is None and min(total.amount_minor, says.amount_minor) < 0
    kind = ReceiptKind.VOID if is_void or is_return else ReceiptKind.SALE
    eligible, doubt = paid_for(kind, says, total)
    return Receipt(
        external_id=row.id,
        number=row.invoice_number or row.id,
        issued_at=row.sale_date,
        kind=kind,
        total=total,
        eligible=eligible,
        customer_id=row.customer_id,
        voids=voids,
        revision=row.version,
        doubt=doubt,
        lines=tuple(
            PurchaseLine(each.paid, product_id=each.product_id, vat_percent=each.vat_percent)
            for each in row.line_items
        ),
    )


def tax_id_of(percent: Decimal, taxes: Iterable[TaxRow]) -> str | None:
    """Return the tax with this rate; if there are several, the default one, else the first."""
    found = [tax for tax in taxes if tax.percent == percent and tax.deleted_at is None]
    found.sort(key=lambda tax: not tax.is_default)
    return found[0].id if found else None


def to_money(amount: Decimal, currency: str) -> Money:
    """Round half up to the minor unit, as the till does with payments."""
    return _rounded(amount, currency, ROUND_HALF_UP)


def to_problem(body: Any) -> str:
    """Return the message of a refusal, which has several forms."""
    for name in ("message", "error_description", "details", "error", "errors"):
        if body.get(name):
            return str(body[name])
    return ""


def _ean_of(row: LightspeedProduct) -> str | None:
    named = [each.code for each in row.product_codes if each.type.upper() in _BARCODES]
    return next(filter(None, map(ean_of, (*named, row.sku))), None)


def _says(lines: list[_Line], total: Money) -> Money:
    """Return the amount that earns points: the lines, which have no tips and fees, rounded down.

    What is returned without lines is returned whole.
    """
    if not lines and total.amount_minor < 0:
        return total
    exact = sum((line.paid for line in lines), _NOTHING)
    return _rounded(exact, total.currency, ROUND_DOWN)


def _rounded(amount: Decimal, currency: str, rounding: str) -> Money:
    minor = amount.scaleb(currency_scale(currency)).to_integral_value(rounding)
    return Money(int(minor), currency)
