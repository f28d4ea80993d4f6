"""POST /api/v1/completeCheckout: tell that the till took the money of a purchase."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import CheckoutNotFound, CheckoutStateConflict
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.orders.order_bodies import CHECKOUT_EXAMPLE, CheckoutBody, CheckoutId
from shared.services.orders import checkouts


class Request(RequestModel):
    """The purchase. If it is paid already, at the till or by the provider, nothing happens."""

    transaction_id: CheckoutId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The purchase, with what it has earned."""

    success: Success = True
    purchase: CheckoutBody = Field(description="The purchase.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"paid": {"transactionId": "purchase_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "purchase": {
        **CHECKOUT_EXAMPLE,
        "timesOutAt": None,
        "status": "completed",
        "paid": 298,
        "points": [
            {
                "programId": "lp_abc123",
                "awarded": 29,
                "cappedBy": None,
                "reason": None,
                "takenBack": 0,
                "failure": None,
            },
        ],
        "completedAt": "2026-03-03T12:00:00.000Z",
    },
}

REFUSALS = (CheckoutNotFound, CheckoutStateConflict)


def handle(body: Request, caller: Caller) -> Response:
    """Note it, and book the points."""
    done = checkouts.complete(caller, body.transaction_id, body.store_id)
    return Response(purchase=checkouts.shown(done.checkout), is_replay=done.is_replay)
