"""Lists that are read page by page while somebody may change them. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.connectors.base import ListedPage
from shared.connectors.rows import Item, Rows
from shared.said import say

_POSITION = re.compile(r"([0-9]{1,9})/([0-9]{0,9})")


@dataclass(frozen=True, slots=True)
class ListingPlace:
    """The place in a list at which a page begins.

    Attributes:
        begin: The page's number or its first row, as the system counts.
        length: The list's number of rows when the page before was read, if the system tells it.
    """

    begin: int = 0
    length: int | None = None

    @classmethod
    def of(cls, position: str | None) -> ListingPlace:
        """Read a page's position, as ``to_page`` wrote it.

        Raises:
            ValueError: It is not one of our positions.
        """
        if position is None:
            return cls()
        found = _POSITION.fullmatch(position)
        if found is None:
            raise ValueError(say("position_lost", "a position that was not ours"))
        return cls(int(found[1]), int(found[2]) if found[2] else None)

    def to_page(
        self, rows: Rows[Item], *, length: int | None, following: int | None, is_short: bool = False
    ) -> ListedPage[Item]:
        """Return the page that begins here.

        If rows were added or removed since the page before, a row may have moved from an unread
        page to a page that was read. Then the listing is incomplete: unseen rows are not gone.

        Args:
            rows: The rows of the page.
            length: The list's current number of rows.
            following: The place where the next page begins; ``None`` after the last page.
            is_short: The page lacks rows that it should have.
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
