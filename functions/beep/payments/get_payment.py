"""POST /api/v1/getPayment: show the present state of a payment."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import PaymentNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import PaymentId, StoreId
from shared.schemas.payments.payment_bodies import PAYMENT_EXAMPLE, PaymentBody
from shared.services import access
from shared.services.payments import processing


class Request(RequestModel):
    """The request names the payment."""

    payment_id: PaymentId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The payment with its refunds."""

    success: Success = True
    payment: PaymentBody = Field(description="The payment.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "payment": {"paymentId": "pay_4f1c9a2be07d4c6e8b13a5f0c2d7"}
}

EXAMPLE: dict[str, Any] = {"success": True, "payment": PAYMENT_EXAMPLE}

REFUSALS = (PaymentNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read the payment: one document, no call to the provider."""
    payment = access.payment(caller, body.payment_id, body.store_id)
    return Response(payment=processing.shown(payment))
