"""Returns that were told before their purchase has earned: they wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared import ids
from shared.domain.loyalty.entries import Cause, Entry, Undone
from shared.domain.loyalty.external_transactions import Direction, ExternalTransaction
from shared.domain.loyalty.returns import Returned
from shared.errors import IdempotencyKeyReused, TooManyWaitingReturns

WAITS = timedelta(days=90)
"""So long a return waits for its purchase."""
WAITING_MAX = 20
"""Returns of a member that may wait at once."""
REMEMBERED_MAX = 20
"""Returns of purchases that have earned nothing, of which the latest are remembered."""


@dataclass(frozen=True, slots=True)
class WaitingReturn:
    """A return that waits for the purchase ``transaction_id`` to earn, with what it is booked with.

    ``source`` is the system that numbers the purchase, if it was told. ``undone`` is what it gave
    back already, though the purchase has earned nothing.
    ``is_told``: the purchase was told and has earned nothing, so nobody waits for it. If it earns
    after all, the return is booked with it.
    """

    refund_id: str
    transaction_id: str
    returned: Returned
    since: datetime
    source: str | None = None
    description: str = ""
    key_hash: str | None = None
    undone: Undone | None = None
    is_told: bool = False

    @property
    def until(self) -> datetime:
        """When it is dropped."""
        return self.since + WAITS

    def is_of(self, entry: Entry) -> bool:
        """Tell whether an entry is the earn that it waits for."""
        purchase = ExternalTransaction(Direction.EARN, self.transaction_id, self.source, 0)
        is_earn = entry.activates_entry_id is None and entry.transaction_id == self.transaction_id
        return is_earn and purchase.find([entry], "") is not None

    def is_of_purchase(self, told: Cause) -> bool:
        """Tell whether it waits for a purchase that was told and earned nothing."""
        is_same_source = None in {self.source, told.source} or self.source == told.source
        return told.transaction_id == self.transaction_id and is_same_source

    def cause(self, now: datetime) -> Cause:
        """Return what it is booked by: under the name that the same return has at any time."""
        return Cause(
            entry_id=entry_id(self.refund_id),
            fingerprint=self.returned.fingerprint,
            now=now,
            key_hash=self.key_hash,
            description=self.description,
            source=self.source,
            transaction_id=self.refund_id,
        )


class WhyDropped(StrEnum):
    """Why a return that waited takes nothing.

    ``NO_PURCHASE``: none came in time. ``OWN_REFUND``: something else tells what comes back of it.
    ``NOTHING_TO_TAKE``: the amount says nothing of its points, or all of them are taken.
    """

    NO_PURCHASE = "no_purchase"
    OWN_REFUND = "own_refund"
    NOTHING_TO_TAKE = "nothing_to_take"


Waiting = tuple[WaitingReturn, ...]


def entry_id(refund_id: str) -> str:
    """Return the id of the entry of a return, whenever it is booked."""
    return ids.derived("le", "reverse", refund_id)


def find(waiting: Waiting, returned: Returned) -> WaitingReturn | None:
    """Return the one that waits for the same return.

    Raises:
        IdempotencyKeyReused: Another return with that id waits.
    """
    for each in waiting:
        if each.returned.refund == returned.refund:
            if each.returned.fingerprint != returned.fingerprint:
                raise IdempotencyKeyReused("The refund was told before with other values.")
            return each
    return None


def added(waiting: Waiting, one: WaitingReturn) -> Waiting:
    """Return what waits with one more, oldest first.

    Raises:
        TooManyWaitingReturns: There are too many.
    """
    if len(untold(waiting)) >= WAITING_MAX:
        raise TooManyWaitingReturns(
            f"At most {WAITING_MAX} returns of a member wait for purchases that were not told."
        )
    return (*waiting, one)


def remembered(waiting: Waiting, told: Sequence[WaitingReturn]) -> Waiting:
    """Return what waits when the purchases of some were told and have earned nothing."""
    refunds = {each.returned.refund for each in told}
    others = [each for each in waiting if each.returned.refund not in refunds]
    every = [*others, *(replace(each, is_told=True) for each in told)]
    latest = [each for each in every if each.is_told][-REMEMBERED_MAX:]
    return tuple(each for each in every if not each.is_told or each in latest)


def untold(waiting: Waiting) -> Waiting:
    """Return those whose purchases were not told yet: they wait."""
    return tuple(each for each in waiting if not each.is_told)


def waits_since(waiting: Waiting) -> datetime | None:
    """Return since when the one waits that was told first; ``None`` if none waits."""
    return min((each.since for each in untold(waiting)), default=None)


def split(waiting: Waiting, now: datetime) -> tuple[Waiting, Waiting]:
    """Return what still waits or is remembered at ``now``, and what has waited for too long."""
    open_ = tuple(each for each in waiting if now < each.until)
    return open_, tuple(each for each in untold(waiting) if each not in open_)
