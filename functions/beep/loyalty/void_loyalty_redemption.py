"""POST /api/v1/voidLoyaltyRedemption: give up a reservation."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.loyalty.reservations import ReservationStatus
from shared.domain.units import from_units
from shared.errors import (
    MembershipNotFound,
    ProgramNotFound,
    ReservationClosed,
    ReservationNotFound,
)
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, ReservationId, StoreId, UserId
from shared.services.loyalty import reservations
from shared.services.loyalty import sandbox as mock


class Request(RequestModel):
    """A reservation. Customers give up their own, and none that a till has made."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    reservation_id: ReservationId


class Response(ResponseModel):
    """The balance without it. Repeated, it changes nothing."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    reservation_id: answers.ReservationId
    status: Literal["voided", "expired"] = Field(
        description="`expired` if it had ended by itself before."
    )
    points_released: Number = Field(description="What it held, and holds no more.")
    current_balance: answers.CurrentBalance
    held_balance: answers.HeldBalance
    available_balance: answers.AvailableBalance


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "reservation": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "reservationId": "rs_k3v9m2x7q4t8w6n5c2yb",
    }
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "reservationId": "rs_k3v9m2x7q4t8w6n5c2yb",
    "status": "voided",
    "pointsReleased": 80,
    "currentBalance": 142,
    "heldBalance": 0,
    "availableBalance": 142,
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    ReservationNotFound,
    ReservationClosed,
)


def handle(body: Request, caller: Caller) -> Response:
    """Let the points be spent again."""
    released = reservations.void(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        reservation_id=body.reservation_id,
    )
    scale = released.scale
    is_voided = released.status is ReservationStatus.VOIDED
    return Response(
        program_id=body.program_id,
        user_id=released.user_id,
        reservation_id=body.reservation_id,
        status="voided" if is_voided else "expired",
        points_released=from_units(released.units, scale),
        current_balance=from_units(released.balance_units, scale),
        held_balance=from_units(released.held_units, scale),
        available_balance=from_units(released.balance_units - released.held_units, scale),
        is_replay=released.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the documented example; who is not enrolled has nothing."""
    mock.require_enrolled(body.user_id)
    return {}
