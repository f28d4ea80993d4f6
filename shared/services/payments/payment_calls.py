"""Calls of a payment provider: a crash, a lost answer or a second caller costs no money.

A request is written down first, with a lease: only the holder of the lease may call the provider.
Then the call is made, and its answer is written. After a crash, the next process finds the request
and waits for the end of the lease. It looks the payment up at the provider, if a repeated call
would not be recognized, and goes on from there.
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
"""The longest time that a request may take."""
SENDING = timedelta(seconds=40)
"""The longest time of sending: some connectors ask for the payment first, with repetitions."""
DOUBT = timedelta(minutes=2)
"""After a lost answer, the provider may still work on the call for this long."""

Seen = TypeVar("Seen", Observation, RefundObservation)
Made = TypeVar("Made", Payment, Refund)


@dataclass(frozen=True, slots=True)
class _End:
    """The result of a failed call: the code of a final refusal, or the end of the wait."""

    failure: str | None = None
    until: datetime | None = None


def require_lease(lease_until: datetime | None, now: datetime) -> None:
    """Refuse to call the provider while another process does.

    Raises:
        Busy: A call for the same thing is under way.
    """
    if lease.is_held(lease_until, now):
        raise Busy("The provider is being asked for this already.")


def require_time(lease_until: datetime | None) -> None:
    """Refuse to send if the lease may end, and another process may send, before this is done.

    Raises:
        Busy: The rest of the lease is too short.
    """
    assert lease_until is not None
    if clock.real_now() + SENDING > lease_until:
        raise Busy("The provider took too long to say whether it has done this already.")


def begin(payment: Payment, account: PspAccount, *, is_again: bool) -> Payment:
    """Ask the provider for a payment; this process holds its lease.

    Args:
        payment: The payment, stored and not settled.
        account: The account that is to make it.
        is_again: An earlier call may have been made.

    Raises:
        ConnectorError: The payment was refused, and failed; or its state is not known, and it stays
            pending until a repetition or the sweep finds out.
        Busy: Looking for an earlier call took too long to make another one.
    """
    connector = psp_configurations.open_account(payment.store_id, account)
    request = payment_requests.of_payment(payment)

    def failed(failure: ConnectorError, end: _End) -> None:
        failure.details["paymentId"] = payment.payment_id
        payment_changes.change(payment, lambda found: _given_back(found, payment, end))

    find = partial(connector.find, request) if is_again else None
    seen = _called(account, payment, find, partial(connector.create, request), failed)
    return payment_changes.observe(payment, seen)


def begin_refund(
    payment: Payment, refund_id: str, account: PspAccount, *, is_again: bool
) -> Payment:
    """Ask the provider for a refund; this process holds its lease. See ``begin``."""
    connector = psp_configurations.open_account(payment.store_id, account)
    request = payment_requests.of_refund(payment, refund_id)
    ours = payment.refund(refund_id)
    assert ours is not None

    def failed(failure: ConnectorError, end: _End) -> None:
        failure.details["refundId"] = refund_id

        def after(found: Payment) -> Payment:
            made = found.refund(refund_id)
            assert made is not None
            return payments.with_refund(found, _given_back(made, ours, end))

        payment_changes.change(payment, after)

    find = partial(connector.find_refund, request) if is_again else None
    seen = _called(account, ours, find, partial(connector.refund, request), failed)
    return observe_refund(payment, refund_id, seen)


def observe_refund(payment: Payment, refund_id: str, seen: RefundObservation) -> Payment:
    """Write down the provider's report on a refund."""

    def after(found: Payment) -> Payment:
        return payments.observe_refund(found, refund_id, seen, clock.utc_now())

    return payment_changes.change(payment, after)


def _called(
    account: PspAccount,
    leased: Payment | Refund,
    find: Callable[[], Seen | None] | None,
    send: Callable[[], Seen],
    failed: Callable[[ConnectorError, _End], None],
) -> Seen:
    """Make a call for a leased payment or refund, unless an earlier call has done it.

    Args:
        account: The account with the provider.
        leased: The payment or refund.
        find: Looks for an earlier call; not used if the provider knows a repeated one by its key.
        send: Makes the call.
        failed: Gets the failure, and its consequence for the payment or refund.
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
        # If the provider refuses the search, or the present credentials, the result of an earlier
        # call stays unknown.
        says_all = is_keyed and not isinstance(failure, ConnectorCredentialsRefused)
        if not failure.retryable and (says_all or not may_be_done):
            failed(failure, _End(failure=failure.code))
        else:
            is_in_doubt = failure.is_unknown and not is_keyed
            failed(failure, _End(until=clock.real_now() + DOUBT if is_in_doubt else None))
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
