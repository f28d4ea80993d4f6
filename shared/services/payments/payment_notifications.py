"""Notifications that payment providers send."""

from __future__ import annotations

from collections.abc import Mapping

from shared import logs
from shared.connectors.psp.base import ForgedNotification, Notification, PspConnector
from shared.domain.payments.payments import Payment, Refund
from shared.domain.payments.psp import PspAccount
from shared.services.accounts import test_clocks
from shared.services.payments import (
    payment_calls,
    payment_changes,
    payment_points,
    payment_settlement,
    psp_configurations,
)
from shared.store.payments import payment_documents, psp_documents


def notify(provider: str, store_id: str, headers: Mapping[str, str], body: bytes) -> int:
    """Process a provider's notification; return the number of payments that it was about.

    Raises:
        ForgedNotification: The signature is wrong, or the store has no such provider.
        ConnectorError: The provider was asked and did not answer; it will send the report again.
    """
    configuration = psp_documents.find(store_id)
    accounts = configuration.accounts if configuration else ()
    account = next((each for each in accounts if each.provider == provider), None)
    if configuration is None or account is None:
        raise ForgedNotification
    connector = psp_configurations.open_account(store_id, account)
    with test_clocks.time_of(configuration.account_id):
        return sum(
            _take_in(connector, store_id, account, each)
            for each in connector.notification(headers, body)
        )


def _take_in(
    connector: PspConnector, store_id: str, account: PspAccount, news: Notification
) -> int:
    payment = _reported(store_id, account, news)
    if payment is None:
        logs.warning("notification of no payment of ours", provider=account.provider)
        return 0
    vendor_id = payment.vendor_payment_id or news.vendor_payment_id
    seen = news.payment
    if seen is None and news.refund is None and vendor_id is not None:
        seen = connector.status(vendor_id)
    if seen is not None:
        payment = payment_changes.observe(payment, seen)
        payment = payment_settlement.confirm_refunds(connector, payment, seen)
    if news.refund is not None:
        made = _reported_refund(payment, news)
        if made is not None:
            payment = payment_calls.observe_refund(payment, made.refund_id, news.refund)
    elif payment.awaits_refund:
        payment = payment_settlement.settle(payment, connector)
    payment_points.book(payment)
    return 1


def _reported(store_id: str, account: PspAccount, news: Notification) -> Payment | None:
    """Return the payment of a report: it must belong to this store and provider."""
    payment = payment_documents.find(news.reference) if news.reference else None
    if payment is None and news.vendor_payment_id:
        payment = payment_documents.find_by_vendor_id(
            store_id, account.provider, news.vendor_payment_id
        )
    is_ours = payment is not None and payment.store_id == store_id
    return payment if payment and is_ours and payment.provider == account.provider else None


def _reported_refund(payment: Payment, news: Notification) -> Refund | None:
    for each in payment.refunds:
        if news.refund_reference == each.refund_id:
            return each
        if news.vendor_refund_id and news.vendor_refund_id == each.vendor_refund_id:
            return each
    return None
