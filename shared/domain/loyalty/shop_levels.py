"""The levels of a program around a member, as a shop's loyalty plugin shows them."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program, Tier


@dataclass(frozen=True, slots=True)
class Levels:
    """The level of a member with those below and above; ``None`` where there is none.

    ``points_to_fall_down`` are the points above the threshold of ``level``, and
    ``points_to_reach`` those that are missing to ``above``; never negative.
    """

    level: Tier | None
    below: Tier | None
    above: Tier | None
    points_to_fall_down: int
    points_to_reach: int


def around(membership: Membership, program: Program) -> Levels:
    """Return the levels around a member, as of the points there are."""
    tiers = program.tiers
    place = next((i for i, each in enumerate(tiers) if each.name == membership.tier), -1)
    level = tiers[place] if place >= 0 else None
    above = tiers[place + 1] if place + 1 < len(tiers) else None
    points = membership.balance_units
    return Levels(
        level,
        tiers[place - 1] if place > 0 else None,
        above,
        points_to_fall_down=max(points - level.min_points, 0) if level else 0,
        points_to_reach=max(above.min_points - points, 0) if above else 0,
    )
