"""Rows in files of merchants: JSON Lines, or CSV under a row of headings."""

from __future__ import annotations

import binascii
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from shared import clock
from shared.connectors import dates, tables
from shared.connectors.encodings import to_text
from shared.connectors.numerals import NoNumber, NumberColumn
from shared.connectors.uploads import decoded, moment_of
from shared.domain import exact_json
from shared.errors import ConnectorRejected, InvalidParameters
from shared.schemas.base import invalid
from shared.schemas.imports.import_bodies import FileFormat
from shared.schemas.loyalty.row_bodies import AwardRowBody
from shared.schemas.rows import BadRow

FILE_BYTES_MAX = 10 * 1024 * 1024
ROW_CHARS_MAX = 50_000
BAD = "_bad"
"""The name under which a row has the reason why it could not be read."""
BAD_FIELD = "_bad_field"
"""The name under which it has the field of that reason, if it is of one."""
SAME = "_same"
"""The name under which a row has what is left of one that names somebody again."""
_OWN = frozenset({BAD, BAD_FIELD, SAME})
_TRUTHS = {
    **dict.fromkeys(("true", "wahr", "yes", "ja", "1"), True),
    **dict.fromkeys(("false", "falsch", "no", "nein", "0"), False),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What is in the columns of a CSV, by their headings; texts are in all others.

    A heading such as ``newsletter.subscribed`` is that of a field of an object, if ``objects``
    names the object. ``known`` are all headings that there may be besides, ``None`` for any.
    """

    numbers: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    truths: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    known: tuple[str, ...] | None = None

    def is_known(self, heading: str) -> bool:
        """Tell whether there may be such a heading."""
        head, _, tail = heading.partition(".")
        return self.known is None or heading in self.known or (head in self.objects and tail != "")


AWARDS = Columns(
    numbers=("points", "purchaseAmount"),
    times=("occurredAt",),
    known=tuple(
        spelling
        for name, each in AwardRowBody.model_fields.items()
        for spelling in (str(each.alias), name)
    ),
)
"""The columns of rows that earn."""


@dataclass(slots=True)
class RowsFile:
    """The rows of a file as JSON objects, each with the line in which it ends."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(
    text: str,
    file_format: FileFormat | None,
    zone: ZoneInfo,
    columns: Columns = AWARDS,
    names: Mapping[str, str | None] | None = None,
) -> RowsFile:
    """Read a file in base64.

    Args:
        text: The file, in base64.
        file_format: Its format; found out by its first sign if it is ``None``.
        zone: The time zone of times of a CSV that name none.
        columns: The columns of a CSV.
        names: The headings that columns stand for, by those of the file; ``None`` leaves a column
            out. Headings that are not among them stand for themselves.

    Raises:
        InvalidParameters: It is no such file, or too large. Rows that cannot be read are in the
            result, with the reason.
    """
    try:
        content = decoded(text)
    except binascii.Error:
        raise invalid({"file": "must be a file in base64"}) from None
    if len(content) > FILE_BYTES_MAX:
        raise invalid({"file": "must be at most 10 MiB; split it"})
    try:
        found = to_text(content)
    except ConnectorRejected:
        raise invalid({"file": "must be text: JSON Lines or CSV, not compressed"}) from None
    try:
        is_json = found.text.lstrip("\ufeff \t\r\n")[:1] == "{"
        if file_format == "jsonl" or (file_format is None and is_json):
            if names:
                raise invalid({"columns": "is only for a CSV"})
            file = _read_lines(found.text)
        else:
            file = _read_csv(found.text, zone, columns, names or {})
        tables.check_count(len(file.rows))
    except ConnectorRejected as problem:
        raise invalid({"file": problem.message}) from None
    if found.problem:
        file.notes.insert(0, f"The file {found.problem}.")
    if not file.rows:
        raise invalid({"file": "has no rows"})
    return file


def to_json(row: dict[str, Any]) -> str:
    """Return a row as it is stored; ``from_json`` reads it, with exact numbers."""
    return json.dumps(row, ensure_ascii=False, default=exact_json.default)


def from_json(text: str) -> Any:
    """Return what ``to_json`` has written.

    Raises:
        ValueError: It is no JSON.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _read_lines(text: str) -> RowsFile:
    file = RowsFile()
    tables.check_lines(text)
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            file.rows.append((number, _object(line)))
    return file


def _object(line: str) -> dict[str, Any]:
    if len(line) > ROW_CHARS_MAX:
        return {BAD: f"The row has more than {ROW_CHARS_MAX} characters."}
    try:
        found = from_json(line)
        if isinstance(found, dict) and to_json(found).encode() and not _OWN & found.keys():
            return found
    except exact_json.NumberOutOfBounds as problem:
        return {BAD: f"In the row {problem}."}
    except (ValueError, ArithmeticError, RecursionError):
        pass
    return {BAD: "The row is no JSON object."}


def _read_csv(
    text: str, zone: ZoneInfo, columns: Columns, names: Mapping[str, str | None]
) -> RowsFile:
    file = RowsFile()
    rows = tables.text_rows(text)
    _, first = next(rows, (0, []))
    headings = _headings(first, columns, names)
    cells = [(line, row) for line, row in rows if any(each.strip() for each in row)]
    numbers = {name: NumberColumn(name) for name in columns.numbers if name in headings}
    for name, column in numbers.items():
        place = headings.index(name)
        for line, row in cells:
            if len(row) > place and row[place].strip():
                column.see(f"line {line}", row[place].strip())
    readers: dict[str, Callable[[str], Any]] = {
        **{name: partial(_number, column) for name, column in numbers.items()},
        **dict.fromkeys(columns.times, partial(_time, zone)),
        **dict.fromkeys(columns.dates, dates.to_iso),
        **dict.fromkeys(columns.truths, _truth),
    }
    file.rows = [(line, _values(headings, row, readers, columns)) for line, row in cells]
    file.notes += [column.note for column in numbers.values() if column.note]
    return file


def _headings(
    first: list[str], columns: Columns, names: Mapping[str, str | None]
) -> list[str | None]:
    """Return what stands in each column; ``None`` for one that is left out.

    Raises:
        InvalidParameters: A heading is no field, or a field is there twice, or ``names`` is wrong.
    """
    written = [each.strip().lstrip("\ufeff") for each in first]
    absent = [each for each in names if each not in written]
    if absent:
        raise invalid({"columns": f"names no heading of the file: {_some(absent)}"})
    strange = [each for each in names.values() if each is not None and not columns.is_known(each)]
    if strange:
        raise invalid({"columns": f"names what is no field: {_some(strange)}"})
    headings = [names.get(each, each) for each in written]
    found = Counter(each for each in headings if each is not None)
    if not any(found):
        raise invalid({"file": "must begin with a row of headings, each of them once"})
    if names and (twice := [each for each in found if found[each] > 1]):
        raise invalid({"columns": f"names more than one column for: {_some(twice)}"})
    if len(found) < found.total():
        raise invalid({"file": "must begin with a row of headings, each of them once"})
    unknown = [each for each in found if each and not columns.is_known(each)]
    if unknown:
        raise invalid({"file": f"has headings that are no fields: {_some(unknown)}"})
    return headings


def _some(texts: list[str]) -> str:
    return ", ".join(each[:100] for each in texts[:10])


def _values(
    headings: list[str | None],
    row: list[str],
    readers: dict[str, Callable[[str], Any]],
    columns: Columns,
) -> dict[str, Any]:
    if len(row) > len(headings) or sum(map(len, row)) > ROW_CHARS_MAX:
        return {BAD: "The row has more fields than there are headings, or is too long."}
    named = zip(headings, row, strict=False)
    values: dict[str, Any] = {}
    for name, each in named:
        text = each.strip()
        if not text or name is None:
            continue
        try:
            value = readers[name](text) if name in readers else text
        except _Doubt as doubt:
            return {BAD: f"{doubt}.", BAD_FIELD: name}
        except ValueError as problem:
            return {BAD: f"{name} {problem}.", BAD_FIELD: name}
        head, _, tail = name.partition(".")
        if tail and head in columns.objects:
            values.setdefault(head, {})[tail] = value
        else:
            values[name] = value
    return values


class _Doubt(ValueError):
    """A number may be two; the message names its column."""


# A reason is kept with the results, so it repeats no text: in a wrong column it may be a name.
def _number(column: NumberColumn, text: str) -> Decimal:
    try:
        return column.read(text)
    except NoNumber:
        raise ValueError("is no number") from None
    except ValueError as doubt:
        raise _Doubt(str(doubt)) from None


def _time(zone: ZoneInfo, text: str) -> str:
    try:
        return clock.to_wire(moment_of(text, zone))
    except ValueError:
        raise ValueError("is no time of ISO 8601 from 1970 to 9999") from None


def _truth(text: str) -> bool:
    try:
        return _TRUTHS[text.lower()]
    except KeyError:
        raise ValueError("must be true or false") from None


def reason(row: dict[str, Any]) -> BadRow | None:
    """Return why a row could not be read, ``None`` if it could."""
    if BAD not in row or not row.keys() <= {BAD, BAD_FIELD}:
        return None
    problem, name = row[BAD], row.get(BAD_FIELD)
    if name is None:
        return BadRow(InvalidParameters(problem))
    said = problem.removeprefix(f"{name} ").removesuffix(".")
    return BadRow(InvalidParameters(problem, fields={name: said}))


def pieces(
    rows: list[tuple[int, dict[str, Any]]], rows_max: int, chars_max: int
) -> Iterator[list[tuple[int, str]]]:
    """Yield rows as JSON with their lines, some at a time, of at most ``chars_max`` together."""
    some: list[tuple[int, str]] = []
    chars = 0
    for line, row in rows:
        text = to_json(row)
        if some and (len(some) == rows_max or chars + len(text) > chars_max):
            yield some
            some, chars = [], 0
        some.append((line, text))
        chars += len(text)
    if some:
        yield some
