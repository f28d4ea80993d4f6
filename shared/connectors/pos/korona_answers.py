"""Reads KORONA.cloud's answers into our models.

Source: the vendor's OpenAPI definition of API v3 (3.2-SNAPSHOT, copy of 2024-01-03). Amounts are
JSON numbers in major units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from shared.connectors.rows import ExternalId, Number, without_nulls
from shared.domain.catalog.goods import Category, Price, Product
from shared.domain.gtin import ean_of
from shared.domain.money import Money
from shared.domain.units import currency_scale
from shared.said import say

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_NOTHING = Decimal(0)


class KoronaAnswer(BaseModel):
    """The base of KORONA's answers."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, str_strip_whitespace=True)

    _drop_nulls = model_validator(mode="before")(without_nulls)


class Reference(KoronaAnswer):
    """A reference to another object by its id, number or name."""

    id: str | None = None
    number: str | None = None
    name: str | None = None

    def is_called(self, wanted: str) -> bool:
        """Tell whether ``wanted``, as a merchant wrote it, means this object."""
        return wanted in {self.id, self.number}


class ResultList(KoronaAnswer):
    """A page of a list. Its rows are read one by one."""

    results: list[dict[str, Any]]
    pages_total: int


class CommodityGroup(KoronaAnswer):
    """A category. A category that is not ``active`` was deleted."""

    id: ExternalId
    number: str | None = None
    name: str | None = None
    active: bool = True
    parent: Reference | None = Field(default=None, validation_alias="parentCommodityGroup")


class _Code(KoronaAnswer):
    product_code: str | None = None
    container_size: Number | None = None


class PriceRow(KoronaAnswer):
    """A price, for a period or for one code of the product, e.g. that of a crate."""

    value: Number | None = None
    valid_from: AwareDatetime | None = None
    product_code: str | None = None
    price_group: Reference | None = None
    organizational_unit: Reference | None = None

    @property
    def begins_at(self) -> datetime:
        """The time from which it is valid."""
        return self.valid_from or _BEGINNING


class KoronaProduct(KoronaAnswer):
    """A product."""

    id: ExternalId
    number: str | None = None
    name: str | None = None
    active: bool = True
    deactivated: bool = False
    codes: list[_Code] = []
    commodity_group: Reference | None = None
    sector: Reference | None = None
    prices: list[PriceRow] = []

    @property
    def is_deleted(self) -> bool:
        """True if it is no longer sold."""
        return self.deactivated or not self.active


class PriceGroup(KoronaAnswer):
    """A group of prices. In some groups the prices do not include tax."""

    id: ExternalId
    net_prices: bool = False


class _Rate(KoronaAnswer):
    rate: Number
    valid_from: AwareDatetime | None = None

    @property
    def begins_at(self) -> datetime:
        return self.valid_from or _BEGINNING


class SalesTax(KoronaAnswer):
    """A tax. It is ``included`` in prices, as in Europe, or added to them."""

    id: ExternalId
    included: bool = True
    rates: list[_Rate] = []


class _SectorTax(KoronaAnswer):
    sales_tax: Reference


class Sector(KoronaAnswer):
    """A group of products with the same taxes."""

    id: ExternalId
    sales_taxes: list[_SectorTax] = []


class StockAdjustment(KoronaAnswer):
    """A stock change. It has no effect until it is ``BOOKED``."""

    id: ExternalId
    number: str | None = None
    status: str | None = None


class KoronaWritten(KoronaAnswer):
    """The result of one written row. ``QUEUED`` rows have no id yet."""

    status: str
    id: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """Taxes of a sector in percent: all of them, and those that are added to prices."""

    percent: Decimal
    added: Decimal


@dataclass(frozen=True, slots=True)
class KoronaTerms:
    """The terms by which prices are read.

    Attributes:
        currency: The currency of all prices.
        price_group: Id or number of the group whose prices count; ``None`` if there is only one.
        organizational_unit: Id or number of the branch whose own prices, if any, take precedence.
        taxes: Taxes by the ids of sectors.
        net_groups: Ids of the price groups whose prices do not include tax.
    """

    currency: str
    price_group: str | None = None
    organizational_unit: str | None = None
    taxes: Mapping[str, Tax] = field(default_factory=dict)
    net_groups: frozenset[str] = frozenset()


def to_taxes(sectors: Iterable[Sector], taxes: Iterable[SalesTax], now: datetime) -> dict[str, Tax]:
    """Add up the taxes of each sector at the rates that are valid now."""
    known = {tax.id: tax for tax in taxes}
    found: dict[str, Tax] = {}
    for sector in sectors:
        named = [known.get(each.sales_tax.id or "") for each in sector.sales_taxes]
        rates = [(tax.included, _rate_of(tax, now)) for tax in named if tax]
        if rates:
            percent = sum((rate for _, rate in rates), _NOTHING)
            added = sum((rate for is_included, rate in rates if not is_included), _NOTHING)
            found[sector.id] = Tax(percent, added)
    return found


def to_category(row: CommodityGroup) -> Category:
    """Read a category.

    Raises:
        ValueError: The category has no name.
    """
    name = row.name or (None if row.active else row.number or row.id)
    if not name:
        raise ValueError(say("no_name", "has no name"))
    parent_id = row.parent.id if row.parent else None
    return Category(row.id, name, parent_id, is_deleted=not row.active)


def to_product(row: KoronaProduct, terms: KoronaTerms, now: datetime) -> Product:
    """Read a product. One that is no longer sold has no price and needs none.

    Raises:
        ValueError: The product has no name, or its price is unclear.
    """
    name = row.name or (row.number or row.id if row.is_deleted else None)
    if not name:
        raise ValueError(say("no_name", "has no name"))
    tax = terms.taxes.get((row.sector and row.sector.id) or "")
    prices = () if row.is_deleted else _to_prices(row.prices, terms, tax)
    current = [price for price in prices if price.valid_from <= now]
    return Product(
        external_id=row.id,
        name=name,
        number=row.number or None,
        ean=_ean_of(row.codes),
        category_id=row.commodity_group.id if row.commodity_group else None,
        price=current[-1].amount if current else None,
        upcoming=tuple(price for price in prices if price.valid_from > now),
        vat_percent=tax.percent if tax else None,
        is_deleted=row.is_deleted,
    )


def to_problem(body: Any) -> str:
    """Return the message of a refusal."""
    return f"{body['message']} ({body['code']})"


def _rate_of(tax: SalesTax, now: datetime) -> Decimal:
    valid = [rate for rate in tax.rates if rate.begins_at <= now]
    return max(valid, key=lambda rate: rate.begins_at).rate if valid else _NOTHING


def _ean_of(codes: Iterable[_Code]) -> str | None:
    """Return the first EAN of a single unit: a crate has its own code."""
    single = (code.product_code for code in codes if code.container_size in {None, 1})
    return next(filter(None, map(ean_of, single)), None)


def _to_prices(rows: Iterable[PriceRow], terms: KoronaTerms, tax: Tax | None) -> tuple[Price, ...]:
    """Return the prices of one unit that count, in the order in which they begin."""
    counting = _of_branch(_of_group(rows, terms.price_group), terms.organizational_unit)
    ordered = sorted(counting, key=lambda row: row.begins_at)
    return tuple(Price(_gross(row, terms, tax), row.begins_at) for row in ordered)


def _of_group(rows: Iterable[PriceRow], wanted: str | None) -> list[PriceRow]:
    found = [row for row in rows if row.value is not None and not row.product_code]
    if wanted is not None:
        return [row for row in found if row.price_group and row.price_group.is_called(wanted)]
    if len({row.price_group and row.price_group.id for row in found}) > 1:
        raise ValueError(
            say(
                "several_price_groups", "has prices of several price groups: name one in priceGroup"
            )
        )
    return found


def _of_branch(rows: Iterable[PriceRow], wanted: str | None) -> list[PriceRow]:
    """Return the branch's own prices, or those of all branches if it has none."""
    found = list(rows)
    own = [
        row
        for row in found
        if wanted and row.organizational_unit and row.organizational_unit.is_called(wanted)
    ]
    return own or [row for row in found if row.organizational_unit is None]


def _gross(row: PriceRow, terms: KoronaTerms, tax: Tax | None) -> Money:
    assert row.value is not None
    group_id = row.price_group.id if row.price_group else None
    if group_id in terms.net_groups:
        if tax is None:
            raise ValueError(
                say("net_price_without_rate", "has a price without tax, and no tax rate")
            )
        missing = tax.percent
    else:
        missing = tax.added if tax else _NOTHING
    if not missing:
        return Money.from_major(row.value, terms.currency)
    exact = row.value * (100 + missing) / 100
    unit = Decimal(1).scaleb(-currency_scale(terms.currency))
    return Money.from_major(exact.quantize(unit, ROUND_HALF_UP), terms.currency)
