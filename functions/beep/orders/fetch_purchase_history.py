"""POST /api/v1/fetchPurchaseHistory: list a customer's or a store's purchases, newest first."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.catalog.product_bodies import Switch
from shared.schemas.fields import StoreId, UserId
from shared.schemas.orders.order_bodies import CHECKOUT_EXAMPLE, CheckoutBody
from shared.schemas.paging import Limit
from shared.services.orders import checkouts


class Request(RequestModel):
    """A page of purchases of ``userId``, of ``storeId``, or of a customer in a store."""

    user_id: UserId | None = None
    store_id: StoreId | None = None
    only_open: Switch = Field(
        default=False, description="Only those that nobody has paid or cancelled yet: `started`."
    )
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Id | None = Field(
        default=None, description="`nextCursor` of the page before: the id of its last purchase."
    )

    @model_validator(mode="after")
    def _says_whose(self) -> Self:
        if self.user_id is None and self.store_id is None:
            raise ValueError("needs userId or storeId")
        return self


class Response(ResponseModel):
    """A page; ``nextCursor`` asks for the next one and is null on the last."""

    success: Success = True
    purchases: list[CheckoutBody] = Field(description="The purchases, newest first.")
    count: answers.Count
    next_cursor: answers.NextCursor
    has_more: bool = Field(description="Whether there is a next page.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "customer": {"userId": "user_xyz", "limit": 20},
    "next": {"userId": "user_xyz", "limit": 20, "cursor": "purchase_abc123"},
    "store": {"storeId": "store_a"},
    "open": {"userId": "user_xyz", "onlyOpen": True},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "purchases": [CHECKOUT_EXAMPLE],
    "count": 1,
    "nextCursor": None,
    "hasMore": False,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read a page: one query, after a customer's ids."""
    found, next_cursor = checkouts.list_page(
        caller,
        store_id=body.store_id,
        user_id=body.user_id,
        only_open=body.only_open,
        cursor=body.cursor,
        limit=body.limit,
    )
    return Response(
        purchases=[checkouts.shown(each) for each in found],
        count=len(found),
        next_cursor=next_cursor,
        has_more=next_cursor is not None,
    )
