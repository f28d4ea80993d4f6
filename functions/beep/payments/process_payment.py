"""POST /api/v1/processPayment: take money through the merchant's payment provider."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.money import Money
from shared.domain.payments.payments import PaymentStatus
from shared.errors import (
    CONNECTOR_REFUSALS,
    CheckoutStateConflict,
    ConnectorNotConfigured,
    MembershipNotFound,
    ProgramNotFound,
    StoreNotFound,
)
from shared.schemas import answers
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.fields import AmountMinor, Currency, StoreId
from shared.schemas.payments.payment_bodies import (
    CaptureLater,
    PayingCustomer,
    ProviderName,
    PurchaseId,
    RedirectUrl,
    ReturnUrl,
)
from shared.services.payments import processing
from shared.services.payments.processing import PaymentDraft


class Request(RequestModel):
    """A payment that begins on the provider's page: send the customer to ``redirectUrl``.

    Needs ``purchaseId`` or the header ``Idempotency-Key``: a repeated request pays once. With
    ``programId`` and ``userId`` the member gets points for the paid money, and loses them again
    for refunds. The provider gets ``customer``, which is dropped once it has answered.
    """

    store_id: StoreId
    amount: AmountMinor
    currency: Currency = Field(description="ISO 4217 code; need not be the store's currency.")
    return_url: ReturnUrl
    provider: ProviderName | None = Field(
        default=None, description="The provider to pay with. By default the store's default."
    )
    purchase_id: PurchaseId | None = None
    description: str = Field(
        default="",
        max_length=100,
        description="Shown to the customer on the provider's page. By default `purchaseId`.",
    )
    capture_later: CaptureLater = False
    program_id: Id | None = Field(
        default=None, description="The program that the payment earns points in."
    )
    user_id: Id | None = Field(
        default=None, description="The member who earns points for the payment."
    )
    customer: PayingCustomer | None = None

    @model_validator(mode="after")
    def _names_a_member(self) -> Self:
        if (self.program_id is None) != (self.user_id is None):
            raise ValueError("needs both programId and userId, or neither")
        return self


class Response(ResponseModel):
    """The payment. The customer pays at ``redirectUrl``; it is null if nothing is left to do."""

    success: Success = True
    payment_id: answers.PaymentId
    status: PaymentStatus = Field(description="How far it has come.")
    provider: ProviderName
    redirect_url: RedirectUrl
    amount: answers.Amount
    currency: answers.Currency


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "purchase": {
        "storeId": "store_a",
        "amount": 1099,
        "currency": "EUR",
        "purchaseId": "order_1001",
        "description": "Bestellung 1001",
        "returnUrl": "https://shop.example.com/done",
        "customer": {
            "email": "erika@example.com",
            "firstName": "Erika",
            "lastName": "Mustermann",
            "ipAddress": "192.0.2.7",
            "locale": "de-DE",
        },
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "paymentId": "pay_4f1c9a2be07d4c6e8b13a5f0c2d7",
    "status": "requires_action",
    "provider": "custom",
    "redirectUrl": "https://pay.example.com/p_1",
    "amount": 1099,
    "currency": "EUR",
}

REFUSALS = (
    StoreNotFound,
    ProgramNotFound,
    MembershipNotFound,
    CheckoutStateConflict,
    ConnectorNotConfigured,
    *CONNECTOR_REFUSALS,
)


def handle(body: Request, caller: Caller) -> Response:
    """Write down the payment, then ask the provider to begin it."""
    draft = PaymentDraft(
        provider=body.provider,
        amount=Money(body.amount, body.currency),
        purchase_id=body.purchase_id,
        description=body.description or body.purchase_id or "",
        return_url=body.return_url,
        captures_later=body.capture_later,
        program_id=body.program_id,
        user_id=body.user_id,
        customer=body.customer.to_customer() if body.customer else None,
    )
    done = processing.process(caller, body.store_id, draft)
    return Response(
        payment_id=done.payment.payment_id,
        status=done.payment.status,
        provider=done.payment.provider,  # type: ignore[arg-type]
        redirect_url=done.payment.redirect_url,
        amount=done.payment.amount_minor,
        currency=done.payment.currency,
        is_replay=done.is_replay,
    )


def sandbox(body: Request, caller: Caller) -> dict[str, Any]:
    """Name the payment as it would be named, and nothing else: nobody pays."""
    processing.payment_id_of(caller, body.store_id, body.purchase_id)
    return {}
