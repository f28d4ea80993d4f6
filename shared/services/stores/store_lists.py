"""List an account's stores."""

from __future__ import annotations

from shared.auth.caller import Caller
from shared.domain.stores.stores import Store
from shared.schemas import paging
from shared.schemas.paging import CursorPosition, Page
from shared.services import access
from shared.store.stores import store_documents


def list_page(
    caller: Caller, *, store_id: str | None, after: CursorPosition | None, limit: int
) -> Page[Store]:
    """Return some of an account's stores, oldest first: one query.

    Args:
        caller: Owner of the stores.
        store_id: Only this store; ``None`` for all.
        after: The end of the page before.
        limit: The most stores to return.

    Raises:
        StoreNotFound: The store of ``store_id`` is absent or not the caller's.
    """
    if store_id is not None:
        return Page([access.store(caller, store_id)], None)
    last = (after.at, after.id) if after else None
    found = store_documents.list_page(caller.account_id, after=last, limit=limit + 1)
    return paging.cut(found, limit, lambda end: CursorPosition(end.created_at, end.store_id))
