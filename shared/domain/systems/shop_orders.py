"""Orders of online shops: the receipts of a purchase, and who has bought.

An order is a receipt: the paid order is the sale, each of its refunds a void that names it, and an
order that was cancelled before it counted names itself. So what a till's receipts earn, in whatever
order they are read, is what an order earns.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.systems.sales import Receipt


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
    """

    external_id: str
    receipts: tuple[Receipt, ...]
    customer: ShopCustomer | None = None
