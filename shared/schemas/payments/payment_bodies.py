"""Payments as answers show them, and who pays as requests name them."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shared.domain.payments import psp
from shared.domain.payments.customers import Customer
from shared.domain.payments.payment_points import PaymentPoints
from shared.domain.payments.payments import Payment, PaymentStatus, Refund, RefundStatus
from shared.domain.units import from_units
from shared.schemas.base import Name, Number, Timestamp, WireModel

Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
ProviderName = psp.ProviderName


def _is_ip_address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("must be an IPv4 or IPv6 address") from None


class CustomerBody(WireModel):
    """Who pays. It is passed on to providers that want to know it, and not kept."""

    email: Email | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    ip_address: Annotated[str, Field(max_length=45), AfterValidator(_is_ip_address)] | None = None
    locale: Annotated[str, Field(pattern="^[a-z]{2}(-[A-Z]{2})?$")] | None = None

    def to_customer(self) -> Customer:
        """Return what is said of them."""
        return Customer(**self.model_dump())


class PaymentPointsBody(WireModel):
    """What a payment has booked for its member, in the program's points, stamps or money."""

    awarded: Number | None
    taken_back: Number
    failure: str | None


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
    charged_back: int
    refundable: int
    is_test: bool
    redirect_url: str | None
    purchase_id: str | None
    program_id: str | None
    user_id: str | None
    points: PaymentPointsBody | None
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
    "chargedBack": 0,
    "refundable": 0,
    "isTest": False,
    "redirectUrl": "https://pay.example.com/p_1",
    "purchaseId": "order_1001",
    "programId": None,
    "userId": None,
    "points": None,
    "failure": None,
    "problem": None,
    "refunds": [],
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
}


def to_payment_body(payment: Payment, *, points_scale: int = 0) -> PaymentBody:
    """Write a payment as answers show it.

    Args:
        payment: The payment.
        points_scale: Decimals of the unit of its points; of no account if it has none.
    """
    return PaymentBody(
        payment_id=payment.payment_id,
        store_id=payment.store_id,
        provider=payment.provider,  # type: ignore[arg-type]
        status=payment.status,
        amount=payment.amount_minor,
        currency=payment.currency,
        captured=payment.captured_minor,
        refunded=payment.refunded_minor,
        charged_back=payment.charged_back_minor,
        refundable=payment.refundable_minor,
        is_test=payment.is_test,
        redirect_url=payment.redirect_url,
        purchase_id=payment.purchase_id,
        program_id=payment.program_id,
        user_id=payment.user_id,
        points=_points(payment.points, points_scale) if payment.points else None,
        failure=payment.failure,
        problem=payment.problem,
        refunds=[_refund(each) for each in payment.refunds],
        created_at=payment.created_at,
        updated_at=payment.updated_at,
    )


def _points(points: PaymentPoints, scale: int) -> PaymentPointsBody:
    earned_units = points.earned_units
    taken_units = sum(each.taken_units or 0 for each in points.takings)
    return PaymentPointsBody(
        awarded=None if earned_units is None else from_units(earned_units, scale),
        taken_back=from_units(taken_units, scale),
        failure=points.failure,
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
