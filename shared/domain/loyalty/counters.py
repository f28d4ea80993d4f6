"""Counters of a membership: what limits, campaigns and rules for events need to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.loyalty import reward_counts
from shared.domain.loyalty.reward_counts import RewardCount

DAYS_KEPT = 35
MONTHS_KEPT = 3
EVENT_PERIODS_KEPT = 9
"""Of each event: today, and the days within which events are told later."""
_KEPT_AFTER_END = timedelta(days=1)
"""A process may know a program as it was a minute ago. What it does not know is kept for a day."""


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """The units that rules granted in a day (``2026-03-03``) or a month (``2026-03``)."""

    period: str
    units: int


@dataclass(frozen=True, slots=True)
class Use:
    """How often a member had a campaign, or an event in its period."""

    name: str
    times: int
    last_at: datetime
    period: str = ""


@dataclass(frozen=True, slots=True)
class Counters:
    """What is counted of a member.

    ``periods`` are counted while the program limits them, newest first. ``purchases`` are those
    that earned. ``campaigns`` are those with a limit for each member. ``events`` are those that
    were rewarded, by their period. ``rewards`` are those that were redeemed.
    """

    periods: tuple[PeriodCount, ...] = ()
    purchases: int = 0
    campaigns: tuple[Use, ...] = ()
    events: tuple[Use, ...] = ()
    rewards: tuple[RewardCount, ...] = ()

    def units_in(self, period: str) -> int:
        """Return the units that rules granted in a period."""
        return sum(each.units for each in self.periods if each.period == period)

    def times_of_campaign(self, campaign_id: str) -> int:
        """Return how often the member had a campaign."""
        return sum(each.times for each in self.campaigns if each.name == campaign_id)

    def times_of_event(self, event: str, period: str) -> int:
        """Return how often an event was rewarded in a period."""
        return sum(
            each.times for each in self.events if (each.name, each.period) == (event, period)
        )


def day_of(moment: datetime, time_zone: str) -> str:
    """Return the day of a store at a moment: ``2026-03-03``."""
    return moment.astimezone(ZoneInfo(time_zone)).date().isoformat()


def month_of(day: str) -> str:
    """Return the month of a day: ``2026-03``."""
    return day[:7]


def with_units(counters: Counters, day: str, units: int) -> Counters:
    """Count units of a day, which are negative if they were taken back; never below zero."""
    periods = counters.periods
    for period in (day, month_of(day)):
        known = next((each for each in periods if each.period == period), PeriodCount(period, 0))
        counted = PeriodCount(period, max(known.units + units, 0))
        periods = (*(each for each in periods if each.period != period), counted)
    ordered = sorted(periods, key=lambda each: each.period, reverse=True)
    days = [each for each in ordered if len(each.period) == len(day)]
    months = [each for each in ordered if len(each.period) != len(day)]
    return replace(counters, periods=(*days[:DAYS_KEPT], *months[:MONTHS_KEPT]))


def with_campaigns(
    counters: Counters, used: Sequence[str], known: Sequence[str], now: datetime
) -> Counters:
    """Count that a member had campaigns, and forget those that are gone.

    Args:
        counters: The counters before.
        used: Ids of the campaigns that the member had, of those that limit it.
        known: Ids of the program's campaigns.
        now: The time of the booking.
    """
    uses = {each.name: each for each in counters.campaigns}
    for campaign_id in used:
        times = counters.times_of_campaign(campaign_id) + 1
        uses[campaign_id] = Use(campaign_id, times, now)
    kept = (
        each for each in uses.values() if each.name in known or now - each.last_at < _KEPT_AFTER_END
    )
    return replace(counters, campaigns=tuple(kept))


def added(one: Counters, other: Counters) -> Counters:
    """Return the counters of two memberships that became one: two halves are not twice a limit."""
    periods = {each.period for each in (*one.periods, *other.periods)}
    counted = (
        PeriodCount(each, one.units_in(each) + other.units_in(each))
        for each in sorted(periods, reverse=True)
    )
    return Counters(
        periods=tuple(counted),
        purchases=one.purchases + other.purchases,
        campaigns=_added_uses(one.campaigns, other.campaigns),
        events=_added_uses(one.events, other.events),
        rewards=reward_counts.merged(one.rewards, other.rewards),
    )


def _added_uses(one: Sequence[Use], other: Sequence[Use]) -> tuple[Use, ...]:
    """Add uses of the same name and period."""
    uses = {(each.name, each.period): each for each in one}
    for each in other:
        known = uses.get((each.name, each.period))
        if known is None:
            uses[each.name, each.period] = each
        else:
            last_at = max(known.last_at, each.last_at)
            added = replace(known, times=known.times + each.times, last_at=last_at)
            uses[each.name, each.period] = added
    return tuple(uses.values())


def with_event(counters: Counters, event: str, period: str, now: datetime) -> Counters:
    """Count that an event was rewarded. Of its days, weeks and so on only the latest are kept."""
    times = counters.times_of_event(event, period) + 1
    before = [each for each in counters.events if (each.name, each.period) != (event, period)]
    after = [*before, Use(event, times, now, period)]
    # Names of days are longer than those of months: each kind is compared with its own.
    alike = [each for each in after if each.name == event and len(each.period) == len(period)]
    latest = sorted(alike, key=lambda each: each.period, reverse=True)[:EVENT_PERIODS_KEPT]
    kept = (each for each in after if each not in alike or each in latest)
    return replace(counters, events=tuple(kept))
