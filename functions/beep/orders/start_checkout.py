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
    InsufficientBalance,
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    PointsHaveNoValue,
    ProgramNotFound,
    StaffRequired,
    StoreNotFound,
)
from shared.schemas import answers
from shared.schemas.base import NewId, RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId, UserId
from shared.schemas.orders.order_bodies import (
    CheckoutId,
    Items,
    LoyaltyPaymentInput,
    PaidWithPoints,
    to_loyalty_payment_body,
)
from shared.schemas.payments.payment_bodies import RedirectUrl, ReturnUrl
from shared.services.orders import checkout_points, checkouts
from shared.services.orders.checkout_points import PointsDraft
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
    loyalty_payment: LoyaltyPaymentInput | None = Field(
        default=None,
        description=(
            "What points pay of it. They are spent at once, and come back if it is cancelled."
        ),
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
    amount: int = Field(
        description="What is to be paid in money, in minor units of `currency`: 1099 for 10.99 EUR."
    )
    currency: answers.Currency
    loyalty_payment: PaidWithPoints
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
    "points": {
        "storeId": "store_a",
        "userId": "user_xyz",
        "items": [{"name": "Bio-Vollmilch 3,5%", "priceUnit": 149, "vat": 7, "quantity": 2}],
        "loyaltyPayment": {"programId": "lp_abc123", "amount": 100},
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "transactionId": "purchase_abc123",
    "status": "started",
    "amount": 298,
    "currency": "EUR",
    "loyaltyPayment": None,
    "paymentId": None,
    "redirectUrl": None,
}

REFUSALS = (
    StoreNotFound,
    CheckoutDiffers,
    StaffRequired,
    CheckoutStateConflict,
    ProgramNotFound,
    MembershipNotFound,
    MemberSuspended,
    MembershipClosed,
    PointsHaveNoValue,
    InsufficientBalance,
    *CONNECTOR_REFUSALS,
)


def handle(body: Request, caller: Caller) -> Response:
    """Write down the purchase, then ask the provider for the payment."""
    points = body.loyalty_payment
    draft = CheckoutDraft(
        user_id=body.user_id,
        items=tuple(each.to_item() for each in body.items),
        order_reference=body.order_reference,
        is_believed=caller.customer is None,
        is_verified=body.is_verified and caller.customer is None,
        by_points=PointsDraft(points.program_id, points.amount) if points else None,
    )
    done = checkout_payments.start(caller, body.store_id, draft, body.return_url)
    payment = done.payment
    # A request that is repeated later must not send the customer to pay for what has ended.
    may_pay = done.checkout.status is CheckoutStatus.STARTED
    return Response(
        transaction_id=done.checkout.checkout_id,
        status=done.checkout.status,
        amount=done.checkout.total_minor,
        currency=done.checkout.currency,
        loyalty_payment=to_loyalty_payment_body(done.checkout),
        payment_id=payment.payment_id if payment else None,
        redirect_url=payment.redirect_url if payment and may_pay else None,
        is_replay=done.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Add up what is bought, less what points pay of it: each is worth a cent here."""
    total_minor = checkouts.payable_minor([each.to_item() for each in body.items])
    points = body.loyalty_payment
    if points is None:
        return {"amount": total_minor}
    checkout_points.require_within(points.amount, total_minor)
    paid = {
        "programId": points.program_id,
        "points": points.amount,
        "amount": points.amount,
        "redemptionId": "le_abc123",
    }
    return {"amount": total_minor - points.amount, "loyaltyPayment": paid}
