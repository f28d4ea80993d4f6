"""GET /api/v1/listWebhookDeliveries: list deliveries of a store's events, the newest first."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.webhooks.deliveries import DeliveryState
from shared.errors import StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import Id, RequestModel, ResponseModel, Success, Until
from shared.schemas.events.event_data import TypeName
from shared.schemas.fields import Since, StoreId
from shared.schemas.paging import Cursor, Limit
from shared.schemas.webhooks.delivery_bodies import (
    DELIVERY_EXAMPLE,
    DeliveryBody,
    State,
    delivery_fields,
)
from shared.services.webhooks import deliveries


class Request(RequestModel):
    """The request chooses deliveries: all, or some by endpoint, state, event, type and time.

    ``since`` and ``until`` are about ``createdAt``. Settled deliveries are kept for 30 days after
    they were settled. To read on, send ``nextCursor`` with the same fields.
    """

    store_id: StoreId
    webhook_id: Id | None = Field(default=None, description="Only deliveries to this endpoint.")
    state: State | None = Field(default=None, description="Only deliveries in this state.")
    event_id: Id | None = Field(default=None, description="Only deliveries of this event.")
    type: TypeName | None = Field(
        default=None, description="Only deliveries of events of this type."
    )
    since: Since | None = None
    until: Until | None = None
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Cursor | None = None


class Response(ResponseModel):
    """The deliveries, the newest first."""

    success: Success = True
    store_id: answers.StoreId
    deliveries: list[DeliveryBody] = Field(description="The deliveries, the newest first.")
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "newest": {"storeId": "store_a"},
    "dead": {"storeId": "store_a", "webhookId": "we_abc123", "state": "dead", "limit": 50},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "deliveries": [DELIVERY_EXAMPLE],
    "count": 1,
    "nextCursor": None,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Return a page."""
    wanted = deliveries.Filter(
        endpoint_id=body.webhook_id,
        state=DeliveryState(body.state) if body.state else None,
        event_id=body.event_id,
        event_type=body.type,
        since=body.since,
        until=body.until,
    )
    after = paging.decode(body.cursor) if body.cursor else None
    found = deliveries.page(caller, body.store_id, wanted, after=after, limit=body.limit)
    return Response(
        store_id=body.store_id,
        deliveries=[DeliveryBody(**delivery_fields(each)) for each in found.items],
        count=len(found.items),
        next_cursor=found.next_cursor,
    )
