"""POST /api/v1/fetchStores: list the stores of the account."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.paging import Cursor, Limit
from shared.schemas.stores.store_bodies import STORE_EXAMPLES, StoreBody, to_store_body
from shared.services.stores import store_lists


class Request(RequestModel):
    """A page of stores, oldest first; only one store if ``storeId`` names it."""

    store_id: Id | None = Field(
        default=None,
        description="Only this store. The header `X-Beep-Store-Id` can stand in for it.",
    )
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Cursor | None = None


class Response(ResponseModel):
    """A page; ``nextCursor`` asks for the next one and is null on the last."""

    success: Success = True
    stores: list[StoreBody] = Field(description="The stores, the oldest first.")
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"all": {}, "some": {"limit": 100}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "stores": STORE_EXAMPLES,
    "count": 2,
    "nextCursor": None,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read a page: one query."""
    found = store_lists.list_page(
        caller,
        store_id=body.store_id,
        after=paging.decode(body.cursor) if body.cursor else None,
        limit=body.limit,
    )
    return Response(
        stores=[to_store_body(each) for each in found.items],
        count=len(found.items),
        next_cursor=found.next_cursor,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """List the stores of the sandbox; only one if it is named."""
    named = [each for each in STORE_EXAMPLES if each["storeId"] == body.store_id]
    stores = named or STORE_EXAMPLES
    return {"stores": stores, "count": len(stores)}
