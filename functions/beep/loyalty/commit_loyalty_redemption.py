"""POST /api/v1/commitLoyaltyRedemption: redeem what was reserved."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import (
    InsufficientBalance,
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    ProgramNotFound,
    RedemptionCancelled,
    ReservationClosed,
    ReservationExpired,
    ReservationNotFound,
    RewardCostMismatch,
    RewardLimitReached,
    RewardOutOfStock,
    RewardUnavailable,
    ShopCustomerRequired,
)
from shared.schemas import answers
from shared.schemas.base import Number, PositivePoints, RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, ReservationId, StoreId, UserId
from shared.schemas.loyalty.booking_bodies import AmountPaid, MoneyToPay
from shared.services.loyalty import reservations
from shared.services.loyalty import sandbox as mock


class Request(RequestModel):
    """A reservation that has not ended. Repeated, it answers with the same redemption."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    reservation_id: ReservationId
    points: PositivePoints | None = Field(
        default=None,
        description="How much of it; the rest can be spent at once. By default all of it.",
    )
    amount: MoneyToPay | None = Field(
        default=None,
        description=(
            "How much of it, for a reservation that was made for an `amount`: in the store's "
            "currency. Instead of `points`."
        ),
    )


class Response(ResponseModel):
    """The redemption, as redeemLoyaltyPoints would have made it."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    reservation_id: answers.ReservationId
    redemption_id: str = Field(
        description=f"The ledger entry of the redemption. {answers.ENTRY_ID_SCOPE}"
    )
    points_redeemed: Number = Field(description="What was spent.")
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier
    amount_paid: AmountPaid
    reward_id: str | None = Field(description="The reward that was bought. Null without one.")
    reward_code: answers.RewardCode
    reward_description: str = Field(description="What was bought: the reward's title.")
    transaction_id: answers.TransactionId


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "whole": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "reservationId": "rs_k3v9m2x7q4t8w6n5c2yb",
    },
    "part": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "reservationId": "rs_k3v9m2x7q4t8w6n5c2yb",
        "points": 50,
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "reservationId": "rs_k3v9m2x7q4t8w6n5c2yb",
    "redemptionId": "le_k3v9m2x7q4t8w6n5c2yb",
    "pointsRedeemed": 80,
    "previousBalance": 142,
    "newBalance": 62,
    "currentTier": "Silber",
    "amountPaid": None,
    "rewardId": None,
    "rewardCode": None,
    "rewardDescription": "",
    "transactionId": None,
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    MemberSuspended,
    MembershipClosed,
    ReservationNotFound,
    ReservationExpired,
    ReservationClosed,
    RewardCostMismatch,
    RewardLimitReached,
    RewardOutOfStock,
    RewardUnavailable,
    ShopCustomerRequired,
    RedemptionCancelled,
    InsufficientBalance,
)


def handle(body: Request, caller: Caller) -> Response:
    """Book the redemption, or refuse it with nothing changed."""
    booking = reservations.commit(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        reservation_id=body.reservation_id,
        points=body.points,
        amount=body.amount,
    )
    entry, scale = booking.entry, booking.program.scale
    assert entry is not None
    return Response(
        program_id=body.program_id,
        user_id=booking.user_id,
        reservation_id=body.reservation_id,
        redemption_id=entry.entry_id,
        points_redeemed=from_units(-entry.units, scale),
        previous_balance=from_units(booking.previous_units, scale),
        new_balance=from_units(booking.new_units, scale),
        current_tier=booking.tier,
        amount_paid=None if entry.amount_paid is None else Decimal(entry.amount_paid),
        reward_id=entry.reward_id,
        reward_code=entry.reward_code,
        reward_description=entry.description,
        transaction_id=entry.transaction_id,
        is_replay=booking.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Redeem points of the sandbox's member."""
    if body.amount is not None:
        points = mock.price(body.amount)
    else:
        points = body.points or Decimal(EXAMPLE["pointsRedeemed"])
    change = mock.redeem(body.user_id, points, None)
    return {
        "pointsRedeemed": points,
        "previousBalance": change.before,
        "newBalance": change.after,
        "amountPaid": body.amount,
    }
