"""The checkout that a payment pays: one whose ``purchaseId`` is the id of a checkout.

The checkout then earns, and not the payment: nobody gets points twice for one purchase.
"""

from __future__ import annotations

from dataclasses import replace

from shared.auth.caller import Caller
from shared.domain.orders import checkouts
from shared.domain.orders.checkouts import Checkout, CheckoutStage
from shared.domain.payments.payments import Payment
from shared.schemas.base import invalid
from shared.services import access
from shared.services.commands import Reads
from shared.store import paths
from shared.store.client import Snapshot, Write
from shared.store.orders import checkout_documents


def paths_of(purchase_id: str | None) -> list[str]:
    """Return the path of the checkout that a purchase may be; none if its id is not of ours."""
    is_ours = purchase_id is not None and checkouts.is_id(purchase_id)
    return [paths.checkout(purchase_id)] if purchase_id is not None and is_ours else []


def linked(
    caller: Caller, reads: Reads, checkout_paths: list[str], payment: Payment
) -> tuple[Payment, list[Write]]:
    """Return a new payment with the checkout that it pays, and the write that notes it there.

    Raises:
        InvalidParameters: Amount or currency are others, or the payment is to earn by itself.
        CheckoutStateConflict: The checkout is paid or cancelled.
    """
    for path in checkout_paths:
        found = checkout_documents.decode(reads[path])
        if found is not None and access.is_own(caller, found, payment.store_id):
            _require_fitting(found, payment)
            linked = replace(payment, checkout_id=found.checkout_id)
            return linked, [_noted(reads[path], found, linked)]
    return payment, []


def linked_again(reads: Reads, payment: Payment) -> list[Write]:
    """Return the write for the checkout of a payment that is begun again.

    Nobody pays for a checkout that was paid or cancelled meanwhile, also not at the same moment.

    Raises:
        CheckoutStateConflict: The checkout is paid or cancelled.
    """
    if payment.checkout_id is None:
        return []
    read = reads[paths.checkout(payment.checkout_id)]
    found = checkout_documents.decode(read)
    assert found is not None, f"{read.path} is gone"
    _require_started(found)
    return [_noted(read, found, payment)]


def _noted(read: Snapshot, checkout: Checkout, payment: Payment) -> Write:
    noted = replace(checkout, payment_id=payment.payment_id, updated_at=payment.updated_at)
    return checkout_documents.write(read, noted)


def _require_started(checkout: Checkout) -> None:
    if checkout.stage is not CheckoutStage.STARTED:
        raise checkouts.conflict(checkout, "paid")


def _require_fitting(checkout: Checkout, payment: Payment) -> None:
    _require_started(checkout)
    problems = {}
    if payment.amount_minor != checkout.total_minor:
        problems["amount"] = f"must be {checkout.total_minor}, the total of the checkout"
    if payment.currency != checkout.currency:
        problems["currency"] = f"must be {checkout.currency}, as in the checkout"
    if payment.program_id is not None:
        problems["programId"] = "is not for a checkout, which earns by itself"
    if problems:
        raise invalid(problems)
