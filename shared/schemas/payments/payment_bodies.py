"""Payments in answers, and customers in requests."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from shared.domain.loyalty.purchase_points import PurchasePoints
from shared.domain.payments import psp
from shared.domain.payments.customers import Customer
from shared.domain.payments.payments import Payment, PaymentStatus, Refund, RefundStatus
from shared.domain.units import from_units
from shared.schemas import answers
from shared.schemas.base import Name, NewId, Number, WireModel, worded
from shared.schemas.fields import Link
from shared.schemas.loyalty.booking_bodies import CappedBy, NoAwardReason

Email = Annotated[
    str,
    Field(
        max_length=254, pattern=worded(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "must be an e-mail address")
    ),
]
ProviderName = Annotated[psp.ProviderName, Field(description="The payment provider.")]
DefaultProvider = Annotated[
    psp.ProviderName | None,
    Field(
        description="The provider of payments that name none. Null if the store has no provider."
    ),
]
IsDefault = Annotated[
    bool, Field(description="Whether payments that name no provider go through this one.")
]
IsTest = Annotated[
    bool, Field(description="Whether it is a test account with the provider: no money moves.")
]
PurchaseId = Annotated[
    NewId,
    Field(
        description=(
            "Your id of what is paid for. It is paid once in this store, however often it is asked "
            "for."
        )
    ),
]
CaptureLater = Annotated[
    bool,
    Field(
        description=(
            "Only authorize the payment: the money is taken by `capturePayment`. Not every "
            "provider can."
        )
    ),
]
ReturnUrl = Annotated[
    Link,
    Field(
        description=(
            "Where the provider sends the customer's browser afterwards: https, a public host."
        )
    ),
]
RedirectUrl = Annotated[
    str | None, Field(description="Where the customer pays. Null if there is no such page.")
]
RefundId = Annotated[str, Field(description="Id of the refund.")]
RefundProgress = Annotated[
    RefundStatus,
    Field(description="`pending` until the provider says that the money is back, or is not."),
]


def _is_ip_address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("must be an IPv4 or IPv6 address") from None


IpAddress = Annotated[
    str,
    Field(max_length=45),
    AfterValidator(_is_ip_address),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}),
]


class CustomerBody(WireModel):
    """The customer who pays. The data go to providers that want them, and are not kept."""

    email: Email | None = Field(default=None, description="E-mail address.")
    first_name: Name | None = Field(default=None, description="First name.")
    last_name: Name | None = Field(default=None, description="Last name.")
    ip_address: IpAddress | None = Field(
        default=None, description="The customer's IPv4 or IPv6 address, not your server's."
    )
    locale: (
        Annotated[
            str,
            Field(pattern=worded("^[a-z]{2}(-[A-Z]{2})?$", "must be a language, like de or de-CH")),
        ]
        | None
    ) = Field(default=None, description="Language, perhaps with a country: `de`, `de-CH`.")

    def to_customer(self) -> Customer:
        """Return the customer."""
        return Customer(**self.model_dump())


PayingCustomer = Annotated[
    CustomerBody,
    Field(
        description=(
            "Who pays. Passed on to providers that ask for it, kept encrypted until the provider "
            "has answered, and then dropped."
        )
    ),
]


class PaymentPointsBody(WireModel):
    """A payment's bookings for its member, in the program's points, stamps or money."""

    awarded: Number | None = Field(
        description=(
            "What the payment has earned, in points, stamps or money. Null until it is booked."
        )
    )
    capped_by: CappedBy
    reason: NoAwardReason
    taken_back: Number = Field(
        description="What was taken of it again for what was refunded or charged back."
    )
    failure: str | None = Field(
        description=(
            "The code of the refusal for which no more is booked. Null if nothing was refused."
        )
    )


class RefundBody(WireModel):
    """A refund: money that was given back, or will be."""

    refund_id: RefundId
    amount: answers.Amount
    status: RefundProgress
    reason: str = Field(description="What was said when it was asked for.")
    failure: str | None = Field(
        description="Why it failed: a word of ours or of the provider's. Null if it has not."
    )
    created_at: answers.CreatedAt
    updated_at: answers.UpdatedAt


class PaymentBody(WireModel):
    """A payment as it is known now."""

    payment_id: answers.PaymentId
    store_id: answers.StoreId
    provider: ProviderName
    status: PaymentStatus = Field(description="How far it has come, and whether it was refunded.")
    amount: answers.Amount
    currency: answers.Currency
    captured: int = Field(description="What the provider has taken, in minor units.")
    refunded: int = Field(description="What was given back for certain, in minor units.")
    charged_back: int = Field(description="What customers' banks have withdrawn, in minor units.")
    refundable: int = Field(description="What can still be given back, in minor units.")
    is_test: IsTest
    redirect_url: RedirectUrl
    purchase_id: str | None = Field(
        description="Your id of what is paid for. Null if none was given."
    )
    program_id: str | None = Field(
        description="The program that the payment earns points in. Null without one."
    )
    user_id: str | None = Field(
        description="The member who earns points for the payment. Null without one."
    )
    points: PaymentPointsBody | None = Field(
        description="The member's points for the payment. Null before it is paid, and without."
    )
    failure: str | None = Field(
        description="Why it failed: a word of ours or of the provider's. Null if it has not."
    )
    problem: str | None = Field(
        description=(
            "Why somebody has to look at it: `amount_mismatch` if the provider named another "
            "amount or currency than was asked for, `refund_unknown` if what became of a refund "
            "cannot be found out, `charged_back` while money is withdrawn by the customer's bank, "
            "`points_not_booked` if the member's points were refused. Null if nothing is wrong."
        )
    )
    refunds: list[RefundBody] = Field(
        description="What was given back through us, or is about to be; the oldest first."
    )
    created_at: answers.CreatedAt
    updated_at: answers.UpdatedAt


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
    """Return a payment as answers show it.

    Args:
        payment: The payment.
        points_scale: Decimals of the unit of its points; not used if it has none.
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


def _points(points: PurchasePoints, scale: int) -> PaymentPointsBody:
    earned_units = points.earned_units
    taken_units = sum(each.taken_units or 0 for each in points.takings)
    return PaymentPointsBody(
        awarded=None if earned_units is None else from_units(earned_units, scale),
        capped_by=points.capped_by,
        reason=points.reason,
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
