"""The dates of lots: what units get when a member gets them, and what puts them off later.

Nothing here brings an expiry forward.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.loyalty import due, expiry, lots, welcome_dates
from shared.domain.loyalty.entries import Cause
from shared.domain.loyalty.expiry import Renewal
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program


def granted(membership: Membership, program: Program, units: int, cause: Cause) -> Lot:
    """Return the lot of units that are granted: they expire as their rule or the program says."""
    rule = expiry.rule_of(cause)
    expires_at = due.expires_at(program, cause.occurred_at or cause.now, rule)
    renews = is_renewed(program, rule)
    return given(membership, program, Lot(units, expires_at, renews=renews), cause.now, rule)


def given(
    membership: Membership, program: Program, lot: Lot, now: datetime, rule: str | None = None
) -> Lot:
    """Return a lot as it joins those of a membership, with the time of its announcement.

    If it renews, activities since it got its date count. What joins units whose expiry was
    announced already is not announced by itself if its own time for that is over.
    """
    expires_at = _renewed_date(membership, program, lot)
    alert_at = due.alert_at(program, expires_at, rule)
    is_late = alert_at is not None and alert_at <= now
    if is_late and any(each.expires_at == expires_at for each in membership.lots):
        alert_at = None
    return replace(lot, expires_at=expires_at, alert_at=alert_at)


def is_renewed(program: Program, rule: str | None) -> bool:
    """Tell whether activities put off the expiry of what a rule grants."""
    policy = program.points_expiry
    return policy is not None and policy.renewed_by != () and program.rule_expiry(rule) is None


def after_activity(
    membership: Membership, program: Program, activity: Renewal, cause: Cause
) -> tuple[Membership, datetime | None]:
    """Put off the expiry of all that renews, held and pending units too, if the program says so.

    Returns:
        The membership, and until when; ``None`` if it is no activity for the program.
    """
    policy = program.points_expiry
    if policy is None or activity not in policy.renewed_by or not expiry.is_activity(cause):
        return membership, None
    at = cause.occurred_at or cause.now
    until = due.expires_at(program, at)
    assert until is not None
    after, _ = _put_off(membership, program, until, cause.now, before=None, only_renewing=True)
    active_at = at if membership.active_at is None else max(at, membership.active_at)
    return replace(after, active_at=active_at), until


def extended(
    membership: Membership,
    program: Program,
    until: datetime,
    now: datetime,
    before: datetime | None,
) -> tuple[Membership, int]:
    """Put off the expiry of what expires at ``before``, or of all that expires before ``until``.

    Returns:
        The membership, and the number of units that expire later: held and pending ones too.
    """
    return _put_off(membership, program, until, now, before=before, only_renewing=False)


def _put_off(
    membership: Membership,
    program: Program,
    until: datetime,
    now: datetime,
    *,
    before: datetime | None,
    only_renewing: bool,
) -> tuple[Membership, int]:
    alert_at = due.alert_at(program, until)

    def is_meant(expires_at: datetime | None, renews: bool) -> bool:
        is_of_day = before is None or expires_at == before
        return is_of_day and (renews or not only_renewing)

    def moved(held: lots.Lots) -> tuple[lots.Lots, int]:
        return lots.put_off(held, until, alert_at, lambda lot: is_meant(lot.expires_at, lot.renews))

    open_lots, units = moved(membership.lots)
    holds = []
    for hold in membership.holds:
        its, held_units = moved(hold.lots)
        holds.append(replace(hold, lots=its))
        units += held_units
    awards = []
    for award in membership.pending:
        at = award.expires_at
        is_moved = at is not None and at < until and is_meant(at, award.renews)
        units += award.units if is_moved else 0
        awards.append(replace(award, expires_at=until) if is_moved else award)
    dates = welcome_dates.put_off(
        membership.welcome_dates, until, now, membership.held_lots, is_meant
    )
    after = replace(
        membership,
        lots=open_lots,
        holds=tuple(holds),
        pending=tuple(awards),
        welcome_dates=dates,
    )
    return after, units


def _renewed_date(membership: Membership, program: Program, lot: Lot) -> datetime | None:
    if lot.expires_at is None or not lot.renews or membership.active_at is None:
        return lot.expires_at
    if not is_renewed(program, None):
        return lot.expires_at
    until = due.expires_at(program, membership.active_at)
    return lot.expires_at if until is None else max(lot.expires_at, until)
