"""Checkouts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.domain.orders import checkouts
from shared.domain.orders.checkouts import Checkout, CheckoutStage
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import Personal
from shared.store.queries import Filter

of_user = personal.of_user("checkouts")

CHECKOUTS = Documents(
    Checkout,
    paths.checkout,
    collection="checkouts",
    path_of=lambda checkout: paths.checkout(checkout.checkout_id),
    personal=Personal("checkouts", of_user, checkouts.erased),
)

decode = CHECKOUTS.decode
find = CHECKOUTS.find
write = CHECKOUTS.write


def list_page(
    account_id: str,
    *,
    store_id: str | None,
    user_ids: Sequence[str] | None,
    only_open: bool = False,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[Checkout]:
    """Return an account's checkouts, newest first.

    Args:
        account_id: The account.
        store_id: Only those of this store.
        user_ids: Only those of this customer, by all ids: at most 30.
        only_open: Only those that are neither paid nor cancelled.
        after: Time and id of the last checkout of the page before.
        limit: The most checkouts to return.
    """
    filters: list[Filter] = [("accountId", "==", account_id)]
    if store_id is not None:
        filters.append(("storeId", "==", store_id))
    if user_ids is not None:
        filters.append(("userId", "in", list(user_ids)))
    if only_open:
        filters.append(("stage", "==", CheckoutStage.STARTED.value))
    return CHECKOUTS.query(
        *filters,
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after[0], "__name__": after[1]} if after else None,
        limit=limit,
    )


def list_to_check(before: datetime, limit: int) -> list[Checkout]:
    """Return checkouts that are due for a check, longest due first."""
    return CHECKOUTS.query(("checkAt", "<=", before), order_by=["checkAt"], limit=limit)


def list_to_check_of_account(account_id: str, before: datetime, limit: int) -> list[Checkout]:
    """Return those of an account that are due for a check, longest due first."""
    return CHECKOUTS.query(
        ("accountId", "==", account_id),
        ("checkAt", "<=", before),
        order_by=["checkAt"],
        limit=limit,
    )
