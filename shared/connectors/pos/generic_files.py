"""Reads products and receipts in JSON and CSV, as docs/connectors/pos-generic.md describes them.

A row of CSV is read like a JSON object with the same names, after its texts are converted to
numbers and booleans.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from shared import clock
from shared.connectors import json_rows, tables
from shared.connectors.base import Note, Skipped
from shared.connectors.encodings import Text
from shared.connectors.numerals import NumberColumn
from shared.connectors.paid import in_order, paid_for
from shared.connectors.rows import Item
from shared.connectors.sane import AMOUNT_MAX, PERCENT_MAX
from shared.connectors.uploads import (
    ID_CHARS_MAX,
    Contents,
    Listing,
    moment_of,
    once,
    shortest,
)
from shared.connectors.words import truth_of
from shared.domain import exact_json
from shared.domain.catalog.goods import Category, Price, Product
from shared.domain.gtin import ean_of
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.errors import ConnectorRejected
from shared.said import about, begun, say, sentence_of
from shared.schemas.base import Number, to_refusal

_LISTS = ("categories", "products", "receipts")
_NUMBERS = ("price", "vat", "total", "eligible")
LINES_MAX = 500
"""The most lines of a receipt."""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTING = {ReceiptKind.SALE, ReceiptKind.VOID}

_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_IdText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=ID_CHARS_MAX)]


def _within_bounds(value: Any) -> Any:
    """Refuse what ``Number`` would take for the noise of a double, but no double can hold."""
    if isinstance(value, Decimal) and abs(value.adjusted()) > exact_json.EXPONENT_MAX:
        raise ValueError(say("too_many_digits", "has too many digits"))
    return value


_FileNumber = Annotated[Number, BeforeValidator(_within_bounds)]
_Amount = Annotated[_FileNumber, Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
_PriceAmount = Annotated[_FileNumber, Field(ge=0, le=AMOUNT_MAX)]
_Rate = Annotated[_FileNumber, Field(ge=0, le=PERCENT_MAX)]


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


class _LineRow(_Row):
    amount: _Amount
    type: _Text = LineType.ITEM
    category: _IdText = ""
    product_id: _IdText = ""
    vat_percent: _Rate | None = None


class _ReceiptRow(_Row):
    id: _IdText
    number: _IdText = ""
    issued_at: _Text
    kind: _Text = ReceiptKind.SALE
    total: _Amount
    eligible: _Amount
    customer_id: _IdText = ""
    voids: _IdText = ""
    updated_at: _Text = ""
    lines: list[_LineRow] = Field(default_factory=list, max_length=LINES_MAX)


_RowModel = TypeVar("_RowModel", bound=_Row)


def read_json(file: Text, *, currency: str, zone: ZoneInfo, is_complete: bool) -> Contents:
    """Read a JSON object with the lists ``categories``, ``products`` and ``receipts``.

    Args:
        file: The file.
        currency: The currency of all amounts, unless the object has a ``currency``.
        zone: The time zone of times without one.
        is_complete: The file lists all products and categories; see ``_listing``.

    Raises:
        ConnectorRejected: It is not such an object, or has too many rows or values. Single invalid
            rows are skipped.
    """
    try:
        found = json_rows.read_object(file.text, _LISTS)
    except ValueError:
        raise ConnectorRejected(say("file_no_json_object", "The file is no JSON object.")) from None
    if not found.lists:
        raise ConnectorRejected(
            say(
                "json_lists_missing",
                "The file is no JSON object with one of {choices}.",
                choices=", ".join(_LISTS),
            )
        )
    currency = found.values.get("currency", currency)
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        raise ConnectorRejected(
            say("currency_unknown", "currency in the file is no code of ISO 4217, like EUR.")
        )
    now = clock.utc_now()
    return _with_problem(
        Contents(
            _listing(found.rows("categories"), _CategoryRow, _to_category, is_complete=is_complete),
            _listing(
                found.rows("products"),
                _ProductRow,
                lambda row: _to_product(row, currency, zone, now),
                is_complete=is_complete,
            ),
            _receipts(found.rows("receipts"), currency, zone),
        ),
        file.problem,
    )


def read_csv(file: Text, *, currency: str, zone: ZoneInfo, is_complete: bool) -> Contents:
    """Read rows under a row of headings: receipts if a heading is ``total``, else products.

    Args:
        file: The file. Fields are separated by what a first line ``sep=;`` says, else by
            semicolons, commas or tabs: the most frequent one in the headings. All numbers of a
            column are written in one way; see ``numerals``.
        currency: The currency of all amounts.
        zone: The time zone of times without one.
        is_complete: The file lists all products and categories; see ``_listing``.

    Raises:
        ConnectorRejected: It has no such headings or one of them twice, a quote that is never
            closed, too many rows, or a row with more fields than headings. Single invalid rows are
            skipped.
    """
    table = _CsvFile(file.text)
    if "total" in table.headings:
        table.refuse_double(_ReceiptRow)
        receipts = _receipts(table.rows(), currency, zone, table.to_values)
        contents = Contents(receipts=replace(receipts, notes=table.notes))
    elif "name" in table.headings:
        table.refuse_double(_ProductRow, "category")
        contents = _products_of(table, currency, zone, is_complete=is_complete)
    else:
        raise ConnectorRejected(
            say("neither_name_nor_total", "The first row of the file has neither name nor total.")
        )
    return _with_problem(contents, file.problem)


def _products_of(table: _CsvFile, currency: str, zone: ZoneInfo, *, is_complete: bool) -> Contents:
    """Read products, and the categories that they name."""
    now = clock.utc_now()
    names: dict[str, str] = {}

    def to_values(row: dict[str, Any]) -> dict[str, Any]:
        return _with_category(table.to_values(row), names)

    products = _listing(
        table.rows(),
        _ProductRow,
        lambda row: _to_product(row, currency, zone, now),
        to_values,
        is_complete=is_complete,
    )
    categories: Listing[Category] = _listing(
        ({"id": category_id, "name": name} for category_id, name in names.items()),
        _CategoryRow,
        _to_category,
        is_complete=is_complete,
    )
    return Contents(categories, replace(products, notes=table.notes))


def _receipts(
    rows: Iterable[Any],
    currency: str,
    zone: ZoneInfo,
    to_values: Callable[[Any], Any] = lambda row: row,
) -> Listing[Receipt]:
    found = _listing(rows, _ReceiptRow, lambda row: _to_receipt(row, currency, zone), to_values)
    return replace(found, items=in_order(found.items))


def _with_problem(contents: Contents, problem: str) -> Contents:
    """Tell the problem of a file's encoding once: with its products, if it has any."""
    if not problem:
        return contents
    note = Note("", begun("The file", problem))
    products, receipts = contents.products, contents.receipts
    if products.items or products.skipped:
        return replace(contents, products=replace(products, notes=(note, *products.notes)))
    return replace(contents, receipts=replace(receipts, notes=(note, *receipts.notes)))


def _listing(
    rows: Iterable[Any],
    model: type[_RowModel],
    convert: Callable[[_RowModel], Item],
    to_values: Callable[[Any], Any] = lambda row: row,
    *,
    is_complete: bool = False,
) -> Listing[Item]:
    """Convert rows one by one; skip the invalid ones, and those whose id came before.

    A listing is not complete if a row was skipped or if it is empty, so that a mistake in the file
    removes nothing. ``to_values`` turns texts of a row into values.
    """
    skipped: list[Skipped] = []

    def valid() -> Iterator[Item]:
        for number, row in enumerate(rows, start=1):
            tables.check_count(number)
            try:
                yield convert(model.model_validate(to_values(row)))
            except ValidationError as error:
                skipped.append(Skipped(_id_of(row, number), to_refusal(error).message))
            except ValueError as error:
                skipped.append(Skipped(_id_of(row, number), sentence_of(error)))

    items = once(valid(), skipped)
    return Listing(items, tuple(skipped), is_complete and bool(items) and not skipped)


def _to_category(row: _CategoryRow) -> Category:
    _require(id=row.id, name=row.name)
    return Category(row.id, row.name, row.parent_id or None, row.is_deleted)


def _to_product(row: _ProductRow, currency: str, zone: ZoneInfo, now: datetime) -> Product:
    external_id = row.id or row.sku or row.ean
    _require(name=row.name, id=external_id)
    if row.ean and ean_of(row.ean) is None:
        raise ValueError(say("ean_wrong", "ean is no valid EAN"))
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
        raise ValueError(
            say("kind_unknown", "kind must be one of {choices}", choices=", ".join(ReceiptKind))
        )
    kind = ReceiptKind(row.kind)
    total = Money.from_major(row.total, currency)
    says = Money.from_major(row.eligible, currency)
    eligible, doubt = paid_for(kind, says, total, by="its eligible amount is")
    if kind is ReceiptKind.SALE and not row.voids and eligible.amount_minor < 0:
        kind = ReceiptKind.VOID  # Goods came back, and nobody says of which sale.
    return Receipt(
        external_id=row.id,
        number=row.number or row.id,
        issued_at=moment_of(row.issued_at, zone),
        kind=kind,
        total=total,
        eligible=eligible,
        customer_id=row.customer_id or None,
        voids=(row.voids or None) if kind in _COUNTING else None,
        revision=_revision(row.updated_at, zone),
        doubt=doubt,
        lines=tuple(map(_to_line, row.lines)),
    )


def _to_line(row: _LineRow) -> PurchaseLine:
    if row.type not in set(LineType):
        raise ValueError(
            say(
                "line_kind_unknown",
                "the type of a line must be one of {choices}",
                choices=", ".join(LineType),
            )
        )
    return PurchaseLine(
        row.amount,
        LineType(row.type),
        row.category or None,
        row.product_id or None,
        None if row.vat_percent is None else shortest(row.vat_percent),
    )


def _revision(updated_at: str, zone: ZoneInfo) -> int | None:
    """Return the milliseconds since 1970 of a change; ``None`` if the file does not tell it."""
    if not updated_at:
        return None
    return (moment_of(updated_at, zone) - _BEGINNING) // timedelta(milliseconds=1)


def _require(**texts: str) -> None:
    for name, text in texts.items():
        if not text:
            raise ValueError(say("value_missing", "{name} is missing", name=name))


def _id_of(row: Any, number: int) -> str:
    """Return the id by which the merchant finds a row that cannot be taken."""
    named = [row.get(name) for name in ("id", "sku", "ean")] if isinstance(row, dict) else []
    texts = [str(each)[:ID_CHARS_MAX] for each in named if each]
    return texts[0] if texts else f"row {number}"


def _to_name(heading: str) -> str:
    """Write a heading as JSON does: ``categoryId`` for ``category_id`` or ``CategoryId``."""
    text = heading.strip()
    camel = to_camel(text) if "_" in text or text.isupper() else text
    return camel[:1].lower() + camel[1:]


@dataclass(slots=True)
class _CsvFile:
    """A file that is read twice: first to see how its numbers are written, then row by row."""

    text: str
    headings: list[str] = field(init=False)
    _columns: dict[str, NumberColumn] = field(init=False)

    def __post_init__(self) -> None:
        _, first = next(tables.text_rows(self.text), (1, []))
        self.headings = [_to_name(each) for each in first]
        self._columns = {name: NumberColumn(name) for name in _NUMBERS if name in self.headings}
        for number, row in enumerate(self.rows(), start=1):
            tables.check_count(number)
            for name, column in self._columns.items():
                column.see(f"row {number}", row.get(name, "").strip())

    def refuse_double(self, model: type[_Row], *more: str) -> None:
        """Refuse a file with two columns for one field: nobody knows which one is meant.

        Raises:
            ConnectorRejected: A heading of the model, or of ``more``, is there twice.
        """
        for name in (*map(to_camel, model.model_fields), *more):
            if self.headings.count(name) > 1:
                raise ConnectorRejected(
                    say(
                        "heading_twice",
                        "The first row of the file has two headings for {name}.",
                        name=name,
                    )
                )

    def rows(self) -> Iterator[dict[str, str]]:
        """Read rows as objects of texts. Empty fields are absent, and empty rows left out.

        Raises:
            ConnectorRejected: A row has fields without a heading, for example because a decimal
                comma splits a price in two.
        """
        rows = tables.text_rows(self.text)
        next(rows, None)
        for number, (_, fields) in enumerate(rows, start=1):
            if not any(fields):
                continue
            if any(each.strip() for each in fields[len(self.headings) :]):
                raise ConnectorRejected(
                    say(
                        "more_fields_in_row",
                        "Row {number} of the file has more fields than headings.",
                        number=number,
                    )
                )
            named = zip(self.headings, fields, strict=False)
            row = {name: text for name, text in named if text.strip()}
            if row:
                yield row

    def to_values(self, row: Mapping[str, str]) -> dict[str, Any]:
        """Convert the texts of a row to their JSON types.

        Raises:
            ValueError: A text is no value of its type, or may be two.
        """
        values: dict[str, Any] = dict(row)
        for name, column in self._columns.items():
            if name in row:
                values[name] = column.read(row[name].strip())
        if "isDeleted" in row:
            values["isDeleted"] = _said("isDeleted", row["isDeleted"])
        return values

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return how columns were read that could be read in two ways."""
        return tuple(Note("", each.note) for each in self._columns.values() if each.note)


def _said(name: str, word: str) -> bool:
    try:
        return truth_of(word)
    except ValueError as error:
        raise ValueError(about(name, sentence_of(error))) from None


def _with_category(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Give a product its category's id; note the category's name."""
    name = row.get("category", "").strip()
    category_id = row.get("categoryId", name).strip()
    if category_id:
        row["categoryId"] = category_id
        names[category_id] = name or names.get(category_id, category_id)
    return row
