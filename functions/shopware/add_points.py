"""POST add-points: give points to a customer, who becomes a member by that if need be."""

from __future__ import annotations

from functools import partial
from typing import Any

from functions.shopware import bodies, sandbox_answers
from functions.shopware.fields import PointsRequest
from shared.auth.caller import Caller
from shared.services.loyalty import sales_channels
from shared.services.members import shop_bookings
from shared.services.systems import asked_customers

BY_DEFAULT = "Manuell gesetzt via API"


class Request(PointsRequest):
    """Whom to give how much, and why. The order names nothing: it may get points twice."""


class Response(bodies.BookedResponse):
    """What was booked."""


EXAMPLE: dict[str, Any] = {
    "status": "success",
    "message": "Points added.",
    "data": sandbox_answers.ADDED,
}


def handle(body: Request, caller: Caller) -> Response:
    """Book the points."""
    program = sales_channels.program_of(caller, body.sales_channel_id)
    booking = shop_bookings.add(
        caller,
        program,
        customer_id=body.customer_id,
        points=body.points,
        description=body.description or BY_DEFAULT,
        order_id=body.order_id,
        email_of=partial(asked_customers.verified_email, caller, program),
    )
    assert booking.entry is not None, "points that are named are granted"
    return Response(
        message=EXAMPLE["message"],
        data=bodies.to_booked(booking.entry, program, body.customer_id),
        is_replay=booking.is_replay,
    )


def sandbox(body: Request) -> dict[str, Any]:
    """Give points to the sandbox's customer."""
    found = sandbox_answers.filled(EXAMPLE, body.customer_id, body.order_id)
    return sandbox_answers.booked(found, body.points, body.description or BY_DEFAULT)
