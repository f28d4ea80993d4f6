"""Pending units: what a purchase has earned and nobody can spend yet, as goods may come back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.loyalty.entries import Cause, Entry

PENDING_MAX = 200
"""Grants of a member that may be pending at once."""


@dataclass(frozen=True, slots=True)
class PendingAward:
    """A grant that is pending until ``activates_at``, with what its activation is booked with.

    ``entry_id`` is the entry of the kind ``PENDING``, in the membership that it was granted to,
    which a merge does not change; ``expires_at`` is when its units expire once they can be spent,
    ``None`` if never, and ``renews`` is that of their lot. ``units`` are 0 if all were taken back.
    """

    membership_id: str
    entry_id: str
    units: int
    activates_at: datetime
    expires_at: datetime | None = None
    description: str = ""
    source: str | None = None
    transaction_id: str | None = None
    purchase_amount: str | None = None
    earning_method: str | None = None
    renews: bool = False


Awards = tuple[PendingAward, ...]


def waits_from(cause: Cause) -> datetime:
    """Return from when a purchase waits for returns: what it earns, and a reward for a referral.

    That is when it was bought, also if a till, a shop or a file tells of it later. If a cashier
    does, it is the moment in which they tell: else they could say of a purchase of today that it
    was last week, and what should wait could be spent before the goods come back.
    """
    return cause.now if cause.is_by_cashier else cause.occurred_at or cause.now


def find(awards: Awards, entry: Entry) -> PendingAward | None:
    """Return the grant of an entry, ``None`` if it is not pending."""
    return next((each for each in awards if _is_of(each, entry)), None)


def ordered(*awards: PendingAward) -> Awards:
    """Return grants in their order: those first that are activated first."""
    return tuple(sorted(awards, key=lambda each: each.activates_at))


def changed(awards: Awards, entry: Entry, units: int) -> Awards:
    """Return the grants after that of an entry got ``units`` more, or less if negative."""
    return tuple(
        replace(each, units=each.units + units) if _is_of(each, entry) else each for each in awards
    )


def without(awards: Awards, award: PendingAward) -> Awards:
    """Return the grants without one of them."""
    return tuple(each for each in awards if each != award)


def due(awards: Awards, now: datetime) -> Awards:
    """Return the grants that can be spent at ``now``."""
    return tuple(each for each in awards if each.activates_at <= now)


def _is_of(award: PendingAward, entry: Entry) -> bool:
    """Entries of two members may have the same id."""
    return (award.membership_id, award.entry_id) == (entry.membership_id, entry.entry_id)
