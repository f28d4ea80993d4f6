"""POST /api/v1/refundCheckout: tell what the till gave back of a purchase that it was paid."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import CheckoutNotFound, CheckoutStateConflict, RefundExceedsPayment
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.fields import AmountMinor, StoreId
from shared.schemas.orders.order_bodies import CHECKOUT_EXAMPLE, CheckoutBody, CheckoutId
from shared.services.orders import checkouts


class Request(RequestModel):
    """What was given back at the till, whose share of the points is taken back.

    A part needs ``refundReference`` or the header ``Idempotency-Key``: it counts once. What a
    provider took is given back with refundPayment.
    """

    transaction_id: CheckoutId
    store_id: StoreId | None = None
    amount: AmountMinor | None = Field(
        default=None,
        description="In minor units of its currency. By default all that the till has left.",
    )
    refund_reference: Id | None = Field(
        default=None, description="Your id of the refund, which counts once."
    )


class Response(ResponseModel):
    """The purchase, with what was taken back."""

    success: Success = True
    purchase: CheckoutBody = Field(description="The purchase.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "part": {"transactionId": "purchase_abc123", "amount": 149, "refundReference": "return_77"},
    "all": {"transactionId": "purchase_abc123"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "purchase": {
        **CHECKOUT_EXAMPLE,
        "timesOutAt": None,
        "status": "partially_refunded",
        "paid": 149,
        "points": [
            {
                "programId": "lp_abc123",
                "awarded": 29,
                "cappedBy": None,
                "reason": None,
                "takenBack": 14,
                "failure": None,
            },
        ],
        "completedAt": "2026-03-03T12:00:00.000Z",
    },
}

REFUSALS = (CheckoutNotFound, CheckoutStateConflict, RefundExceedsPayment)


def handle(body: Request, caller: Caller) -> Response:
    """Note it, and take back the points."""
    done = checkouts.refund(
        caller,
        body.transaction_id,
        body.store_id,
        amount_minor=body.amount,
        refund_reference=body.refund_reference,
    )
    return Response(purchase=checkouts.shown(done.checkout), is_replay=done.is_replay)


def sandbox(body: Request, caller: Caller) -> dict[str, Any]:
    """Check what does not depend on the purchase."""
    checkouts.reference_of_refund(caller, body.amount, body.refund_reference)
    return {}
