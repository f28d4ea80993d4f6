"""The stock of a program's rewards, in one document or in several shards."""

from __future__ import annotations

from typing import Any

from shared.domain.loyalty.reward_stock import FIRST, RewardStock
from shared.store import client, paths
from shared.store.client import Create, Snapshot, Update
from shared.store.documents import Documents


def path(program_id: str, reward_id: str, shard: int = FIRST) -> str:
    """Return the path of a shard; the first one is the document that every stock has."""
    if shard == FIRST:
        return paths.reward_stock(program_id, reward_id)
    return paths.reward_stock_shard(program_id, reward_id, shard)


STOCK = Documents(RewardStock, path)

find = STOCK.decode


def decode(read: Snapshot) -> RewardStock:
    """Return the stock of a reward; of one that has no document nothing is left."""
    return STOCK.decode(read) or RewardStock(0)


def change(read: Snapshot, after: RewardStock) -> Create | Update:
    """Return the write of a changed stock. Older documents have no holds and no shards."""
    return client.replacement(read, _document(after, read.data or {}))


def creation(path: str, stock: RewardStock) -> Create:
    """Return the write of a new stock, or of a new shard."""
    return Create(path, _document(stock, {}))


def _document(stock: RewardStock, before: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"remaining": stock.remaining}
    if stock.holds or before.get("holds"):
        data["holds"] = STOCK.to_document(stock)["holds"]
    if stock.shards > 1 or "shards" in before:
        data["shards"] = stock.shards
    if stock.code_ids is not None:
        data["codeIds"] = list(stock.code_ids)
    return data
