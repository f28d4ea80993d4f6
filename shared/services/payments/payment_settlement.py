"""Settle payments after a lost answer, a dead process or a missing notification."""

from __future__ import annotations

from dataclasses import replace

from shared import clock, logs
from shared.connectors.psp.base import PspConnector
from shared.domain.payments import payments
from shared.domain.payments.payments import Observation, Payment, Refund, RefundStatus
from shared.services.accounts import test_clocks
from shared.services.payments import (
    payment_calls,
    payment_changes,
    payment_points,
    payment_requests,
)
from shared.store.payments import payment_documents

SETTLED_PER_RUN = 200


def settle_due(limit: int = SETTLED_PER_RUN) -> int:
    """Settle the due payments; return their number. A failed one is tried again later."""
    due = payment_documents.list_to_check(clock.utc_now(), limit)
    for payment in due:
        try:
            with test_clocks.time_of(payment.account_id):
                settle_or_put_off(payment)
        except Exception:  # noqa: BLE001 - nor may a clock that cannot be read
            logs.exception("payment not settled", paymentId=payment.payment_id)
    return len(due)


def settle_or_put_off(payment: Payment) -> None:
    """Settle a payment; if that fails, it is tried again later, and the others go on."""
    try:
        settle(payment)
    except Exception:  # noqa: BLE001 - one that fails must not keep the others from being settled
        logs.exception("payment not settled", paymentId=payment.payment_id)
        _put_off(payment)


def settle(payment: Payment, connector: PspConnector | None = None) -> Payment:
    """Complete a payment: ask its provider for news, and book its points.

    Args:
        payment: A payment at any stage.
        connector: The connector to its provider, if the caller has one.

    Raises:
        ConnectorError: It does not answer.
    """
    payment = payment_points.book(payment)
    if payment.awaits_provider:
        account = connector or payment_requests.connector(payment)
        payment = payment_points.book(_asked(account, payment))
    after = payment_changes.change(payment, _answered)
    payment_changes.alert(payment, after)
    return after


def confirm_refunds(connector: PspConnector, payment: Payment, seen: Observation) -> Payment:
    """Ask for refunds that are reported as succeeded, but missing in the provider's sum.

    Raises:
        ConnectorError: It does not answer.
    """
    for each in payments.unconfirmed_refunds(payment, seen):
        payment = _settle_refund(connector, payment, each)
    return payment


def _asked(connector: PspConnector, payment: Payment) -> Payment:
    if payment.vendor_payment_id is not None:
        seen: Observation | None = connector.status(payment.vendor_payment_id)
    else:
        seen = connector.find(payment_requests.of_payment(payment))
    after = payment_changes.observe(payment, seen) if seen else payment
    if seen is not None:
        after = confirm_refunds(connector, after, seen)
    for each in after.refunds:
        if each.status is RefundStatus.PENDING:
            after = _settle_refund(connector, after, each)
    return after


def _settle_refund(connector: PspConnector, payment: Payment, made: Refund) -> Payment:
    found = connector.find_refund(payment_requests.of_refund(payment, made.refund_id))
    return payment_calls.observe_refund(payment, made.refund_id, found) if found else payment


def _put_off(payment: Payment) -> None:
    """Try again later. A payment is not given up before the provider has answered."""
    try:
        payment_changes.change(payment, _checked)
    except Exception:  # noqa: BLE001 - it stays due, and comes first the next time
        logs.exception("payment not put off", paymentId=payment.payment_id)


def _checked(payment: Payment) -> Payment:
    return replace(payment, check_at=payments.check_at(payment, clock.utc_now()))


def _answered(payment: Payment) -> Payment:
    """Return the payment after the provider's answer, even if the provider does not know it."""
    return _checked(payments.give_up(payment, clock.utc_now(), clock.real_now()))
