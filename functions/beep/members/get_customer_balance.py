"""GET /api/v1/getCustomerBalance: a customer's balance, tier and history in a program."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import MembershipNotFound, ProgramNotFound
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success
from shared.schemas.catalog.product_bodies import Switch
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.members.balance_bodies import (
    LotBody,
    NextExpiry,
    Transaction,
    to_lots,
    to_next_expiry,
    to_transaction,
)
from shared.schemas.members.reservation_bodies import ReservationBody, to_reservations
from shared.services.loyalty import sandbox as mock
from shared.services.members import memberships


class Request(RequestModel):
    """The request names the customer and the program."""

    user_id: UserId
    program_id: ProgramId
    store_id: StoreId | None = None
    include_lots: Switch = Field(default=False, description="Whether the answer has `lots`.")
    include_reservations: Switch = Field(
        default=False, description="Whether the answer has `reservations`."
    )


class Response(ResponseModel):
    """The present balance, totals and tier, and the last ten transactions, newest first.

    The totals add up: ``currentBalance`` = ``totalEarned`` - ``totalRedeemed`` - ``totalExpired`` -
    ``totalReversed`` + ``totalAdjusted``.

    Expired points do not count from their moment of expiry; the history shows the expiry within 15
    minutes, or with the next booking.

    ``isActive`` is false if the program is inactive, or the member suspended or gone: ``status``
    says how the member stands. ``pointsToNextTier`` is 0 at the top,
    ``pointsToFallDown`` null at the bottom, and both are null in programs without tiers.
    """

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    current_balance: answers.CurrentBalance
    held_balance: answers.HeldBalance
    available_balance: answers.AvailableBalance
    pending_balance: answers.PendingBalance
    total_earned: answers.TotalEarned
    total_redeemed: Number = Field(description="Everything ever spent.")
    total_expired: Number = Field(description="Everything that ever expired.")
    total_reversed: Number = Field(
        description="What reversals took of what was earned, less what they gave back."
    )
    total_adjusted: Number = Field(
        description="What syncExternalLoyalty has added by `set`, less what it took."
    )
    next_expiry: NextExpiry | None = Field(
        description="What expires next unless it is spent. Null if nothing does."
    )
    current_tier: answers.CurrentTier
    next_tier: str | None = Field(description="The tier above. Null at the top and without tiers.")
    points_to_next_tier: int | None = Field(
        description="Still missing to the next tier; 0 at the top. Null without tiers."
    )
    points_to_fall_down: int | None = Field(
        description=(
            "What would have to be lost of what counts to lose the tier; 0 if too little counts "
            "already. Null in the lowest, without tiers, and if it is never lost."
        )
    )
    tier_valid_until: answers.TierValidUntil
    points_to_keep_tier: int | None = Field(
        description=(
            "What is missing to keep the tier beyond `tierValidUntil`. Null if it is not lost, or "
            "nothing helps any more."
        )
    )
    is_active: bool = Field(description="Whether the program and the membership are active.")
    status: answers.MembershipStatus
    status_reason: str | None = Field(
        description="The last reason given to suspendMember or reactivateMember. Null if none."
    )
    enrolled_at: answers.EnrolledAt
    version: answers.Version
    recent_transactions: list[Transaction] = Field(
        description="The last ten transactions, newest first."
    )
    lots: list[LotBody] | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description=(
            "Only with `includeLots`: what can be spent, in the order in which it is spent, and "
            "then what is pending; of each the first 100. What is reserved is in neither."
        ),
    )
    reservations: list[ReservationBody] | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description=(
            "Only with `includeReservations`: of what `heldBalance` is made, what ends first in "
            "front. voidLoyaltyRedemption frees one."
        ),
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "member": {"userId": "user_xyz", "programId": "lp_abc123"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "currentBalance": 142,
    "heldBalance": 0,
    "availableBalance": 142,
    "pendingBalance": 0,
    "totalEarned": 280,
    "totalRedeemed": 138,
    "totalExpired": 0,
    "totalReversed": 0,
    "totalAdjusted": 0,
    "nextExpiry": None,
    "currentTier": "Silber",
    "nextTier": "Gold",
    "pointsToNextTier": 1220,
    "pointsToFallDown": 31,
    "tierValidUntil": None,
    "pointsToKeepTier": None,
    "isActive": True,
    "status": "active",
    "statusReason": None,
    "enrolledAt": "2026-01-15T09:30:00.000Z",
    "version": 2,
    "recentTransactions": [
        {
            "entryId": "le_def456",
            "type": "redeem",
            "points": -138,
            "pendingPoints": 0,
            "balanceAfter": 142,
            "description": "10% Rabatt",
            "transactionId": None,
            "rewardCode": "RW-7K2M-9QXT-4HBC-W3ZP",
            "createdAt": "2026-03-03T12:00:00.000Z",
        }
    ],
}

REFUSALS = (ProgramNotFound, MembershipNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read the membership."""
    standing = memberships.standing(
        caller, program_id=body.program_id, user_id=body.user_id, store_id=body.store_id
    )
    membership, progress, scale = standing.membership, standing.progress, standing.program.scale
    return Response(
        program_id=membership.program_id,
        user_id=membership.user_id,
        current_balance=from_units(membership.balance_units, scale),
        held_balance=from_units(membership.held_units, scale),
        available_balance=from_units(membership.available_units, scale),
        pending_balance=from_units(membership.pending_units, scale),
        total_earned=from_units(membership.earned_units, scale),
        total_redeemed=from_units(membership.redeemed_units, scale),
        total_expired=from_units(membership.expired_units, scale),
        total_reversed=from_units(membership.reversed_units, scale),
        total_adjusted=from_units(membership.adjusted_units, scale),
        next_expiry=to_next_expiry(membership),
        current_tier=progress.current,
        next_tier=progress.next,
        points_to_next_tier=progress.points_to_reach if standing.program.tiers else None,
        points_to_fall_down=progress.points_to_fall_down,
        tier_valid_until=progress.valid_until,
        points_to_keep_tier=progress.points_to_keep,
        is_active=standing.program.is_active and membership.is_active,
        status=membership.status.value,
        status_reason=membership.status_reason,
        enrolled_at=membership.member_since,
        version=membership.seq,
        recent_transactions=[to_transaction(entry, scale) for entry in membership.recent],
        lots=to_lots(membership) if body.include_lots else None,
        reservations=to_reservations(membership) if body.include_reservations else None,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the sandbox's member; who is not enrolled is none."""
    mock.require_enrolled(body.user_id)
    return {}
