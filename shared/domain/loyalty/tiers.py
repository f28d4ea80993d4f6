"""Tiers: levels that members reach by what counts for them, and lose as the program says.

Without a policy all points ever earned count, less the reversed ones: redeeming never demotes, and
time does not. A policy may count less, and let members fall. Who rises does so in the booking that
reaches the threshold. Who falls does so at a moment that is known since the last booking, and so
does not depend on when the calendar runs.

Changed thresholds move nobody: a member keeps a tier by the threshold at which they had it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.domain.loyalty import due, earned_months, event_rules, figures
from shared.domain.loyalty.earned_months import MONTHS_KEPT, Months
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program, Tier
from shared.domain.loyalty.tier_policies import TierBasis, TierDowngrade, TierHold, TierPolicy

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TierProgress:
    """A member's position between two tiers.

    ``points_to_reach`` is 0 at the top; ``points_to_fall_down`` are the points whose loss would
    lose the current tier, 0 if too little counts already, ``None`` if nothing does.
    ``points_to_keep`` are those that are missing to hold it beyond the moment when it is lost, and
    ``None`` if it is not lost, or nothing can help. ``valid_until`` is when it is lost, if nothing
    is booked until then; ``None`` if it is not, by the program as it is now.
    """

    current: str | None
    next: str | None
    points_to_reach: int
    points_to_fall_down: int | None
    points_to_keep: int | None = None
    valid_until: datetime | None = None


def tier_for(tiers: Sequence[Tier], counted_units: int) -> str | None:
    """Return the highest tier with at most ``counted_units`` as its threshold."""
    reached = [tier.name for tier in tiers if tier.min_points <= counted_units]
    return reached[-1] if reached else None


def tier_after(
    tiers: Sequence[Tier], held: str | None, *, lifetime_before: int, lifetime_after: int
) -> str | None:
    """Return the tier after a booking in a program without a policy.

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


def steps_between(tiers: Sequence[Tier], before: str | None, after: str | None) -> int:
    """Return how many levels a member rose, negative if they fell; unknown ones are below all."""
    return _place(tiers, after) - _place(tiers, before)


def months_of(membership: Membership, time_zone: str) -> Months:
    """Return what a member has earned by month.

    Of memberships from before months were counted, all counts as earned in the last one in which
    something happened.
    """
    if membership.earned_by_month is not None:
        return membership.earned_by_month
    month = figures.month_of(membership.updated_at, time_zone)
    return earned_months.changed((), membership.lifetime_units, month, month)


def counted_units(membership: Membership, program: Program, at: datetime) -> int:
    """Return what counts for the tier at a moment, if nothing is booked until then.

    It only becomes less by time: months drop out, points expire.
    """
    match _basis(program):
        case TierBasis.LIFETIME:
            return membership.lifetime_units
        case TierBasis.BALANCE:
            gone = sum(units for moment, units in _expiries(membership) if moment <= at)
            return max(membership.balance_units - gone, 0)
        case basis:
            month = figures.month_of(at, program.time_zone)
            first = earned_months.plus(month, 1 - MONTHS_KEPT)
            if basis is TierBasis.CALENDAR_YEAR:
                first = f"{month[:4]}-01"
            return earned_months.sum_since(months_of(membership, program.time_zone), first)


def falls_at(policy: TierPolicy, below_from: datetime, time_zone: str) -> datetime:
    """Return when a member falls for whom too little counts since ``below_from``.

    Days of grace are whole days of the store: one that has begun does not count.
    """
    day = due.local_day(below_from, time_zone)
    moment = below_from
    if policy.grace_days:
        has_begun = below_from > due.start_of_day(day, time_zone)
        day += timedelta(days=policy.grace_days + has_begun)
        moment = due.start_of_day(day, time_zone)
    if not policy.to_end_of_month or moment == due.start_of_day(day.replace(day=1), time_zone):
        return moment
    return due.start_of_day(event_rules.first_of_next_month(day), time_zone)


def booked(before: Membership, changed: Membership, program: Program, now: datetime) -> Membership:
    """Return a membership after a booking, with its tier and the moment when it is lost.

    Args:
        before: The membership before the booking, which had lost by ``now`` what it loses by time.
        changed: The membership with its new amounts.
        program: Its program.
        now: The time of the booking.
    """
    if changed.merged_into is not None:
        return _with(changed, before.tier, None, None)
    if program.tier_policy is None:
        tier = tier_after(
            program.tiers,
            before.tier,
            lifetime_before=before.lifetime_units,
            lifetime_after=changed.lifetime_units,
        )
        return _with(changed, tier, None, None)
    tier = before.tier
    counted = counted_units(changed, program, now)
    if counted > counted_units(before, program, now):
        tier = _higher(program.tiers, tier, tier_for(program.tiers, counted))
    return settled(_held(replace(changed, tier=tier), before, program, now), program, now)


def settled(membership: Membership, program: Program, now: datetime) -> Membership:
    """Return a membership without the tiers that it has lost by ``now``."""
    while membership.tier_valid_until is not None and membership.tier_valid_until <= now:
        membership = fallen(membership, program)
    return membership


def fallen(membership: Membership, program: Program) -> Membership:
    """Return a membership after the moment when it loses its tier, which has come.

    It falls to what was reached at the end of its last day, or one level, and never below a tier
    that is never lost. If the program has changed since, it may keep the tier.
    """
    at, hold = membership.tier_valid_until, membership.tier_hold
    assert at is not None
    tiers, place = program.tiers, _place(program.tiers, membership.tier)
    if hold is None or not _can_fall(program, place):
        return _with(membership, membership.tier, None, None)
    assert program.tier_policy is not None
    if counted_units(membership, program, at) >= min(hold.min_units, tiers[place].min_points):
        return _held(membership, membership, program, at)
    was_below = hold.below_from is not None and hold.below_from < at
    target = place - 1
    if program.tier_policy.downgrade is TierDowngrade.ALL:
        counted = counted_units(membership, program, at - _TICK if was_below else at)
        target = min(_place(tiers, tier_for(tiers, counted)), target)
    kept = (index for index, tier in enumerate(tiers[:place]) if tier.never_downgrade)
    target = max(target, *kept, -1)
    name = tiers[target].name if target >= 0 else None
    return _held(replace(membership, tier=name), membership, program, at)


def recalculated(membership: Membership, program: Program, now: datetime) -> Membership:
    """Return a membership with the tier that is reached by the present thresholds, at once.

    Who has a tier that is never lost, or any of a program in which nobody falls, only rises.
    """
    tiers = program.tiers
    reached = tier_for(tiers, counted_units(membership, program, now))
    place = _place(tiers, membership.tier)
    if place >= 0 and _place(tiers, reached) < place:
        policy = program.tier_policy
        keeps_all = policy is not None and policy.downgrade is TierDowngrade.NONE
        kept = [tier.name for tier in tiers[: place + 1] if tier.never_downgrade or keeps_all]
        reached = _higher(tiers, reached, kept[-1] if kept else None)
    forgotten = replace(membership, tier=reached, tier_hold=None, tier_valid_until=None)
    if program.tier_policy is None:
        return forgotten
    after = settled(_held(forgotten, forgotten, program, now), program, now)
    was_told = after.tier == membership.tier
    if was_told and after.tier_hold and after.tier_valid_until == membership.tier_valid_until:
        alert_at = membership.tier_hold.alert_at if membership.tier_hold else None
        after = replace(after, tier_hold=replace(after.tier_hold, alert_at=alert_at))
    return after


def progress_of(membership: Membership, program: Program, now: datetime) -> TierProgress:
    """Return a member's tier with the distances to the next one, and to losing it.

    Args:
        membership: The membership at ``now``.
        program: Its program.
        now: UTC.
    """
    counted = counted_units(membership, program, now)
    policy = program.tier_policy
    if policy is None:
        return progress(program.tiers, counted, membership.tier)
    tiers, place = program.tiers, _place(program.tiers, membership.tier)
    found = progress(tiers, counted, membership.tier)
    if place < 0 or not _can_fall(program, place):
        return replace(found, points_to_fall_down=None)
    hold = membership.tier_hold
    min_units = _min_units(hold, tiers[place], counted)
    if min_units == 0:
        return replace(found, points_to_fall_down=None)
    found = replace(found, points_to_fall_down=max(counted - min_units + 1, 0))
    until = membership.tier_valid_until
    if until is None or hold is None or hold.below_from is None:
        return found
    return _with_loss(found, membership, program, min_units, max(hold.below_from, now), now)


def _with_loss(
    found: TierProgress,
    membership: Membership,
    program: Program,
    min_units: int,
    below_from: datetime,
    now: datetime,
) -> TierProgress:
    """Return a progress with when the tier is lost, and what helps, if too little will count."""
    until = membership.tier_valid_until
    keep = min_units - counted_units(membership, program, below_from)
    if keep <= 0:
        # The threshold was lowered since: enough will count.
        return found
    # What is earned this year does not count in the next one.
    if _basis(program) is TierBasis.CALENDAR_YEAR and below_from > now:
        return replace(
            found, points_to_keep=None if until == below_from else min_units, valid_until=until
        )
    return replace(found, points_to_keep=keep, valid_until=until)


def progress(tiers: Sequence[Tier], counted_units: int, held: str | None = None) -> TierProgress:
    """Return the current tier with the distances to the next and the previous tier.

    Args:
        tiers: Ascending by ``min_points``.
        counted_units: What counts for tiers.
        held: The member's tier, which may be higher than the reached one.
    """
    name = _higher(tiers, held, tier_for(tiers, counted_units))
    place = _place(tiers, name)
    ahead = [tier for tier in tiers[place + 1 :] if tier.min_points > counted_units]
    floor = tiers[place] if place >= 0 and tiers[place].min_points > tiers[0].min_points else None
    return TierProgress(
        current=name,
        next=ahead[0].name if ahead else None,
        points_to_reach=ahead[0].min_points - counted_units if ahead else 0,
        points_to_fall_down=max(counted_units - floor.min_points + 1, 1) if floor else None,
    )


def _basis(program: Program) -> TierBasis:
    return program.tier_policy.basis if program.tier_policy else TierBasis.LIFETIME


def _held(membership: Membership, before: Membership, program: Program, at: datetime) -> Membership:
    """Return a membership with what it holds its tier by from ``at`` on, and until when."""
    place = _place(program.tiers, membership.tier)
    policy = program.tier_policy
    if place < 0 or policy is None:
        return _with(membership, membership.tier, None, None)
    known = before.tier_hold if membership.tier == before.tier else None
    counted = counted_units(membership, program, at)
    hold = TierHold(_min_units(known, program.tiers[place], counted))
    if not _can_fall(program, place):
        return _with(membership, membership.tier, hold, None)
    below_from = known.below_from if known else None
    if below_from is None or below_from > at or counted >= hold.min_units:
        below_from = _below_from(membership, program, hold.min_units, at)
    if below_from is None:
        return _with(membership, membership.tier, hold, None)
    until = falls_at(policy, below_from, program.time_zone)
    alert_at = _alert_at(policy, until, program.time_zone)
    if known and until == before.tier_valid_until:
        alert_at = known.alert_at
    hold = replace(hold, below_from=below_from, alert_at=alert_at)
    return _with(membership, membership.tier, hold, until)


def _with(
    membership: Membership, tier: str | None, hold: TierHold | None, until: datetime | None
) -> Membership:
    return replace(membership, tier=tier, tier_hold=hold, tier_valid_until=until)


def _min_units(known: TierHold | None, tier: Tier, counted: int) -> int:
    """Return the threshold by which a tier is held: the present one, once it is reached."""
    if known is None or counted >= tier.min_points:
        return tier.min_points
    return min(known.min_units, tier.min_points)


def _can_fall(program: Program, place: int) -> bool:
    policy = program.tier_policy
    if place < 0 or policy is None or policy.downgrade is TierDowngrade.NONE:
        return False
    return not program.tiers[place].never_downgrade


def _below_from(
    membership: Membership, program: Program, min_units: int, at: datetime
) -> datetime | None:
    """Return the first moment from ``at`` on at which less counts; ``None`` if there is none."""
    moments = (at, *(each for each in sorted(_drops(membership, program, at)) if each > at))
    # Once too little counts it stays so: see ``counted_units``. There may be a thousand moments.
    first = bisect_left(
        moments, True, key=lambda each: counted_units(membership, program, each) < min_units
    )
    return moments[first] if first < len(moments) else None


def _drops(membership: Membership, program: Program, at: datetime) -> list[datetime]:
    """Return the moments at which less counts than before, if nothing is booked."""
    zone = program.time_zone
    match _basis(program):
        case TierBasis.LIFETIME:
            return []
        case TierBasis.BALANCE:
            return [moment for moment, _ in _expiries(membership)]
        case TierBasis.CALENDAR_YEAR:
            year = int(figures.month_of(at, zone)[:4])
            return [due.start_of_day(date(year + 1, 1, 1), zone)]
        case _:
            ends = (
                earned_months.plus(each.period, MONTHS_KEPT) for each in months_of(membership, zone)
            )
            return [due.start_of_day(earned_months.first_day(each), zone) for each in ends]


def _expiries(membership: Membership) -> list[tuple[datetime, int]]:
    """Return when which units leave the balance. What is held does not before its hold ends."""
    free = [(lot.expires_at, lot.units) for lot in membership.lots if lot.expires_at is not None]
    held = [
        (max(lot.expires_at, hold.ends_at), lot.units)
        for hold in membership.holds
        for lot in hold.lots
        if lot.expires_at is not None
    ]
    return [*free, *held]


def _alert_at(policy: TierPolicy, until: datetime, time_zone: str) -> datetime | None:
    if policy.alert_days == 0:
        return None
    day = due.local_day(until, time_zone) - timedelta(days=policy.alert_days)
    return due.start_of_day(day, time_zone)


def _place(tiers: Sequence[Tier], name: str | None) -> int:
    """Return where a tier stands, -1 if there is no such."""
    return next((index for index, tier in enumerate(tiers) if tier.name == name), -1)


def _higher(tiers: Sequence[Tier], held: str | None, reached: str | None) -> str | None:
    """Return the higher of two tiers; a tier that was renamed or removed does not count."""
    names = [tier.name for tier in tiers if tier.name in {held, reached}]
    return names[-1] if names else None
