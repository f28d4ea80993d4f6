"""Receipts that customers may claim: each has one document, whoever comes first."""

from __future__ import annotations

from datetime import datetime

from shared.domain.loyalty import receipt_claims
from shared.domain.loyalty.receipt_claims import ClaimableReceipt
from shared.store import codec, paths, personal
from shared.store.client import Document
from shared.store.documents import Documents
from shared.store.personal import Personal


def _to_document(receipt: ClaimableReceipt) -> Document:
    """Add who is named, so that the receipts of a person can be found."""
    people = [personal.person(receipt.account_id, each) for each in receipt_claims.users(receipt)]
    return {**codec.to_document(receipt), "people": people}


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
