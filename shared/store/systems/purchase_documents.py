"""Purchases: what receipts of tills have earned, and the receipts that wait for their sale."""

from __future__ import annotations

from datetime import datetime

from shared.domain.systems import purchases
from shared.domain.systems.purchases import Purchase
from shared.store import codec, paths, personal
from shared.store.client import Document, Snapshot
from shared.store.documents import Documents
from shared.store.personal import Personal


def _to_document(purchase: Purchase) -> Document:
    """Add who is named, so that the purchases of a person can be found."""
    people = [personal.person(purchase.account_id, each) for each in purchases.users(purchase)]
    return {**codec.to_document(purchase), "people": people}


PURCHASES = Documents(
    Purchase,
    paths.purchase,
    collection="purchases",
    path_of=lambda purchase: paths.purchase(purchase.purchase_id),
    to_document=_to_document,
    personal=Personal(
        "purchases",
        personal.of_people("purchases"),
        purchases.erased,
        exported=purchases.of_user_alone,
    ),
)

decode = PURCHASES.decode
write = PURCHASES.write
deletion = PURCHASES.deletion


def has_people(read: Snapshot) -> bool:
    """Tell whether a stored purchase says whom it names: those of before did not."""
    return read.data is None or "people" in read.data


def list_waiting_of_account(account_id: str, before: datetime, limit: int) -> list[Purchase]:
    """Return an account's purchases with receipts that wait for their sale, the longest first."""
    return PURCHASES.query(
        ("accountId", "==", account_id),
        ("waitingSince", "<=", before),
        order_by=["waitingSince"],
        limit=limit,
    )


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
