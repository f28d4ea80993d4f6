"""How a member stands in a program: suspended by the merchant, or gone by the own wish.

Both may hold at once: who leaves while suspended is still suspended, and cannot come back before
the merchant allows it. A membership keeps its points in all of this, and they expire as usual.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.loyalty import hold_releases
from shared.domain.loyalty.membership import Absence, Membership, MembershipStatus

ABSENCES_MAX = 20
"""Absences that a membership keeps; receipts that are older than these are read no more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands in a program."""

    program_id: str
    membership_id: str
    status: MembershipStatus

    @classmethod
    def of(cls, membership: Membership) -> Standing:
        """Return how the member of a membership stands."""
        return cls(membership.program_id, membership.membership_id, membership.status)


def suspended(membership: Membership, reason: str, now: datetime) -> Membership:
    """Return the membership after the merchant has suspended the member.

    A suspended membership stays as it is, with its first reason; a merged one has nothing to bar.
    """
    if membership.status in {MembershipStatus.SUSPENDED, MembershipStatus.MERGED}:
        return membership
    return _with_status(replace(membership, status_reason=reason), MembershipStatus.SUSPENDED, now)


def reactivated(membership: Membership, reason: str, now: datetime) -> Membership:
    """Return the membership after the merchant has lifted the suspension, if there was one.

    Who has left in the meantime has still left.
    """
    if membership.status is not MembershipStatus.SUSPENDED:
        return membership
    has_left = membership.left_at is not None
    status = MembershipStatus.LEFT if has_left else MembershipStatus.ACTIVE
    return _with_status(replace(membership, status_reason=reason), status, now)


def left(membership: Membership, now: datetime) -> Membership:
    """Return the membership after the member has left, with all points. Holds end with it.

    Raises:
        MembershipClosed: It was merged into another one.
    """
    membership.require_unmerged()
    if membership.left_at is not None:
        return membership
    gone = replace(hold_releases.released(membership, membership.holds), left_at=now)
    if membership.status is MembershipStatus.SUSPENDED:
        return replace(gone, updated_at=now)
    return _with_status(gone, MembershipStatus.LEFT, now)


def reopened(membership: Membership, now: datetime) -> Membership:
    """Return the membership after the member has come back, if the member had left.

    Raises:
        MemberSuspended: The merchant has suspended the member, who has left as well.
        MembershipClosed: It was merged into another one.
    """
    membership.require_unmerged()
    if membership.left_at is None:
        return membership
    if membership.status is MembershipStatus.SUSPENDED:
        membership.require_active()
    return _with_status(replace(membership, left_at=None), MembershipStatus.ACTIVE, now)


def _with_status(membership: Membership, status: MembershipStatus, now: datetime) -> Membership:
    absences = membership.absences
    was_absent = bool(absences) and absences[-1].ended_at is None
    if status is MembershipStatus.ACTIVE and was_absent:
        absences = (*absences[:-1], replace(absences[-1], ended_at=now))
    elif status is not MembershipStatus.ACTIVE and not was_absent:
        absences = (*absences, Absence(now))[-ABSENCES_MAX:]
    return replace(membership, status=status, absences=absences, updated_at=now)
