"""What is reserved of a member's balance: bodies of answers."""

from __future__ import annotations

from pydantic import Field

from shared.domain.loyalty.membership import Membership
from shared.domain.units import from_units
from shared.schemas import answers
from shared.schemas.base import Number, Timestamp, WireModel
from shared.schemas.loyalty.booking_bodies import AmountPaid


class ReservationBody(WireModel):
    """Points that nobody else can spend until they are committed, voided, or free by themselves."""

    reservation_id: answers.ReservationId
    points: Number = Field(description="How much of the balance it holds.")
    description: str = Field(description="The reward as it was called then. Empty without one.")
    reward_id: str | None = Field(description="The reserved reward. Null without one.")
    reward_code: answers.RewardCode
    transaction_id: answers.TransactionId
    amount_paid: AmountPaid
    by_customer: bool = Field(
        description="Whether the customer has asked for it. Else a till, a server or staff have."
    )
    reserved_at: Timestamp = Field(description="Since when.")
    expires_at: Timestamp = Field(description="When it ends by itself.")


def to_reservations(membership: Membership) -> list[ReservationBody]:
    """Return what is reserved, what ends first in front.

    Args:
        membership: As it is now: without what has ended by itself.
    """
    return [
        ReservationBody(
            reservation_id=each.reservation_id,
            points=from_units(each.units, membership.scale),
            description=each.description,
            reward_id=each.reward_id,
            reward_code=each.reward_code,
            transaction_id=each.transaction_id,
            amount_paid=each.amount_paid,
            by_customer=each.is_customers,
            reserved_at=each.made_at,
            expires_at=each.ends_at,
        )
        for each in sorted(membership.holds, key=lambda hold: hold.ends_at)
    ]
