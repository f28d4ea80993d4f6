"""``index.xml``, which lists the files of an export and their layouts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from shared.connectors.dsfinvk.schema import Column, ColumnKind, TableSchema
from shared.errors import ConnectorRejected
from shared.said import say

FILE_NAME = "index.xml"
DEPTH_MAX = 32

_CODECS = {"UTF8": "utf-8-sig", "UTF16": "utf-16", "ANSI": "cp1252", "OEM": "cp850"}
_OTHER_CODECS = {"UTF7", "Macintosh"}
_IMPLIED = "ImpliedAccuracy"
_COLUMNS = {"VariableColumn", "VariablePrimaryKey"}


@dataclass(slots=True)
class Layout:
    """The layout of one file. The defaults are those of the standard.

    Attributes:
        codec: The encoding; ``None`` if the description does not say it.
        grouping: The sign between thousands; ``None`` if there is none. If the description does not
            say it, it is a point, but for files whose decimals have one.
        problem: Why the file cannot be read as it is described; empty if it can.
    """

    file_name: str = ""
    codec: str | None = None
    decimal: str = ","
    grouping: str | None = "."
    delimiter: str = ";"
    quote: str = '"'
    columns: list[str] = field(default_factory=list)
    problem: str = ""


_GROUPING = "DigitGroupingSymbol"
_SIGNS = {
    "DecimalSymbol": "decimal",
    "ColumnDelimiter": "delimiter",
    "TextEncapsulator": "quote",
}


def base_name(path: str) -> str:
    """Return a file's name without the folders before it, in lower case."""
    return path.replace("\\", "/").rpartition("/")[2].lower()


def parse(content: bytes) -> dict[str, Layout]:
    """Read ``index.xml``.

    Returns:
        The layouts by the base names of their files.

    Raises:
        ConnectorRejected: The content is not such a description.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    # A file's own entities can make a small file expand to a large one; no export has any.
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, UnicodeError, LookupError):
        raise ConnectorRejected(
            say("index_unreadable", "{file} is no XML.", file=FILE_NAME)
        ) from None
    return {base_name(each.file_name): each for each in reader.layouts if each.file_name}


class _Reader:
    """The handlers that expat calls. ``layouts`` are those of the tables that have ended."""

    def __init__(self) -> None:
        self.layouts: list[Layout] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._layout = Layout()
        self._is_grouping_said = False

    def begin(self, name: str, _attributes: object) -> None:
        if len(self._path) >= DEPTH_MAX:
            raise ConnectorRejected(
                say("index_unreadable", "{file} is nested too deeply.", file=FILE_NAME)
            )
        self._path.append(name)
        self._text.clear()
        if name == "Table":
            self._layout = Layout()
            self._is_grouping_said = False

    def characters(self, text: str) -> None:
        self._text.append(text)

    def end(self, name: str) -> None:
        self._path.pop()
        within = self._path[-1] if self._path else ""
        text = "".join(self._text)
        self._text.clear()
        if name == "Table":
            self._end_table()
        elif name == "URL" and within == "Table":
            self._layout.file_name = text.strip()
        elif name == "Name" and within in _COLUMNS:
            self._layout.columns.append(text.strip())
        elif name in _SIGNS:
            setattr(self._layout, _SIGNS[name], _to_sign(name, text))
        elif name == _GROUPING:
            self._is_grouping_said = True
            has_sign = len(text) == 1 or bool(text.strip())
            self._layout.grouping = _to_sign(name, text) if has_sign else None
        elif name == _IMPLIED:
            self._layout.problem = f"has numbers without a decimal sign ({_IMPLIED})"
        elif name in _CODECS:
            self._layout.codec = _CODECS[name]
        elif name in _OTHER_CODECS:
            raise ConnectorRejected(
                say(
                    "index_unreadable",
                    "{file} asks for {name}, which is not read.",
                    file=FILE_NAME,
                    name=name,
                )
            )

    def _end_table(self) -> None:
        """Keep a layout. Without a sign for thousands, a point cannot mean both."""
        layout = self._layout
        if layout.grouping == layout.decimal and not self._is_grouping_said:
            layout.grouping = None
        if layout.grouping == layout.decimal:
            layout.problem = f"has the same sign for decimals and thousands: {layout.decimal}"
        self.layouts.append(layout)


def _to_sign(name: str, text: str) -> str:
    sign = text.strip() or text
    if len(sign) != 1 or sign.isalnum() or sign in "\r\n":
        raise ConnectorRejected(
            say(
                "index_unreadable",
                "{file} has a {name} that is not one sign.",
                file=FILE_NAME,
                name=name,
            )
        )
    return sign


def _refuse_entity(*_: Any) -> None:
    raise ConnectorRejected(
        say("index_unreadable", "{file} has entities of its own.", file=FILE_NAME)
    )


def write(tables: Iterable[TableSchema]) -> str:
    """Describe the files that we write.

    The document type belongs to the standard and is not enclosed: readers of such files have it.
    """
    described = "".join(map(_described, tables))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE DataSet SYSTEM "gdpdu-01-08-2002.dtd">\n'
        "<DataSet><Version>1.0</Version><DataSupplier><Name>Punktwerk</Name><Location/>"
        "<Comment>Sales in the tables of DSFinV-K; not signed</Comment></DataSupplier>"
        f"<Media><Name>DSFinV-K</Name>{described}</Media></DataSet>\n"
    )


def _described(table: TableSchema) -> str:
    columns = "".join(
        f"<VariableColumn><Name>{column.name}</Name>{_KIND_TAGS[column.kind](column)}"
        "</VariableColumn>"
        for column in table.columns
    )
    return (
        f"<Table><URL>{table.file_name}</URL><Name>{table.name}</Name><UTF8/>"
        "<DecimalSymbol>,</DecimalSymbol><DigitGroupingSymbol>.</DigitGroupingSymbol>"
        "<Range><From>2</From></Range><VariableLength><ColumnDelimiter>;</ColumnDelimiter>"
        "<RecordDelimiter>&#13;&#10;</RecordDelimiter><TextEncapsulator>&quot;</TextEncapsulator>"
        f"{columns}</VariableLength></Table>"
    )


def _text_tag(column: Column) -> str:
    length = f"<MaxLength>{column.limit}</MaxLength>" if column.limit else ""
    return f"<AlphaNumeric/>{length}"


def _number_tag(column: Column) -> str:
    accuracy = f"<Accuracy>{column.limit}</Accuracy>" if column.limit else ""
    return f"<Numeric>{accuracy}</Numeric>"


_KIND_TAGS: Mapping[ColumnKind, Callable[[Column], str]] = {
    ColumnKind.TEXT: _text_tag,
    ColumnKind.TIME: _text_tag,
    ColumnKind.NUMBER: _number_tag,
    ColumnKind.FLAG: _number_tag,
}
