"""POST deduct-points: take points of a customer, who must be a member and have as many."""

from __future__ import annotations

from typing import Any

from functions.shopware import bodies, sandbox_answers
from functions.shopware.fields import PointsRequest
from shared.auth.caller import Caller
from shared.errors import InsufficientBalance
from shared.services.loyalty import sales_channels
from shared.services.members import shop_bookings

BY_DEFAULT = "Manuell abgezogen via API"


class Request(PointsRequest):
    """Of whom to take how much, and why. The order names nothing: it may lose points twice."""


class Response(bodies.BookedResponse):
    """What was booked."""


EXAMPLE: dict[str, Any] = {
    "status": "success",
    "message": "Points deducted.",
    "data": sandbox_answers.DEDUCTED,
}


def handle(body: Request, caller: Caller) -> Response:
    """Book the deduction, or refuse it with nothing changed."""
    program = sales_channels.program_of(caller, body.sales_channel_id)
    booking = shop_bookings.deduct(
        caller,
        program,
        customer_id=body.customer_id,
        points=body.points,
        description=body.description or BY_DEFAULT,
        order_id=body.order_id,
    )
    assert booking.entry is not None, "who has too few points is refused"
    return Response(
        message=EXAMPLE["message"],
        data=bodies.to_booked(booking.entry, program, body.customer_id),
        is_replay=booking.is_replay,
    )


def sandbox(body: Request) -> dict[str, Any]:
    """Take points of the sandbox's customer.

    Raises:
        InsufficientBalance: There are not as many.
    """
    if body.points > sandbox_answers.POINTS:
        raise InsufficientBalance(f"The customer has {sandbox_answers.POINTS} points.")
    found = sandbox_answers.filled(EXAMPLE, body.customer_id, body.order_id)
    return sandbox_answers.booked(found, -body.points, body.description or BY_DEFAULT)
