"""Rows of CSV, as all readers of files take them: bounded, and as Excel writes them too."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from shared.errors import ConnectorRejected
from shared.said import say

ROWS_MAX = 100_000
"""The most rows of a file in JSON or CSV that is read into objects: they fit into 128 MB."""
LINES_MAX = 500_000
"""The most lines of such a file: blank ones, and those within a row, take time as well."""
ROW_CHARS_MAX = 500_000
"""The most characters of one row: a row is read as a whole."""
_DELIMITERS = ";,\t"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_MARK = re.compile(r"\"?sep=([;,\t|])\"?[ ;,]*(?:[\r\n]|\Z)", re.IGNORECASE)
"""The first line in which Excel says by what the fields are separated."""


def text_rows(
    text: str, *, delimiter: str = "", skips_spaces: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Read the rows of a text, each with the number of its last line, as editors count.

    Args:
        text: The file. A first line ``sep=;`` says what separates its fields, and is no row.
        delimiter: What separates fields if the text does not say it; if it is empty, the most
            frequent of semicolon, comma and tab in the first line.
        skips_spaces: Spaces after a delimiter are left out.

    Raises:
        ConnectorRejected: It is no CSV, has too many lines, a row that is too long, or a quote that
            is not closed.
    """
    check_lines(text)
    mark = _MARK.match(text)
    by = mark[1] if mark else delimiter or max(_DELIMITERS, key=_first_line(text).count)
    rows = csv_rows(_lines(text), "The file", delimiter=by, skips_spaces=skips_spaces)
    if mark:
        next(rows)
    return rows


def csv_rows(
    lines: Iterable[str],
    name: str,
    *,
    delimiter: str,
    quote: str = '"',
    skips_spaces: bool = False,
) -> Iterator[tuple[int, list[str]]]:
    """Read rows from lines; see ``text_rows``. ``name`` is the file's, for messages."""
    left = ROW_CHARS_MAX
    begin = 1  # the first line of the row that is being read
    is_over = False

    def bounded() -> Iterator[str]:
        nonlocal left, is_over
        for line in lines:
            left -= len(line)
            if left < 0:
                raise ConnectorRejected(
                    say(
                        "row_too_long",
                        "{name} has a row of more than {most} characters: it begins in line "
                        "{begin}, perhaps with a quote that is never closed.",
                        name=name,
                        most=ROW_CHARS_MAX,
                        begin=begin,
                    )
                )
            yield line
        is_over = True

    rows = csv.reader(
        bounded(), delimiter=delimiter, quotechar=quote, skipinitialspace=skips_spaces
    )
    try:
        for row in rows:
            if is_over:  # it asked for one more line, so it is within quotes
                raise ConnectorRejected(
                    say(
                        "open_quote",
                        "{name} has a quote that is never closed, in the row that begins in line "
                        "{begin}: everything after it would be one text.",
                        name=name,
                        begin=begin,
                    )
                )
            left, begin = ROW_CHARS_MAX, rows.line_num + 1
            yield rows.line_num, row
    except csv.Error:
        raise ConnectorRejected(
            say(
                "not_csv",
                "{name} is no CSV in line {line}, of the row that begins in line {begin}.",
                name=name,
                line=rows.line_num,
                begin=begin,
            )
        ) from None


def check_count(rows: int) -> None:
    """Refuse a file that has more rows than fit into memory.

    Raises:
        ConnectorRejected: There are more than ``ROWS_MAX``.
    """
    if rows > ROWS_MAX:
        raise ConnectorRejected(
            say(
                "file_too_many_rows_split",
                "The file has more than {most} rows: hand it over in parts.",
                most=ROWS_MAX,
            )
        )


def check_lines(text: str) -> None:
    """Refuse a text that has more lines than can be gone through in a request.

    Raises:
        ConnectorRejected: There are more than ``LINES_MAX``.
    """
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    if ends > LINES_MAX:
        raise ConnectorRejected(
            say(
                "file_too_many_lines",
                "The file has more than {most} lines: hand it over in parts.",
                most=LINES_MAX,
            )
        )


def _first_line(text: str) -> str:
    found = _LINE.match(text)
    return found[0] if found else ""


def _lines(text: str) -> Iterator[str]:
    return (found[0] for found in _LINE.finditer(text) if found[0])
