"""GET /api/v1/getCustomerBalance: a customer's balance, tier and history in a program."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.domain.loyalty.membership import Membership, RecentEntry
from shared.domain.units import from_units
from shared.schemas.base import (
    Id,
    Number,
    RequestModel,
    ResponseModel,
    Success,
    Timestamp,
    WireModel,
)
from shared.services.members import memberships


class Request(RequestModel):
    """Whose balance."""

    user_id: Id
    program_id: Id
    store_id: Id | None = None


class Transaction(WireModel):
    """A line of the history; ``points`` is negative for what was spent."""

    entry_id: str
    type: str
    points: Number
    balance_after: Number
    description: str
    transaction_id: str | None
    reward_code: str | None
    created_at: Timestamp


class NextExpiry(WireModel):
    """What can be spent until then, and not after."""

    points: Number
    expires_at: Timestamp


class Response(ResponseModel):
    """Balance, totals and tier as they are now, and the last ten transactions, newest first.

    What has expired does not count from its moment on; the history has it within 15 minutes, or
    with the next booking.

    ``isActive`` tells whether the program is. ``pointsToNextTier`` is 0 at the top,
    ``pointsToFallDown`` null at the bottom, and both are null in programs without tiers.
    """

    success: Success = True
    program_id: str
    user_id: str
    current_balance: Number
    total_earned: Number
    total_redeemed: Number
    total_expired: Number
    next_expiry: NextExpiry | None
    current_tier: str | None
    next_tier: str | None
    points_to_next_tier: int | None
    points_to_fall_down: int | None
    is_active: bool
    enrolled_at: Timestamp
    recent_transactions: list[Transaction]


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "member": {"userId": "user_xyz", "programId": "lp_abc123"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "currentBalance": 142,
    "totalEarned": 280,
    "totalRedeemed": 138,
    "totalExpired": 0,
    "nextExpiry": None,
    "currentTier": "Silber",
    "nextTier": "Gold",
    "pointsToNextTier": 1220,
    "pointsToFallDown": 31,
    "isActive": True,
    "enrolledAt": "2026-01-15T09:30:00.000Z",
    "recentTransactions": [
        {
            "entryId": "le_def456",
            "type": "redeem",
            "points": -138,
            "balanceAfter": 142,
            "description": "10% Rabatt",
            "transactionId": None,
            "rewardCode": "RW-7K2M-9QXT-4HBC-W3ZP",
            "createdAt": "2026-03-03T12:00:00.000Z",
        }
    ],
}


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
        total_earned=from_units(membership.earned_units, scale),
        total_redeemed=from_units(membership.redeemed_units, scale),
        total_expired=from_units(membership.expired_units, scale),
        next_expiry=_next_expiry(membership),
        current_tier=progress.current,
        next_tier=progress.next,
        points_to_next_tier=progress.points_to_reach if standing.program.tiers else None,
        points_to_fall_down=progress.points_to_fall_down,
        is_active=standing.program.is_active,
        enrolled_at=membership.enrolled_at,
        recent_transactions=[_transaction(entry, scale) for entry in membership.recent],
    )


def _next_expiry(membership: Membership) -> NextExpiry | None:
    """Return what expires next: lots are in that order, those that never do last."""
    lot = membership.lots[0] if membership.lots else None
    if lot is None or lot.expires_at is None:
        return None
    return NextExpiry(points=from_units(lot.units, membership.scale), expires_at=lot.expires_at)


def _transaction(entry: RecentEntry, scale: int) -> Transaction:
    return Transaction(
        entry_id=entry.entry_id,
        type=entry.kind.value,
        points=from_units(entry.units, scale),
        balance_after=from_units(entry.balance_after_units, scale),
        description=entry.description,
        transaction_id=entry.transaction_id,
        reward_code=entry.reward_code,
        created_at=entry.recorded_at,
    )
