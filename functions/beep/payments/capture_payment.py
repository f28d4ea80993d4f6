"""POST /api/v1/capturePayment: take the money of an authorized payment."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import (
    CONNECTOR_REFUSALS,
    ConnectorNotConfigured,
    PaymentNotFound,
    PaymentStateConflict,
)
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import PaymentId, StoreId
from shared.schemas.payments.payment_bodies import PAYMENT_EXAMPLE, PaymentBody
from shared.services.payments import processing


class Request(RequestModel):
    """An authorized payment; a paid one stays as it is."""

    payment_id: PaymentId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The payment after the request."""

    success: Success = True
    payment: PaymentBody = Field(description="The payment.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "payment": {"paymentId": "pay_4f1c9a2be07d4c6e8b13a5f0c2d7"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "payment": {**PAYMENT_EXAMPLE, "status": "paid", "captured": 1099, "refundable": 1099},
}

REFUSALS = (PaymentNotFound, PaymentStateConflict, ConnectorNotConfigured, *CONNECTOR_REFUSALS)


def handle(body: Request, caller: Caller) -> Response:
    """Capture the payment."""
    payment = processing.capture(caller, body.payment_id, body.store_id)
    return Response(payment=processing.shown(payment))
