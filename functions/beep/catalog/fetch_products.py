"""POST /api/v1/fetchProducts: list a store's products."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.catalog.product_bodies import PRODUCT_EXAMPLE, ProductBody, Switch
from shared.schemas.fields import StoreId
from shared.schemas.paging import KeyCursor, Limit
from shared.services.catalog import products
from shared.services.catalog import sandbox as mock


class Request(RequestModel):
    """A page of products, in the order of EANs and article numbers."""

    store_id: StoreId
    source: Id | None = Field(
        default=None, description="Only products of this system; `api` for those of calls."
    )
    category_id: Id | None = Field(default=None, description="Only products of this category.")
    include_deleted: Switch = Field(
        default=False, description="True to list also what is no longer sold."
    )
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: KeyCursor | None = None


class Response(ResponseModel):
    """A page; ``nextCursor`` asks for the next one and is null on the last."""

    success: Success = True
    store_id: answers.StoreId
    products: list[ProductBody] = Field(
        description="The products, in the order of EANs and article numbers."
    )
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "all": {"storeId": "store_a", "limit": 100},
    "ofSystem": {"storeId": "store_a", "source": "korona", "includeDeleted": True},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "products": [PRODUCT_EXAMPLE],
    "count": 1,
    "nextCursor": None,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read a page: one query."""
    found = products.list_page(
        caller,
        body.store_id,
        source=body.source,
        category_id=body.category_id,
        includes_deleted=body.include_deleted,
        after_key=paging.decode_key(body.cursor) if body.cursor else None,
        limit=body.limit,
    )
    return Response(
        store_id=body.store_id,
        products=[products.shown(each) for each in found.items],
        count=len(found.items),
        next_cursor=found.next_cursor,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the example as a product of the store."""
    return {"products": [mock.of_store(body.store_id)]}
