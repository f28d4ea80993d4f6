"""POST /api/v1/quoteLoyaltyPayment: say what of a purchase a member's points would pay."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import currency_scale, from_units
from shared.errors import (
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    PointsHaveNoValue,
    ProgramNotFound,
)
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.loyalty.booking_bodies import MoneyToPay
from shared.services.loyalty import payment_quotes
from shared.services.loyalty import sandbox as mock


class Request(RequestModel):
    """A purchase that is not paid yet."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    amount: MoneyToPay = Field(
        description="What the purchase costs, in the store's currency, with its decimals."
    )


class Response(ResponseModel):
    """The most that the member can pay now. Nothing is set aside: reserveLoyaltyPoints does that.

    ``amountPaid`` and ``amountLeft`` are the purchase. To pay less, send less as ``amount``.
    """

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    points: Number = Field(description="How many points would be spent; 0 if none would help.")
    amount_paid: Number = Field(description="What they pay, in the store's currency.")
    amount_left: Number = Field(description="What is left to be paid in money.")
    point_value: Number = Field(description="What one point is worth. 1 for cashback.")
    currency: str = Field(description="ISO 4217 code of the store's currency.")
    available_balance: answers.AvailableBalance


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "purchase": {"programId": "lp_abc123", "userId": "user_xyz", "amount": 28.5}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "points": 142,
    "amountPaid": 1.42,
    "amountLeft": 27.08,
    "pointValue": 0.01,
    "currency": "EUR",
    "availableBalance": 142,
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    MemberSuspended,
    MembershipClosed,
    PointsHaveNoValue,
)


def handle(body: Request, caller: Caller) -> Response:
    """Compute it, and write nothing."""
    quote = payment_quotes.quote(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        amount=body.amount,
    )
    program, payment = quote.program, quote.payment
    decimals = currency_scale(program.currency)
    return Response(
        program_id=body.program_id,
        user_id=quote.membership.user_id,
        points=from_units(payment.units, program.scale),
        amount_paid=from_units(payment.amount_minor, decimals),
        amount_left=from_units(quote.left_minor, decimals),
        point_value=payment.point_value,
        currency=program.currency,
        available_balance=from_units(quote.membership.available_units, program.scale),
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Compute for the sandbox's member, whose points are worth a cent."""
    payment = mock.quote(body.user_id, body.amount)
    return {
        "points": payment.points,
        "amountPaid": payment.paid,
        "amountLeft": body.amount - payment.paid,
    }
