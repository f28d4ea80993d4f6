"""What a program owes its members: points that can still be spent, by the month of their expiry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from shared.domain.loyalty import point_payments
from shared.domain.loyalty.figures import month_of
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.units import from_units

NEVER = "never"
"""The key of points that never expire."""
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Liability:
    """Sums over memberships, in units. Sums of several are those of all their members.

    Attributes:
        memberships: How many there are.
        units_by_expiry: What can be spent or is held, by the month of its last day, or ``NEVER``.
        held_units: What of it is held.
        deficit_units: What members owe: balances below zero. A balance is what can be spent or is
            held, less this.
        pending_units: What was earned and cannot be spent yet; in none of the above.
        granted_units: What was ever earned.
        expired_units: What has ever expired.
    """

    memberships: int = 0
    units_by_expiry: Mapping[str, int] = field(default_factory=dict)
    held_units: int = 0
    deficit_units: int = 0
    pending_units: int = 0
    granted_units: int = 0
    expired_units: int = 0

    @property
    def outstanding_units(self) -> int:
        """What can be spent or is held."""
        return sum(self.units_by_expiry.values())


def of_membership(membership: Membership, program: Program) -> Liability:
    """Return the part of one membership, as it stands: ``ledger.current``."""
    by_expiry: dict[str, int] = {}
    for lot in [*membership.lots, *(lot for hold in membership.holds for lot in hold.lots)]:
        key = _month(lot.expires_at, program.time_zone)
        by_expiry[key] = by_expiry.get(key, 0) + lot.units
    return Liability(
        memberships=1,
        units_by_expiry=by_expiry,
        held_units=membership.held_units,
        deficit_units=membership.deficit_units,
        pending_units=membership.pending_units,
        granted_units=membership.earned_units,
        expired_units=membership.expired_units,
    )


def total(parts: Iterable[Liability]) -> Liability:
    """Add up parts."""
    every = list(parts)
    months = {month for part in every for month in part.units_by_expiry}
    return Liability(
        memberships=sum(part.memberships for part in every),
        units_by_expiry={
            month: sum(part.units_by_expiry.get(month, 0) for part in every)
            for month in sorted(months)
        },
        held_units=sum(part.held_units for part in every),
        deficit_units=sum(part.deficit_units for part in every),
        pending_units=sum(part.pending_units for part in every),
        granted_units=sum(part.granted_units for part in every),
        expired_units=sum(part.expired_units for part in every),
    )


def value(program: Program, units: int) -> Decimal | None:
    """Return what units are worth, exactly; ``None`` if points have no value."""
    point_value = point_payments.find_value(program)
    return None if point_value is None else from_units(units, program.scale) * point_value


def breakage_percent(counted: Liability) -> Decimal | None:
    """Return how many of a hundred granted points have expired, half up to one decimal.

    ``None`` if nothing was granted.
    """
    if counted.granted_units <= 0:
        return None
    return (Decimal(counted.expired_units) * 100 / counted.granted_units).quantize(
        Decimal("0.1"), rounding=ROUND_HALF_UP
    )


def _month(expires_at: datetime | None, time_zone: str) -> str:
    """Return the month of the last moment at which a lot can be spent: the next one is too late."""
    return NEVER if expires_at is None else month_of(expires_at - _TICK, time_zone)
