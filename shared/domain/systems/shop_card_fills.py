"""The fill of a shop: everybody who is linked already gets a card when the shop begins with cards.

It goes through the program's memberships, page by page, and can be gone on with after any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FillState(StrEnum):
    """The state of a fill."""

    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ShopCardFill:
    """The latest fill of a shop.

    Attributes:
        fill_id: Of this run: another one takes the place of one that has not ended.
        position: The id of the last membership that was looked at.
        checked: How many memberships were looked at.
        begins_at: Before that, some processes may not know yet that the shop has cards.
    """

    fill_id: str
    account_id: str
    store_id: str
    system: str
    program_id: str
    state: FillState
    begins_at: datetime
    updated_at: datetime
    position: str | None = None
    checked: int = 0
