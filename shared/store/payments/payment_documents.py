"""Payments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from shared.domain.payments import payments
from shared.domain.payments.payments import Payment
from shared.store import client, paths, personal
from shared.store.client import Snapshot
from shared.store.documents import Documents
from shared.store.orders import checkout_documents
from shared.store.personal import Personal

CHECKOUTS_PER_QUERY = 30
"""Firestore's limit of values in one ``in``."""

_that_earn = personal.of_user("payments")


def _of_user(account_id: str, user_id: str, after: str | None = None) -> Iterator[list[Snapshot]]:
    """Yield a person's payments: those that name the member, then those of their checkouts."""
    last_checkout = None
    last = None if after is None else client.get_one(after).data
    if last is not None and last.get("userId") is None:
        last_checkout = paths.checkout(last["purchaseId"])
    else:
        yield from _that_earn(account_id, user_id, after)
    for page in checkout_documents.of_user(account_id, user_id, last_checkout):
        for start in range(0, len(page), CHECKOUTS_PER_QUERY):
            checkout_ids = [each.id for each in page[start : start + CHECKOUTS_PER_QUERY]]
            if found := _of_checkouts(account_id, checkout_ids):
                yield found


def _of_checkouts(account_id: str, checkout_ids: Sequence[str]) -> list[Snapshot]:
    """Return payments that name no member, in the order of their checkouts."""
    own = ("accountId", "==", account_id)
    pages = client.pages("payments", own, ("purchaseId", "in", list(checkout_ids)))
    found = [
        each for page in pages for each in page if each.data and each.data.get("userId") is None
    ]
    return sorted(found, key=lambda each: (each.data or {})["purchaseId"])


PAYMENTS = Documents(
    Payment,
    paths.payment,
    collection="payments",
    path_of=lambda payment: paths.payment(payment.payment_id),
    personal=Personal("payments", _of_user, payments.erased, readable=("customer_token",)),
)

decode = PAYMENTS.decode
find = PAYMENTS.find
write = PAYMENTS.write


def find_by_vendor_id(store_id: str, provider: str, vendor_payment_id: str) -> Payment | None:
    """Return the payment that a provider knows by its own id."""
    found = PAYMENTS.query(
        ("storeId", "==", store_id),
        ("vendorPaymentId", "==", vendor_payment_id),
        ("provider", "==", provider),
        limit=1,
    )
    return found[0] if found else None


def list_page(
    store_id: str,
    *,
    stage: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[Payment]:
    """Return a store's payments, newest first.

    Args:
        store_id: The store.
        stage: Only payments at this stage.
        after: Time and id of the last payment of the page before.
        limit: The most payments to return.
    """
    filters = [("storeId", "==", store_id)]
    if stage is not None:
        filters.append(("stage", "==", stage))
    return PAYMENTS.query(
        *filters,
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after[0], "__name__": after[1]} if after else None,
        limit=limit,
    )


def list_to_check(before: datetime, limit: int) -> list[Payment]:
    """Return payments that are due for a check with their provider, longest due first."""
    return PAYMENTS.query(("checkAt", "<=", before), order_by=["checkAt"], limit=limit)


def list_to_check_of_account(account_id: str, before: datetime, limit: int) -> list[Payment]:
    """Return those of an account that are due for a check, longest due first."""
    return PAYMENTS.query(
        ("accountId", "==", account_id),
        ("checkAt", "<=", before),
        order_by=["checkAt"],
        limit=limit,
    )
