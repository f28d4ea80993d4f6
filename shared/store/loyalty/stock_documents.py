"""The stock of a program's rewards."""

from __future__ import annotations

from typing import Any

from shared.domain.loyalty.reward_stock import RewardStock
from shared.store import paths
from shared.store.client import Put, Snapshot, Update
from shared.store.documents import Documents

STOCK = Documents(RewardStock, paths.reward_stock)


def decode(read: Snapshot) -> RewardStock:
    """Return the stock of a reward; of one that has no document nothing is left."""
    return STOCK.decode(read) or RewardStock(0)


def setting(program_id: str, reward_id: str, stock: int) -> Put:
    """Return the write of a stock that the merchant sets. What is reserved counts as one of it."""
    return Put(paths.reward_stock(program_id, reward_id), {"remaining": stock})


def change(read: Snapshot, after: RewardStock) -> Update:
    """Return the write of a changed stock. Older documents have no holds."""
    data: dict[str, Any] = {"remaining": after.remaining}
    if after.holds or (read.data or {}).get("holds"):
        data["holds"] = STOCK.to_document(after)["holds"]
    return Update(read, data)
