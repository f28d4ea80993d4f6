"""Files of a till that a merchant gives in the credentials: read once, served page by page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Generic
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator

from shared import clock
from shared.connectors import dates
from shared.connectors.base import PAGE_ITEMS_MAX, ListedPage, Note, Skipped
from shared.connectors.config import ConnectorConfig
from shared.connectors.rows import Item
from shared.domain.catalog.goods import Category, Product
from shared.domain.systems.sales import Receipt
from shared.errors import ConnectorRejected
from shared.said import say
from shared.schemas.fields import TimeZone

FILE_CHARS_MAX = 8 * 1024 * 1024
"""The maximum length in base64, for a file of 6 MiB."""
_WHITE_SPACE = b" \t\r\n\v\f"
ID_CHARS_MAX = 100
"""The maximum length of an id in a file: a longer text is in the wrong column."""


class UploadConfig(ConnectorConfig):
    """A till's file, and the settings that the file does not contain."""

    file: SecretStr = Field(
        min_length=1,
        max_length=FILE_CHARS_MAX,
        description="In base64. Kept as a secret, because receipts name customers.",
    )
    currency: str = Field(
        default="EUR",
        pattern="^[A-Z]{3}$",
        description="Of amounts that the file gives no currency for.",
    )
    time_zone: TimeZone = Field(
        default="Europe/Berlin",
        description="Of times that the file gives no time zone for, e.g. `Europe/Berlin`.",
    )

    @field_validator("file")
    @classmethod
    def _check_file(cls, file: SecretStr) -> SecretStr:
        try:
            content = decoded(file.get_secret_value())
        except binascii.Error:
            raise ValueError(say("file_not_base64", "must be a file in base64")) from None
        if not content:
            raise ValueError(say("file_empty", "must be a file that is not empty"))
        return file

    @property
    def content(self) -> bytes:
        """The file."""
        return decoded(self.file.get_secret_value())

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """All items of a stream. No id is in it twice, but for receipts of several series.

    ``is_complete``: it lists everything, so an item that is not in it is gone. ``notes``: how it
    was read, where that may be wrong.
    """

    items: tuple[Item, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    is_complete: bool = False
    notes: tuple[Note, ...] = ()

    def page(self, position: str | None) -> ListedPage[Item]:
        """Return the page that begins at a position: the number of items before it.

        Raises:
            ConnectorRejected: The position does not belong to this file.
        """
        begin = 0 if position is None else _to_begin(position)
        length = max(len(self.items), len(self.skipped), len(self.notes))
        if begin and begin >= length:
            raise ConnectorRejected(
                say("file_changed", "The file is not the one that was begun with.")
            )
        end = begin + PAGE_ITEMS_MAX
        return ListedPage(
            items=self.items[begin:end],
            position=str(end) if end < length else None,
            is_listing=self.is_complete,
            skipped=self.skipped[begin:end],
            notes=self.notes[begin:end],
        )


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a till's file. Receipts are in order of time, oldest first."""

    categories: Listing[Category] = field(default_factory=Listing)
    products: Listing[Product] = field(default_factory=Listing)
    receipts: Listing[Receipt] = field(default_factory=Listing)


class UploadConnector:
    """One file. It is read at its first use, and then kept."""

    def __init__(self, read: Callable[[], Contents]) -> None:
        self._read = read

    @cached_property
    def _contents(self) -> Contents:
        return self._read()

    def verify(self) -> None:
        """Read the file, to check that it can be read."""
        _ = self._contents

    def categories(self, position: str | None, _since: str | None) -> ListedPage[Category]:
        """Return the file's categories. ``since`` has no effect, because files have no cursor."""
        return self._contents.categories.page(position)

    def products(self, position: str | None, _since: str | None) -> ListedPage[Product]:
        """Return the file's products."""
        return self._contents.products.page(position)

    def receipts(self, position: str | None, _since: str | None) -> ListedPage[Receipt]:
        """Return the file's receipts, oldest first."""
        return self._contents.receipts.page(position)


def moment_of(text: str, zone: ZoneInfo) -> datetime:
    """Read a time of ISO 8601, or a German one; a time without a time zone is in ``zone``.

    Raises:
        ValueError: The text is not a time.
    """
    try:
        moment = datetime.fromisoformat(dates.to_iso(text.strip()))
        local = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
        utc = clock.to_milliseconds(local.astimezone(UTC))
    except (ValueError, OverflowError):
        raise ValueError(
            say("not_a_time", "{given} is no time of ISO 8601", given=text[:40] or "nothing")
        ) from None
    if not clock.is_usable(utc):
        raise ValueError(
            say("time_out_of_range", "{given} is before 1970 or after 9999", given=text[:40])
        )
    return utc


def shortest(number: Decimal) -> Decimal:
    """Return the number in its shortest form: 19 for 19.00, 10.7 for 10.70."""
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def once(found: Iterable[Item], skipped: list[Skipped]) -> tuple[Item, ...]:
    """Keep the first item of each id; add repeated ones to ``skipped``."""
    kept: dict[str, Item] = {}
    for item in found:
        if item.external_id in kept:
            skipped.append(Skipped(item.external_id, say("twice_in_file", "is in the file twice")))
        else:
            kept[item.external_id] = item
    return tuple(kept.values())


def decoded(text: str) -> bytes:
    """Return a file from base64, with or without lines.

    Raises:
        binascii.Error: It is not base64.
    """
    return base64.b64decode(
        text.encode(errors="replace").translate(None, _WHITE_SPACE), validate=True
    )


def _to_begin(position: str) -> int:
    if not (position.isascii() and position.isdigit()) or len(position) > len(str(FILE_CHARS_MAX)):
        raise ConnectorRejected(say("file_changed", "The file is not the one that was begun with."))
    return int(position)
