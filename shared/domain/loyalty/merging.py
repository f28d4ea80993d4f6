"""What two memberships of one person become when they are merged, apart from the ledger's entries.

Every field of a membership is decided here: ``FIELDS`` names them all, and a test compares it with
the membership.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shared.domain.loyalty import counters, earned_months, holds, lots, pending, uncollected_returns
from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.entries import Moved
from shared.domain.loyalty.lots import Lots
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.standing import ABSENCES_MAX
from shared.domain.loyalty.uncollected_returns import Remembered
from shared.domain.loyalty.waiting_returns import Waiting
from shared.errors import MergeLimitExceeded

MERGED_MAX = 20
"""Memberships that can be merged into one: the next merge reads each, and points it on."""

ADDED = frozenset(
    {
        "balance_units",
        "earned_units",
        "redeemed_units",
        "expired_units",
        "reversed_units",
        "adjusted_units",
        "lifetime_units",
        "pending_units",
        "held_units",
    }
)
"""Totals: those of both are added, and the old membership has none any more."""
COMBINED = frozenset(
    {
        "lots",
        "deficit_units",
        "enrolled_at",
        "joined_at",
        "anniversary_years",
        "status",
        "status_reason",
        "left_at",
        "absences",
        "merged_from",
        "awaits_welcome",
        "counters",
        "pending",
        "holds",
        "referral",
        "waiting_returns",
        "uncollected",
        "earned_by_month",
        "active_at",
        "received_at",
        "welcome_dates",
    }
)
"""Fields that follow from both in their own way: see ``taken_over``."""
KEPT = frozenset(
    {
        "membership_id",
        "account_id",
        "store_id",
        "program_id",
        "user_id",
        "scale",
        "source",
        "merged_into",
        "merged_into_user_id",
        "is_taken_over",
        "came_back_at",
        "erasure_id",
        "erased_at",
    }
)
"""Fields that the new membership keeps as they are."""
BOOKED = frozenset(
    {
        "tier",
        "tier_hold",
        "tier_valid_until",
        "seq",
        "head_hash",
        "recent",
        "updated_at",
        "next_due_at",
    }
)
"""Fields that the ledger writes with the entry."""
FIELDS = ADDED | COMBINED | KEPT | BOOKED


def moved(source: Membership, other: Membership, *, is_in: bool) -> Moved:
    """Return the totals of the old membership: as they come in, or as they go out."""
    sign = 1 if is_in else -1
    return Moved(
        is_in=is_in,
        other_membership_id=other.membership_id,
        other_user_id=other.user_id,
        earned_units=sign * source.earned_units,
        redeemed_units=sign * source.redeemed_units,
        expired_units=sign * source.expired_units,
        reversed_units=sign * source.reversed_units,
        adjusted_units=sign * source.adjusted_units,
    )


def handed_over(source: Membership, target: Membership) -> Membership:
    """Return the old membership without anything, and with the new one's name."""
    totals: dict[str, Any] = dict.fromkeys(ADDED, 0)
    return replace(
        source,
        **totals,
        lots=(),
        pending=(),
        holds=(),
        deficit_units=0,
        counters=None,
        earned_by_month=None,
        referral=None,
        waiting_returns=(),
        uncollected=(),
        welcome_dates=(),
        status=MembershipStatus.MERGED,
        merged_into=target.membership_id,
        merged_into_user_id=target.user_id,
    )


def taken_over(target: Membership, source: Membership) -> Membership:
    """Return the new membership with all that the old one had.

    A debt is paid from the lots of both, as a credit would have paid it. The earlier enrolment
    counts, with the anniversaries that were told. Who is suspended in one of them is suspended;
    who has left one of them only has not left.

    Raises:
        MergeLimitExceeded: Too many memberships were merged into this one.
    """
    merged_from = (*target.merged_from, *source.merged_from, source.membership_id)
    if len(merged_from) > MERGED_MAX:
        raise MergeLimitExceeded(f"At most {MERGED_MAX} memberships can be merged into one.")
    open_lots: Lots = target.lots
    for lot in source.lots:
        open_lots = lots.add(open_lots, lot)
    left, deficit_units = lots.take(open_lots, target.deficit_units + source.deficit_units)
    older = min(target, source, key=lambda each: each.member_since)
    enrolled_at = min(target.enrolled_at, source.enrolled_at)
    totals: dict[str, Any] = {name: getattr(target, name) + getattr(source, name) for name in ADDED}
    return replace(
        _with_standing(target, source),
        **totals,
        lots=left,
        deficit_units=deficit_units,
        pending=pending.ordered(*target.pending, *source.pending),
        holds=(
            *holds.merged(target.holds, target.every_membership_id),
            *holds.merged(source.holds, source.every_membership_id),
        ),
        enrolled_at=enrolled_at,
        joined_at=older.member_since if older.member_since < enrolled_at else None,
        anniversary_years=older.anniversary_years,
        merged_from=merged_from,
        counters=_counters(target, source),
        earned_by_month=_months(target, source),
        # Who was a member before was not won by a friend.
        referral=older.referral,
        waiting_returns=_waiting(target, source),
        uncollected=uncollected_returns.latest((*_uncollected(target), *_uncollected(source))),
        # Who was welcomed in one of them, or was there before there was a bonus, is not new.
        awaits_welcome=target.awaits_welcome and source.awaits_welcome,
        active_at=max(filter(None, (target.active_at, source.active_at)), default=None),
        received_at=max(filter(None, (target.received_at, source.received_at)), default=None),
        welcome_dates=(*target.welcome_dates, *source.welcome_dates),
    )


def opened(source: Membership, *, membership_id: str, user_id: str) -> Membership:
    """Return the empty membership of the new user, if there is none yet: as the old one stands."""
    return Membership(
        membership_id=membership_id,
        account_id=source.account_id,
        store_id=source.store_id,
        program_id=source.program_id,
        user_id=user_id,
        scale=source.scale,
        enrolled_at=source.enrolled_at,
        joined_at=source.joined_at,
        updated_at=source.updated_at,
        source=source.source,
        tier=source.tier,
        tier_hold=source.tier_hold,
        tier_valid_until=source.tier_valid_until,
        earned_by_month=None if source.earned_by_month is None else (),
        anniversary_years=source.anniversary_years,
        status=source.status,
        status_reason=source.status_reason,
        left_at=source.left_at,
        absences=source.absences,
        awaits_welcome=source.awaits_welcome,
        is_taken_over=True,
    )


def _waiting(target: Membership, source: Membership) -> Waiting:
    """Return the returns of both that wait; one that was told of both waits once."""
    known = {each.returned.refund for each in target.waiting_returns}
    more = (each for each in source.waiting_returns if each.returned.refund not in known)
    both = (*target.waiting_returns, *more)
    return tuple(sorted(both, key=lambda each: each.since))


def _uncollected(membership: Membership) -> Remembered:
    """Return what returns could not take before a merge: redemptions of the other do not pay it."""
    return uncollected_returns.merged(membership.uncollected, membership.every_membership_id)


def _months(target: Membership, source: Membership) -> earned_months.Months | None:
    if target.earned_by_month is None or source.earned_by_month is None:
        return target.earned_by_month or source.earned_by_month
    return earned_months.added(target.earned_by_month, source.earned_by_month)


def _counters(target: Membership, source: Membership) -> Counters | None:
    if target.counters is None or source.counters is None:
        return target.counters or source.counters
    return counters.added(target.counters, source.counters)


def _with_standing(target: Membership, source: Membership) -> Membership:
    """Return the new membership with the standing that follows from both."""
    both = (target, source)
    suspended = next((each for each in both if each.status is MembershipStatus.SUSPENDED), None)
    has_left = all(each.left_at is not None for each in both)
    status = MembershipStatus.LEFT if has_left else MembershipStatus.ACTIVE
    if suspended is not None:
        status = MembershipStatus.SUSPENDED
    absences = {*target.absences, *source.absences}
    if status is MembershipStatus.ACTIVE:
        # The absence of the one that was left has ended with the other, which was not.
        absences = {each for each in absences if each.ended_at is not None}
    return replace(
        target,
        status=status,
        status_reason=suspended.status_reason if suspended else target.status_reason,
        left_at=target.left_at if has_left else None,
        absences=tuple(sorted(absences, key=lambda each: each.began_at))[-ABSENCES_MAX:],
    )
