"""Purchases: what receipts of tills have earned, and the receipts that wait for their sale."""

from __future__ import annotations

from datetime import datetime

from shared.domain.systems.purchases import Purchase
from shared.store import paths
from shared.store.documents import Documents

PURCHASES = Documents(
    Purchase,
    paths.purchase,
    collection="purchases",
    path_of=lambda purchase: paths.purchase(purchase.purchase_id),
)

decode = PURCHASES.decode
write = PURCHASES.write
deletion = PURCHASES.deletion


def list_waiting(store_id: str, before: datetime, limit: int) -> list[Purchase]:
    """Return a store's purchases with receipts that wait for their sale, the longest first.

    Args:
        store_id: The store.
        before: Only those that have waited since then or longer.
        limit: The most purchases to return.
    """
    return PURCHASES.query(
        ("storeId", "==", store_id),
        ("waitingSince", "<=", before),
        order_by=["waitingSince"],
        limit=limit,
    )
