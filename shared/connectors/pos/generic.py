"""Any till that can write a file: an export of DSFinV-K, or JSON or CSV as documented.

Source: ``shared.connectors.dsfinvk``, and docs/connectors/pos-generic.md for our own shapes of JSON
and CSV. It also writes files for somebody to import: sales as DSFinV-K, stock changes as CSV.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from shared.connectors.base import ExportFile, PushBy, Stream
from shared.connectors.config import ConnectorConfig
from shared.connectors.dsfinvk import archive, reader, writer
from shared.connectors.encodings import to_text
from shared.connectors.pos import generic_files
from shared.connectors.record_files import stock_csv
from shared.connectors.uploads import Contents, UploadConfig, UploadConnector
from shared.domain.systems.sales import DataType, Record, Sale, StockChange
from shared.errors import ConnectorRejected
from shared.said import say

SYSTEM = "generic"
STREAMS = frozenset({Stream.CATEGORIES, Stream.PRODUCTS, Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = dict.fromkeys(DataType, PushBy.FILE)
HAS_PUSH_KEYS = False
IS_FILE = True


class Config(UploadConfig):
    """A file, and the settings to read it."""

    format: Literal["dsfinvk", "json", "csv"] | None = Field(
        default=None, description="How it is written; found out if it is not said."
    )
    is_complete: bool = Field(
        default=False,
        description=(
            "It lists all products there are, so those that it does not list are gone. Of no "
            "effect if a row of it cannot be taken."
        ),
    )


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:  # noqa: ARG001
    """Return the merchant's file without reading it. No system is called."""
    assert isinstance(config, Config)
    return Connector(config)


class Connector(UploadConnector):
    """One merchant's file."""

    def __init__(self, config: Config) -> None:
        super().__init__(lambda: read(config))
        self._zone = config.zone

    def export(self, data_type: DataType, records: Sequence[Record]) -> ExportFile:
        """Write records as a file: a DSFinV-K zip of sales, or a CSV of stock changes.

        Raises:
            ConnectorRejected: A sale does not add up, or does not fit into DSFinV-K.
        """
        assert records
        if data_type is DataType.INVENTORY_UPDATE:
            changes = [each for each in records if isinstance(each, StockChange)]
            assert len(changes) == len(records)
            text = stock_csv(changes)
            return ExportFile("stock-changes.csv", "text/csv; charset=utf-8", text.encode())
        sales = [each for each in records if isinstance(each, Sale)]
        assert len(sales) == len(records)
        content = writer.write(sales, zone=self._zone)
        return ExportFile("dsfinvk.zip", "application/zip", content)


def read(config: Config) -> Contents:
    """Read the file in its format.

    Raises:
        ConnectorRejected: It does not have this format, or the format cannot be complete.
    """
    content = config.content
    file_format = config.format or found_format(content)
    if file_format == "dsfinvk":
        if config.is_complete:
            raise ConnectorRejected(
                say(
                    "export_lists_sold",
                    "An export of DSFinV-K lists what was sold, not all products: leave "
                    "isComplete out.",
                )
            )
        return reader.read(content, currency=config.currency, zone=config.zone)
    read_text = generic_files.read_json if file_format == "json" else generic_files.read_csv
    return read_text(
        to_text(content),
        currency=config.currency,
        zone=config.zone,
        is_complete=config.is_complete,
    )


def found_format(content: bytes) -> Literal["dsfinvk", "json", "csv"]:
    """Return the format of a file, by its first characters."""
    if content.startswith(archive.SIGNATURE):
        return "dsfinvk"
    is_json = to_text(content[:64]).text.lstrip().startswith(("{", "["))
    return "json" if is_json else "csv"
