"""Lists that are read page by page while somebody may be changing them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.connectors.base import ListedPage
from shared.connectors.rows import Item, Rows

_POSITION = re.compile(r"([0-9]{1,9})/([0-9]{0,9})")


@dataclass(frozen=True, slots=True)
class ListingPlace:
    """Where a page begins in a list.

    Attributes:
        begin: The page's number or its first row, as the system counts.
        length: How many rows the list had when the page before was read, if the system says so.
    """

    begin: int = 0
    length: int | None = None

    @classmethod
    def of(cls, position: str | None) -> ListingPlace:
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
    ) -> ListedPage[Item]:
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
        return ListedPage(
            items=rows.items,
            position=None
            if following is None
            else f"{following}/{'' if length is None else length}",
            is_listing=not (has_changed or is_short),
            skipped=rows.skipped,
        )
