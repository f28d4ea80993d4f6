"""Levels that lifetime earned points lead to.

Redeeming never demotes, because what counts is what was ever earned (less what was reversed).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.loyalty.programs import Tier


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


def tier_after(
    tiers: Sequence[Tier], held: str | None, *, lifetime_before: int, lifetime_after: int
) -> str | None:
    """Return the tier after a booking.

    Only earning and reversing move it. A member who holds a tier keeps it when a merchant raises
    its threshold: earning more never demotes.

    Args:
        tiers: Ascending by ``min_points``.
        held: The tier before.
        lifetime_before: Earned less reversed, before the booking.
        lifetime_after: The same, after it.
    """
    if lifetime_after == lifetime_before:
        return held
    reached = tier_for(tiers, lifetime_after)
    return reached if lifetime_after < lifetime_before else _higher(tiers, held, reached)


def progress(tiers: Sequence[Tier], lifetime_units: int, held: str | None = None) -> TierProgress:
    """Return the current tier with the distance up and down.

    Args:
        tiers: Ascending by ``min_points``.
        lifetime_units: Earned less reversed.
        held: The tier that the member has, which may be higher than the one that is reached.
    """
    name = _higher(tiers, held, tier_for(tiers, lifetime_units))
    place = [tier.name for tier in tiers].index(name) if name is not None else -1
    ahead = [tier for tier in tiers[place + 1 :] if tier.min_points > lifetime_units]
    floor = tiers[place] if place >= 0 and tiers[place].min_points > tiers[0].min_points else None
    return TierProgress(
        current=name,
        next=ahead[0].name if ahead else None,
        points_to_reach=ahead[0].min_points - lifetime_units if ahead else 0,
        points_to_fall_down=max(lifetime_units - floor.min_points + 1, 1) if floor else None,
    )


def _higher(tiers: Sequence[Tier], held: str | None, reached: str | None) -> str | None:
    """Return the higher of two tiers; one that was renamed or removed since does not count."""
    names = [tier.name for tier in tiers if tier.name in {held, reached}]
    return names[-1] if names else None
