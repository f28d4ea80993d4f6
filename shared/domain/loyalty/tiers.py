"""Tiers: levels that members reach by lifetime earned points.

Redeeming never demotes, because all points ever earned count (less the reversed ones). An external
system may set what counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.loyalty.programs import Tier


@dataclass(frozen=True, slots=True)
class TierProgress:
    """A member's position between two tiers.

    ``points_to_reach`` is 0 at the top; ``points_to_fall_down`` are the points whose reversal
    would lose the current tier, ``None`` at the bottom.
    """

    current: str | None
    next: str | None
    points_to_reach: int
    points_to_fall_down: int | None


def tier_for(tiers: Sequence[Tier], lifetime_units: int) -> str | None:
    """Return the highest tier with at most ``lifetime_units`` as its threshold."""
    reached = [tier.name for tier in tiers if tier.min_points <= lifetime_units]
    return reached[-1] if reached else None


def tier_after(
    tiers: Sequence[Tier], held: str | None, *, lifetime_before: int, lifetime_after: int
) -> str | None:
    """Return the tier after a booking.

    Only earning, reversing and setting change the tier. A member keeps a tier when a merchant
    raises its threshold: earning more never demotes.

    Args:
        tiers: Ascending by ``min_points``.
        held: The tier before.
        lifetime_before: The lifetime units before the booking.
        lifetime_after: The lifetime units after the booking.
    """
    if lifetime_after == lifetime_before:
        return held
    reached = tier_for(tiers, lifetime_after)
    return reached if lifetime_after < lifetime_before else _higher(tiers, held, reached)


def progress(tiers: Sequence[Tier], lifetime_units: int, held: str | None = None) -> TierProgress:
    """Return the current tier with the distances to the next and the previous tier.

    Args:
        tiers: Ascending by ``min_points``.
        lifetime_units: Earned less reversed units.
        held: The member's tier, which may be higher than the reached one.
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
    """Return the higher of two tiers; a tier that was renamed or removed does not count."""
    names = [tier.name for tier in tiers if tier.name in {held, reached}]
    return names[-1] if names else None
