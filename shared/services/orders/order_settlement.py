"""Look after checkouts that time out, and after points that a dead process left unbooked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from shared import clock, logs
from shared.domain.orders import checkouts
from shared.domain.orders.checkouts import Checkout
from shared.domain.orders.collect_orders import CollectOrder
from shared.services.accounts import test_clocks
from shared.services.orders import checkout_changes, collect_orders
from shared.services.orders.order_points import EarningPurchase
from shared.store.orders import checkout_documents, collect_order_documents

SETTLED_PER_RUN = 200

DueT = TypeVar("DueT", bound=EarningPurchase)


def settle_due(limit: int = SETTLED_PER_RUN) -> int:
    """Settle what is due; return how many. What fails is tried again later."""
    due = checkout_documents.list_to_check(clock.utc_now(), limit)
    orders = collect_order_documents.list_to_check(clock.utc_now(), limit)
    for each in due:
        _tried(settle_checkout, each)
    for order in orders:
        _tried(settle_order, order)
    return len(due) + len(orders)


def _tried(settle: Callable[[DueT], None], due: DueT) -> None:
    try:
        with test_clocks.time_of(due.account_id):
            settle(due)
    except Exception:  # noqa: BLE001 - one that fails must not keep the others from being settled
        logs.exception("purchase not settled", purchaseId=due.purchase_id)


def settle_checkout(checkout: Checkout) -> None:
    """Cancel a checkout that was never paid, and book the points that are due."""
    # The next check is put off before the booking, which may fail.
    changed = checkout_changes.change(
        checkout, lambda found: checkouts.timed_out(found, clock.utc_now())
    )
    checkout_changes.book(changed)


def settle_order(order: CollectOrder) -> None:
    """Book the points of an order that are due."""
    # As above: nothing of the order changes but the next check.
    collect_orders.book(collect_orders.change(order, lambda found: found))
