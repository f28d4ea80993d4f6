"""Earnings by a program's rules: exact, in one order, rounded down once, at the end.

The order (docs/earning.md shows it with an example)::

    earning base -> rule -> best campaign multiplier -> tier multiplier -> campaign bonuses
    -> rounded down -> maxCashbackPerTransaction -> limits per booking, day and month

Of the multipliers of campaigns only the one counts that gives most; bonuses all count.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from shared.domain.loyalty import counters, earning_base, event_rules
from shared.domain.loyalty.campaigns import Campaign
from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.earning_base import PERCENT, EarningBase, LineShare, PurchaseLine
from shared.domain.loyalty.entries import CampaignPart, Cause, Entry, MadeOf
from shared.domain.loyalty.event_rules import EventRule
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import (
    CHECK_INS,
    CashbackRules,
    EarningMethod,
    PointsRules,
    Program,
    StampsRules,
    TierRules,
    WhenExceeded,
)
from shared.domain.units import AMOUNT_UNITS_MAX, currency_scale, floor_to_units
from shared.errors import InvalidParameters

DECIMALS_SHOWN = 10
LIMIT_REACHED = "limit_reached"
NO_RULE = "no_rule"
USED_UP = "used_up"


@dataclass(frozen=True, slots=True)
class Award:
    """An award: the requested and the granted units, and the reason if they differ.

    ``capped_by`` names the rule that cut the award; ``reason`` says why nothing was granted;
    ``made_of`` says how rules computed the requested units.
    """

    requested_units: int
    awarded_units: int
    capped_by: str | None = None
    reason: str | None = None
    made_of: MadeOf | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Earner:
    """The member who earns, and when they bought.

    ``sold_out`` are ids of campaigns whose total limit is used up; ``had`` are those that the
    purchase has had and counted before.
    """

    membership: Membership
    at: datetime
    sold_out: Collection[str] = ()
    had: Collection[str] = ()


def require_payable(amount: Decimal, currency: str) -> None:
    """Refuse an amount that nobody can pay, such as 12.994 EUR, instead of rounding it.

    Raises:
        InvalidParameters: It is finer than the currency's minor unit.
    """
    scale = currency_scale(currency)
    minor = amount.scaleb(scale)
    if minor != minor.to_integral_value():
        decimals = f"at most {scale} decimals" if scale else "no decimals"
        problem = f"must be an amount in {currency}, with {decimals}"
        raise InvalidParameters(f"purchaseAmount {problem}.", fields={"purchaseAmount": problem})


def award_for_purchase(
    program: Program, lines: Sequence[PurchaseLine], earner: Earner | None = None
) -> Award:
    """Return the award for a purchase.

    Args:
        program: It gives rules, earning base, campaigns, limits and unit.
        lines: What was bought, in the store's currency; ``earning_base.of_amount`` makes them if
            only the paid amount is known.
        earner: Without one, what the rules alone give, whoever buys and whenever.

    Raises:
        InvalidParameters: The purchase earns more than the limit for one amount.

    Source: Loyalty API, "Regel-Schemata nach Typ"; ``purchaseAmount`` is "für automatische
    Berechnung". Fractions of a unit are dropped.
    """
    shares = earning_base.shares(program.earning_base, lines)
    if earning_base.total(shares, _all) <= 0:
        return Award(0, 0, reason=_why_no_base(lines))
    return _award_for_shares(program, shares, earner)


def award_for_count(program: Program, count: int, earner: Earner | None = None) -> Award:
    """Return the award for purchases of which nobody has told what was paid.

    A stamp card does not ask that. They are one booking: a multiplier counts for each of them, a
    bonus once. A campaign for the first purchase, or that may be had a limited number of times,
    is had once, so its multiplier counts for one of them: who books five coffees at once has no
    more of it than who books them one by one. A campaign with a minimum spend, or for certain
    goods, does not know them.

    Raises:
        InvalidParameters: The program's rule needs an amount, or it is more than the limit.
    """
    rules = program.rules
    if not isinstance(rules, StampsRules):
        problem = "is for stamp cards: the rules of this program need purchaseAmount"
        raise InvalidParameters(f"purchaseCount {problem}.", fields={"purchaseCount": problem})
    points = Fraction(rules.stamps_per_purchase * count)
    return _award(program, earner, _Earned("stampsPerPurchase", points, count=count))


def award_for_more(
    program: Program,
    before: Sequence[LineShare],
    after: Sequence[LineShare],
    earner: Earner,
    held_units: int = 0,
) -> tuple[Award, int]:
    """Return what a purchase earns more since goods were added to it.

    Rule, campaigns, ``maxCashbackPerTransaction`` and ``maxPerBooking`` are judged on all of it,
    the limits of days and months on what is more.

    Args:
        program: It gives rules, campaigns, limits and unit.
        before: What has earned already; empty at first.
        after: All that earns now. If that is less, the award may be negative.
        earner: The member, as they were when the purchase began to earn.
        held_units: What the member has of the purchase already, so that no limit cuts it again.

    Returns:
        The award, and the units that the limits of days and months have cut.

    Raises:
        InvalidParameters: The purchase earns more than the limit for one amount.
    """
    whole = _award_for_shares(program, after, earner, in_period=False)
    earlier = _award_for_shares(program, before, earner, in_period=False)
    more_units = whole.awarded_units - earlier.awarded_units
    is_more = earning_base.total(after, _all) >= earning_base.total(before, _all)
    if more_units <= 0:
        less_units = 0 if is_more else more_units
        return replace(whole, requested_units=less_units, awarded_units=less_units), 0
    requested_units = max(whole.requested_units - earlier.requested_units, more_units)
    free_units = min(more_units, held_units)
    left_units, capped_by = _within_periods(program, earner, more_units - free_units)
    awarded_units = free_units + left_units
    award = Award(
        requested_units,
        awarded_units,
        capped_by or whole.capped_by,
        LIMIT_REACHED if awarded_units == 0 else None,
        _made_of_more(earlier.made_of, whole.made_of),
    )
    return award, more_units - awarded_units


def _award_for_shares(
    program: Program,
    shares: Sequence[LineShare],
    earner: Earner | None,
    *,
    in_period: bool = True,
) -> Award:
    """Return the award for shares of lines; ``in_period`` says if limits of periods cut it."""
    base = earning_base.total(shares, _all)
    if base <= 0:
        return Award(0, 0, reason="nothing_that_earns")
    minimum = _minimum(program)
    if minimum is not None and base < Fraction(minimum):
        return Award(0, 0, reason="minimum_purchase")
    rule, points = _by_rule(program, base)
    return _award(program, earner, _Earned(rule, points, base, shares), in_period=in_period)


@dataclass(frozen=True, slots=True)
class _Earned:
    """What a rule gives by itself, and for what, or, if nobody told that, how many purchases."""

    rule: str
    points: Fraction
    base: Fraction | None = None
    shares: Sequence[LineShare] = ()
    count: int = 1

    def part(self, campaign: Campaign) -> Fraction:
        """Return which part of the purchase a campaign is for, from 0 to 1."""
        if self.base is None:
            known = campaign.counts(PurchaseLine(Decimal(0)))
            return Fraction(known, self.count if campaign.is_counted else 1)
        return min(earning_base.total(self.shares, campaign.counts), self.base) / self.base


def _award(
    program: Program, earner: Earner | None, earned: _Earned, *, in_period: bool = True
) -> Award:
    """Return the award of a rule for a purchase, with tier, campaigns and limits."""
    points, base = earned.points, earned.base
    made_of = MadeOf(earned.rule, None if base is None else _exact(base), _exact(points))
    if earner is None:
        return _granted(program, points, made_of, None)
    multiplier = program.tier_multiplier(earner.membership.tier)
    sum_points = points * Fraction(multiplier)
    parts = _campaign_parts(program, earner, earned)
    made_of = replace(
        made_of,
        tier_multiplier=_exact(Fraction(multiplier)),
        campaigns=tuple(CampaignPart(each.campaign_id, _exact(more)) for each, more in parts),
    )
    sum_points += sum((more for _, more in parts), Fraction(0))
    return _granted(program, sum_points, made_of, earner, in_period=in_period)


def _all(_: PurchaseLine) -> bool:
    return True


def _made_of_more(before: MadeOf | None, after: MadeOf | None) -> MadeOf | None:
    """Return what an addition to a purchase is made of: what is more than before."""
    if before is None or after is None or before.base is None or after.base is None:
        return after
    had = {each.campaign_id: Decimal(each.points) for each in before.campaigns}
    more = (
        (each.campaign_id, Decimal(each.points) - had.get(each.campaign_id, Decimal(0)))
        for each in after.campaigns
    )
    return replace(
        after,
        base=_plain(Decimal(after.base) - Decimal(before.base)),
        base_points=_plain(Decimal(after.base_points) - Decimal(before.base_points)),
        campaigns=tuple(CampaignPart(name, _plain(points)) for name, points in more if points),
    )


def award_of_rule(program: Program, rule: str, points: Decimal, earner: Earner | None) -> Award:
    """Return the award of a rule that has nothing to do with a purchase, such as a check-in's.

    Neither tiers nor campaigns change it; the program's limits hold.

    Args:
        program: It gives limits and unit.
        rule: The name of the rule, such as ``pointsPerCheckin``.
        points: What it gives: points, stamps or money, not finer than the unit.
        earner: The member; without one, limits of days and months do not matter.
    """
    exact = Fraction(points)
    return _granted(program, exact, MadeOf(rule, None, _exact(exact)), earner)


def award_for_check_in(program: Program, earner: Earner | None = None) -> Award:
    """Return the award for a check-in, whatever is bought. Without an earner limits do not matter.

    Source: Loyalty API, ``pointsPerCheckin``, else ``stampsPerPurchase``, else 1. Cashback grants
    nothing unless the program says how much: the fallback would be one euro.
    """
    rules = program.rules
    match rules:
        case CashbackRules():
            points = rules.points_per_checkin or Decimal(0)
        case StampsRules():
            given = rules.points_per_checkin
            points = Decimal(rules.stamps_per_purchase if given is None else given)
        case PointsRules() | TierRules():
            given = rules.points_per_checkin
            points = Decimal(1 if given is None else given)
    if points == 0:
        return Award(0, 0, reason="no_points_for_check_ins")
    return award_of_rule(program, "pointsPerCheckin", points, earner)


def methods_that_bring(program: Program) -> tuple[EarningMethod, ...]:
    """Return by what members earn: check-ins only if the program grants something for a visit."""
    if award_for_check_in(program).awarded_units > 0:
        return program.earning_methods
    return tuple(each for each in program.earning_methods if each not in CHECK_INS)


def award_for_event(program: Program, event: str, earner: Earner) -> Award:
    """Return the award for an event that happened at ``earner.at``.

    Its period is that of the store's calendar, and the program's limits hold besides.
    """
    rule = program.event_rule(event)
    if rule is None:
        return Award(0, 0, reason=NO_RULE)
    if _is_used_up(rule, earner.membership.counted, earner.at, program.time_zone):
        return Award(0, 0, reason=USED_UP)
    return award_of_rule(program, f"event:{event}", rule.points, earner)


def _is_used_up(rule: EventRule, counted: Counters, at: datetime, time_zone: str) -> bool:
    period = event_rules.name_of(rule, at, time_zone)
    if rule.event == event_rules.BIRTHDAY:
        days = (each.period for each in counted.events if each.name == rule.event)
        days = (each for each in days if len(each) == len(period))  # No rule of before.
        return any(event_rules.are_within_a_year(each, period) for each in days)
    return counted.times_of_event(rule.event, period) >= rule.times_per_period


def with_event(
    membership: Membership, program: Program, event: str, at: datetime, now: datetime
) -> Membership:
    """Count that an event of ``at`` was rewarded."""
    rule = program.event_rule(event)
    assert rule is not None, "it has just granted something"
    period = event_rules.name_of(rule, at, program.time_zone)
    counted = counters.with_event(membership.counted, event, period, now)
    return replace(membership, counters=counted)


def with_award(cause: Cause, award: Award) -> Cause:
    """Return the cause of an award's entry, which says what it was made of."""
    return replace(
        cause,
        requested_units=award.requested_units,
        capped_by=award.capped_by,
        made_of=award.made_of,
    )


def counters_after(
    membership: Membership, program: Program, units: int, cause: Cause
) -> Counters | None:
    """Return the counters after an earn. What no rule has computed counts for no limit."""
    counted, made_of = membership.counted, cause.made_of
    if not cause.is_purchase and made_of is None:
        return membership.counters
    is_first = cause.campaigns_before is None
    if cause.is_purchase and is_first:
        counted = replace(counted, purchases=counted.purchases + 1)
    if made_of is not None and made_of.counted_day is not None:
        counted = counters.with_units(counted, made_of.counted_day, units)
    if made_of is not None and (made_of.campaigns or counted.campaigns):
        had = {each.campaign_id for each in made_of.campaigns} - {*(cause.campaigns_before or ())}
        limited = [each for each in program.campaigns if each.limit_per_member is not None]
        used = [each.campaign_id for each in limited if each.campaign_id in had]
        known = [each.campaign_id for each in program.campaigns]
        counted = counters.with_campaigns(counted, used, known, cause.now)
    return counted


def counters_after_return(
    membership: Membership, original: Entry, taken_units: int
) -> Counters | None:
    """Return the counters after units of an earn were taken back; negative if given back.

    What is taken back no longer counts for the limits of its day and month: who exchanges goods
    earns for the new ones. A campaign stays used: it was had.
    """
    day = original.made_of.counted_day if original.made_of else None
    if day is None:
        return membership.counters
    return counters.with_units(membership.counted, day, -taken_units)


def _minimum(program: Program) -> Decimal | None:
    rules = program.rules
    return None if isinstance(rules, StampsRules) else rules.minimum_purchase


def _by_rule(program: Program, base: Fraction) -> tuple[str, Fraction]:
    """Return the name of the program's rule, and the points, stamps or money that it gives."""
    rules = program.rules
    match rules:
        case StampsRules():
            return "stampsPerPurchase", Fraction(rules.stamps_per_purchase)
        case PointsRules() | TierRules():
            return "pointsPerEuro", base * Fraction(rules.points_per_euro)
        case CashbackRules():
            return "cashbackPercentage", base * Fraction(rules.cashback_percentage) / PERCENT


def _campaign_parts(
    program: Program, earner: Earner, earned: _Earned
) -> list[tuple[Campaign, Fraction]]:
    """Return the campaigns that apply, in the order in which they were made, with what they add.

    Of several that multiply it is the one that adds most; of equal ones, the first.
    """
    tier_multiplier = Fraction(program.tier_multiplier(earner.membership.tier))
    best: tuple[Campaign, Fraction] | None = None
    parts = []
    for campaign in program.campaigns:
        if not _applies(campaign, program, earner, earned.base):
            continue
        part = earned.part(campaign)
        if part == 0:
            continue
        if campaign.multiplier is None:
            assert campaign.bonus is not None
            parts.append((campaign, Fraction(campaign.bonus)))
            continue
        more = earned.points * part * (Fraction(campaign.multiplier) - 1) * tier_multiplier
        if best is None or more > best[1]:
            best = campaign, more
    found = parts if best is None else [*parts, best]
    order = [each.campaign_id for each in program.campaigns]
    return sorted(found, key=lambda part: order.index(part[0].campaign_id))


def _applies(campaign: Campaign, program: Program, earner: Earner, base: Fraction | None) -> bool:
    """Tell whether a member can have a campaign now for a purchase of this base, if it is told."""
    minimum = campaign.minimum_spend
    return (
        campaign.holds(earner.at, program.time_zone)
        and (minimum is None or (base is not None and base >= Fraction(minimum)))
        and (not campaign.tiers or earner.membership.tier in campaign.tiers)
        and (campaign.campaign_id in earner.had or _is_left(campaign, earner))
    )


def _is_left(campaign: Campaign, earner: Earner) -> bool:
    """Tell whether neither the member nor all members together have used a campaign up."""
    counted, most = earner.membership.counted, campaign.limit_per_member
    return (
        campaign.campaign_id not in earner.sold_out
        and (not campaign.is_for_first_purchase or counted.purchases == 0)
        and (most is None or counted.times_of_campaign(campaign.campaign_id) < most)
    )


def _granted(
    program: Program,
    points: Fraction,
    made_of: MadeOf,
    earner: Earner | None,
    *,
    in_period: bool = True,
) -> Award:
    """Round down to units, and cut what is more than the limits leave."""
    requested_units = floor_to_units(points * 10**program.scale)
    if requested_units == 0:
        return Award(0, 0, reason="below_one_unit", made_of=made_of)
    if requested_units > AMOUNT_UNITS_MAX:
        problem = f"earns more than {AMOUNT_UNITS_MAX} units"
        raise InvalidParameters(f"The purchase {problem}.", fields={"purchaseAmount": problem})
    day = None
    if earner is not None and program.earning_limits.are_counted:
        day = counters.day_of(earner.at, program.time_zone)
        made_of = replace(made_of, counted_day=day)
    awarded_units, capped_by = requested_units, None
    cap = _cap_of_rule(program) if made_of.base is not None else None
    if cap is not None and awarded_units > cap[1]:
        capped_by, awarded_units = cap
    most = program.earning_limits.max_per_booking
    if most is not None:
        room = "maxPerBooking", _to_units(program, most)
        awarded_units, capped_by = _cut(program, awarded_units, [room], capped_by)
    if earner is not None and in_period:
        awarded_units, by_period = _within_periods(program, earner, awarded_units)
        capped_by = by_period or capped_by
    reason = LIMIT_REACHED if awarded_units == 0 else None
    return Award(requested_units, awarded_units, capped_by, reason, made_of)


def _within_periods(program: Program, earner: Earner, units: int) -> tuple[int, str | None]:
    """Return what the limits of the day and the month leave of units, and which of them cut."""
    day = counters.day_of(earner.at, program.time_zone)
    return _cut(program, units, _rooms(program, earner, day), None)


def _cut(
    program: Program, units: int, rooms: Sequence[tuple[str, int]], capped_by: str | None
) -> tuple[int, str | None]:
    rejects = program.earning_limits.when_exceeded is WhenExceeded.REJECT
    for name, room_units in rooms:
        if units > room_units:
            capped_by, units = name, 0 if rejects else room_units
    return units, capped_by


def _cap_of_rule(program: Program) -> tuple[str, int] | None:
    rules = program.rules
    cap = rules.max_cashback_per_transaction if isinstance(rules, CashbackRules) else None
    return None if cap is None else ("maxCashbackPerTransaction", _to_units(program, cap))


def _rooms(program: Program, earner: Earner, day: str) -> list[tuple[str, int]]:
    """Return what the limits of periods leave, by their names, in units, not below zero."""
    limits, rooms = program.earning_limits, []
    periods = {
        "maxPerDay": (limits.max_per_day, day),
        "maxPerMonth": (limits.max_per_month, counters.month_of(day)),
    }
    for name, (limit, period) in periods.items():
        if limit is not None:
            left = _to_units(program, limit) - earner.membership.counted.units_in(period)
            rooms.append((name, max(left, 0)))
    return rooms


def _to_units(program: Program, amount: Decimal) -> int:
    return int(amount.scaleb(program.scale))


def _why_no_base(lines: Sequence[PurchaseLine]) -> str:
    """Tell whether nothing was paid for goods, or only for what the program excludes."""
    everything = EarningBase(excluded_types=())
    is_paid = earning_base.base_amount(everything, lines) > 0
    return "nothing_that_earns" if is_paid else "nothing_paid"


def _exact(amount: Fraction) -> str:
    """Return an amount as a decimal; one that never ends is cut after ``DECIMALS_SHOWN``."""
    return _plain(Decimal(floor_to_units(amount * 10**DECIMALS_SHOWN)).scaleb(-DECIMALS_SHOWN))


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
