"""Payments."""

from __future__ import annotations

from datetime import datetime

from shared.domain.payments import payments
from shared.domain.payments.payments import Payment
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import Personal

PAYMENTS = Documents(
    Payment,
    paths.payment,
    collection="payments",
    path_of=lambda payment: paths.payment(payment.payment_id),
    personal=Personal(
        "payments", personal.of_user("payments"), payments.erased, readable=("customer_token",)
    ),
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
