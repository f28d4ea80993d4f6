"""Campaigns: for some time, what a purchase earns is multiplied, or a bonus is added.

A happy hour follows the wall clock of the store: it holds while the clock shows a time in it. An
hour that the clocks skip in spring is not there; one that comes twice in autumn holds twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from shared.domain.loyalty.earning_base import PurchaseLine

MINUTES_OF_DAY = 24 * 60
SHARDS = 64
"""Documents over which a total limit is spread: at 50 bookings/s each is written 0.8 times/s."""


class CampaignStatus(StrEnum):
    """Where a campaign is in its time."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class HappyHour:
    """Hours of some days of the week, in the store's time zone.

    Attributes:
        weekdays: ISO numbers, 1 is Monday.
        from_minute: The first minute of the day.
        to_minute: The minute after the last one, at most 1440. If it is not after
            ``from_minute``, the hours end on the next day; they belong to the day of their begin.
    """

    weekdays: tuple[int, ...]
    from_minute: int
    to_minute: int

    def holds(self, local: datetime) -> bool:
        """Tell whether a wall clock that shows this time is in the happy hour."""
        minute = local.hour * 60 + local.minute
        today = local.isoweekday()
        if self.from_minute < self.to_minute:
            return today in self.weekdays and self.from_minute <= minute < self.to_minute
        yesterday = (today - 2) % 7 + 1
        return (today in self.weekdays and minute >= self.from_minute) or (
            yesterday in self.weekdays and minute < self.to_minute
        )


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of a program: it multiplies what earns, or adds a bonus. One of both is there.

    Attributes:
        bonus: Points, stamps or money that a purchase earns besides.
        ends_at: It holds before then; ``None`` if only endCampaign ends it.
        happy_hours: It holds only then; always if there are none.
        minimum_spend: The earning base that a purchase needs, in the store's currency.
        categories: Only lines of these count, or of ``product_ids``; all lines if both are empty.
        tiers: Only members of these; all if there are none.
        limit_per_member: How often one member may have it.
        limit_total: How often it may be had by all members together.
        ended_at: When endCampaign ended it.
    """

    campaign_id: str
    account_id: str
    store_id: str
    program_id: str
    name: str
    starts_at: datetime
    created_at: datetime
    updated_at: datetime
    multiplier: Decimal | None = None
    bonus: Decimal | None = None
    ends_at: datetime | None = None
    happy_hours: tuple[HappyHour, ...] = ()
    minimum_spend: Decimal | None = None
    categories: tuple[str, ...] = ()
    product_ids: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    is_for_first_purchase: bool = False
    limit_per_member: int | None = None
    limit_total: int | None = None
    ended_at: datetime | None = None

    def status(self, now: datetime) -> CampaignStatus:
        """Tell where it is in its time; happy hours do not matter."""
        if self.ended_at is not None or (self.ends_at is not None and self.ends_at <= now):
            return CampaignStatus.ENDED
        return CampaignStatus.SCHEDULED if now < self.starts_at else CampaignStatus.RUNNING

    def holds(self, at: datetime, time_zone: str) -> bool:
        """Tell whether it holds for what is bought at ``at``, whoever buys what."""
        if self.status(at) is not CampaignStatus.RUNNING:
            return False
        local = at.astimezone(ZoneInfo(time_zone))
        return not self.happy_hours or any(each.holds(local) for each in self.happy_hours)

    @property
    def is_counted(self) -> bool:
        """Tell whether it matters how often it was had, or what was bought before."""
        limits = (self.limit_per_member, self.limit_total)
        return self.is_for_first_purchase or limits != (None, None)

    def counts(self, line: PurchaseLine) -> bool:
        """Tell whether a line is of the categories or products of the campaign."""
        if not self.categories and not self.product_ids:
            return True
        return line.category in self.categories or line.product_id in self.product_ids


def allotment(limit_total: int, shard: int) -> int:
    """Return how often a shard of a total limit may be used.

    The allotments add up to the limit. If the limit is raised, none of them becomes smaller.
    """
    return limit_total // SHARDS + (1 if shard < limit_total % SHARDS else 0)


def shards_of(limit_total: int) -> range:
    """Return the shards that a limit is spread over: those with an allotment."""
    return range(min(limit_total, SHARDS))


def in_order(campaigns: Iterable[Campaign]) -> tuple[Campaign, ...]:
    """Return campaigns in the order in which they were made."""
    return tuple(sorted(campaigns, key=lambda each: (each.created_at, each.campaign_id)))
