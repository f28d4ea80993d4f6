"""What connectors to tills and ERPs have in common: pages to read, records to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from shared.connectors.config import ConnectorConfig
from shared.domain.systems.sales import DataType, Record

Item_co = TypeVar("Item_co", covariant=True)

PAGE_ITEMS_MAX = 500
"""Of a page, whatever the system would send."""
POSITION_CHARS_MAX = 1_000


class Stream(StrEnum):
    """What can be read of a system. The order is that of a sync."""

    CATEGORIES = "categories"
    PRODUCTS = "products"
    RECEIPTS = "receipts"
    SUPPLIERS = "suppliers"
    STOCK = "stock"
    ORDERS = "orders"


class PushBy(StrEnum):
    """How a system takes records: by a call, or in a file that somebody imports there."""

    CALL = "call"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that a system listed and we cannot take. ``reason`` is for the merchant."""

    external_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListedPage(Generic[Item_co]):
    """A part of a stream.

    Attributes:
        items: At most ``PAGE_ITEMS_MAX``; none of them twice on a page.
        position: Of the next page, at most ``POSITION_CHARS_MAX`` characters that mean something to
            this connector alone; ``None`` on the last page.
        since: On the last page: where the next sync begins, so that it is told only what changed;
            ``None`` if the system cannot do that, and the next sync reads everything again.
        is_listing: All pages together are everything there is, so what is not on them is gone.
        skipped: What the system listed and we cannot take.
    """

    items: tuple[Item_co, ...]
    position: str | None = None
    since: str | None = None
    is_listing: bool = False
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Pushed:
    """A record that a system has. ``external_id`` is its id there, if it gives one."""

    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class ExportFile:
    """Records as a file. ``content_type`` is a media type, with its charset if it is text."""

    name: str
    content_type: str
    content: bytes


class Pushing(Protocol):
    """How records get into a system. Every method may raise a ``ConnectorError``."""

    def push(self, data_type: DataType, record: Record) -> Pushed:
        """Write one record. Called only for what ``PUSHES`` says goes by a call."""

    def find_pushed(self, data_type: DataType, record: Record) -> Pushed | None:
        """Look for a record whose ``push`` got no answer; ``None`` if it is not there for sure."""


class Exporting(Protocol):
    """How records get into a file."""

    def export(self, data_type: DataType, records: Sequence[Record]) -> ExportFile:
        """Write records as the file that the system imports."""


class SystemModule(Protocol):
    """A module of ``pos`` or ``erp``.

    Attributes:
        SYSTEM: Its name as people write it.
        Config: What a merchant says to let us in.
        STREAMS: What can be read of it.
        PUSHES: What can be written, and how. What is missing is refused.
        HAS_PUSH_KEYS: The system knows a repeated push by our record id, so that it may be repeated
            without looking first.
        IS_FILE: What is read is a file in the credentials: nothing to store, nothing to schedule.
    """

    SYSTEM: str
    Config: type[ConnectorConfig]
    STREAMS: frozenset[Stream]
    PUSHES: Mapping[DataType, PushBy]
    HAS_PUSH_KEYS: bool
    IS_FILE: bool
