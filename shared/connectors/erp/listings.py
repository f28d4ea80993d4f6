"""Lists that are read page by page while somebody may be changing them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import ValidationError

from shared.connectors.base import Page, Skipped

ID_CHARS_MAX = 100
_POSITION = re.compile(r"([0-9]{1,9})/([0-9]{0,9})")


class Identified(Protocol):
    """What a system lists. ``external_id`` is its id there."""

    @property
    def external_id(self) -> str:
        """The system's id, or one made of its ids."""


Item = TypeVar("Item", bound=Identified)


@dataclass(frozen=True, slots=True)
class Rows(Generic[Item]):
    """What became of the rows of a page: no item twice."""

    items: tuple[Item, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins in a list.

    Attributes:
        begin: The page's number or its first row, as the system counts.
        length: How many rows the list had when the page before was read, if the system says so.
    """

    begin: int = 0
    length: int | None = None

    @classmethod
    def of(cls, position: str | None) -> Place:
        """Read a page's position, as ``to_page`` wrote it.

        Raises:
            ValueError: It is none of ours.
        """
        if position is None:
            return cls()
        found = _POSITION.fullmatch(position)
        if found is None:
            raise ValueError("a position that was not ours")
        return cls(int(found[1]), int(found[2]) if found[2] else None)

    def to_page(
        self, rows: Rows[Item], *, length: int | None, following: int | None, is_short: bool = False
    ) -> Page[Item]:
        """Return the page that begins here.

        If rows came or went since the page before, another one may have slipped from a page that
        was not read yet to one that was. Then what was not seen is not gone for that.

        Args:
            rows: Of the page.
            length: How many rows the list has now.
            following: Where the next page begins, ``None`` after the last one.
            is_short: Rows are missing from the page that should be on it.
        """
        has_changed = self.length is not None and length != self.length
        return Page(
            items=rows.items,
            position=None
            if following is None
            else f"{following}/{'' if length is None else length}",
            is_listing=not (has_changed or is_short),
            skipped=rows.skipped,
        )


def reason_of(error: ValueError) -> str:
    """Say why a row cannot be taken, for the merchant."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    return f"no valid {'.'.join(str(part) for part in first['loc']) or 'content'}"


def id_in(row: Any) -> str:
    """Return the id of a row that may be anything, empty if it has none."""
    found = row.get("id") if isinstance(row, dict) else None
    return str(found)[:ID_CHARS_MAX] if isinstance(found, str | int) else ""


def read_rows(
    rows: Iterable[Any],
    to_item: Callable[[Any], Item | None],
    *,
    id_of: Callable[[Any], str] = id_in,
) -> Rows[Item]:
    """Read rows one by one, so that one that makes no sense does not keep the others back.

    Args:
        rows: As the system sent them.
        to_item: Reads a row; returns ``None`` for one that is none of what is asked for, raises
            ``ValueError`` (pydantic's too) for one that cannot be taken.
        id_of: Returns what the ``external_id`` of a row that cannot be taken would be.
    """
    items: dict[str, Item] = {}
    skipped = []
    for row in rows:
        try:
            item = to_item(row)
        except ValueError as error:
            skipped.append(Skipped(id_of(row), reason_of(error)))
        else:
            if item is not None:
                items[item.external_id] = item
    return Rows(tuple(items.values()), tuple(skipped))
