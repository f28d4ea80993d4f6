"""Levels that lifetime earned points lead to.

Redeeming never demotes, because what counts is what was ever earned (less what was reversed).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.programs import Tier


@dataclass(frozen=True, slots=True)
class TierProgress:
    """Where a member stands between two levels.

    ``points_to_reach`` is 0 at the top; ``points_to_fall_down`` is what would have to be reversed
    to lose the current tier, ``None`` at the bottom.
    """

    current: str | None
    next: str | None
    points_to_reach: int
    points_to_fall_down: int | None


def tier_for(tiers: Sequence[Tier], lifetime_units: int) -> str | None:
    """Return the highest tier whose threshold is reached; exactly reaching it is enough."""
    reached = [tier.name for tier in tiers if tier.min_points <= lifetime_units]
    return reached[-1] if reached else None


def progress(tiers: Sequence[Tier], lifetime_units: int) -> TierProgress:
    """Return the current tier with the distance up and down.

    Args:
        tiers: Ascending by ``min_points``.
        lifetime_units: Earned less reversed.
    """
    reached = [tier for tier in tiers if tier.min_points <= lifetime_units]
    ahead = [tier for tier in tiers if tier.min_points > lifetime_units]
    current = reached[-1] if reached else None
    floor = current if current and current.min_points > tiers[0].min_points else None
    return TierProgress(
        current=current.name if current else None,
        next=ahead[0].name if ahead else None,
        points_to_reach=ahead[0].min_points - lifetime_units if ahead else 0,
        points_to_fall_down=lifetime_units - floor.min_points + 1 if floor else None,
    )
