"""POST /api/v1/reserveLoyaltyPoints: set points aside until they are redeemed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.loyalty.holds import MINUTES_DEFAULT, MINUTES_MAX
from shared.domain.units import from_units
from shared.errors import (
    InsufficientBalance,
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    PointsHaveNoValue,
    ProgramNotFound,
    RedemptionCancelled,
    ReservationExists,
    RewardCostMismatch,
    RewardLimitReached,
    RewardNotFound,
    RewardOutOfStock,
    RewardUnavailable,
    ShopCustomerRequired,
    TierRequired,
    TooManyReservations,
)
from shared.schemas import answers
from shared.schemas.base import (
    Id,
    Number,
    PositivePoints,
    RequestModel,
    ResponseModel,
    Success,
    Timestamp,
    Whole,
)
from shared.schemas.fields import ProgramId, StoreId, TransactionId, UserId
from shared.schemas.loyalty.booking_bodies import AmountPaid, AmountToPay
from shared.services.loyalty import reservations
from shared.services.loyalty import sandbox as mock


class Request(RequestModel):
    """Points, an amount to pay, or a reward of the program, with the price that was shown for it.

    commitLoyaltyRedemption redeems what is reserved.
    """

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    points: PositivePoints | None = Field(
        default=None,
        description=(
            "How much to reserve, unless `rewardId` or `amount` says it. Beside `rewardId` it is "
            "the price that the customer has seen: it must be what the reward costs."
        ),
    )
    amount: AmountToPay | None = None
    reward_id: Id | None = Field(
        default=None, description="The program's reward to reserve, with a piece of its stock."
    )
    transaction_id: TransactionId | None = None
    expires_in_minutes: Whole = Field(
        default=MINUTES_DEFAULT,
        ge=1,
        le=MINUTES_MAX,
        description="When the reservation ends by itself.",
    )


class Response(ResponseModel):
    """The reservation, and the balance with it."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    reservation_id: answers.ReservationId
    points_reserved: Number = Field(description="What nobody else can spend.")
    expires_at: Timestamp = Field(description="When it ends, unless it was committed before.")
    current_balance: answers.CurrentBalance
    held_balance: answers.HeldBalance
    available_balance: answers.AvailableBalance
    amount_paid: AmountPaid
    reward_id: str | None = Field(description="The reserved reward. Null without one.")
    reward_code: answers.RewardCode
    transaction_id: answers.TransactionId


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "points": {"programId": "lp_abc123", "userId": "user_xyz", "points": 80},
    "payment": {"programId": "lp_abc123", "userId": "user_xyz", "amount": 1.25},
    "reward": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "rewardId": "rw_abc123",
        "points": 80,
        "expiresInMinutes": 30,
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "reservationId": "rs_k3v9m2x7q4t8w6n5c2yb",
    "pointsReserved": 80,
    "expiresAt": "2026-03-03T12:15:00.000Z",
    "currentBalance": 142,
    "heldBalance": 80,
    "availableBalance": 62,
    "amountPaid": None,
    "rewardId": None,
    "rewardCode": None,
    "transactionId": None,
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    MemberSuspended,
    MembershipClosed,
    RewardNotFound,
    RewardCostMismatch,
    RewardUnavailable,
    TierRequired,
    RewardLimitReached,
    RewardOutOfStock,
    ShopCustomerRequired,
    PointsHaveNoValue,
    InsufficientBalance,
    ReservationExists,
    TooManyReservations,
    RedemptionCancelled,
)


def handle(body: Request, caller: Caller) -> Response:
    """Reserve the points, or refuse it with nothing changed."""
    made = reservations.reserve(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        points=body.points,
        amount=body.amount,
        reward_id=body.reward_id,
        transaction_id=body.transaction_id,
        minutes=body.expires_in_minutes,
    )
    return Response(
        program_id=body.program_id,
        user_id=made.user_id,
        reservation_id=made.reservation_id,
        points_reserved=from_units(made.units, made.scale),
        expires_at=made.ends_at,
        current_balance=from_units(made.balance_units, made.scale),
        held_balance=from_units(made.held_units, made.scale),
        available_balance=from_units(made.balance_units - made.held_units, made.scale),
        amount_paid=made.amount_paid,
        reward_id=made.reward_id,
        reward_code=made.reward_code,
        transaction_id=made.transaction_id,
        is_replay=made.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Reserve points of the sandbox's member; its rewards cost as much as in the example."""
    reservations.require_terms(body.points, body.reward_id, body.amount)
    if body.amount is not None:
        points = mock.price(body.amount)
    else:
        points = body.points or Decimal(EXAMPLE["pointsReserved"])
    change = mock.redeem(body.user_id, points, body.reward_id)
    return {
        "pointsReserved": points,
        "currentBalance": change.before,
        "heldBalance": points,
        "availableBalance": change.after,
        "amountPaid": body.amount,
        "rewardId": body.reward_id,
        "rewardCode": "RW-7K2M-9QXT-4HBC-W3ZP" if body.reward_id else None,
        "transactionId": body.transaction_id,
    }
