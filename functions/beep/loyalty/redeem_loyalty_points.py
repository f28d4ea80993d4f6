"""POST /api/v1/redeemLoyaltyPoints: spend points, stamps or cashback."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.loyalty import counter_spending
from shared.domain.members import member_codes
from shared.domain.units import from_units
from shared.errors import (
    ChangingCodeRequired,
    InsufficientBalance,
    MemberCodeDamaged,
    MemberCodeExpired,
    MemberCodeNotFound,
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    OwnMembership,
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
)
from shared.schemas import answers
from shared.schemas.base import (
    Duplicate,
    Id,
    Number,
    PositivePoints,
    RequestModel,
    ResponseModel,
    Success,
    invalid,
)
from shared.schemas.fields import ProgramId, StoreId, TransactionId, UserId
from shared.schemas.loyalty.booking_bodies import (
    AmountPaid,
    AmountToPay,
    RewardDescription,
    ShownCode,
)
from shared.services.loyalty import balances
from shared.services.loyalty import sandbox as mock
from shared.services.members import identification


class Request(RequestModel):
    """The request says how much to spend: ``points``, or the ``amount`` of a purchase to pay.

    With ``rewardId``, ``points`` must be its cost.
    """

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    points: PositivePoints | None = Field(
        default=None,
        description=(
            "How many points, stamps or how much cashback (in the store's currency). Needed unless "
            "`amount` is there."
        ),
    )
    amount: AmountToPay | None = None
    reward_description: RewardDescription | None = None
    member_code: ShownCode | None = None
    reward_id: Id | None = Field(
        default=None, description="The program's reward to buy; `points` must be what it costs."
    )
    transaction_id: TransactionId | None = None


class Response(ResponseModel):
    """The redemption; with ``rewardId`` also the code for the customer to show.

    ``duplicate``: an earlier request, perhaps of syncExternalLoyalty, booked this
    ``transactionId``; this is its booking.
    """

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    redemption_id: str = Field(
        description=f"The ledger entry of the redemption. {answers.ENTRY_ID_SCOPE}"
    )
    points_redeemed: Number = Field(description="What was spent.")
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier
    amount_paid: AmountPaid
    reward_id: str | None = Field(description="The reward that was bought. Null without one.")
    reward_code: str | None = Field(
        description=(
            "The code that the customer shows for the reward. Null without one, and for a cashier "
            "who names the `transactionId` of what somebody else has booked."
        )
    )
    reward_description: str = Field(
        description=(
            "What was bought; shown in the customer's history. By default the reward's title."
        )
    )
    transaction_id: answers.TransactionId
    duplicate: Duplicate = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "reward": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "points": 100,
        "rewardId": "rw_abc123",
        "rewardDescription": "10% Rabatt",
    },
    "payment": {"programId": "lp_abc123", "userId": "user_xyz", "amount": 1.25},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "redemptionId": "le_def456",
    "pointsRedeemed": 100,
    "previousBalance": 142,
    "newBalance": 42,
    "currentTier": "Silber",
    "amountPaid": None,
    "rewardId": "rw_abc123",
    "rewardCode": "RW-7K2M-9QXT-4HBC-W3ZP",
    "rewardDescription": "10% Rabatt",
    "transactionId": None,
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    MemberSuspended,
    MembershipClosed,
    MemberCodeDamaged,
    MemberCodeNotFound,
    MemberCodeExpired,
    ChangingCodeRequired,
    OwnMembership,
    ReservationExists,
    RewardNotFound,
    RewardCostMismatch,
    RewardUnavailable,
    TierRequired,
    RewardLimitReached,
    RewardOutOfStock,
    ShopCustomerRequired,
    PointsHaveNoValue,
    RedemptionCancelled,
    InsufficientBalance,
)


def handle(body: Request, caller: Caller) -> Response:
    """Book the redemption, or refuse it with nothing changed."""
    _require_terms_of_caller(body, caller)
    if body.member_code is not None:
        member_codes.read(body.member_code)
    booking = balances.redeem(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        points=body.points,
        amount=body.amount,
        reward_id=body.reward_id,
        reward_description=body.reward_description,
        transaction_id=body.transaction_id,
        require_present=(
            None
            if body.member_code is None
            else partial(identification.require_present, caller, body.member_code)
        ),
    )
    entry, scale = booking.entry, booking.program.scale
    assert entry is not None
    is_told_code = not caller.is_cashier or counter_spending.shows_reward_code(
        entry, caller.staff_id
    )
    return Response(
        program_id=body.program_id,
        user_id=booking.user_id,
        redemption_id=entry.entry_id,
        points_redeemed=from_units(-entry.units, scale),
        previous_balance=from_units(booking.previous_units, scale),
        new_balance=from_units(booking.new_units, scale),
        current_tier=booking.tier,
        amount_paid=None if entry.amount_paid is None else Decimal(entry.amount_paid),
        reward_id=entry.reward_id,
        reward_code=entry.reward_code if is_told_code else None,
        reward_description=entry.description,
        transaction_id=entry.transaction_id,
        duplicate=True if booking.is_duplicate else None,
        is_replay=booking.is_replay,
    )


def _require_terms_of_caller(body: Request, caller: Caller) -> None:
    """Refuse what a cashier may not spend: only for who is there, on a purchase or a reward."""
    problems: dict[str, str] = {}
    if caller.customer is not None and body.member_code is not None:
        problems["memberCode"] = "is not for customers"
    if caller.is_cashier:
        if body.member_code is None:
            problems["memberCode"] = "is required of cashiers"
        if body.reward_description is not None:
            problems["rewardDescription"] = "is not for cashiers"
        if body.points is not None and body.reward_id is None:
            problems["points"] = "is not for cashiers without rewardId: send amount"
    if problems:
        raise invalid(problems)


def sandbox(body: Request, caller: Caller) -> dict[str, Any]:
    """Spend the points of the sandbox's member."""
    _require_terms_of_caller(body, caller)
    if body.member_code is not None:
        member_codes.read(body.member_code)
    balances.require_points_or_amount(body.points, body.amount, body.reward_id)
    points = mock.price(body.amount) if body.amount is not None else body.points
    assert points is not None, "one of the two is there"
    change = mock.redeem(body.user_id, points, body.reward_id)
    title = EXAMPLE["rewardDescription"] if body.reward_id else ""
    return {
        "pointsRedeemed": points,
        "previousBalance": change.before,
        "newBalance": change.after,
        "amountPaid": body.amount,
        "rewardId": body.reward_id,
        **({} if body.reward_id else {"rewardCode": None}),
        "rewardDescription": body.reward_description or title,
    }
