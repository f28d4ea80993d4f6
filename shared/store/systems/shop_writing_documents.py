"""What waits to be written into shops, or was, and the fills that find whom cards are for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from shared.domain.systems import shop_writings
from shared.domain.systems.shop_card_fills import FillState, ShopCardFill
from shared.domain.systems.shop_writes import ShopWrite
from shared.domain.systems.shop_writings import ShopWriting, WritingState
from shared.schemas.paging import CursorPosition
from shared.store import client, paths, personal
from shared.store.client import Snapshot
from shared.store.documents import Documents
from shared.store.personal import Personal

WRITINGS = Documents(
    ShopWriting,
    paths.shop_writing,
    collection="shopWritings",
    path_of=lambda writing: paths.shop_writing(writing.write_id),
    personal=Personal("shopWritings", personal.of_user("shopWritings"), shop_writings.erased),
)
FILLS = Documents(
    ShopCardFill,
    paths.shop_card_fill,
    collection="shopCardFills",
    path_of=lambda fill: paths.shop_card_fill(fill.store_id, fill.system),
)

decode = WRITINGS.decode
find = WRITINGS.find
write = WRITINGS.write
creation = WRITINGS.creation
deletion = WRITINGS.deletion

decode_fill = FILLS.decode
find_fill = FILLS.find
write_fill = FILLS.write


def cards_of(account_id: str, user_id: str) -> list[Snapshot]:
    """Return the cards of a member, as they are stored."""
    return client.query(
        "shopWritings",
        ("accountId", "==", account_id),
        ("userId", "==", user_id),
        ("kind", "==", ShopWrite.CARD.value),
    )


def find_code(store_id: str, code: str) -> list[ShopWriting]:
    """Return what was put into a store's shops under a code."""
    return WRITINGS.query(("storeId", "==", store_id), ("code", "==", code))


def pages_of_dead(store_id: str, system: str) -> Iterator[list[Snapshot]]:
    """Yield the dead letters of a shop."""
    return client.pages(
        "shopWritings",
        ("storeId", "==", store_id),
        ("system", "==", system),
        ("state", "==", WritingState.DEAD.value),
    )


def pages_of_cards(store_id: str, system: str) -> Iterator[list[Snapshot]]:
    """Yield the cards of a shop's customers."""
    return client.pages(
        "shopWritings",
        ("storeId", "==", store_id),
        ("system", "==", system),
        ("kind", "==", ShopWrite.CARD.value),
    )


def list_due(before: datetime, limit: int, after: ShopWriting | None = None) -> list[ShopWriting]:
    """Return writings that were due before a moment, longest due first."""
    return WRITINGS.query(
        ("state", "==", WritingState.PENDING.value),
        ("nextAttemptAt", "<=", before),
        order_by=["nextAttemptAt", "__name__"],
        after={"nextAttemptAt": after.next_attempt_at, "__name__": after.write_id}
        if after
        else None,
        limit=limit,
    )


def list_of_store(
    store_id: str,
    limit: int,
    *,
    kind: ShopWrite | None = None,
    state: WritingState | None = None,
    user_id: str | None = None,
    after: CursorPosition | None = None,
) -> list[ShopWriting]:
    """Return writings of a store's shops, those made last first.

    Args:
        store_id: The store.
        limit: The most to return.
        kind: Only cards, or only codes.
        state: Only those in this state.
        user_id: Only those of this member.
        after: The last one of the page before.
    """
    equal: dict[str, Any] = {
        "storeId": store_id,
        "kind": kind.value if kind else None,
        "state": state.value if state else None,
        "userId": user_id,
    }
    return WRITINGS.query(
        *((name, "==", value) for name, value in equal.items() if value is not None),
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after.at, "__name__": after.id} if after else None,
        limit=limit,
    )


def list_running_fills(limit: int) -> list[ShopCardFill]:
    """Return fills that have not ended, the longest unchanged first."""
    return FILLS.query(
        ("state", "==", FillState.RUNNING.value), order_by=["updatedAt"], limit=limit
    )
