"""When welcome bonuses expire, as the expiry of their lots was put off.

A lot does not tell what was granted with it, and the entry of a grant only knows its first date. Of
a welcome bonus it has to be known later, if two members turn out to be one person: what has expired
is not taken back of other points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.lots import Lot


@dataclass(frozen=True, slots=True)
class WelcomeDate:
    """When a welcome bonus expires; ``None`` if it never does. ``renews`` is that of its lot.

    ``membership_id`` is where it was granted: here, or in a membership that was merged into it.
    """

    membership_id: str
    expires_at: datetime | None = None
    renews: bool = False

    @classmethod
    def of(cls, bonus: Entry) -> WelcomeDate:
        """Return that of a bonus that is granted now."""
        return cls(bonus.membership_id, bonus.lot_expires_at, bool(bonus.renews))

    def is_over(self, now: datetime, held: Iterable[Lot]) -> bool:
        """Tell whether it has expired at ``now``. What is set aside (``held``) does not yet."""
        if self.expires_at is None or self.expires_at > now:
            return False
        own = (self.expires_at, self.renews)
        return all((each.expires_at, each.renews) != own for each in held)


WelcomeDates = tuple[WelcomeDate, ...]


def find(dates: WelcomeDates, bonus: Entry) -> WelcomeDate | None:
    """Return that of a bonus; ``None`` if it was granted before that was written down."""
    return next((each for each in dates if each.membership_id == bonus.membership_id), None)


def put_off(
    dates: WelcomeDates,
    until: datetime,
    now: datetime,
    held: Iterable[Lot],
    which: Callable[[datetime | None, bool], bool],
) -> WelcomeDates:
    """Put off the same as of lots; what has expired at ``now`` stays expired.

    Args:
        dates: Those of a membership.
        until: The new time of expiry.
        now: When it is put off.
        held: The lots that are set aside.
        which: Tells by its date, and whether it renews, which is meant.
    """
    lots = tuple(held)

    def is_moved(each: WelcomeDate) -> bool:
        at = each.expires_at
        is_earlier = at is not None and at < until
        return is_earlier and which(at, each.renews) and not each.is_over(now, lots)

    return tuple(replace(each, expires_at=until) if is_moved(each) else each for each in dates)
