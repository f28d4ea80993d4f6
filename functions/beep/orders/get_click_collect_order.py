"""POST /api/v1/getClickCollectOrder: show an order, with what it has earned."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import OrderNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.orders.order_bodies import ORDER_EXAMPLE, OrderBody, OrderId
from shared.services import access
from shared.services.orders import collect_orders


class Request(RequestModel):
    """The order."""

    order_id: OrderId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The order."""

    success: Success = True
    order: OrderBody = Field(description="The order.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"one": {"orderId": "cc_order_x1y2z3"}}

EXAMPLE: dict[str, Any] = {"success": True, "order": ORDER_EXAMPLE}

REFUSALS = (OrderNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read the order."""
    found = access.collect_order(caller, body.order_id, body.store_id)
    return Response(order=collect_orders.shown(found))
