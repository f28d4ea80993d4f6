"""A program's figures: counters that each event changes once, and values computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from shared.domain.loyalty.entries import Entry, EntryKind

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ProgramCounters:
    """Sums over a program's life, and earned and redeemed units by month (``2026-03``)."""

    members: int = 0
    issued_units: int = 0
    redemptions: int = 0
    earned_units_by_month: Mapping[str, int] = field(default_factory=dict)
    redeemed_units_by_month: Mapping[str, int] = field(default_factory=dict)


NEW_MEMBER = ProgramCounters(members=1)


def from_entry(entry: Entry, time_zone: str) -> ProgramCounters:
    """Return an entry's part of the counters. Only earns and redemptions count."""
    month = month_of(entry.recorded_at, time_zone)
    match entry.kind:
        case EntryKind.EARN:
            return ProgramCounters(
                issued_units=entry.units, earned_units_by_month={month: entry.units}
            )
        case EntryKind.REDEEM:
            return ProgramCounters(redemptions=1, redeemed_units_by_month={month: -entry.units})
        case _:
            return ProgramCounters()


def total(parts: list[ProgramCounters]) -> ProgramCounters:
    """Add up the shards of a program."""

    def by_month(maps: list[Mapping[str, int]]) -> dict[str, int]:
        months = {month for each in maps for month in each}
        return {month: sum(each.get(month, 0) for each in maps) for month in months}

    return ProgramCounters(
        members=sum(part.members for part in parts),
        issued_units=sum(part.issued_units for part in parts),
        redemptions=sum(part.redemptions for part in parts),
        earned_units_by_month=by_month([part.earned_units_by_month for part in parts]),
        redeemed_units_by_month=by_month([part.redeemed_units_by_month for part in parts]),
    )


def redemption_rate(redemptions: int, members: int) -> Decimal:
    """Return redemptions for each 100 members, to one decimal, half up; 0 without members.

    Source: Loyalty API, getLoyaltyAnalytics: 87 redemptions, 142 members, 61.3.
    """
    if members == 0:
        return Decimal(0)
    return (Decimal(redemptions) * 100 / members).quantize(TENTH, rounding=ROUND_HALF_UP)


def month_of(moment: datetime, time_zone: str) -> str:
    """Return the month of a moment in the store's time zone: ``2026-03``."""
    return f"{moment.astimezone(ZoneInfo(time_zone)):%Y-%m}"
