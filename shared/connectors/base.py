"""The interface of connectors to tills, ERPs and shops: they read pages and write records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from shared.connectors.config import ConnectorConfig
from shared.connectors.sane import fault_of
from shared.domain.systems.sales import DataType, Record

Item_co = TypeVar("Item_co", covariant=True)

PAGE_ITEMS_MAX = 500
"""The most items of a page, even if the system would send more."""
POSITION_CHARS_MAX = 1_000


class Stream(StrEnum):
    """A kind of data that can be read from a system. A sync reads them in this order."""

    CATEGORIES = "categories"
    PRODUCTS = "products"
    RECEIPTS = "receipts"
    SUPPLIERS = "suppliers"
    STOCK = "stock"
    ORDERS = "orders"


class PushBy(StrEnum):
    """The way a system takes records: by a call, or in a file that somebody imports."""

    CALL = "call"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item that a system listed and that we cannot take. ``reason`` is for the merchant."""

    external_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should know about an item that was taken, or, without an id, the whole list."""

    external_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ListedPage(Generic[Item_co]):
    """A part of a stream.

    An item that cannot be true, such as a product with a price below zero, is moved to ``skipped``.

    Attributes:
        items: At most ``PAGE_ITEMS_MAX``; no item is on a page twice, but for receipts of several
            series.
        position: The position of the next page, at most ``POSITION_CHARS_MAX`` characters that only
            this connector understands; ``None`` on the last page.
        since: On the last page, the place where the next sync begins so that it reads only changes;
            ``None`` if the system cannot do that, and the next sync reads everything again.
        is_listing: The pages together list everything, so an item that is not on them is gone.
        skipped: The items that the system listed and that we cannot take.
        notes: How the list was read where that may be wrong, such as one encoding out of two, or an
            item that was taken with a change.
    """

    items: tuple[Item_co, ...]
    position: str | None = None
    since: str | None = None
    is_listing: bool = False
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        faults = [(item, fault) for item in self.items if (fault := fault_of(item))]
        if faults:
            wrong = {id(item) for item, _ in faults}
            told = tuple(Skipped(getattr(item, "external_id", ""), why) for item, why in faults)
            kept = tuple(item for item in self.items if id(item) not in wrong)
            object.__setattr__(self, "items", kept)
            object.__setattr__(self, "skipped", (*self.skipped, *told))


@dataclass(frozen=True, slots=True)
class Pushed:
    """A record that a system has. ``external_id`` is the system's id, if it gives one."""

    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class ExportFile:
    """Records as a file. ``content_type`` is a media type, with its charset if it is text."""

    name: str
    content_type: str
    content: bytes


class Pushing(Protocol):
    """Writes records into a system. Every method may raise a ``ConnectorError``."""

    def push(self, data_type: DataType, record: Record) -> Pushed:
        """Write one record. Only records with ``PushBy.CALL`` in ``PUSHES`` are written so."""

    def find_pushed(self, data_type: DataType, record: Record) -> Pushed | None:
        """Look for a record whose ``push`` got no answer; ``None`` if it surely does not exist."""


class Exporting(Protocol):
    """Writes records into a file."""

    def export(self, data_type: DataType, records: Sequence[Record]) -> ExportFile:
        """Write records as the file that the system imports."""


class SystemModule(Protocol):
    """A module of ``pos``, ``erp`` or ``shop``.

    Attributes:
        SYSTEM: The system's name as people write it.
        Config: The settings and credentials that a merchant gives.
        STREAMS: The streams that can be read.
        PUSHES: The types of records that can be written, and the way. Other types are refused.
        HAS_PUSH_KEYS: The system recognizes a repeated push by our record id, so that we may repeat
            one without looking first.
        IS_FILE: The data is a file in the credentials: nothing is stored or scheduled.
    """

    SYSTEM: str
    Config: type[ConnectorConfig]
    STREAMS: frozenset[Stream]
    PUSHES: Mapping[DataType, PushBy]
    HAS_PUSH_KEYS: bool
    IS_FILE: bool
