"""POST /api/v1/listClickCollectOrders: list a store's or a customer's orders, newest first."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.orders.collect_orders import OrderStatus
from shared.errors import StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId, UserId
from shared.schemas.orders.order_bodies import ORDER_EXAMPLE, OrderBody
from shared.schemas.paging import Cursor, Limit
from shared.services.orders import collect_orders


class Request(RequestModel):
    """A page of orders of ``storeId``, of ``userId``, or of a customer in a store."""

    store_id: StoreId | None = None
    user_id: UserId | None = None
    status: Annotated[OrderStatus, Field(strict=False)] | None = Field(
        default=None, description="Only orders in this status."
    )
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _says_whose(self) -> Self:
        if self.user_id is None and self.store_id is None:
            raise ValueError("needs storeId or userId")
        return self


class Response(ResponseModel):
    """A page; ``nextCursor`` asks for the next one and is null on the last."""

    success: Success = True
    orders: list[OrderBody] = Field(description="The orders, newest first.")
    count: answers.Count
    next_cursor: answers.NextCursor
    has_more: bool = Field(description="Whether there is a next page.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "store": {"storeId": "store_a", "status": "pending"},
    "customer": {"userId": "user_xyz"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "orders": [ORDER_EXAMPLE],
    "count": 1,
    "nextCursor": None,
    "hasMore": False,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read a page: one query, after a customer's ids."""
    found = collect_orders.list_page(
        caller,
        store_id=body.store_id,
        user_id=body.user_id,
        status=body.status,
        after=paging.decode(body.cursor) if body.cursor else None,
        limit=body.limit,
    )
    return Response(
        orders=[collect_orders.shown(each) for each in found.items],
        count=len(found.items),
        next_cursor=found.next_cursor,
        has_more=found.next_cursor is not None,
    )
