"""Entries of the ledger for a purchase: what is due for a member, posted to the membership."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from shared.domain.loyalty import earning, ledger
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.systems.purchases import Due, Grant, Purchase


@dataclass(slots=True)
class Postings:
    """What was posted for a purchase.

    Attributes:
        purchase: The purchase, with its grants as they are then.
        memberships: The changed memberships, by user.
        entries: Their new entries, in order, by user.
        uncollected_units: The units that could not be taken back, because they are spent.
    """

    purchase: Purchase
    memberships: dict[str, Membership]
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    has_earned: bool = False
    has_taken: bool = False
    uncollected_units: int = 0


CauseOf = Callable[[str, Purchase], Cause]
"""Returns the cause of a purchase's next entry: its action, and the purchase before it."""


def post(
    postings: Postings,
    due: Due,
    program: Program,
    originals: Mapping[str, Entry],
    cause_of: CauseOf,
    receipt_id: str,
) -> None:
    """Post what is due for a member.

    Nothing is granted to a member who is suspended or has left; what is taken back is taken.

    Args:
        postings: What was posted so far; it has the membership, without expired points.
        due: The units to grant, to take back or to give back.
        program: The program.
        originals: The entries of the member's grants, by id.
        cause_of: Gives each entry its cause.
        receipt_id: ``Receipt.identity`` of the receipt that causes it.

    Raises:
        ProgramInactive: The program grants nothing.
        BalanceLimitExceeded: The membership would hold more than the limit.
    """
    if due.earn_units and postings.memberships[due.user_id].is_active:
        _earn(postings, due, program, cause_of, receipt_id)
    if due.take_units > 0:
        _take(postings, due, program, originals, cause_of)
    elif due.take_units < 0:
        _give_back(postings, due, program, originals, cause_of)


def _earn(
    postings: Postings, due: Due, program: Program, cause_of: CauseOf, receipt_id: str
) -> None:
    cause = cause_of("earn", postings.purchase)
    if due.award is not None:
        cause = earning.with_award(cause, due.award)
        cause = replace(cause, campaigns_before=due.campaigns_before)
    membership = postings.memberships[due.user_id]
    membership, entry = ledger.earn(membership, program, due.earn_units, cause)
    grant = Grant(
        due.user_id,
        entry.entry_id,
        receipt_id,
        due.earn_units,
        cause.now,
        pending_until=entry.pending_until,
    )
    _note(postings, grant, membership, entry)
    postings.has_earned = True


def _take(
    postings: Postings,
    due: Due,
    program: Program,
    originals: Mapping[str, Entry],
    cause_of: CauseOf,
) -> None:
    """Take back units of a member's grants, of the latest first."""
    left = due.take_units
    for grant in reversed(_grants_of(postings.purchase, due.user_id)):
        units = min(left, grant.units - grant.asked_units)
        if units == 0:
            continue
        left -= units
        cause = cause_of("take_back", postings.purchase)
        membership = postings.memberships[due.user_id]
        original = originals[grant.entry_id]
        booked = ledger.reverse(
            membership, program, original, units, cause, policy=program.refund_policy
        )
        taken_units = -booked[1].moved_units if booked else 0
        after = replace(
            grant,
            asked_units=grant.asked_units + units,
            taken_units=grant.taken_units + taken_units,
        )
        nothing = ledger.uncollected(
            membership, original, units, cause.now, policy=program.refund_policy
        )
        _note(postings, after, *(booked or (nothing, None)))
        postings.uncollected_units += units - taken_units
        postings.has_taken = True


def _give_back(
    postings: Postings,
    due: Due,
    program: Program,
    originals: Mapping[str, Entry],
    cause_of: CauseOf,
) -> None:
    """Ask for fewer units of a member's grants, and give back what was taken beyond that."""
    left = -due.take_units
    for grant in _grants_of(postings.purchase, due.user_id):
        units = min(left, grant.asked_units)
        if units == 0:
            continue
        left -= units
        asked_units = grant.asked_units - units
        given_units = max(grant.taken_units - asked_units, 0)
        original, entry = originals[grant.entry_id], None
        membership, later_units = ledger.withdraw(
            postings.memberships[due.user_id], original, units - given_units
        )
        if given_units + later_units:
            cause = cause_of("give_back", postings.purchase)
            membership, entry = ledger.restore(
                membership, program, original, given_units + later_units, cause
            )
        after = replace(grant, asked_units=asked_units, taken_units=grant.taken_units - given_units)
        _note(postings, after, membership, entry)


def _grants_of(purchase: Purchase, user_id: str) -> list[Grant]:
    return [each for each in purchase.grants if each.user_id == user_id]


def _note(postings: Postings, grant: Grant, membership: Membership, entry: Entry | None) -> None:
    purchase = postings.purchase
    others = {each.entry_id: each for each in purchase.grants}
    grants = tuple((others | {grant.entry_id: grant}).values())
    postings.purchase = replace(purchase, grants=grants, bookings=purchase.bookings + 1)
    if entry is not None or membership is not postings.memberships[grant.user_id]:
        postings.memberships[grant.user_id] = membership
        postings.entries.setdefault(grant.user_id, []).extend([entry] if entry else [])
