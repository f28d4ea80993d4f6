"""Receipts that customers may claim: each has one document, whoever comes first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.domain.loyalty import receipt_claims
from shared.domain.loyalty.receipt_claims import ClaimableReceipt, ReceiptStatus
from shared.store import codec, paths, personal
from shared.store.client import Document
from shared.store.documents import Documents
from shared.store.personal import Personal
from shared.store.queries import Filter


def _to_document(receipt: ClaimableReceipt) -> Document:
    """Add who is named and the status, so that receipts can be found by them."""
    people = [personal.person(receipt.account_id, each) for each in receipt_claims.users(receipt)]
    status = receipt.status.value
    return {**codec.to_document(receipt), "people": people, "status": status}


RECEIPTS = Documents(
    ClaimableReceipt,
    paths.receipt,
    collection="receipts",
    path_of=lambda receipt: paths.receipt(receipt.receipt_id),
    to_document=_to_document,
    personal=Personal(
        "receipts",
        personal.of_people("receipts"),
        receipt_claims.erased,
        exported=receipt_claims.of_user_alone,
    ),
)

decode = RECEIPTS.decode
find = RECEIPTS.find
write = RECEIPTS.write
deletion = RECEIPTS.deletion


def list_waiting(store_id: str, until: datetime, limit: int) -> list[ClaimableReceipt]:
    """Return a store's receipts with claims that have waited to the end, the longest first."""
    return RECEIPTS.query(
        ("storeId", "==", store_id),
        ("waitingUntil", "<=", until),
        order_by=["waitingUntil"],
        limit=limit,
    )


def list_waiting_of_account(account_id: str, until: datetime, limit: int) -> list[ClaimableReceipt]:
    """Return an account's receipts with claims that have waited to the end, the longest first."""
    return RECEIPTS.query(
        ("accountId", "==", account_id),
        ("waitingUntil", "<=", until),
        order_by=["waitingUntil"],
        limit=limit,
    )


def list_page(
    account_id: str,
    store_id: str,
    *,
    user_ids: Sequence[str] = (),
    status: ReceiptStatus | None = None,
    since: datetime | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[ClaimableReceipt]:
    """Return a store's receipts, newest first; documents that are only second names are none.

    Args:
        account_id: The store's account.
        store_id: The store.
        user_ids: Only those that name one of these users: at most 30.
        status: Only those in this status.
        since: Only those that became known from this time on.
        after: Time and id of the last receipt of the page before.
        limit: The most receipts to return.
    """
    filters: list[Filter] = [("storeId", "==", store_id), ("sameAs", "==", None)]
    if user_ids:
        people = [personal.person(account_id, each) for each in user_ids]
        filters.append(("people", "array-contains-any", people))
    if status is not None:
        filters.append(("status", "==", status.value))
    if since is not None:
        filters.append(("createdAt", ">=", since))
    return RECEIPTS.query(
        *filters,
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after[0], "__name__": after[1]} if after else None,
        limit=limit,
    )
