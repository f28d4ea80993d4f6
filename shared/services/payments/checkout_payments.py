"""Checkouts that the store's payment provider takes the money of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.auth.caller import Caller
from shared.domain.money import Money
from shared.domain.orders.checkouts import Checkout, CheckoutStage
from shared.domain.payments.payments import Payment, Stage
from shared.errors import ConnectorError, ConnectorNotConfigured, PaymentStateConflict
from shared.services import access
from shared.services.orders import checkouts
from shared.services.orders.checkouts import ChangedCheckout, CheckoutDraft
from shared.services.payments import processing
from shared.services.payments.processing import PaymentDraft
from shared.store.orders import checkout_documents
from shared.store.payments import payment_documents

_OPEN = frozenset({Stage.REQUIRES_ACTION, Stage.AUTHORIZED, Stage.PENDING})


@dataclass(frozen=True, slots=True)
class StartedCheckout:
    """A checkout, and the payment that pays it; ``None`` if it is paid at the till."""

    checkout: Checkout
    payment: Payment | None
    is_replay: bool


def start(
    caller: Caller, store_id: str, draft: CheckoutDraft, return_url: str | None
) -> StartedCheckout:
    """Begin a purchase, and its payment if the store has a provider.

    Args:
        caller: Owner of the store, or its customer.
        store_id: The store.
        draft: The purchase.
        return_url: Where the provider sends the customer afterwards; ``None`` if the customer
            pays at the till.

    Raises:
        StoreNotFound, CheckoutDiffers, StaffRequired, InvalidParameters,
        IdempotencyKeyReused, Busy.
        ConnectorError: The provider refused, or did not answer. The checkout is started; the same
            request goes on with it.
    """
    store = access.store(caller, store_id)
    started = checkouts.start(caller, store, draft)
    checkout = started.checkout
    payment = None
    if checkout.stage is not CheckoutStage.STARTED:
        payment = payment_documents.find(checkout.payment_id) if checkout.payment_id else None
    elif return_url is not None:
        payment = _begun(caller, checkout, return_url)
        if payment is not None:
            checkout = _after(checkout, payment)
    return StartedCheckout(checkout, payment, is_replay=started.is_replay)


def cancel(caller: Caller, checkout_id: str, store_id: str | None) -> ChangedCheckout:
    """Cancel a checkout that is not paid, and its payment; nothing happens if it is already.

    Raises:
        CheckoutNotFound, Busy.
        CheckoutStateConflict: It is paid.
        ConnectorError: The provider refused, or did not answer; ``retryable`` says which.
    """
    checkout = access.checkout(caller, checkout_id, store_id)
    if checkout.payment_id is not None and checkout.stage is CheckoutStage.STARTED:
        _cancel_payment(caller, checkout.payment_id)
    return checkouts.cancel(caller, checkout_id, store_id)


def _begun(caller: Caller, checkout: Checkout, return_url: str) -> Payment | None:
    draft = PaymentDraft(
        provider=None,
        amount=Money(checkout.total_minor, checkout.currency),
        purchase_id=checkout.checkout_id,
        description=checkout.order_reference or "Scan & Go",
        return_url=return_url,
    )
    try:
        return processing.process(caller, checkout.store_id, draft).payment
    except ConnectorNotConfigured:
        return None
    except ConnectorError as failure:
        failure.details["transactionId"] = checkout.checkout_id
        raise


def _after(checkout: Checkout, payment: Payment) -> Checkout:
    """Return the checkout after its payment has begun; some providers take the money at once."""
    if payment.stage in _OPEN:
        return replace(checkout, payment_id=payment.payment_id)
    found = checkout_documents.find(checkout.checkout_id)
    assert found is not None, f"{checkout.checkout_id} is gone"
    return found


def _cancel_payment(caller: Caller, payment_id: str) -> None:
    """Cancel a payment that the provider may still take; one that it never had is left alone."""
    payment = payment_documents.find(payment_id)
    assert payment is not None, f"{payment_id} is gone"
    if payment.stage not in _OPEN or payment.vendor_payment_id is None:
        return
    try:
        processing.cancel(caller, payment_id, None)
    except PaymentStateConflict:
        # It was paid or failed meanwhile: the checkout says what becomes of it.
        return
