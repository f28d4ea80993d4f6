"""What a cashier may undo: the own last booking for a member, for a quarter of an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.loyalty.entries import Entry, EntryKind, Undone
from shared.domain.loyalty.membership import Membership
from shared.errors import UndoNotAllowed

UNDO_FOR = timedelta(minutes=15)
_BY_TIME = frozenset({EntryKind.EXPIRE, EntryKind.TIER})
"""What no request has booked."""


def require_undoable(
    earn: Entry, membership: Membership, staff_id: str | None, now: datetime
) -> None:
    """Refuse to undo an earn that is not the cashier's own last booking for the member.

    Entries of the same commit have the same time: what came with the earn is no later booking.

    Args:
        earn: What is to be taken back whole.
        membership: Its membership, as it was read for the commit.
        staff_id: The uid of who wants to undo it.
        now: The account's time.

    Raises:
        UndoNotAllowed: Somebody else booked it, or it is too old, or something was booked since.
    """
    if earn.staff_id is None or earn.staff_id != staff_id:
        raise UndoNotAllowed("Somebody else has booked this.", reason="other_staff")
    if now - earn.recorded_at > UNDO_FOR:
        raise UndoNotAllowed("It is more than 15 minutes ago.", reason="too_late")
    later = (
        each
        for each in membership.recent
        if each.recorded_at > earn.recorded_at and each.kind not in _BY_TIME
    )
    if next(later, None) is not None:
        raise UndoNotAllowed("More was booked for the member since.", reason="not_the_last")


def require_gives_nothing_back(undone: Undone | None) -> None:
    """Refuse to undo an earn with which points come back that were spent or reserved before it.

    Cashiers spend none, so somebody else has, and an earn is easily given the name of an old
    purchase.

    Raises:
        UndoNotAllowed: Some would come back.
    """
    if undone is not None:
        raise UndoNotAllowed(
            "Points that others have spent on the purchase would come back.", reason="other_staff"
        )
