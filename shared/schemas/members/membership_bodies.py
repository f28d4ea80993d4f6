"""How a person stands in a program, in answers."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.domain.loyalty.membership import Membership
from shared.domain.units import from_units
from shared.schemas import answers
from shared.schemas.base import Number, WireModel


class MembershipBody(WireModel):
    """A membership. getCustomerBalance shows more of one."""

    program_id: answers.ProgramId
    store_id: answers.StoreId
    status: answers.MembershipStatus
    current_balance: answers.CurrentBalance
    held_balance: answers.HeldBalance
    available_balance: answers.AvailableBalance
    lifetime_points: Number = Field(description="What counts for the tier.")
    current_tier: answers.CurrentTier
    enrolled_at: answers.EnrolledAt
    version: answers.Version


STANDING_EXAMPLE: dict[str, Any] = {
    "programId": "lp_abc123",
    "storeId": "store_a",
    "status": "active",
    "currentBalance": 142,
    "heldBalance": 0,
    "availableBalance": 142,
    "lifetimePoints": 142,
    "currentTier": None,
    "enrolledAt": "2026-03-03T12:00:00.000Z",
    "version": 1,
}


def to_membership_body(membership: Membership) -> MembershipBody:
    """Return a membership as answers show it."""
    return MembershipBody(
        program_id=membership.program_id,
        store_id=membership.store_id,
        status=membership.status.value,
        current_balance=from_units(membership.balance_units, membership.scale),
        held_balance=from_units(membership.held_units, membership.scale),
        available_balance=from_units(membership.available_units, membership.scale),
        lifetime_points=from_units(membership.lifetime_units, membership.scale),
        current_tier=membership.tier,
        enrolled_at=membership.member_since,
        version=membership.seq,
    )
