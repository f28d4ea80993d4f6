"""Orders of online shops: the receipts of a purchase, and who has bought.

An order is a receipt: the paid order is the sale, each of its refunds a void that names it, and an
order that was cancelled before it counted names itself. So what a till's receipts earn, in whatever
order they are read, is what an order earns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.systems.sales import Receipt, ReceiptKind

JOINS_WITHIN = timedelta(days=30)
"""Who joins so long after an order earns for it; and so long it waits for the customer."""
RECEIPTS_MAX = 110
"""The most receipts that a waiting order keeps: the sale, and 100 refunds of a generic shop."""


@dataclass(frozen=True, slots=True)
class ShopCustomer:
    """Who has bought, as the shop says it.

    Attributes:
        id: The shop's id of the customer's account; ``None`` for a guest.
        email: As the shop has it, in any spelling.
        is_email_verified: The shop says that the e-mail address is the customer's. Only then it
            tells who somebody is.
        is_guest: Nobody was logged in.
    """

    id: str | None = None
    email: str | None = None
    is_email_verified: bool = False
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class ShopOrder:
    """What a shop tells of an order: all that is known of it, as often as one likes.

    Attributes:
        external_id: The shop's id of the order.
        receipts: The sale first, then its refunds. Nobody is their customer yet. None if the order
            is not paid, or has nothing that could earn or take back.
        customer: Who has bought; ``None`` if the shop does not say it, as with a refund alone.
        codes: What the customer typed to take something off, as the shop spells it. Only of an
            order that is paid.
    """

    external_id: str
    receipts: tuple[Receipt, ...]
    customer: ShopCustomer | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order whose customer is no member yet.

    Attributes:
        waiting_id: Follows from the shop and the order.
        shop: ``Connection``'s store and source, by which a shop's waiting orders are found.
        receipts: What the shop has told of it, each receipt in its latest reading.
        lookups: Keyed hashes of who the customer is, as members have them, behind ``shop``.
        expires_at: Then it is deleted.
    """

    waiting_id: str
    account_id: str
    store_id: str
    shop: str
    external_id: str
    receipts: tuple[Receipt, ...]
    lookups: tuple[str, ...]
    expires_at: datetime


def sale_in(receipts: Iterable[Receipt]) -> Receipt | None:
    """Return the sale of an order; ``None`` if it is not paid, or was cancelled."""
    return next((each for each in receipts if each.kind is ReceiptKind.SALE), None)


def together(known: Iterable[Receipt], told: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """Return all receipts of an order, each in its latest reading.

    A sale and its cancellation have one id, and stand beside each other: which of them counts is
    decided when they are booked. At most ``RECEIPTS_MAX``, of which the last ones are dropped.
    """
    latest: dict[tuple[str, ReceiptKind], Receipt] = {}
    for each in (*known, *told):
        key = each.external_id, each.kind
        before = latest.get(key)
        if before is None or (each.revision or 0) >= (before.revision or 0):
            latest[key] = each
    in_order = sorted(latest.values(), key=lambda each: each.kind is not ReceiptKind.SALE)
    return tuple(in_order[:RECEIPTS_MAX])


def is_later(told: Iterable[Receipt], known: Iterable[Receipt]) -> bool:
    """Tell whether a reading of an order is not older than what is known of it."""
    return _revision(told) >= _revision(known)


def _revision(receipts: Iterable[Receipt]) -> int:
    return max((each.revision or 0 for each in receipts), default=0)
