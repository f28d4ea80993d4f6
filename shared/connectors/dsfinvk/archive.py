"""The zip of an export. It is bounded, read as a stream, and never unpacked to a disk."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cached_property

from shared.connectors import tables
from shared.connectors.dsfinvk import index
from shared.connectors.dsfinvk.index import Layout
from shared.connectors.encodings import Encoding, found_encoding
from shared.errors import ConnectorRejected
from shared.said import say

MEMBERS_MAX = 100
UNPACKED_BYTES_MAX = 64 * 1024 * 1024
"""The limit for all members together, by the sizes that the zip declares. No more is read."""
INDEX_BYTES_MAX = 1024 * 1024
ROWS_MAX = 500_000
"""The most rows of one table."""
SIGNATURE = b"PK\x03\x04"

_ENTRY = b"PK\x01\x02"
_IS_ENCRYPTED = 1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_KEY = "Z_KASSE_ID"
"""The first column of every table, by which a row of headings is recognized."""
_NUMBER_CHARS_MAX = 24
_SEPARATOR = "sep="
_CHUNK_BYTES = 64 * 1024
_NOT_OURS = "__MACOSX/"
"""The folder with what a Mac notes about files; its files have the names of ours."""


class Archive:
    """An export. Folders are ignored: a file is found by its name alone.

    Raises:
        ConnectorRejected: It is not a zip, contains too much, or has two files of one name.
    """

    def __init__(self, content: bytes) -> None:
        # Count the entries before reading, because reading makes an object of every entry.
        if content.count(_ENTRY) > MEMBERS_MAX:
            raise ConnectorRejected(
                say("zip_too_many_files", "The zip has more than {most} files.", most=MEMBERS_MAX)
            )
        with _refusing("The file"):
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._members = _members(self._zip)
        self._layouts = self._read_index()
        self._tables: dict[str, ArchiveTable] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def table(self, name: str) -> ArchiveTable:
        """Return a file of the export.

        Raises:
            ConnectorRejected: The export does not have this file, or nobody can read it for sure as
                it is described.
        """
        if name not in self._members:
            raise ConnectorRejected(
                say("zip_lacks_file", "The zip has no {name}: it is no DSFinV-K export.", name=name)
            )
        layout = self._layouts.get(name, Layout())
        if layout.problem:
            raise ConnectorRejected(
                say(
                    "described_unreadable",
                    "{name} {problem}, says {index}.",
                    name=name,
                    problem=layout.problem,
                    index=index.FILE_NAME,
                )
            )
        if name not in self._tables:
            self._tables[name] = ArchiveTable(self._zip, self._members[name], name, layout)
        return self._tables[name]

    def _read_index(self) -> dict[str, Layout]:
        """Read the layouts of the files. Without a description, the standard's layout holds."""
        member = self._members.get(index.FILE_NAME)
        if member is None:
            return {}
        if member.file_size > INDEX_BYTES_MAX:
            raise ConnectorRejected(
                say("index_too_long", "{index} is too long.", index=index.FILE_NAME)
            )
        with _refusing(index.FILE_NAME):
            content = self._zip.read(member)
        return index.parse(content)


class ArchiveTable:
    """One CSV file of an export."""

    def __init__(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, layout: Layout
    ) -> None:
        self._zip = archive
        self._member = member
        self._name = name
        self._layout = layout
        self._grouping = layout.grouping or ""
        point = re.escape(layout.decimal)
        groups = rf"\d{{1,3}}(?:{re.escape(self._grouping)}\d{{3}})+|" if self._grouping else ""
        self._number = re.compile(rf"([+-]?)({groups}\d+)(?:{point}(\d*))?", re.ASCII)
        self._whole = re.compile(rf"({groups}\d+)(?:{point}0*)?", re.ASCII)

    @cached_property
    def encoding(self) -> Encoding:
        """The encoding that the description says, or that of the text if it does not."""
        if self._layout.codec is not None:
            return Encoding(self._layout.codec)
        with _refusing(self._name), self._zip.open(self._member) as raw:
            return found_encoding(iter(lambda: raw.read(_CHUNK_BYTES), b""))

    def rows(
        self, required: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> Iterator[list[str]]:
        """Read the file row by row.

        Args:
            required: Columns that the file must have.
            optional: Columns whose fields are empty if the file does not have them.

        Returns:
            The fields of these columns, in this order, without spaces around them.

        Raises:
            ConnectorRejected: The file is damaged, or does not have the shape that it declares.
        """
        columns: list[str] | None = None
        places: list[int | None] = []
        rows = 0
        for line, row in self._raw_rows():
            if columns is None:
                columns, is_heading = self._columns(row)
                places = self._places(columns, required, optional)
                if is_heading:
                    continue
            if len(row) != len(columns) and (len(row) < len(columns) or any(row[len(columns) :])):
                raise ConnectorRejected(
                    say(
                        "row_length_wrong",
                        "{file} has {found} fields instead of {most} in line {line}.",
                        file=self._name,
                        found=len(row),
                        most=len(columns),
                        line=line,
                    )
                )
            rows += 1
            if rows > ROWS_MAX:
                raise ConnectorRejected(
                    say(
                        "file_too_many_rows",
                        "{file} has more than {most} rows; export fewer days.",
                        file=self._name,
                        most=ROWS_MAX,
                    )
                )
            yield ["" if place is None else row[place].strip() for place in places]

    def _raw_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Read all rows that are not empty, but for a first one in which Excel says its sign."""
        encoding = self.encoding
        with _refusing(self._name), self._zip.open(self._member) as raw:
            text = io.TextIOWrapper(raw, encoding.codec, encoding.errors, newline="")
            rows = tables.csv_rows(
                iter(lambda: text.readline(tables.ROW_CHARS_MAX + 1), ""),
                self._name,
                delimiter=self._layout.delimiter,
                quote=self._layout.quote,
            )
            for line, row in rows:
                if row and not (line == 1 and row[0].lower().startswith(_SEPARATOR)):
                    yield line, row

    def whole(self, text: str) -> str:
        """Write a whole number in one form: some tables have ``1.234``, others ``1234``.

        A text that is no whole number is returned as it is.
        """
        found = self._whole.fullmatch(text)
        if found is None:
            return text
        digits = found[1].replace(self._grouping, "") if self._grouping else found[1]
        return str(int(digits)) if len(digits) <= _NUMBER_CHARS_MAX else text

    def number(self, text: str) -> Decimal:
        """Read a number as this file writes it, e.g. ``1.234,50``.

        Raises:
            ValueError: The text is not a number, or has more digits than any amount has.
        """
        found = self._number.fullmatch(text)
        if found is None or len(text) > _NUMBER_CHARS_MAX:
            raise ValueError(
                say("not_a_number", "{given} is no number", given=text[:_NUMBER_CHARS_MAX])
            )
        sign, whole, fraction = found.groups()
        digits = whole.replace(self._grouping, "") if self._grouping else whole
        return Decimal(f"{sign}{digits}.{fraction or '0'}")

    def _columns(self, first: list[str]) -> tuple[list[str], bool]:
        """Return the columns' names, and whether they come from the first row."""
        named = [each.strip().upper() for each in first]
        if _KEY in named:
            while not named[-1]:  # the row ends in a delimiter, and others may not
                named.pop()
            return named, True
        if not self._layout.columns:
            raise ConnectorRejected(
                say("columns_unknown", "{file} does not say what its columns are.", file=self._name)
            )
        return [each.upper() for each in self._layout.columns], False

    def _places(
        self, columns: list[str], required: tuple[str, ...], optional: tuple[str, ...]
    ) -> list[int | None]:
        place = {column: number for number, column in enumerate(columns)}
        missing = [column for column in required if column not in place]
        if missing:
            raise ConnectorRejected(
                say(
                    "column_missing",
                    "{file} has no column {column}.",
                    file=self._name,
                    column=missing[0],
                )
            )
        return [place.get(column) for column in (*required, *optional)]


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    left = UNPACKED_BYTES_MAX
    for member in archive.infolist():
        name = index.base_name(member.filename)
        if _NOT_OURS in member.filename:
            continue
        is_ours = name.endswith((".csv", index.FILE_NAME)) and not name.startswith(".")
        if member.is_dir() or not is_ours:
            continue
        left -= member.file_size
        if left < 0:
            raise ConnectorRejected(
                say(
                    "zip_too_large",
                    "The zip has more than {most} bytes in it; export fewer days.",
                    most=UNPACKED_BYTES_MAX,
                )
            )
        if member.flag_bits & _IS_ENCRYPTED or member.compress_type not in _METHODS:
            raise ConnectorRejected(
                say(
                    "zip_encrypted",
                    "{name} in the zip is encrypted, or packed in a rare way.",
                    name=name,
                )
            )
        if name in found:
            raise ConnectorRejected(
                say(
                    "zip_file_twice",
                    "The zip has two files {name}: hand over one export at once.",
                    name=name,
                )
            )
        found[name] = member
    return found


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Raise ``ConnectorRejected`` if the code inside finds the file damaged."""
    try:
        yield
    except UnicodeError:
        raise ConnectorRejected(
            say("encoding_wrong", "{name} is not in the encoding that it claims.", name=name)
        ) from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,  # from offsets outside the file
    ):
        raise ConnectorRejected(
            say("zip_damaged", "{name} is damaged, or no zip of a DSFinV-K export.", name=name)
        ) from None
