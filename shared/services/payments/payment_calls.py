"""Calling a payment provider so that a crash, a lost answer or a second caller costs no money.

What is about to be asked for is written down first, with a lease: who holds it may call the
provider, and nobody else. Then the call is made, and its answer written. Whoever comes after a
crash finds what was intended, waits for the lease to end, looks the payment up at the provider if
that is the only way to know it again, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from shared import clock
from shared.connectors import psp as providers
from shared.domain import lease
from shared.domain.payments import payments
from shared.domain.payments.payments import (
    Observation,
    Payment,
    Refund,
    RefundObservation,
    RefundStatus,
    Stage,
)
from shared.domain.payments.psp import PspAccount
from shared.errors import Busy, ConnectorCredentialsRefused, ConnectorError
from shared.services.payments import payment_changes, payment_requests, psp_configurations

LEASE = timedelta(seconds=60)
"""As long as a request may take."""
SENDING = timedelta(seconds=40)
"""How long it takes at most to send something: some ask for the payment first, with repetitions."""
DOUBT = timedelta(minutes=2)
"""After an answer that got lost, how long the provider may still be working on the call."""

Seen = TypeVar("Seen", Observation, RefundObservation)
Made = TypeVar("Made", Payment, Refund)


@dataclass(frozen=True, slots=True)
class _End:
    """What a call that failed leaves: the code of a final refusal, or until when to wait."""

    failure: str | None = None
    until: datetime | None = None


def require_lease(lease_until: datetime | None, now: datetime) -> None:
    """Refuse to call the provider while somebody else does.

    Raises:
        Busy: A call for the same thing is under way.
    """
    if lease.is_held(lease_until, now):
        raise Busy("The provider is being asked for this already.")


def require_time(lease_until: datetime | None) -> None:
    """Refuse to send something that somebody else may be sending before it is done.

    Raises:
        Busy: What is left of the lease does not suffice.
    """
    assert lease_until is not None
    if clock.utc_now() + SENDING > lease_until:
        raise Busy("The provider took too long to say whether it has done this already.")


def begin(payment: Payment, account: PspAccount, *, is_again: bool) -> Payment:
    """Have the provider make a payment that this process holds the lease of.

    Args:
        payment: Written down, not settled.
        account: Who is to make it.
        is_again: An earlier call may have been made.

    Raises:
        ConnectorError: The payment was refused, and failed; or its fate is not known, and it stays
            pending until a repetition or the sweep finds out.
        Busy: Looking for an earlier call took too long to make another one.
    """
    connector = psp_configurations.open_account(account)
    request = payment_requests.of_payment(payment)

    def failed(failure: ConnectorError, end: _End) -> None:
        failure.details["paymentId"] = payment.payment_id
        payment_changes.change(payment.payment_id, lambda found: _given_back(found, payment, end))

    find = partial(connector.find, request) if is_again else None
    seen = _called(account, payment, find, partial(connector.create, request), failed)
    return payment_changes.observe(payment, seen)


def begin_refund(
    payment: Payment, refund_id: str, account: PspAccount, *, is_again: bool
) -> Payment:
    """Have the provider make a refund that this process holds the lease of; see ``begin``."""
    connector = psp_configurations.open_account(account)
    request = payment_requests.of_refund(payment, refund_id)
    ours = payment.refund(refund_id)
    assert ours is not None

    def failed(failure: ConnectorError, end: _End) -> None:
        failure.details["refundId"] = refund_id

        def after(found: Payment) -> Payment:
            made = found.refund(refund_id)
            assert made is not None
            return payments.with_refund(found, _given_back(made, ours, end))

        payment_changes.change(payment.payment_id, after)

    find = partial(connector.find_refund, request) if is_again else None
    seen = _called(account, ours, find, partial(connector.refund, request), failed)
    return observe_refund(payment, refund_id, seen)


def observe_refund(payment: Payment, refund_id: str, seen: RefundObservation) -> Payment:
    """Write down what the provider has said of a refund."""

    def after(found: Payment) -> Payment:
        return payments.observe_refund(found, refund_id, seen, clock.utc_now())

    return payment_changes.change(payment.payment_id, after)


def _called(
    account: PspAccount,
    leased: Payment | Refund,
    find: Callable[[], Seen | None] | None,
    send: Callable[[], Seen],
    failed: Callable[[ConnectorError, _End], None],
) -> Seen:
    """Make a call for what is leased, unless an earlier one is found to have done it.

    Args:
        account: Of the provider.
        leased: What the call is for.
        find: Looks for an earlier call; not asked if the provider knows a repeated one by its key.
        send: Makes the call.
        failed: Is told why it failed, and what that means for what is leased.
    """
    is_keyed = providers.module_of(account.provider).HAS_IDEMPOTENCY_KEYS
    may_be_done = find is not None
    try:
        if find is not None and not is_keyed:
            found = find()
            if found is not None:
                return found
            may_be_done = False
            require_time(leased.lease_until)
        return send()
    except ConnectorError as failure:
        # A refusal to look, or of the credentials of now, does not say what became of an earlier
        # call.
        says_all = is_keyed and not isinstance(failure, ConnectorCredentialsRefused)
        if not failure.retryable and (says_all or not may_be_done):
            failed(failure, _End(failure=failure.code))
        else:
            is_in_doubt = failure.is_unknown and not is_keyed
            failed(failure, _End(until=clock.utc_now() + DOUBT if is_in_doubt else None))
        raise


def _given_back(found: Made, ours: Made, end: _End) -> Made:
    """Let others call; what the provider refused for good has failed, and can be tried again."""
    is_ours = (found.lease_id, found.lease_until) == (ours.lease_id, ours.lease_until)
    if found.is_settled or not is_ours:
        return found  # Somebody else is at it by now.
    if end.failure is None:
        return replace(found, lease_until=end.until)
    after = replace(found, failure=end.failure, lease_until=None, updated_at=clock.utc_now())
    if isinstance(after, Payment):
        return replace(after, stage=Stage.FAILED)
    return replace(after, status=RefundStatus.FAILED)
