"""What people at a till may undo: the own last booking for a member, for a quarter of an hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.loyalty.entries import Entry, EntryKind, Undone
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.redemptions import RedemptionRecord
from shared.errors import UndoNotAllowed

UNDO_FOR = timedelta(minutes=15)
_BY_TIME = frozenset({EntryKind.EXPIRE, EntryKind.TIER})
"""What no request has booked."""


def require_undoable(
    booked: Entry, membership: Membership, staff_id: str | None, now: datetime
) -> None:
    """Refuse to undo an entry that is not the cashier's own last booking for the member.

    Entries of the same commit have the same time: what came with it is no later booking.

    Args:
        booked: The earn that is to be taken back whole, or the redemption to be given back.
        membership: Its membership, as it was read for the commit.
        staff_id: The uid of who wants to undo it.
        now: The account's time.

    Raises:
        UndoNotAllowed: Somebody else booked it, or it is too old, or something was booked since.
    """
    _require_own(booked, staff_id, now)
    _require_nothing_between(membership, booked.recorded_at, None)


def require_code_comes_back(redeemed: Entry, record: RedemptionRecord, *, is_cashier: bool) -> None:
    """Refuse to give back the points of a code of somebody else that may have served.

    Whoever has seen the code of a cinema can use it there, whatever we say of it. So its points
    come back only by somebody who can see to it that it works nowhere: no cashier. Once it was
    used they come back by nobody, not even by who has just handed it out.

    Args:
        redeemed: The redemption to be given back.
        record: What became of it.
        is_cashier: Whether a cashier asks.

    Raises:
        RewardCodeUsed, RedemptionCancelled: It has served, or was given back before.
        UndoNotAllowed: A cashier asks.
    """
    if not redeemed.has_imported_code:
        return
    record.require_open()
    if is_cashier:
        raise UndoNotAllowed(
            "The code is not one of ours: whoever has seen it can use it elsewhere.",
            fix="Ask a manager, who first sees to it that the code does not work any more.",
            reason="imported_code",
        )


def is_own_hand_out(record: RedemptionRecord, staff_id: str | None) -> bool:
    """Tell whether a person of the staff has handed the reward out who asks now.

    ``used_by`` does not say so: a key can name anybody there.
    """
    return record.used_at is not None and staff_id is not None and record.staff_id == staff_id


def require_hand_out_undoable(redeemed: Entry, membership: Membership, now: datetime) -> None:
    """Refuse to take a hand-out back, of who has handed it out, that is not the last booking.

    It counts from the redemption, whoever made it: a code that the customer has had for longer was
    not tapped by mistake, and its points may have expired since.

    Args:
        redeemed: The redemption whose reward was handed out.
        membership: Its membership, as it was read for the commit.
        now: The account's time.

    Raises:
        UndoNotAllowed: It is too old, or something was booked since.
    """
    _require_recent(redeemed, now)
    _require_nothing_between(membership, redeemed.recorded_at, None)


def require_gives_back_own(
    undone: Undone | None,
    redeemed: Sequence[Entry],
    earn: Entry,
    membership: Membership,
    staff_id: str | None,
    now: datetime,
) -> None:
    """Refuse to undo a purchase if more would come back than the cashier has just taken to pay it.

    Any purchase is easily given the name of an older one. So a reward does not come back, which may
    have been handed out, and neither does a payment after which something else was booked.

    Args:
        undone: What would come back.
        redeemed: The redemptions of that.
        earn: What the purchase has earned, and is the last booking for the member.
        membership: The membership, as it was read for the commit.
        staff_id: The uid of who wants to undo the earn.
        now: The account's time.

    Raises:
        UndoNotAllowed: Something else would come back.
    """
    if undone is not None and undone.reservation_ids:
        raise UndoNotAllowed("Points are still reserved for the purchase.", reason="other_staff")
    for each in redeemed:
        _require_own(each, staff_id, now)
        if each.reward_id is not None or each.amount_paid is None:
            raise UndoNotAllowed("It has paid for something else.", reason="no_payment")
        _require_nothing_between(membership, each.recorded_at, earn.recorded_at)


def _require_nothing_between(
    membership: Membership, booked_at: datetime, until: datetime | None
) -> None:
    """Refuse if something was booked after a moment, and not at ``until``."""
    later = (
        each
        for each in membership.recent
        if each.recorded_at > booked_at and each.recorded_at != until and each.kind not in _BY_TIME
    )
    if next(later, None) is not None:
        raise UndoNotAllowed("More was booked for the member since.", reason="not_the_last")


def _require_own(booked: Entry, staff_id: str | None, now: datetime) -> None:
    if booked.staff_id is None or booked.staff_id != staff_id:
        raise UndoNotAllowed("Somebody else has booked this.", reason="other_staff")
    _require_recent(booked, now)


def _require_recent(booked: Entry, now: datetime) -> None:
    if now - booked.recorded_at > UNDO_FOR:
        raise UndoNotAllowed("It is more than 15 minutes ago.", reason="too_late")
