"""What returns could not take, as a redemption had spent it: taken once that is cancelled.

``RefundPolicy`` ``within_balance`` takes what the balance has, and the shop bears the rest. But a
redemption that is cancelled afterwards gives points back that the return would have taken. Else a
member could buy, redeem, return and cancel, and keep the points of goods that went back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared import ids
from shared.domain.loyalty.entries import Entry

UNCOLLECTED_MAX = 50
"""Such returns that a membership remembers. Of more the oldest is let go: the shop bears it."""


@dataclass(frozen=True, slots=True)
class Uncollected:
    """What a return could not take of an earn.

    ``membership_id`` and ``entry_id`` name the earn; ``since`` is when the return was booked.
    ``units`` are still missing; ``collected_units`` were taken since then.
    ``paid_by``: since a merge, the memberships that were the member's when the return was booked.
    """

    membership_id: str
    entry_id: str
    units: int
    since: datetime
    collected_units: int = 0
    paid_by: tuple[str, ...] = ()

    @property
    def earn(self) -> tuple[str, str]:
        """The name of the earn."""
        return self.membership_id, self.entry_id

    def collected(self, units: int) -> Uncollected:
        """Return it after units were taken."""
        left = self.units - units
        return replace(self, units=left, collected_units=self.collected_units + units)


Remembered = tuple[Uncollected, ...]


def entry_id(cancellation_id: str, number: int) -> str:
    """Return the id of an entry that takes of what the entry of a cancellation has given back."""
    return ids.derived("le", "collect", cancellation_id, str(number))


def added(every: Remembered, earn: Entry, units: int, since: datetime) -> Remembered:
    """Return what is remembered, oldest first, with what a return of an earn could not take."""
    one = Uncollected(earn.membership_id, earn.entry_id, units, since)
    return latest((*every, one))


def latest(every: Sequence[Uncollected]) -> Remembered:
    """Return what fits: of more than that, first those go of which nothing is missing any more."""
    ordered = sorted(every, key=lambda each: each.since)
    while len(ordered) > UNCOLLECTED_MAX:
        done = [each for each in ordered if each.units == 0]
        ordered.remove(next(iter(done), ordered[0]))
    return tuple(ordered)


def merged(every: Remembered, membership_ids: tuple[str, ...]) -> Remembered:
    """Return what is remembered of a membership that another one joins, or that joins another one.

    Args:
        every: What it remembers.
        membership_ids: It, and those that were merged into it before.
    """
    return tuple(replace(each, paid_by=each.paid_by or membership_ids) for each in every)


def due(every: Remembered, redeemed: Entry) -> Remembered:
    """Return those that would have been taken if a redemption had not been.

    It was booked before, and spent of the balance of that return: not of that of another member,
    who was merged into this one only later.
    """
    return tuple(
        each
        for each in every
        if each.units
        and redeemed.recorded_at <= each.since
        and (not each.paid_by or redeemed.membership_id in each.paid_by)
    )


def withdrawn(every: Remembered, earn: Entry, units: int) -> tuple[Remembered, int]:
    """Return what is remembered once a return is withdrawn of which ``units`` were not taken then.

    Returns:
        It, and how many of the units were taken since: they have to be given back.
    """
    after: list[Uncollected] = []
    left = units
    for each in every:
        less = min(each.units, left) if each.earn == (earn.membership_id, earn.entry_id) else 0
        left -= less
        after.append(replace(each, units=each.units - less))
    to_give_back = left
    for place, each in enumerate(after):
        if each.earn == (earn.membership_id, earn.entry_id):
            less = min(each.collected_units, left)
            left -= less
            after[place] = replace(each, collected_units=each.collected_units - less)
    kept = tuple(each for each in after if each.units or each.collected_units)
    return kept, to_give_back - left
