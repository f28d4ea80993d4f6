"""Orders of Click & Collect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.domain.orders import collect_orders
from shared.domain.orders.collect_orders import CollectOrder
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import Personal
from shared.store.queries import Filter

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
    user_ids: Sequence[str] | None,
    status: str | None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[CollectOrder]:
    """Return an account's orders, newest first.

    Args:
        account_id: The account.
        store_id: Only those of this store.
        user_ids: Only those of this customer, by all ids: at most 30.
        status: Only those in this status.
        after: Time and id of the last order of the page before.
        limit: The most orders to return.
    """
    given = {"storeId": store_id, "status": status}
    filters: list[Filter] = [
        (name, "==", value) for name, value in given.items() if value is not None
    ]
    if user_ids is not None:
        filters.append(("userId", "in", list(user_ids)))
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


def list_to_check_of_account(account_id: str, before: datetime, limit: int) -> list[CollectOrder]:
    """Return those of an account that are due for a check, longest due first."""
    return COLLECT_ORDERS.query(
        ("accountId", "==", account_id),
        ("checkAt", "<=", before),
        order_by=["checkAt"],
        limit=limit,
    )
