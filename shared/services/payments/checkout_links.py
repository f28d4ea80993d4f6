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
from shared.store.client import Write
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
            noted = replace(found, payment_id=payment.payment_id, updated_at=payment.created_at)
            writes = [checkout_documents.write(reads[path], noted)]
            return replace(payment, checkout_id=found.checkout_id), writes
    return payment, []


def _require_fitting(checkout: Checkout, payment: Payment) -> None:
    if checkout.stage is not CheckoutStage.STARTED:
        raise checkouts.conflict(checkout, "paid")
    problems = {}
    if payment.amount_minor != checkout.total_minor:
        problems["amount"] = f"must be {checkout.total_minor}, the total of the checkout"
    if payment.currency != checkout.currency:
        problems["currency"] = f"must be {checkout.currency}, as in the checkout"
    if payment.program_id is not None:
        problems["programId"] = "is not for a checkout, which earns by itself"
    if problems:
        raise invalid(problems)
