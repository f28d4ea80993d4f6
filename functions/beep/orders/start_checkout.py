"""POST /api/v1/startCheckout: begin a purchase by Scan & Go, and its payment."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.orders.checkouts import CheckoutStatus
from shared.errors import (
    CONNECTOR_REFUSALS,
    CheckoutDiffers,
    CheckoutStateConflict,
    StaffRequired,
    StoreNotFound,
)
from shared.schemas import answers
from shared.schemas.base import NewId, RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId, UserId
from shared.schemas.orders.order_bodies import CheckoutId, Items
from shared.schemas.payments.payment_bodies import RedirectUrl, ReturnUrl
from shared.services.orders import checkouts
from shared.services.orders.checkouts import CheckoutDraft
from shared.services.payments import checkout_payments


class Request(RequestModel):
    """A purchase. With ``returnUrl`` and a provider it is paid there, else at the till.

    Repeated with the same ``orderReference`` or ``Idempotency-Key``, it begins once. A customer's
    items must have the prices of the store's catalog.
    """

    user_id: UserId
    store_id: StoreId
    items: Items
    return_url: ReturnUrl | None = None
    order_reference: NewId | None = Field(
        default=None, description="Your id of the purchase. It makes the call idempotent."
    )
    is_verified: bool = Field(
        default=False,
        description="Staff have looked at the customer, as some products require. Only with a key.",
    )


class Response(ResponseModel):
    """The purchase. The customer pays at ``redirectUrl``, or at the till if it is null."""

    success: Success = True
    transaction_id: CheckoutId
    status: CheckoutStatus = Field(description="How far it has come.")
    amount: answers.Amount
    currency: answers.Currency
    payment_id: str | None = Field(
        description="The payment that pays it. Null if it is paid at the till."
    )
    redirect_url: RedirectUrl


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "basket": {
        "storeId": "store_a",
        "userId": "user_xyz",
        "items": [{"name": "Bio-Vollmilch 3,5%", "priceUnit": 149, "vat": 7, "quantity": 2}],
    },
    "provider": {
        "storeId": "store_a",
        "userId": "user_xyz",
        "items": [
            {"name": "Bio-Vollmilch 3,5%", "priceUnit": 149, "vat": 7, "ean": "4006381333931"}
        ],
        "orderReference": "basket_77",
        "returnUrl": "https://shop.example.com/done",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "transactionId": "purchase_abc123",
    "status": "started",
    "amount": 298,
    "currency": "EUR",
    "paymentId": None,
    "redirectUrl": None,
}

REFUSALS = (
    StoreNotFound,
    CheckoutDiffers,
    StaffRequired,
    CheckoutStateConflict,
    *CONNECTOR_REFUSALS,
)


def handle(body: Request, caller: Caller) -> Response:
    """Write down the purchase, then ask the provider for the payment."""
    draft = CheckoutDraft(
        user_id=body.user_id,
        items=tuple(each.to_item() for each in body.items),
        order_reference=body.order_reference,
        is_believed=caller.customer is None,
        is_verified=body.is_verified and caller.customer is None,
    )
    done = checkout_payments.start(caller, body.store_id, draft, body.return_url)
    payment = done.payment
    return Response(
        transaction_id=done.checkout.checkout_id,
        status=done.checkout.status,
        amount=done.checkout.total_minor,
        currency=done.checkout.currency,
        payment_id=payment.payment_id if payment else None,
        redirect_url=payment.redirect_url if payment else None,
        is_replay=done.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Add up what is bought."""
    return {"amount": checkouts.payable_minor([each.to_item() for each in body.items])}
