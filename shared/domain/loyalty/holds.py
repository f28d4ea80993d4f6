"""Holds: units that are set aside for a while, so that nobody else spends them.

A hold takes its units out of the member's lots, those first that expire first, as a redemption
would. Balance and entries stay as they are. It ends by itself: from ``ends_at`` on its units are
back in their lots, whether or not anything has been written since, and what has expired meanwhile
expires then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from shared import ids
from shared.domain.loyalty import lots
from shared.domain.loyalty.lots import Lot

MINUTES_DEFAULT = 15
MINUTES_MAX = 60
HOLDS_MAX = 20
"""Holds of a member that may be open at once."""
_TAG_CHARS = 6


@dataclass(frozen=True, slots=True)
class Hold:
    """Units that are set aside until ``ends_at``, with what their redemption is booked with.

    ``membership_id`` is where they were set aside: a merge moves a hold, and does not change it.
    ``made_by``: since a merge, the memberships that were the member's when it was made; empty: all.
    ``takes_stock``: one piece of the reward is set aside, too. ``is_customers``: the customer has
    asked for it, and may end it. ``amount_paid`` is what of a purchase it pays, in the currency,
    and ``point_value`` what a point was worth when it was made; ``None`` if it pays no amount.
    """

    reservation_id: str
    membership_id: str
    lots: tuple[Lot, ...]
    made_at: datetime
    ends_at: datetime
    description: str = ""
    transaction_id: str | None = None
    reward_id: str | None = None
    reward_code: str | None = None
    takes_stock: bool = False
    is_customers: bool = False
    amount_paid: Decimal | None = None
    point_value: Decimal | None = None
    made_by: tuple[str, ...] = ()

    @property
    def units(self) -> int:
        """What is set aside."""
        return lots.total(self.lots)

    @property
    def stock_key(self) -> str:
        """Its name in the stock of its reward, which other members use as well."""
        return stock_key(self.membership_id, self.reservation_id)

    def may_pay(self, bought_by: str | None) -> bool:
        """Tell whether it may be meant for a purchase that bears its name.

        ``bought_by`` is the membership of the purchase, ``None`` if that is not known: after a
        merge, what one of two members had reserved pays no purchase of the other one's.
        """
        return bought_by is None or not self.made_by or bought_by in self.made_by

    def is_open(self, now: datetime) -> bool:
        """Tell whether it has not ended."""
        return now < self.ends_at


def merged(every: tuple[Hold, ...], membership_ids: tuple[str, ...]) -> tuple[Hold, ...]:
    """Return the holds of a membership that another one joins, or that joins another one.

    ``membership_ids``: it, and those that were merged into it before.
    """
    return tuple(replace(each, made_by=each.made_by or membership_ids) for each in every)


def stock_key(membership_id: str, reservation_id: str) -> str:
    """Return the name of a reserved piece."""
    return ids.digest(membership_id, reservation_id)[:32]


def reservation_id(entry_id: str) -> str:
    """Return the id of a reservation that is to be booked under this entry's id.

    Both follow from each other, so that a commit reads the entry without looking for it first.
    """
    return f"rs_{entry_id.removeprefix('le_')}"


def tagged(reservation_id: str, stocked_reward_id: str) -> str:
    """Return the id with a tag of the reward whose stock has to be read with it."""
    return f"{reservation_id}-{_tag(stocked_reward_id)}"


def entry_id(reservation_id: str) -> str:
    """Return the id of the entry that a reservation is booked under."""
    return f"le_{reservation_id.removeprefix('rs_').partition('-')[0]}"


def may_need(reservation_id: str, reward_id: str) -> bool:
    """Tell whether a reservation's id says that it needs the stock of a reward."""
    return reservation_id.partition("-")[2] == _tag(reward_id)


def find(holds: Iterable[Hold], membership_ids: Sequence[str], reservation_id: str) -> Hold | None:
    """Return the hold of a reservation, which one of the memberships has made."""
    return next(
        (
            each
            for each in holds
            if each.reservation_id == reservation_id and each.membership_id in membership_ids
        ),
        None,
    )


def _tag(reward_id: str) -> str:
    return ids.digest(reward_id)[:_TAG_CHARS]
