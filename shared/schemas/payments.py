"""Payments as answers show them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.domain.payments import Payment, PaymentStatus, Refund, RefundStatus
from shared.schemas.base import Timestamp, Whole, WireModel

AMOUNT_MINOR_MAX = 1_000_000_000

AmountMinor = Annotated[Whole, Field(ge=1, le=AMOUNT_MINOR_MAX)]
"""An amount in the currency's minor unit: 1099 for 10.99 EUR."""
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
ProviderName = Literal["stripe", "payabl", "adyen", "mollie", "sumup", "payone", "unzer", "custom"]


class RefundBody(WireModel):
    """Money given back, or about to be."""

    refund_id: str
    amount: int
    status: RefundStatus
    reason: str
    failure: str | None
    created_at: Timestamp
    updated_at: Timestamp


class PaymentBody(WireModel):
    """A payment as it is known now."""

    payment_id: str
    store_id: str
    provider: ProviderName
    status: PaymentStatus
    amount: int
    currency: str
    captured: int
    refunded: int
    refundable: int
    is_test: bool
    redirect_url: str | None
    purchase_id: str | None
    program_id: str | None
    user_id: str | None
    failure: str | None
    problem: str | None
    refunds: list[RefundBody]
    created_at: Timestamp
    updated_at: Timestamp


PAYMENT_EXAMPLE: dict[str, Any] = {
    "paymentId": "pay_4f1c9a2be07d4c6e8b13a5f0c2d7",
    "storeId": "store_a",
    "provider": "custom",
    "status": "requires_action",
    "amount": 1099,
    "currency": "EUR",
    "captured": 0,
    "refunded": 0,
    "refundable": 0,
    "isTest": False,
    "redirectUrl": "https://pay.example.com/p_1",
    "purchaseId": "order_1001",
    "programId": None,
    "userId": None,
    "failure": None,
    "problem": None,
    "refunds": [],
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
}


def to_payment_body(payment: Payment) -> PaymentBody:
    """Write a payment as answers show it."""
    return PaymentBody(
        payment_id=payment.payment_id,
        store_id=payment.store_id,
        provider=payment.provider,  # type: ignore[arg-type]
        status=payment.status,
        amount=payment.amount_minor,
        currency=payment.currency,
        captured=payment.captured_minor,
        refunded=payment.refunded_minor,
        refundable=payment.refundable_minor,
        is_test=payment.is_test,
        redirect_url=payment.redirect_url,
        purchase_id=payment.purchase_id,
        program_id=payment.program_id,
        user_id=payment.user_id,
        failure=payment.failure,
        problem=payment.problem,
        refunds=[_refund(each) for each in payment.refunds],
        created_at=payment.created_at,
        updated_at=payment.updated_at,
    )


def _refund(refund: Refund) -> RefundBody:
    return RefundBody(
        refund_id=refund.refund_id,
        amount=refund.amount_minor,
        status=refund.status,
        reason=refund.reason,
        failure=refund.failure,
        created_at=refund.created_at,
        updated_at=refund.updated_at,
    )
