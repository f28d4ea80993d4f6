"""POST /api/v1/refundPayment: give money back through the provider that took it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import (
    CONNECTOR_REFUSALS,
    ConnectorNotConfigured,
    PaymentNotFound,
    PaymentNotRefundable,
    RefundExceedsPayment,
)
from shared.schemas import answers
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.fields import AmountMinor, PaymentId, StoreId
from shared.schemas.payments.payment_bodies import RefundId, RefundProgress
from shared.services.payments import refunds


class Request(RequestModel):
    """A refund of the rest of a payment, or of a part: ``amount``, in minor units.

    A part needs ``refundReference`` or the header ``Idempotency-Key``: a repeated request gives
    back once. Refunds never exceed the payment, even if several requests come at once.
    """

    payment_id: PaymentId
    store_id: StoreId | None = None
    amount: AmountMinor | None = Field(
        default=None,
        description=(
            "How much to give back, in minor units of the payment's currency. By default all that "
            "is left."
        ),
    )
    refund_reference: Id | None = Field(
        default=None,
        description=(
            "Your id of the refund. It is made once of this payment, however often it is asked for."
        ),
    )
    reason: str = Field(
        default="", max_length=100, description="Shown by the provider, if it shows reasons."
    )


class Response(ResponseModel):
    """The refund. It is ``pending`` until the provider reports its success or failure."""

    success: Success = True
    refund_id: RefundId
    payment_id: answers.PaymentId
    status: RefundProgress
    amount: answers.Amount
    currency: answers.Currency


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "all": {"paymentId": "pay_4f1c9a2be07d4c6e8b13a5f0c2d7"},
    "part": {
        "paymentId": "pay_4f1c9a2be07d4c6e8b13a5f0c2d7",
        "amount": 500,
        "refundReference": "return_77",
        "reason": "returned",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "refundId": "ref_8c02e4d1b7a94f3e9d6c5a4b3f21",
    "paymentId": "pay_4f1c9a2be07d4c6e8b13a5f0c2d7",
    "status": "succeeded",
    "amount": 1099,
    "currency": "EUR",
}

REFUSALS = (
    PaymentNotFound,
    PaymentNotRefundable,
    RefundExceedsPayment,
    ConnectorNotConfigured,
    *CONNECTOR_REFUSALS,
)


def handle(body: Request, caller: Caller) -> Response:
    """Set aside the money to give back, then ask the provider for the refund."""
    done = refunds.refund(
        caller,
        body.payment_id,
        body.store_id,
        amount_minor=body.amount,
        refund_reference=body.refund_reference,
        reason=body.reason,
    )
    return Response(
        refund_id=done.refund.refund_id,
        payment_id=done.payment.payment_id,
        status=done.refund.status,
        amount=done.refund.amount_minor,
        currency=done.payment.currency,
        is_replay=done.is_replay,
    )


def sandbox(body: Request, caller: Caller) -> dict[str, Any]:
    """Check what does not depend on the payment."""
    refunds.require_identity(caller, body.amount, body.refund_reference)
    return {}
