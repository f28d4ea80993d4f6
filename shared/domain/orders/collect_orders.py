"""Click & Collect: goods that a customer orders and picks up in the store, where they are paid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.orders import order_points
from shared.domain.orders.items import Item
from shared.domain.orders.order_points import OrderPoints
from shared.domain.pseudonyms import Pseudonyms
from shared.errors import OrderStateConflict

PREPARED_IN = timedelta(minutes=30)
"""When goods can be picked up at the earliest, if the customer says no time."""
PICKUP_WITHIN = timedelta(days=30)
BOOKED_FOR = timedelta(days=30)
"""Points that could not be booked in this time are given up."""
ID_PREFIX = "cc_order"
_PAUSE = timedelta(minutes=2)


class OrderStatus(StrEnum):
    """How far an order has come: one step after the other, or cancelled."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    READY = "ready"
    PICKED_UP = "picked_up"
    CANCELLED = "cancelled"


_NEXT = {
    OrderStatus.PENDING: (OrderStatus.CONFIRMED, OrderStatus.CANCELLED),
    OrderStatus.CONFIRMED: (OrderStatus.READY, OrderStatus.CANCELLED),
    OrderStatus.READY: (OrderStatus.PICKED_UP, OrderStatus.CANCELLED),
    # The goods came back to the store.
    OrderStatus.PICKED_UP: (OrderStatus.CANCELLED,),
    OrderStatus.CANCELLED: (),
}


@dataclass(frozen=True, slots=True)
class CollectOrder:
    """An order for collection. ``total_minor`` is in minor units of ``currency``.

    Attributes:
        order_id: Our id.
        items: With the prices of the catalog when it was placed.
        fingerprint: Tells a repeated request from another one under the same key.
        pickup_at: When the customer wants to come; ``None`` if they did not say.
        estimated_pickup_at: When the goods can be picked up, as the customer was told.
        picked_up_at: When it earned; stays if the goods came back.
        points: What it earns; ``None`` until the programs are known, after it is picked up.
        check_at: When to book again what is due; ``None`` if nothing is.
        has_spent_back: What was spent on it has come back, as it was cancelled.
    """

    order_id: str
    account_id: str
    store_id: str
    user_id: str
    items: tuple[Item, ...]
    total_minor: int
    currency: str
    status: OrderStatus
    created_at: datetime
    updated_at: datetime
    estimated_pickup_at: datetime
    fingerprint: str
    pickup_at: datetime | None = None
    note: str = ""
    picked_up_at: datetime | None = None
    points: OrderPoints | None = None
    check_at: datetime | None = None
    has_spent_back: bool = False

    @property
    def purchase_id(self) -> str:
        """The id under which its points are booked."""
        return self.order_id

    @property
    def spent_names(self) -> tuple[str, ...]:
        """The transactions that a redemption of its customer for it may have."""
        return (self.order_id,)

    @property
    def paid_minor(self) -> int:
        """What the merchant has: all of it from the pick-up on, until the goods come back."""
        return self.total_minor if self.status is OrderStatus.PICKED_UP else 0

    @property
    def is_given_back(self) -> bool:
        """True if it was cancelled, before or after the pick-up."""
        return self.status is OrderStatus.CANCELLED

    @property
    def awaits_points(self) -> bool:
        """True if points are still to be booked, or spent ones to be given back."""
        return self.awaits_earning or (self.is_given_back and not self.has_spent_back)

    @property
    def awaits_earning(self) -> bool:
        """True if points are still to be earned, or to be taken back."""
        return self.picked_up_at is not None and order_points.is_due(self.points)

    def with_spent_back(self) -> CollectOrder:
        """Return the order after what was spent on it has come back."""
        return replace(self, has_spent_back=True)

    def with_points(self, points: OrderPoints) -> CollectOrder:
        """Return the order with other points."""
        return replace(self, points=points)


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an order's id."""
    return text.startswith(f"{ID_PREFIX}_")


def estimated_pickup(pickup_at: datetime | None, now: datetime) -> datetime:
    """Return when the goods can be picked up."""
    earliest = now + PREPARED_IN
    return earliest if pickup_at is None else max(pickup_at, earliest)


def moved(order: CollectOrder, status: OrderStatus, now: datetime) -> CollectOrder:
    """Return the order in its next status; one that is in it already stays as it is.

    Raises:
        OrderStateConflict: That is not the next status.
    """
    if order.status is status:
        return order
    if status not in _NEXT[order.status]:
        raise OrderStateConflict(
            f"The order is {order.status} and cannot become {status}.",
            orderId=order.order_id,
            status=order.status,
            allowed=list(_NEXT[order.status]),
        )
    is_picked_up = status is OrderStatus.PICKED_UP
    return replace(order, status=status, picked_up_at=now if is_picked_up else order.picked_up_at)


def settled(before: CollectOrder, after: CollectOrder, now: datetime) -> CollectOrder:
    """Return a changed order with what follows: points to take back, and the next check."""
    is_due = before.check_at is not None and before.check_at <= now
    if after == before and not is_due:
        return after
    returned_minor = after.total_minor - after.paid_minor
    planned = replace(
        after,
        points=order_points.with_returned(after.points, returned_minor),
        updated_at=after.updated_at if after == before else now,
    )
    is_in_time = now - planned.updated_at < BOOKED_FOR
    is_awaited = planned.awaits_points and is_in_time
    return replace(planned, check_at=now + _PAUSE if is_awaited else None)


def erased(order: CollectOrder, names: Pseudonyms) -> CollectOrder:
    """Return an order under the pseudonym, without its note and the digest of the request."""
    return replace(order, user_id=names.of(order.user_id), note="", fingerprint="")
