"""Stores."""

from __future__ import annotations

from datetime import datetime

from shared.domain.stores.stores import Store
from shared.store import paths
from shared.store.documents import Documents

STORES = Documents(
    Store,
    paths.store,
    collection="stores",
    path_of=lambda store: paths.store(store.store_id),
    is_cached=True,
)

decode = STORES.decode
find = STORES.find
forget = STORES.forget
creation = STORES.creation
write = STORES.write


def list_of_account(account_id: str) -> list[Store]:
    """Return an account's stores, oldest first."""
    stores = STORES.query(("accountId", "==", account_id))
    return sorted(stores, key=lambda store: store.created_at)


def list_page(
    account_id: str, *, after: tuple[datetime, str] | None = None, limit: int
) -> list[Store]:
    """Return some of an account's stores, oldest first.

    Args:
        account_id: The account.
        after: Time and id of the last store of the page before.
        limit: The most stores to return.
    """
    return STORES.query(
        ("accountId", "==", account_id),
        order_by=["createdAt", "__name__"],
        after={"createdAt": after[0], "__name__": paths.encode(after[1])} if after else None,
        limit=limit,
    )
