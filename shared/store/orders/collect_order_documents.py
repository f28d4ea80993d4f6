"""Orders of Click & Collect."""

from __future__ import annotations

from datetime import datetime

from shared.domain.orders import collect_orders
from shared.domain.orders.collect_orders import CollectOrder
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import Personal

COLLECT_ORDERS = Documents(
    CollectOrder,
    paths.collect_order,
    collection="clickCollectOrders",
    path_of=lambda order: paths.collect_order(order.order_id),
    personal=Personal("orders", personal.of_user("clickCollectOrders"), collect_orders.erased),
)

decode = COLLECT_ORDERS.decode
find = COLLECT_ORDERS.find
write = COLLECT_ORDERS.write


def list_page(
    account_id: str,
    *,
    store_id: str | None,
    user_id: str | None,
    status: str | None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[CollectOrder]:
    """Return an account's orders, newest first.

    Args:
        account_id: The account.
        store_id: Only those of this store.
        user_id: Only those of this customer.
        status: Only those in this status.
        after: Time and id of the last order of the page before.
        limit: The most orders to return.
    """
    given = {"storeId": store_id, "userId": user_id, "status": status}
    filters = [(name, "==", value) for name, value in given.items() if value is not None]
    return COLLECT_ORDERS.query(
        ("accountId", "==", account_id),
        *filters,
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after[0], "__name__": after[1]} if after else None,
        limit=limit,
    )


def list_to_check(before: datetime, limit: int) -> list[CollectOrder]:
    """Return orders whose points are still to be booked, longest due first."""
    return COLLECT_ORDERS.query(("checkAt", "<=", before), order_by=["checkAt"], limit=limit)
