"""POST /api/v1/updateClickCollectStatus: bring an order to its next status, or cancel it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.orders.collect_orders import OrderStatus
from shared.errors import OrderNotFound, OrderStateConflict
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.orders.order_bodies import ORDER_EXAMPLE, OrderBody, OrderId
from shared.services.orders import collect_orders

_Status = Literal["confirmed", "ready", "picked_up", "cancelled"]


class Request(RequestModel):
    """The next status; the present one changes nothing.

    ``pending``, ``confirmed``, ``ready``, ``picked_up``: one after the other. What is picked up
    earns. ``cancelled`` ends any of them, also ``picked_up`` if the goods come back: then what it
    earned is taken back. A customer can only cancel, as long as it is pending.
    """

    order_id: OrderId
    status: Annotated[_Status, Field(description="The next status.")]
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The order, with what it has earned."""

    success: Success = True
    order: OrderBody = Field(description="The order.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "confirmed": {"orderId": "cc_order_x1y2z3", "status": "confirmed"},
}

EXAMPLE: dict[str, Any] = {"success": True, "order": {**ORDER_EXAMPLE, "status": "confirmed"}}

REFUSALS = (OrderNotFound, OrderStateConflict)


def handle(body: Request, caller: Caller) -> Response:
    """Change the status, and book what follows."""
    done = collect_orders.move(caller, body.order_id, body.store_id, OrderStatus(body.status))
    return Response(order=collect_orders.shown(done.order), is_replay=done.is_replay)


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the example in the status that was asked for."""
    order = {**EXAMPLE["order"], "orderId": body.order_id, "status": body.status}
    if body.status == "picked_up":
        order["pickedUpAt"] = order["updatedAt"]
    return {"order": order}
