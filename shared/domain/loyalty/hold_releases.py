"""What a membership becomes when holds end: their lots are back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from shared.domain.loyalty import lots
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.membership import Membership


def released(membership: Membership, ended: Sequence[Hold]) -> Membership:
    """Return a membership whose lots have back what these holds had taken; they are gone.

    What reversals have taken meanwhile beyond the lots is paid from it. A lot that its hold kept
    from expiring, or from being announced, is due again.
    """
    if not ended:
        return membership
    due = [
        moment
        for each in ended
        for lot in each.lots
        for moment in (lot.expires_at, lot.alert_at)
        if moment is not None
    ]
    if membership.next_due_at is not None:
        due.append(membership.next_due_at)
    return put_back(
        replace(
            membership,
            held_units=membership.held_units - sum(each.units for each in ended),
            holds=tuple(each for each in membership.holds if each not in ended),
            next_due_at=min(due, default=None),
        ),
        [lot for each in ended for lot in each.lots],
    )


def put_back(membership: Membership, given: Iterable[Lot]) -> Membership:
    """Return a membership with more lots, which pay its deficit first."""
    every = membership.lots
    for lot in given:
        every = lots.add(every, lot)
    left, missing = lots.take(every, membership.deficit_units)
    return replace(membership, lots=left, deficit_units=missing)


def without_ended(membership: Membership, now: datetime) -> Membership:
    """Return a membership without the holds that have ended at ``now``: itself if there are none.

    Everything that is booked does so first and writes it. So a commit that was decided earlier, and
    comes later, does not find its hold any more.
    """
    return released(membership, [each for each in membership.holds if not each.is_open(now)])
