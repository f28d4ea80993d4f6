"""POST /api/v1/listPayments: list a store's payments, newest first."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.payments.payments import Stage
from shared.errors import StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.paging import Cursor, Limit
from shared.schemas.payments.payment_bodies import PAYMENT_EXAMPLE, PaymentBody
from shared.services.payments import processing


class Request(RequestModel):
    """A page of payments. ``stage`` chooses by the stage of taking the money, without refunds."""

    store_id: StoreId
    stage: Annotated[Stage, Field(strict=False)] | None = Field(
        default=None, description="How far taking the money has come; refunds do not change it."
    )
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Cursor | None = None


class Response(ResponseModel):
    """A page; ``nextCursor`` asks for the next one and is null on the last."""

    success: Success = True
    store_id: answers.StoreId
    payments: list[PaymentBody] = Field(description="The payments, newest first.")
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "newest": {"storeId": "store_a", "limit": 20},
    "paid": {"storeId": "store_a", "stage": "paid"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "payments": [PAYMENT_EXAMPLE],
    "count": 1,
    "nextCursor": None,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read a page: one query."""
    after = paging.decode(body.cursor) if body.cursor else None
    found = processing.list_page(
        caller, body.store_id, stage=body.stage, after=after, limit=body.limit
    )
    return Response(
        store_id=body.store_id,
        payments=[processing.shown(each) for each in found.items],
        count=len(found.items),
        next_cursor=found.next_cursor,
    )
