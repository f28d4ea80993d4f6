"""Changes of a membership that come with time: activations, expiries, alerts, anniversaries.

Days follow the program's time zone; each begins at midnight in that zone. Points get their dates on
the day on which they are granted: a later change of the program does not change the dates of points
that members have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.loyalty import event_rules, waiting_returns
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.waiting_returns import Waiting

ANNIVERSARY_TOLD_WITHIN = timedelta(days=7)
"""Nobody wants to be congratulated later."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A membership after its due changes were told, and these changes.

    ``expiring`` are the days of expiry to announce, each as one lot of all that is left of it;
    ``years`` is the anniversary, ``None`` if there is none to tell; ``dropped`` are returns whose
    purchases never came. ``is_tier_expiring``: that the tier will be lost is to be announced.
    """

    membership: Membership
    expiring: tuple[Lot, ...]
    years: int | None
    dropped: Waiting = ()
    is_tier_expiring: bool = False


def expires_at(program: Program, granted_at: datetime, rule: str | None = None) -> datetime | None:
    """Return the moment from which points granted now cannot be spent: a midnight of the store.

    Args:
        program: It says which is the last day to spend them.
        granted_at: When they were granted.
        rule: What granted them, if it may have an expiry of its own (``expiry.rule_of``).

    Returns:
        ``None`` if they never expire.
    """
    policy = program.rule_expiry(rule) or program.points_expiry
    if policy is None:
        return None
    last_day = policy.last_day(local_day(granted_at, program.time_zone))
    return start_of_day(last_day + timedelta(days=1), program.time_zone)


def activates_at(program: Program, granted_at: datetime) -> datetime | None:
    """Return the moment from which a purchase's earnings of now can be spent: a midnight.

    They are pending on the day of the purchase, and for ``pending_days`` days after it.

    Returns:
        ``None`` if the program's earnings can be spent at once.
    """
    if program.pending_days == 0:
        return None
    last_day = local_day(granted_at, program.time_zone) + timedelta(days=program.pending_days)
    return start_of_day(last_day + timedelta(days=1), program.time_zone)


def referral_at(program: Program, cool_off_days: int, bought_at: datetime) -> datetime:
    """Return when a purchase's cool-off is over: that of the referral, or what it earns, if later.

    With a cool-off of no days it is at once.
    """
    days = max(cool_off_days, program.pending_days)
    if days == 0:
        return bought_at
    last_day = local_day(bought_at, program.time_zone) + timedelta(days=days)
    return start_of_day(last_day + timedelta(days=1), program.time_zone)


def alert_at(
    program: Program, expires_at: datetime | None, rule: str | None = None
) -> datetime | None:
    """Return the midnight at which the expiry is announced; ``None`` if it is not announced."""
    policy = program.rule_expiry(rule) or program.points_expiry
    if policy is None or expires_at is None or policy.alert_days == 0:
        return None
    day = local_day(expires_at, program.time_zone) - timedelta(days=policy.alert_days)
    return start_of_day(day, program.time_zone)


def anniversary_at(enrolled_at: datetime, years: int, time_zone: str) -> datetime:
    """Return the time when a membership is ``years`` old: the day's first moment in the zone.

    For a member who joined on 29 February, it is 28 February in years without a leap day.
    """
    joined = local_day(enrolled_at, time_zone)
    return start_of_day(event_rules.in_year(joined, joined.year + years), time_zone)


def start_of_day(day: date, time_zone: str) -> datetime:
    """Return the first moment of a day in a time zone, in UTC.

    If the clocks skip midnight, it is the moment of the skip; if midnight comes twice, the first.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone))
    return midnight.astimezone(UTC)


def scheduled(membership: Membership, time_zone: str) -> Membership:
    """Return the membership with its next due time: the earliest of all.

    A membership that was merged into another one has nothing left that could be due.

    Args:
        membership: The membership after its last change.
        time_zone: The program's time zone.
    """
    if membership.status is MembershipStatus.MERGED:
        return replace(membership, next_due_at=None)
    rewarded_at = membership.referral.due_at if membership.referral else None
    tier_alert_at = membership.tier_hold.alert_at if membership.tier_hold else None
    moments = [
        anniversary_at(membership.member_since, membership.anniversary_years + 1, time_zone),
        *(lot.expires_at for lot in membership.lots if lot.expires_at is not None),
        *(lot.alert_at for lot in membership.lots if lot.alert_at is not None),
        *(award.activates_at for award in membership.pending if award.units),
        # What is held is neither announced nor written off before its hold ends.
        *(
            max(moment, hold.ends_at)
            for hold in membership.holds
            for lot in hold.lots
            for moment in (lot.expires_at, lot.alert_at)
            if moment is not None
        ),
        *([rewarded_at] if rewarded_at else []),
        *(each.until for each in membership.waiting_returns),
        *([membership.tier_valid_until] if membership.tier_valid_until else []),
        *([tier_alert_at] if tier_alert_at else []),
    ]
    return replace(membership, next_due_at=min(moments))


def tell(membership: Membership, time_zone: str, now: datetime) -> TimePassed:
    """Return the changes to tell at ``now``, and the membership without them.

    Of several missed anniversaries only the latest is told, and none from more than
    ``ANNIVERSARY_TOLD_WITHIN`` ago.

    Args:
        membership: It must have no lots that are due: those expire, and are not announced.
        time_zone: The program's time zone.
        now: UTC.
    """
    told = {lot.expires_at for lot in membership.lots if _is_announced(lot, now)}
    expiring: dict[datetime | None, Lot] = {}
    for lot in membership.lots:
        if lot.expires_at in told:
            before = expiring.get(lot.expires_at)
            units = lot.units + (before.units if before else 0)
            expiring[lot.expires_at] = replace(lot, units=units)
    silent = tuple(
        replace(lot, alert_at=None) if lot.expires_at in told else lot for lot in membership.lots
    )
    years = max(years_since(membership.member_since, time_zone, now), membership.anniversary_years)
    is_news = (
        years > membership.anniversary_years
        and now - anniversary_at(membership.member_since, years, time_zone)
        <= ANNIVERSARY_TOLD_WITHIN
    )
    waiting, dropped = waiting_returns.split(membership.waiting_returns, now)
    hold = membership.tier_hold
    is_tier_expiring = hold is not None and hold.alert_at is not None and hold.alert_at <= now
    if hold is not None and is_tier_expiring:
        hold = replace(hold, alert_at=None)
    after = replace(
        membership,
        lots=silent,
        anniversary_years=years,
        waiting_returns=waiting,
        tier_hold=hold,
        updated_at=now,
    )
    lots, told_years = tuple(expiring.values()), years if is_news else None
    return TimePassed(scheduled(after, time_zone), lots, told_years, dropped, is_tier_expiring)


def _is_announced(lot: Lot, now: datetime) -> bool:
    return lot.alert_at is not None and lot.alert_at <= now


def years_since(joined_at: datetime, time_zone: str, now: datetime) -> int:
    """Return how many anniversaries there were."""
    years = local_day(now, time_zone).year - local_day(joined_at, time_zone).year
    is_ahead = anniversary_at(joined_at, years, time_zone) > now
    return years - 1 if is_ahead else years


def last_day(end: datetime, time_zone: str) -> date:
    """Return the last day of a store of what ends at a moment: at midnight, the day before.

    ``web/tests/last-days.json`` holds the web apps to the same days.
    """
    return local_day(end - timedelta(milliseconds=1), time_zone)


def local_day(moment: datetime, time_zone: str) -> date:
    """Return the day of a store at a moment."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
