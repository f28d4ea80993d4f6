"""Reads weclapp's answers into our models, and writes sales and stock changes. Pure functions.

Source: weclapp's own contract of its API v2, github.com/weclapp/sdk, commit 387e6f3. Numbers are
strings with at most five decimals, times are milliseconds since 1970.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from shared.connectors.client import parsed
from shared.connectors.erp.books import Amount, rounded, unit_price
from shared.connectors.rows import id_in
from shared.domain.catalog.goods import Order, OrderLine, StockLevel, Supplier
from shared.domain.gtin import ean_of
from shared.domain.systems.sales import Sale, SaleLine, StockChange
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

SYSTEM = "weclapp"
STOCK = "stock"
"""The place for all warehouses together, if none is configured."""
TOTALS = "totalStockQuantity"
SALE_REFERENCE = "orderNumberAtCustomer"
CHANGE_REFERENCE = "movementNote"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MOMENT_MS_END = 253_402_300_800_000
"""The first millisecond of the year 10000."""
_STORABLE = "STORABLE"
_STEP = Decimal("0.00001")
_REFERENCE_CHARS_MAX = 64
_PERSON = "PERSON"


class _Answer(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)


class WeclappListed(_Answer):
    """A page of a list. ``totals`` are those of the rows, in the same order, if requested."""

    result: list[Any]
    totals: list[Any] | None = Field(
        default=None, validation_alias=AliasPath("additionalProperties", TOTALS)
    )


class Count(_Answer):
    """The number of rows of a list."""

    result: int = Field(ge=0)


class WeclappIdentified(_Answer):
    id: str = Field(min_length=1)


class Named(WeclappIdentified):
    """A unit, or a currency, whose name is its code."""

    name: str


class ListedArticle(WeclappIdentified):
    number: str | None = Field(default=None, validation_alias="articleNumber")
    ean: str | None = None


class _Article(ListedArticle):
    type: str = Field(validation_alias="articleType")
    unit_id: str | None = Field(default=None, validation_alias="unitId")
    is_active: bool = Field(default=True, validation_alias="active")


class _Total(_Answer):
    warehouse_id: str | None = Field(default=None, validation_alias="warehouseId")
    quantity: Amount


class _Totals(BaseModel):
    totals: list[_Total] = Field(validation_alias=TOTALS)


class _Address(WeclappIdentified):
    country: str | None = Field(default=None, validation_alias="countryCode")


class _Party(WeclappIdentified):
    is_supplier: bool = Field(validation_alias="supplier")
    is_active: bool = Field(default=True, validation_alias="supplierActive")
    type: str | None = Field(default=None, validation_alias="partyType")
    company: str | None = None
    first_name: str | None = Field(default=None, validation_alias="firstName")
    last_name: str | None = Field(default=None, validation_alias="lastName")
    number: str | None = Field(default=None, validation_alias="supplierNumber")
    address_id: str | None = Field(default=None, validation_alias="primaryAddressId")
    addresses: list[_Address] = []


class _Item(_Answer):
    quantity: Amount | None = None
    title: str | None = None
    article_id: str | None = Field(default=None, validation_alias="articleId")
    gross: Amount | None = Field(default=None, validation_alias="grossAmount")


class _Priced(_Answer):
    gross: Amount | None = Field(default=None, validation_alias="grossAmount")


class _Order(WeclappIdentified, _Priced):
    number: str | None = Field(default=None, validation_alias="orderNumber")
    status: str
    ordered_ms: int | None = Field(
        default=None, validation_alias="orderDate", ge=0, lt=_MOMENT_MS_END
    )
    currency_id: str | None = Field(default=None, validation_alias="recordCurrencyId")
    is_template: bool = Field(default=False, validation_alias="template")
    items: list[_Item] = Field(default=[], validation_alias="orderItems")


class _Fault(_Answer):
    title: str | None = None
    detail: str | None = None
    location: str | None = None


class _Problem(_Fault):
    faults: list[_Fault] = Field(default=[], validation_alias="validationErrors")


@dataclass(frozen=True, slots=True)
class WeclappTerms:
    """The values of a sales order that a sale does not have.

    Attributes:
        customer_id: The customer of the order.
        channel: A sales channel whose prices include taxes.
        tax_ids: weclapp's ids of taxes, by rates in percent.
        warehouse_id: The warehouse of the goods; ``None`` lets weclapp choose.
    """

    customer_id: str
    channel: str
    tax_ids: Mapping[Decimal, str]
    warehouse_id: str | None = None


def equals(name: str, value: str) -> str:
    """Write a filter for rows with this value, as weclapp's own SDK does."""
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"


def names_by_id(rows: list[Any]) -> dict[str, str]:
    """Return the names of units or currencies by their ids."""
    found = (parsed(Named, row, system=SYSTEM) for row in rows)
    return {each.id: each.name for each in found}


def with_totals(page: WeclappListed) -> Iterator[tuple[Any, Any]]:
    """Return each article of a page with its totals by warehouse.

    Raises:
        ConnectorAnswerInvalid: The numbers of totals and articles differ, so they cannot be
            matched.
    """
    totals = page.totals or []
    if len(totals) != len(page.result):
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "The answer of {system} has not one {list} an article.",
                system=SYSTEM,
                list=TOTALS,
            )
        )
    return zip(page.result, totals, strict=True)


def to_stock_level(
    row: tuple[Any, Any], units: Mapping[str, str], warehouse_id: str | None
) -> StockLevel | None:
    """Read an article with its totals; ``None`` if weclapp keeps no stock of it.

    Raises:
        ValueError: The article has no id, or a total is invalid.
    """
    article = _Article.model_validate(row[0])
    totals = _Totals.model_validate({TOTALS: row[1] or []}).totals
    if article.type != _STORABLE:
        return None
    here = (each for each in totals if warehouse_id in {None, each.warehouse_id})
    return StockLevel(
        product_id=article.id,
        location_id=warehouse_id or STOCK,
        quantity=sum((each.quantity for each in here), Decimal(0)),
        unit=units.get(article.unit_id or "", ""),
        number=article.number or None,
        ean=ean_of(article.ean),
        is_deleted=not article.is_active,
    )


def stock_id_of(row: tuple[Any, Any], warehouse_id: str | None) -> str:
    """Return the stock id for an article that cannot be read."""
    return f"{id_in(row[0])}@{warehouse_id or STOCK}"


def to_supplier(row: Any) -> Supplier | None:
    """Read a party; ``None`` if it is not a supplier.

    Raises:
        ValueError: The party has no id or no name.
    """
    party = _Party.model_validate(row)
    if not party.is_supplier:
        return None
    person = " ".join(filter(None, (party.first_name, party.last_name)))
    names = (person, party.company) if party.type == _PERSON else (party.company, person)
    name = next((found for each in names if (found := (each or "").strip())), None)
    if name is None:
        raise ValueError(say("no_name", "no name"))
    countries = [each.country for each in party.addresses if each.id == party.address_id]
    return Supplier(
        external_id=party.id,
        name=name,
        number=party.number or None,
        country=next(iter(countries), None) or None,
        is_deleted=not party.is_active,
    )


def to_order(row: Any, currencies: Mapping[str, str]) -> Order | None:
    """Read a sales order; ``None`` if it is a template. Items without a quantity are texts.

    Raises:
        ValueError: A value is missing or has the wrong type.
    """
    order = _Order.model_validate(row)
    if order.is_template:
        return None
    currency = currencies.get(order.currency_id or "")
    if currency is None:
        raise ValueError(say("no_known_currency", "no known currency"))
    return Order(
        external_id=order.id,
        number=order.number or "",
        status=order.status,
        ordered_at=None if order.ordered_ms is None else _EPOCH + order.ordered_ms * _MILLISECOND,
        total=None if order.gross is None else rounded(order.gross, currency),
        lines=tuple(
            OrderLine(
                quantity=item.quantity,
                name=item.title or "",
                product_id=item.article_id,
                amount=None if item.gross is None else rounded(item.gross, currency),
            )
            for item in order.items
            if item.quantity is not None
        ),
    )


def to_sales_order(
    sale: Sale, terms: WeclappTerms, *, currency_id: str, article_id_of: Callable[[SaleLine], str]
) -> dict[str, Any]:
    """Write a sale as a sales order. Our record id is its order number at the customer.

    Args:
        sale: The sale; it has no returns.
        terms: The values that the sale does not have.
        currency_id: weclapp's id of the sale's currency.
        article_id_of: Returns weclapp's id of the article that a line names.

    Raises:
        ConnectorRejected: The sale cannot be written as an order with the same amounts.
    """
    if len(sale.record_id) > _REFERENCE_CHARS_MAX:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} keeps {most} characters of a record id: {sale}.",
                system=SYSTEM,
                most=_REFERENCE_CHARS_MAX,
                sale=sale.record_id,
            )
        )
    items = [_to_item(line, terms.tax_ids) for line in sale.lines]
    return {
        SALE_REFERENCE: sale.record_id,
        "note": f"Beleg {sale.number}",
        "orderDate": (sale.sold_at - _EPOCH) // _MILLISECOND,
        "customerId": terms.customer_id,
        "salesChannel": terms.channel,
        "recordCurrencyId": currency_id,
        **({} if terms.warehouse_id is None else {"warehouseId": terms.warehouse_id}),
        "orderItems": [
            {"articleId": article_id_of(line), **item}
            for line, item in zip(sale.lines, items, strict=True)
        ],
    }


def _to_item(line: SaleLine, tax_ids: Mapping[Decimal, str]) -> dict[str, Any]:
    """Write a line without its article. Prices are set by us, or weclapp would use its own."""
    tax_id = tax_ids.get(line.vat_percent)
    if tax_id is None:
        raise ConnectorRejected(
            say(
                "record_refused",
                "No tax for {percent} % is configured: {product}.",
                percent=f"{line.vat_percent:f}",
                product=line.name,
            )
        )
    return {
        "title": line.name,
        "quantity": to_text(line.quantity),
        "manualQuantity": True,
        "unitPrice": to_text(unit_price(line, step=_STEP, system=SYSTEM)),
        "manualUnitPrice": True,
        "discountPercentage": "0",
        "taxId": tax_id,
    }


def check_total(previewed: Any, sale: Sale) -> None:
    """Check weclapp's total for a sale's order before the order is made.

    Raises:
        ConnectorRejected: The total differs from the sale's, or weclapp does not tell it.
    """
    gross = parsed(_Priced, previewed, system=SYSTEM).gross
    if gross is None:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} does not tell what {sale} would add up to.",
                system=SYSTEM,
                sale=sale.record_id,
            )
        )
    if rounded(gross, sale.total.currency) != sale.total:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} would make {gross} of {sale}, which is {total}: look at the "
                "sales channel, the taxes and the customer.",
                system=SYSTEM,
                gross=gross,
                sale=sale.record_id,
                total=sale.total,
            )
        )


def to_movement(
    change: StockChange, *, article_id: str, storage_place_id: str
) -> tuple[str, dict[str, str]]:
    """Write a stock change as a booking: its path and its body. Our record id is its note.

    Raises:
        ConnectorRejected: The change has more decimals than weclapp keeps.
    """
    is_taken = change.change < 0
    place = "sourceStoragePlaceId" if is_taken else "targetStoragePlaceId"
    body = {
        "articleId": article_id,
        "quantity": to_text(abs(change.change)),
        CHANGE_REFERENCE: change.record_id,
        place: storage_place_id,
    }
    return ("bookOutgoingMovement" if is_taken else "bookIncomingMovement"), body


def to_text(number: Decimal) -> str:
    """Write a decimal as weclapp does.

    Raises:
        ConnectorRejected: It has more decimals than weclapp keeps.
    """
    if number % _STEP:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} keeps five decimals, not {number}.",
                system=SYSTEM,
                number=f"{number:f}",
            )
        )
    return f"{number.normalize():f}"


def is_named(article: ListedArticle, name: str, wanted: str) -> bool:
    """Tell whether an article has the number or EAN that a line names."""
    if name == "articleNumber":
        return article.number == wanted
    return article.ean is not None and (ean_of(article.ean) or article.ean) == (
        ean_of(wanted) or wanted
    )


def to_problem(body: Any) -> str:
    """Return the message of a refusal: a sentence, and the errors of fields."""
    problem = _Problem.model_validate(body)
    faults = (f"{each.detail or each.title} ({each.location})" for each in problem.faults)
    return " ".join([problem.detail or problem.title or "", *faults])
