"""Checkouts."""

from __future__ import annotations

from datetime import datetime

from shared.domain.orders import checkouts
from shared.domain.orders.checkouts import Checkout
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import Personal

CHECKOUTS = Documents(
    Checkout,
    paths.checkout,
    collection="checkouts",
    path_of=lambda checkout: paths.checkout(checkout.checkout_id),
    personal=Personal("checkouts", personal.of_user("checkouts"), checkouts.erased),
)

decode = CHECKOUTS.decode
find = CHECKOUTS.find
write = CHECKOUTS.write


def list_page(
    account_id: str,
    *,
    store_id: str | None,
    user_id: str | None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[Checkout]:
    """Return an account's checkouts, newest first.

    Args:
        account_id: The account.
        store_id: Only those of this store.
        user_id: Only those of this customer.
        after: Time and id of the last checkout of the page before.
        limit: The most checkouts to return.
    """
    filters = [("accountId", "==", account_id)]
    if store_id is not None:
        filters.append(("storeId", "==", store_id))
    if user_id is not None:
        filters.append(("userId", "==", user_id))
    return CHECKOUTS.query(
        *filters,
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after[0], "__name__": after[1]} if after else None,
        limit=limit,
    )


def list_to_check(before: datetime, limit: int) -> list[Checkout]:
    """Return checkouts that are due for a check, longest due first."""
    return CHECKOUTS.query(("checkAt", "<=", before), order_by=["checkAt"], limit=limit)
