"""Rows in files of merchants: JSON Lines, or CSV under a row of headings."""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from shared import clock
from shared.connectors import tables
from shared.connectors.encodings import to_text
from shared.connectors.numerals import NumberColumn
from shared.connectors.uploads import decoded, moment_of
from shared.domain import exact_json
from shared.errors import ConnectorRejected, InvalidParameters
from shared.schemas.base import invalid

FILE_BYTES_MAX = 10 * 1024 * 1024
FILE_CHARS_MAX = 14_500_000
"""The maximum length in base64, with line breaks."""
ROW_CHARS_MAX = 50_000
FileFormat = Literal["jsonl", "csv"]
BAD = "_bad"
"""The name under which a row has the reason why it could not be read."""


@dataclass(slots=True)
class RowsFile:
    """The rows of a file as JSON objects, each with the line in which it ends."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(
    text: str, file_format: FileFormat | None, zone: ZoneInfo, numbers: tuple[str, ...]
) -> RowsFile:
    """Read a file in base64.

    Args:
        text: The file, in base64.
        file_format: Its format; found out by its first sign if it is ``None``.
        zone: The time zone of times of a CSV that name none.
        numbers: The columns of a CSV that are numbers.

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
        file = (
            _read_lines(found.text)
            if file_format == "jsonl" or (file_format is None and is_json)
            else _read_csv(found.text, zone, numbers)
        )
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
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            file.rows.append((number, _object(line)))
    return file


def _object(line: str) -> dict[str, Any]:
    if len(line) > ROW_CHARS_MAX:
        return {BAD: f"The row has more than {ROW_CHARS_MAX} characters."}
    try:
        found = from_json(line)
        if isinstance(found, dict) and to_json(found).encode():
            return found
    except (ValueError, ArithmeticError, RecursionError):
        pass
    return {BAD: "The row is no JSON object."}


def _read_csv(text: str, zone: ZoneInfo, numbers: tuple[str, ...]) -> RowsFile:
    file = RowsFile()
    rows = tables.text_rows(text)
    _, first = next(rows, (0, []))
    headings = [each.strip().lstrip("\ufeff") for each in first]
    if not any(headings) or len(set(headings)) < len(headings):
        raise invalid({"file": "must begin with a row of headings, each of them once"})
    cells = [(line, row) for line, row in rows if any(each.strip() for each in row)]
    columns = {name: NumberColumn(name) for name in numbers if name in headings}
    for name, column in columns.items():
        place = headings.index(name)
        for line, row in cells:
            if len(row) > place and row[place].strip():
                column.see(f"line {line}", row[place].strip())
    file.rows = [(line, _values(headings, row, columns, zone)) for line, row in cells]
    file.notes += [column.note for column in columns.values() if column.note]
    return file


def _values(
    headings: list[str], row: list[str], columns: dict[str, NumberColumn], zone: ZoneInfo
) -> dict[str, Any]:
    if len(row) > len(headings) or sum(map(len, row)) > ROW_CHARS_MAX:
        return {BAD: "The row has more fields than there are headings, or is too long."}
    named = zip(headings, row, strict=False)
    values: dict[str, Any] = {name: text for name, each in named if (text := each.strip())}
    try:
        for name, column in columns.items():
            if name in values:
                values[name] = column.read(values[name])
        if "occurredAt" in values:
            values["occurredAt"] = clock.to_wire(moment_of(values["occurredAt"], zone))
    except ValueError as problem:
        return {BAD: f"{problem}."}
    return values


def reason(row: dict[str, Any]) -> InvalidParameters | None:
    """Return why a row could not be read, ``None`` if it could."""
    return InvalidParameters(row[BAD]) if set(row) == {BAD} else None


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
