"""Reads stock, suppliers and orders in CSV, as docs/connectors/erp-generic.md describes them.

A file has a row of headings, in English or German, in any order; unknown headings are ignored. The
functions are pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from shared.connectors import tables
from shared.connectors.base import Note, Skipped
from shared.connectors.encodings import Text
from shared.connectors.erp.books import moment_of
from shared.connectors.numerals import NumberColumn
from shared.connectors.rows import Item
from shared.connectors.uploads import (
    ID_CHARS_MAX,
    Listing,
    once,
)
from shared.domain.catalog.goods import Order, OrderLine, StockLevel, Supplier
from shared.domain.gtin import ean_of
from shared.domain.money import Money
from shared.errors import ConnectorRejected
from shared.said import begun, in_line, say, sentence_of

STOCK = "stock"
"""The place of stock for which a file names no place."""
TEXT_CHARS_MAX = 500
_NUMBERS = ("quantity", "total", "amount")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NO_LETTERS = re.compile(r"[^a-z0-9äöüß]")

_STOCK_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "productId": ("productid", "artikelid"),
    "sku": ("sku", "artikelnummer", "artikelnr", "artnr"),
    "ean": ("ean", "gtin", "barcode"),
    "quantity": ("quantity", "stock", "menge", "bestand", "lagerbestand"),
    "unit": ("unit", "einheit"),
    "locationId": ("locationid", "location", "lager", "lagerort"),
}
_SUPPLIER_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "supplierid", "lieferantenid"),
    "number": ("number", "suppliernumber", "lieferantennummer", "lieferantennr"),
    "name": ("name", "company", "firma", "lieferant"),
    "country": ("country", "land"),
}
_ORDER_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "orderid", "bestellid", "auftragsid"),
    "number": ("number", "ordernumber", "bestellnummer", "auftragsnummer"),
    "status": ("status",),
    "orderedAt": ("orderedat", "orderdate", "bestelldatum", "auftragsdatum", "datum"),
    "supplierId": ("supplierid", "lieferantenid"),
    "total": ("total", "gesamtbetrag", "summe"),
    "productId": ("productid", "artikelid"),
    "sku": ("sku", "artikelnummer", "artikelnr", "artnr"),
    "name": ("name", "bezeichnung", "artikel"),
    "quantity": ("quantity", "menge", "anzahl"),
    "amount": ("amount", "betrag", "positionsbetrag"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the file. ``line`` is its number, as editors count.

    Methods that read a value raise ``ValueError`` with the line number if the value is invalid.
    """

    line: int
    values: Mapping[str, str]
    columns: Mapping[str, NumberColumn]

    def wrong(self, reason: str) -> ValueError:
        """Return the error to raise for this row."""
        return ValueError(in_line(self.line, reason))

    def text(self, name: str) -> str:
        """Return a text, empty if there is none."""
        return self.values.get(name, "")

    def id(self, name: str) -> str | None:
        """Read an id; ``None`` if there is none."""
        found = self.text(name)
        if len(found) > ID_CHARS_MAX:
            raise self.wrong(say("value_too_long", "{name} is too long", name=name))
        return found or None

    def number(self, name: str) -> Decimal | None:
        """Read a number as its column writes it; ``None`` if there is none."""
        found = self.text(name)
        if not found:
            return None
        try:
            return self.columns[name].read(found)
        except ValueError as error:
            raise self.wrong(sentence_of(error)) from None

    def moment(self, name: str) -> datetime | None:
        """Read a time of ISO 8601 or a German date; ``None`` if there is none."""
        found = self.text(name)
        moment = moment_of(found)
        if found and moment is None:
            raise self.wrong(say("value_no_date", "{name} is no date", name=name))
        return moment

    def money(self, name: str, currency: str) -> Money | None:
        """Read an amount in major units; ``None`` if there is none."""
        found = self.number(name)
        try:
            return None if found is None else Money.from_major(found, currency)
        except ValueError as error:
            raise self.wrong(sentence_of(error)) from None

    def skipped(self, error: ValueError) -> Skipped:
        """Return this row as one that cannot be taken."""
        named = next(filter(None, map(self.text, ("id", "productId", "sku"))), "")
        return Skipped(named[:ID_CHARS_MAX] or f"line {self.line}", sentence_of(error))


def read_stock(file: Text, *, is_complete: bool) -> Listing[StockLevel]:
    """Read a row for each product in each place.

    Args:
        file: The file.
        is_complete: The file lists everything, so a missing item is gone; see ``_listing``.

    Raises:
        ConnectorRejected: It is not such a file. Single invalid rows are skipped.
    """
    table = _Table(file, _STOCK_HEADINGS, required=("quantity",))
    return _listing(table, _to_stock_level, is_complete=is_complete)


def read_suppliers(file: Text, *, is_complete: bool) -> Listing[Supplier]:
    """Read a row for each supplier. Arguments and errors as for ``read_stock``."""
    table = _Table(file, _SUPPLIER_HEADINGS, required=("name",))
    return _listing(table, _to_supplier, is_complete=is_complete)


def read_orders(file: Text, *, currency: str, is_complete: bool) -> Listing[Order]:
    """Read a row for each line of each order; the rows of an order have its id.

    If one row of an order cannot be taken, the whole order is left out: half an order would be a
    different order. Arguments and errors as for ``read_stock``; all amounts are in ``currency``.
    """
    table = _Table(file, _ORDER_HEADINGS, required=())
    by_id: dict[str, list[_Row]] = {}
    skipped: list[Skipped] = []
    for row in table.rows():
        try:
            by_id.setdefault(_order_id(row), []).append(row)
        except ValueError as error:
            skipped.append(row.skipped(error))
    orders = []
    for external_id, rows in by_id.items():
        try:
            orders.append(_to_order(external_id, rows, currency))
        except ValueError as error:
            skipped.append(Skipped(external_id, sentence_of(error)))
    is_whole = is_complete and bool(orders) and not skipped
    return Listing(tuple(orders), tuple(skipped), is_whole, table.notes)


def _order_id(row: _Row) -> str:
    found = row.id("id") or row.id("number")
    if found is None:
        raise row.wrong(_missing("id"))
    return found


def _to_order(external_id: str, rows: list[_Row], currency: str) -> Order:
    """Read an order; values for the whole order are on its first row."""
    first = rows[0]
    return Order(
        external_id=external_id,
        number=first.text("number"),
        status=first.text("status"),
        ordered_at=first.moment("orderedAt"),
        supplier_id=first.id("supplierId"),
        total=first.money("total", currency),
        lines=tuple(_to_line(row, currency) for row in rows if _has_line(row)),
    )


def _has_line(row: _Row) -> bool:
    """Tell whether a row has a line, and not only values for the whole order."""
    return any(map(row.text, ("productId", "sku", "name", "quantity", "amount")))


def _to_line(row: _Row, currency: str) -> OrderLine:
    quantity = row.number("quantity")
    if quantity is None:
        raise row.wrong(_missing("quantity"))
    return OrderLine(
        quantity=quantity,
        name=row.text("name"),
        product_id=row.id("productId"),
        number=row.id("sku"),
        amount=row.money("amount", currency),
    )


def _to_stock_level(row: _Row) -> StockLevel:
    number, text = row.id("sku"), row.text("ean")
    ean = ean_of(text)
    if text and ean is None:
        raise row.wrong(say("ean_wrong", "ean is no valid EAN"))
    product_id = row.id("productId") or number or ean
    if product_id is None:
        raise row.wrong(_missing("productId"))
    quantity = row.number("quantity")
    if quantity is None:
        raise row.wrong(_missing("quantity"))
    return StockLevel(
        product_id=product_id,
        location_id=row.id("locationId") or STOCK,
        quantity=quantity,
        unit=row.text("unit"),
        number=number,
        ean=ean,
    )


def _to_supplier(row: _Row) -> Supplier:
    number = row.id("number")
    external_id = row.id("id") or number
    if external_id is None:
        raise row.wrong(_missing("id"))
    if not row.text("name"):
        raise row.wrong(_missing("name"))
    country = row.text("country").upper()
    if country and not _COUNTRY.fullmatch(country):
        raise row.wrong(say("country_wrong", "country is no code of two letters, like DE"))
    return Supplier(external_id, row.text("name"), number, country or None)


def _listing(table: _Table, convert: Callable[[_Row], Item], *, is_complete: bool) -> Listing[Item]:
    """Convert rows; skip the invalid ones, and those whose id came before.

    A listing is not complete if a row was skipped or if it is empty, so that a mistake in the file
    removes nothing.
    """
    skipped: list[Skipped] = []

    def valid() -> Iterator[Item]:
        for row in table.rows():
            try:
                yield convert(row)
            except ValueError as error:
                skipped.append(row.skipped(error))

    items = once(valid(), skipped)
    is_whole = is_complete and bool(items) and not skipped
    return Listing(items, tuple(skipped), is_whole, table.notes)


@dataclass(slots=True)
class _Table:
    """A file that is read twice: first to see how its numbers are written, then row by row.

    Raises:
        ConnectorRejected: It is not CSV, lacks a heading or has one twice, has too many rows, or a
            row has more fields than headings, for example because a decimal comma splits a number.
    """

    file: Text
    headings: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    _names: list[str | None] = field(init=False)
    _columns: dict[str, NumberColumn] = field(init=False)

    def __post_init__(self) -> None:
        _, first = next(tables.text_rows(self.file.text), (1, []))
        self._names = [_name_of(each, self.headings) for each in first]
        _check_names(self._names, self.required)
        self._columns = {name: NumberColumn(name) for name in _NUMBERS if name in self._names}
        for number, row in enumerate(self.rows(), start=1):
            tables.check_count(number)
            for name, column in self._columns.items():
                column.see(f"line {row.line}", row.text(name))

    def rows(self) -> Iterator[_Row]:
        """Read rows by our names for their columns. Empty rows are left out."""
        rows = tables.text_rows(self.file.text)
        next(rows, None)
        for line, fields in rows:
            if not any(fields):
                continue
            if any(each.strip() for each in fields[len(self._names) :]):
                raise ConnectorRejected(
                    say(
                        "more_fields_than_headings",
                        "Line {line} of the file has more fields than headings.",
                        line=line,
                    )
                )
            named = zip(self._names, fields, strict=False)
            values = {name: each.strip()[:TEXT_CHARS_MAX] for name, each in named if name}
            if any(values.values()):
                yield _Row(line, values, self._columns)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return how the file was read where that may be wrong."""
        doubts = [begun("The file", self.file.problem)] if self.file.problem else []
        columns = [each.note for each in self._columns.values() if each.note]
        return tuple(Note("", each) for each in (*doubts, *columns))


def _missing(name: str) -> str:
    return say("value_missing", "{name} is missing", name=name)


def _name_of(heading: str, headings: Mapping[str, tuple[str, ...]]) -> str | None:
    spelled = _NO_LETTERS.sub("", heading.strip().lower())
    return next((name for name, spellings in headings.items() if spelled in spellings), None)


def _check_names(names: list[str | None], required: tuple[str, ...]) -> None:
    known = Counter(name for name in names if name)
    missing = [name for name in required if name not in known]
    if missing or not known:
        raise ConnectorRejected(
            say(
                "heading_missing",
                "The first row of the file has no heading {column}.",
                column=missing[0],
            )
            if missing
            else say("no_known_heading", "The first row of the file has no heading of ours.")
        )
    twice = [name for name, count in known.items() if count > 1]
    if twice:
        raise ConnectorRejected(
            say(
                "heading_twice",
                "The first row of the file has two headings for {column}.",
                column=twice[0],
            )
        )
