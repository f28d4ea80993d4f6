"""Reads products and receipts in JSON and CSV, as docs/connectors/pos-generic.md describes them.

A row of CSV is read like a JSON object with the same names, after its texts are converted to
numbers and booleans.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from shared import clock
from shared.connectors.base import Skipped
from shared.connectors.rows import Item
from shared.connectors.uploads import (
    ID_CHARS_MAX,
    Contents,
    Listing,
    moment_of,
    once,
    shortest,
)
from shared.domain.catalog.goods import Category, Price, Product
from shared.domain.gtin import ean_of
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.errors import ConnectorRejected
from shared.schemas.base import Number, to_refusal

AMOUNT_MAX = 10**9
"""The largest amount, in major units."""
_LISTS = ("categories", "products", "receipts")
_DELIMITERS = ";,\t"
_AMOUNT = re.compile(r"(-?\d{1,12})(?:[.,](\d{1,10}))?", re.ASCII)
_NUMBERS = {"price", "vat", "total", "eligible"}
_TRUTHS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_IdText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=ID_CHARS_MAX)]
_Amount = Annotated[Number, Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
_PriceAmount = Annotated[Number, Field(ge=0, le=AMOUNT_MAX)]
_Rate = Annotated[Number, Field(ge=0, le=100)]


class _Row(BaseModel):
    """A row. Fields that it does not name are ignored: files of tills have more than we need."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True, frozen=True)


class _CategoryRow(_Row):
    id: _IdText
    name: _Text
    parent_id: _IdText | None = None
    is_deleted: bool = False


class _PriceRow(_Row):
    price: _PriceAmount
    valid_from: _Text


class _ProductRow(_Row):
    id: _IdText = ""
    sku: _IdText = ""
    ean: _IdText = ""
    name: _Text
    brand: _Text = ""
    category_id: _IdText = ""
    price: _PriceAmount | None = None
    upcoming: list[_PriceRow] = Field(default_factory=list, max_length=50)
    vat: _Rate | None = None
    is_deleted: bool = False


class _ReceiptRow(_Row):
    id: _IdText
    number: _IdText = ""
    issued_at: _Text
    kind: _Text = ReceiptKind.SALE
    total: _Amount
    eligible: _Amount
    customer_id: _IdText = ""
    voids: _IdText = ""


_RowModel = TypeVar("_RowModel", bound=_Row)


def read_json(text: str, *, currency: str, zone: ZoneInfo, is_complete: bool) -> Contents:
    """Read a JSON object with the lists ``categories``, ``products`` and ``receipts``.

    Args:
        text: The file.
        currency: The currency of all amounts, unless the object has a ``currency``.
        zone: The time zone of times without one.
        is_complete: The file lists all products and categories; see ``_listing``.

    Raises:
        ConnectorRejected: It is not such an object. Single invalid rows are skipped.
    """
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):
        raise ConnectorRejected("The file is not JSON.") from None
    if not isinstance(found, dict) or not any(name in found for name in _LISTS):
        raise ConnectorRejected(f"The file is no JSON object with one of {', '.join(_LISTS)}.")
    lists = {name: found[name] for name in _LISTS if name in found}
    for name, rows in lists.items():
        if not isinstance(rows, list):
            raise ConnectorRejected(f"{name} in the file is no array.")
    currency = found.get("currency", currency)
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        raise ConnectorRejected("currency in the file is no code of ISO 4217, like EUR.")
    return _contents(lists, currency, zone, is_complete=is_complete)


def read_csv(text: str, *, currency: str, zone: ZoneInfo, is_complete: bool) -> Contents:
    """Read rows under a row of headings: receipts if a heading is ``total``, else products.

    Args:
        text: The file. Fields are separated by semicolons, commas or tabs: the most frequent one in
            the headings. Decimals are separated by a comma or a point, and thousands by nothing.
        currency: The currency of all amounts.
        zone: The time zone of times without one.
        is_complete: The file lists all products and categories; see ``_listing``.

    Raises:
        ConnectorRejected: It has no such headings, or a row has more fields than headings. Single
            invalid rows are skipped.
    """
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        headings = [_to_name(each) for each in next(lines, [])]
        if "total" in headings:
            lists: Mapping[str, Sequence[Any]] = {"receipts": list(_records(headings, lines))}
        elif "name" in headings:
            products = list(_records(headings, lines))
            categories = _categories_of(products)
            lists = {"products": products} | ({"categories": categories} if categories else {})
        else:
            raise ConnectorRejected("The first row of the file has neither name nor total.")
    except csv.Error:
        raise ConnectorRejected(f"The file is no CSV in line {lines.line_num}.") from None
    return _contents(lists, currency, zone, is_complete=is_complete)


def _contents(
    lists: Mapping[str, Sequence[Any]], currency: str, zone: ZoneInfo, *, is_complete: bool
) -> Contents:
    now = clock.utc_now()
    receipts = _listing(
        lists.get("receipts", ()), _ReceiptRow, lambda row: _to_receipt(row, currency, zone)
    )
    in_order = sorted(receipts.items, key=lambda each: (each.issued_at, each.external_id))
    return Contents(
        _listing(lists.get("categories", ()), _CategoryRow, _to_category, is_complete=is_complete),
        _listing(
            lists.get("products", ()),
            _ProductRow,
            lambda row: _to_product(row, currency, zone, now),
            is_complete=is_complete,
        ),
        replace(receipts, items=tuple(in_order)),
    )


def _listing(
    rows: Sequence[Any],
    model: type[_RowModel],
    convert: Callable[[_RowModel], Item],
    *,
    is_complete: bool = False,
) -> Listing[Item]:
    """Convert rows; skip the invalid ones, and those whose id came before.

    A listing is not complete if a row was skipped or if it is empty, so that a mistake in the file
    removes nothing.
    """
    skipped: list[Skipped] = []

    def valid() -> Iterator[Item]:
        for number, row in enumerate(rows, start=1):
            try:
                yield convert(model.model_validate(row))
            except ValidationError as error:
                skipped.append(Skipped(_id_of(row, number), to_refusal(error).message))
            except ValueError as error:
                skipped.append(Skipped(_id_of(row, number), str(error)))

    items = once(valid(), skipped)
    return Listing(items, tuple(skipped), is_complete and bool(items) and not skipped)


def _to_category(row: _CategoryRow) -> Category:
    _require(id=row.id, name=row.name)
    return Category(row.id, row.name, row.parent_id or None, row.is_deleted)


def _to_product(row: _ProductRow, currency: str, zone: ZoneInfo, now: datetime) -> Product:
    external_id = row.id or row.sku or row.ean
    _require(name=row.name, id=external_id)
    if row.ean and ean_of(row.ean) is None:
        raise ValueError("ean is no valid EAN")
    dated = sorted(
        (
            Price(Money.from_major(each.price, currency), moment_of(each.valid_from, zone))
            for each in row.upcoming
        ),
        key=lambda each: each.valid_from,
    )
    begun = [each for each in dated if each.valid_from <= now]
    price = None if row.price is None else Money.from_major(row.price, currency)
    return Product(
        external_id=external_id,
        name=row.name,
        number=row.sku or None,
        ean=ean_of(row.ean),
        brand=row.brand,
        category_id=row.category_id or None,
        price=begun[-1].amount if begun else price,
        upcoming=tuple(each for each in dated if each.valid_from > now),
        vat_percent=None if row.vat is None else shortest(row.vat),
        is_deleted=row.is_deleted,
    )


def _to_receipt(row: _ReceiptRow, currency: str, zone: ZoneInfo) -> Receipt:
    _require(id=row.id)
    if row.kind not in set(ReceiptKind):
        raise ValueError(f"kind must be one of {', '.join(ReceiptKind)}")
    return Receipt(
        external_id=row.id,
        number=row.number or row.id,
        issued_at=moment_of(row.issued_at, zone),
        kind=ReceiptKind(row.kind),
        total=Money.from_major(row.total, currency),
        eligible=Money.from_major(row.eligible, currency),
        customer_id=row.customer_id or None,
        voids=row.voids or None,
    )


def _require(**texts: str) -> None:
    for name, text in texts.items():
        if not text:
            raise ValueError(f"{name} is missing")


def _id_of(row: Any, number: int) -> str:
    """Return the id by which the merchant finds a row that cannot be taken."""
    named = [row.get(name) for name in ("id", "sku", "ean")] if isinstance(row, dict) else []
    texts = [str(each)[:ID_CHARS_MAX] for each in named if each]
    return texts[0] if texts else f"row {number}"


def _delimiter(text: str) -> str:
    first_line = text.partition("\n")[0]
    return max(_DELIMITERS, key=first_line.count)


def _to_name(heading: str) -> str:
    """Write a heading as JSON does: ``categoryId`` for ``category_id`` or ``CategoryId``."""
    text = heading.strip()
    camel = to_camel(text) if "_" in text or text.isupper() else text
    return camel[:1].lower() + camel[1:]


def _records(headings: list[str], lines: Iterator[list[str]]) -> Iterator[dict[str, Any]]:
    """Read rows as objects. Empty fields are absent.

    Raises:
        ConnectorRejected: A row has fields without a heading, for example because a decimal comma
            splits a price in two.
    """
    for number, fields in enumerate(lines, start=1):
        if any(each.strip() for each in fields[len(headings) :]):
            raise ConnectorRejected(f"Row {number} of the file has more fields than headings.")
        if any(each.strip() for each in fields):
            named = zip(headings, fields, strict=False)
            yield {name: _to_value(name, text) for name, text in named if text.strip()}


def _to_value(name: str, text: str) -> Any:
    """Convert a text to its JSON type. An invalid text stays text, and its row is refused."""
    if name in _NUMBERS:
        found = _AMOUNT.fullmatch(text.strip())
        return Decimal(f"{found[1]}.{found[2] or '0'}") if found else text
    if name == "isDeleted":
        return _TRUTHS.get(text.strip().lower(), text)
    return text


def _categories_of(products: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Collect the categories that products name; give each product its category's id."""
    names: dict[str, str] = {}
    for product in products:
        name = product.get("category", "").strip()
        category_id = product.get("categoryId", name).strip()
        if category_id:
            product["categoryId"] = category_id
            names[category_id] = name or names.get(category_id, category_id)
    return [{"id": category_id, "name": name} for category_id, name in names.items()]


def _no_number(name: str) -> Decimal:
    raise ValueError(f"{name} is no number of JSON")
