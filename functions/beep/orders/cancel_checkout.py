"""POST /api/v1/cancelCheckout: cancel a purchase that is not paid, and its payment."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import (
    CONNECTOR_REFUSALS,
    CheckoutNotFound,
    CheckoutStateConflict,
    ConnectorNotConfigured,
)
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.orders.order_bodies import CHECKOUT_EXAMPLE, CheckoutBody, CheckoutId
from shared.services.orders import checkouts
from shared.services.payments import checkout_payments


class Request(RequestModel):
    """The purchase. If it is cancelled already, nothing happens."""

    transaction_id: CheckoutId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The purchase."""

    success: Success = True
    purchase: CheckoutBody = Field(description="The purchase.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"left": {"transactionId": "purchase_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "purchase": {
        **CHECKOUT_EXAMPLE,
        "timesOutAt": None,
        "status": "cancelled",
        "cancelReason": "cancelled",
        "cancelledAt": "2026-03-03T12:00:00.000Z",
    },
}

REFUSALS = (
    CheckoutNotFound,
    CheckoutStateConflict,
    ConnectorNotConfigured,
    *CONNECTOR_REFUSALS,
)


def handle(body: Request, caller: Caller) -> Response:
    """Cancel the payment at the provider, then the purchase."""
    done = checkout_payments.cancel(caller, body.transaction_id, body.store_id)
    return Response(purchase=checkouts.shown(done.checkout), is_replay=done.is_replay)
