"""Events of payments, in the words of the webhook documentation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared import ids
from shared.clock import to_wire
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.payments.payments import Payment, Refund, RefundStatus, Stage
from shared.domain.payments.psp import PspAccount, PspConfiguration

_TYPE_BY_STAGE = {
    Stage.REQUIRES_ACTION: event_types.PAYMENT_REQUIRES_ACTION,
    Stage.AUTHORIZED: event_types.PAYMENT_AUTHORIZED,
    Stage.PAID: event_types.PAYMENT_PAID,
    Stage.FAILED: event_types.PAYMENT_FAILED,
    Stage.CANCELED: event_types.PAYMENT_CANCELED,
}


def from_configuration(configuration: PspConfiguration, account: PspAccount) -> Event:
    """Return the event of a configured provider."""
    at = account.configured_at
    return Event(
        event_id=ids.derived(
            "evt", configuration.store_id, account.provider, to_wire(at), account.config_token
        ),
        type=event_types.PSP_CONFIGURED,
        account_id=configuration.account_id,
        store_id=configuration.store_id,
        program_id=None,
        user_id=None,
        source=None,
        created_at=at,
        data={
            "provider": account.provider,
            "isDefault": configuration.default_provider == account.provider,
            "isTest": account.is_test,
        },
    )


def from_change(before: Payment | None, after: Payment) -> list[Event]:
    """Return the events of a payment's change, in the order in which they happened."""
    found = [] if before else [_event(after, event_types.PAYMENT_CREATED)]
    if after.stage != (before.stage if before else Stage.PENDING):
        found.append(_event(after, _TYPE_BY_STAGE[after.stage]))
    known = {each.refund_id: each for each in before.refunds} if before else {}
    for refund in after.refunds:
        was = known.get(refund.refund_id)
        is_new = refund.is_settled and not (was and was.is_settled)
        has_failed = refund.status is RefundStatus.FAILED
        if is_new and not has_failed:
            found.append(_of_refund(after, event_types.PAYMENT_REFUNDED, refund))
        if has_failed and was and was.is_settled and was.status is not RefundStatus.FAILED:
            found.append(_of_refund(after, event_types.PAYMENT_REFUND_FAILED, refund))
    if after.charged_back_minor != (before.charged_back_minor if before else 0):
        amount = {"chargedBackAmount": after.charged_back_minor}
        found.append(_event(after, event_types.PAYMENT_CHARGED_BACK, about=amount))
    return found


def _of_refund(payment: Payment, event_type: str, refund: Refund) -> Event:
    about = {"refundId": refund.refund_id, "refundAmount": refund.amount_minor}
    return _event(payment, event_type, once=refund.refund_id, about=about)


def _event(
    payment: Payment,
    event_type: str,
    *,
    once: str | None = None,
    about: Mapping[str, Any] | None = None,
) -> Event:
    """Return an event; its id comes from ``once``, else from the time of the payment's change."""
    at: datetime = payment.updated_at
    return Event(
        event_id=ids.derived("evt", payment.payment_id, event_type, once or to_wire(at)),
        type=event_type,
        account_id=payment.account_id,
        store_id=payment.store_id,
        program_id=payment.program_id,
        user_id=payment.user_id,
        source=None,
        created_at=at,
        data={
            "paymentId": payment.payment_id,
            "provider": payment.provider,
            "amount": payment.amount_minor,
            "currency": payment.currency,
            "status": payment.status,
            "purchaseId": payment.purchase_id,
            **(about or {}),
        },
    )
