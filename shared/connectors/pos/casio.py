"""Casio's cash registers: the files of their SD card, or an export of DSFinV-K.

Source: the user's manuals of SE-S100 / PCR-T295 (page 87, "CSV file format of the sales data") and
SE-C3500 (page 12, with the list of titles); DSFinV-K for the models with a security device. Casio
has no web API. The report of PLUs has quantities and amounts of products, but no prices: an amount
divided by a quantity is an average over discounts, not a price. The electronic journal is a text
for people, and is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from pydantic import Field

from shared.connectors import tables
from shared.connectors.base import Note, PushBy, Skipped, Stream
from shared.connectors.config import ConnectorConfig
from shared.connectors.dsfinvk import archive, reader
from shared.connectors.encodings import Text, to_text
from shared.connectors.rows import Item
from shared.connectors.uploads import (
    Contents,
    Listing,
    UploadConfig,
    UploadConnector,
    once,
)
from shared.domain.catalog.goods import Category, Product
from shared.domain.gtin import ean_of
from shared.domain.systems.sales import DataType
from shared.errors import ConnectorRejected
from shared.said import begun, say

SYSTEM = "casio"
STREAMS = frozenset({Stream.CATEGORIES, Stream.PRODUCTS, Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = {}
"""Empty: no manual describes a file that a register can import, except its own backups."""
HAS_PUSH_KEYS = False
IS_FILE = True

_RECORD = "RECORD"
_NAME = "DESCRIPTOR"
_CODE = "OBR CODE"
"""The heading of scanned products' codes, from the optical barcode reader (OBR)."""
_REPORTS = {"FILE004": "plu", "FILE005": "department"}
_FIXED_TOTALS = ("GROSS", "NET")
"""The first titles in the report of fixed totals, as the registers are delivered."""


class Config(UploadConfig):
    """A file of the register."""

    report: Literal["plu", "department"] = Field(
        default="plu",
        description=(
            "What a CSV file is about: `plu` (`X004_...`, `Z004_...`) or `department` (`X005_...`, "
            "`Z005_...`). Larger models say it in the file, and that holds."
        ),
    )


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:  # noqa: ARG001
    """Return the merchant's file without reading it. No system is called."""
    assert isinstance(config, Config)
    return Connector(config)


class Connector(UploadConnector):
    """One register's file."""

    def __init__(self, config: Config) -> None:
        super().__init__(lambda: read(config))


def read(config: Config) -> Contents:
    """Read the file in its format.

    Raises:
        ConnectorRejected: It is neither a sales report nor an export of DSFinV-K.
    """
    content = config.content
    if content.startswith(archive.SIGNATURE):
        return reader.read(content, currency=config.currency, zone=config.zone)
    return read_report(to_text(content), report=config.report)


def read_report(file: Text, *, report: str) -> Contents:
    """Read a sales report: products from a report of PLUs, categories from one of departments.

    Args:
        file: The file.
        report: The kind of report, if the file does not tell it.

    Raises:
        ConnectorRejected: It is not such a report.
    """
    rows = _rows(file.text)
    start = next((place for place, row in enumerate(rows) if row[0].upper() == _RECORD), None)
    if start is None:
        raise ConnectorRejected(
            say("titles_missing", "The file has no row of titles that begins with RECORD.")
        )
    titles = [each.upper() for each in rows[start]]
    if _NAME not in titles:
        raise ConnectorRejected(
            say("title_missing", "The file has no {column} among its titles.", column=_NAME)
        )
    headers = {row[0].upper(): row[-1].upper() for row in rows[:start]}
    records = [dict(zip(titles, row, strict=False)) for row in rows[start + 1 :]]
    about = "plu" if _CODE in titles else _REPORTS.get(headers.get("FILE", ""))
    if about is None and "FILE" not in headers and not _are_fixed_totals(records):
        about = report
    notes = (Note("", begun("The file", file.problem)),) if file.problem else ()
    if about == "plu":
        return Contents(products=replace(_listing(records, _to_product), notes=notes))
    if about == "department":
        return Contents(categories=replace(_listing(records, _to_category), notes=notes))
    raise ConnectorRejected(
        say("report_unknown", "The file is a report of neither PLUs (004) nor departments (005).")
    )


def _rows(text: str) -> list[list[str]]:
    """Split the file. Registers pad texts with spaces, inside and outside the quotes."""
    found = []
    for _, row in tables.text_rows(text, delimiter=",", skips_spaces=True):
        if row:
            found.append([each.strip() for each in row])
            tables.check_count(len(found))
    return found


def _are_fixed_totals(records: list[dict[str, str]]) -> bool:
    return tuple(each.get(_NAME, "").upper() for each in records[:2]) == _FIXED_TOTALS


def _listing(
    records: list[dict[str, str]], convert: Callable[[dict[str, str]], Item]
) -> Listing[Item]:
    """Convert records. Skip those without a number or a name."""
    skipped = [
        Skipped(
            each[_RECORD] or each.get(_NAME, ""),
            say("no_number_or_name", "has no number or no name"),
        )
        for each in records
        if not _is_named(each)
    ]
    items = once(map(convert, filter(_is_named, records)), skipped)
    return Listing(items, tuple(skipped))


def _is_named(record: dict[str, str]) -> bool:
    return bool(record[_RECORD] and record.get(_NAME))


def _to_product(record: dict[str, str]) -> Product:
    number = record[_RECORD]
    ean = ean_of(record.get(_CODE))
    return Product(external_id=number, name=record[_NAME], number=number, ean=ean)


def _to_category(record: dict[str, str]) -> Category:
    return Category(record[_RECORD], record[_NAME])
