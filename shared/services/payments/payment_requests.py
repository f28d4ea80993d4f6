"""Requests to a payment's provider: the same each time, so that the provider recognizes them."""

from __future__ import annotations

import json
from urllib.parse import quote

from shared import config
from shared.connectors.psp.base import PaymentRequest, PspConnector, RefundRequest
from shared.domain.money import Money
from shared.domain.payments.customers import Customer
from shared.domain.payments.payments import Payment, RefundStatus
from shared.encrypted import Encrypted
from shared.services.payments import psp_configurations
from shared.services.vaults import vault
from shared.store import codec, paths
from shared.store.payments import psp_documents


def connector(payment: Payment) -> PspConnector:
    """Return the connector to the account that a payment was made with.

    Raises:
        ConnectorNotConfigured: The account was deleted since.
    """
    configuration = psp_documents.find(payment.store_id)
    account = psp_configurations.account_of(configuration, payment)
    return psp_configurations.open_account(payment.store_id, account)


def of_payment(payment: Payment) -> PaymentRequest:
    """Return the request that makes a payment, or finds it."""
    return PaymentRequest(
        reference=payment.payment_id,
        amount=payment.amount,
        description=payment.description,
        return_url=payment.return_url,
        notification_url=_notification_url(payment),
        captures_later=payment.captures_later,
        idempotency_key=payment.payment_id,
        customer=_unsealed(payment) if payment.customer_token else None,
    )


def sealed(customer: Customer, payment_id: str) -> Encrypted:
    """Return the customer's data encrypted, as they are stored in the payment."""
    return vault().encrypt(json.dumps(codec.to_document(customer)), paths.payment(payment_id))


def _unsealed(payment: Payment) -> Customer:
    assert payment.customer_token is not None
    text = vault().decrypt(payment.customer_token, paths.payment(payment.payment_id))
    return codec.from_document(Customer, json.loads(text))


def _notification_url(payment: Payment) -> str:
    store = quote(payment.store_id, safe="")
    return f"{config.public_url()}/pspWebhook/{payment.provider}/{store}"


def of_refund(payment: Payment, refund_id: str) -> RefundRequest:
    """Return the request that makes a stored refund, or finds it."""
    made = payment.refund(refund_id)
    assert made is not None
    assert payment.vendor_payment_id is not None
    others = [each for each in payment.refunds if each.refund_id != refund_id]
    is_known = all(each.vendor_refund_id or each.status is RefundStatus.FAILED for each in others)
    known_ids = tuple(each.vendor_refund_id for each in others if each.vendor_refund_id)
    return RefundRequest(
        payment_reference=payment.payment_id,
        vendor_payment_id=payment.vendor_payment_id,
        refund_reference=refund_id,
        amount=Money(made.amount_minor, payment.currency),
        is_full=made.amount_minor == payment.captured_minor,
        reason=made.reason,
        idempotency_key=refund_id,
        other_refund_ids=known_ids if is_known else None,
    )
