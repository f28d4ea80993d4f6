"""GET /api/v1/listShopWrites: list what was written into a store's shops, or could not be."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.systems.shop_writes import ShopWrite
from shared.domain.systems.shop_writings import WritingState
from shared.errors import StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.paging import Cursor, Limit
from shared.schemas.systems.shop_write_bodies import (
    SHOP_WRITE_EXAMPLE,
    ShopWriteBody,
    WriteKind,
    WriteState,
    shop_write_body,
)
from shared.services.systems import shop_write_lists


class Request(RequestModel):
    """The request chooses cards and codes: all of a store's shops, or some.

    To read on, send ``nextCursor`` with the same fields.
    """

    store_id: StoreId
    kind: WriteKind | None = Field(default=None, description="Only cards, or only codes.")
    state: WriteState | None = Field(default=None, description="Only those in this state.")
    user_id: Id | None = Field(default=None, description="Only those of this member.")
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Cursor | None = None


class Response(ResponseModel):
    """Cards and codes, those made last first."""

    success: Success = True
    store_id: answers.StoreId
    writes: list[ShopWriteBody] = Field(description="Cards and codes, those made last first.")
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "newest": {"storeId": "store_a"},
    "dead": {"storeId": "store_a", "state": "dead", "limit": 50},
    "member": {"storeId": "store_a", "kind": "code", "userId": "user_xyz"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "writes": [SHOP_WRITE_EXAMPLE],
    "count": 1,
    "nextCursor": None,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Return a page."""
    found = shop_write_lists.page(
        caller,
        body.store_id,
        kind=ShopWrite(body.kind) if body.kind else None,
        state=WritingState(body.state) if body.state else None,
        user_id=body.user_id,
        after=paging.decode(body.cursor) if body.cursor else None,
        limit=body.limit,
    )
    return Response(
        store_id=body.store_id,
        writes=[shop_write_body(each) for each in found.items],
        count=len(found.items),
        next_cursor=found.next_cursor,
    )
