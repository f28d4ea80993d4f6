"""Payments."""

from __future__ import annotations

from datetime import datetime

from shared.domain.payments.payments import Payment
from shared.store import client, codec, paths
from shared.store.client import Snapshot, Write


def decode(snapshot: Snapshot) -> Payment | None:
    """Return the payment of a snapshot, ``None`` if there is none."""
    return codec.from_document(Payment, snapshot.data) if snapshot.data else None


def find(payment_id: str) -> Payment | None:
    """Return a payment as it is now."""
    return decode(client.get_one(paths.payment(payment_id)))


def find_by_vendor_id(store_id: str, provider: str, vendor_payment_id: str) -> Payment | None:
    """Return the payment that a provider knows by its own id."""
    found = client.query(
        "payments",
        ("storeId", "==", store_id),
        ("vendorPaymentId", "==", vendor_payment_id),
        ("provider", "==", provider),
        limit=1,
    )
    return decode(found[0]) if found else None


def write(read: Snapshot, payment: Payment) -> Write:
    """Return the write of a new or changed payment."""
    return client.replacement(read, codec.to_document(payment))


def list_page(
    store_id: str,
    *,
    stage: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[Payment]:
    """Return a store's payments, newest first.

    Args:
        store_id: Whose.
        stage: Only those of this stage.
        after: Time and id of the last one of the page before.
        limit: Most to return.
    """
    filters = [("storeId", "==", store_id)]
    if stage is not None:
        filters.append(("stage", "==", stage))
    found = client.query(
        "payments",
        *filters,
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after[0], "__name__": after[1]} if after else None,
        limit=limit,
    )
    return [payment for each in found if (payment := decode(each))]


def list_to_check(before: datetime, limit: int) -> list[Payment]:
    """Return payments whose provider is to be asked again, longest due first."""
    found = client.query("payments", ("checkAt", "<=", before), order_by=["checkAt"], limit=limit)
    return [payment for each in found if (payment := decode(each))]
