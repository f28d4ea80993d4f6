"""Recalculations of tiers in answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.domain.loyalty.tier_recalculations import RecalculationState, TierRecalculation
from shared.schemas.base import WireModel

RecalculationId = Annotated[str, Field(description="Id of the recalculation.")]
StateOf = Annotated[
    RecalculationState,
    Field(
        strict=False,
        description=(
            "`running`, `succeeded`, or `given_up` if it stood still and a later one was begun."
        ),
    ),
]
IsDry = Annotated[bool, Field(description="Whether it only says who would move.")]
FromTier = Annotated[str | None, Field(description="The tier before. Null below the first.")]
ToTier = Annotated[str | None, Field(description="The tier after. Null below the first.")]


class TierFlowBody(WireModel):
    """How many members move from one tier to another."""

    from_tier: FromTier
    to_tier: ToTier
    members: int = Field(description="How many.")


class TierMoveBody(WireModel):
    """A member who moves."""

    user_id: str | None = Field(description="Your id of the customer. Null if erased since.")
    from_tier: FromTier
    to_tier: ToTier


def flow_bodies(found: TierRecalculation) -> list[TierFlowBody]:
    """Return who moves where, the most frequent first."""
    ordered = sorted(found.flows, key=lambda each: -each.members)
    return [
        TierFlowBody(from_tier=each.from_tier, to_tier=each.to_tier, members=each.members)
        for each in ordered
    ]


def move_bodies(found: TierRecalculation) -> list[TierMoveBody]:
    """Return the first members who move."""
    return [
        TierMoveBody(user_id=each.user_id, from_tier=each.from_tier, to_tier=each.to_tier)
        for each in found.shown
    ]
