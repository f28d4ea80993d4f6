"""POST /api/v1/submitClickCollectOrder: order goods, to pick them up in the store."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from shared import clock
from shared.auth.caller import Caller
from shared.domain.orders.collect_orders import OrderStatus
from shared.errors import ProductNotFound, StoreNotFound
from shared.schemas.base import RequestModel, RequestTime, ResponseModel, Success, Timestamp
from shared.schemas.fields import StoreId, UserId
from shared.schemas.orders.order_bodies import NOTE_CHARS_MAX, OrderedProducts, OrderId
from shared.services.orders import collect_orders
from shared.services.orders.collect_orders import OrderDraft


class Request(RequestModel):
    """An order, at the prices of the store's catalog. It is paid when it is picked up."""

    store_id: StoreId
    user_id: UserId
    items: OrderedProducts
    pickup_time: RequestTime | None = Field(
        default=None, description="When the customer wants to come: within 30 days."
    )
    note: Annotated[str, Field(max_length=NOTE_CHARS_MAX)] = Field(
        default="", description="What the customer wants to say."
    )

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if len({each.product_id for each in self.items}) < len(self.items):
            raise ValueError("names a product twice: add up its quantity")
        return self


class Response(ResponseModel):
    """The order."""

    success: Success = True
    order_id: OrderId
    status: OrderStatus = Field(description="How far it has come.")
    estimated_pickup_at: Timestamp = Field(description="When it can be picked up.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "order": {
        "storeId": "store_a",
        "userId": "user_xyz",
        "items": [{"productId": "store_a_4006381333931", "quantity": 2}],
        "note": "Bitte kalt stellen",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "orderId": "cc_order_x1y2z3",
    "status": "pending",
    "estimatedPickupAt": "2026-03-03T12:30:00.000Z",
}

REFUSALS = (StoreNotFound, ProductNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Take the order."""
    draft = OrderDraft(
        user_id=body.user_id,
        quantities={each.product_id: each.quantity for each in body.items},
        pickup_at=body.pickup_time,
        note=body.note,
    )
    done = collect_orders.submit(caller, body.store_id, draft)
    return Response(
        order_id=done.order.order_id,
        status=done.order.status,
        estimated_pickup_at=done.order.estimated_pickup_at,
        is_replay=done.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Check what does not depend on the store."""
    collect_orders.require_pickup_time(body.pickup_time, clock.utc_now())
    return {}
