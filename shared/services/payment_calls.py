"""Calling a payment provider so that a crash, a lost answer or a second caller costs no money.

What is about to be asked for is written down first, with a lease: who holds it may call the
provider, and nobody else. Then the call is made, and its answer written. Whoever comes after a
crash finds what was intended, waits for the lease to end, looks the payment up at the provider if
that is the only way to know it again, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared import clock, logs
from shared.domain import payment_events, payments
from shared.domain.payments import (
    Observation,
    Payment,
    RefundObservation,
    RefundStatus,
    Stage,
)
from shared.domain.webhooks import Delivery
from shared.errors import Busy, ConnectorError
from shared.services import outbox
from shared.store import paths, protocol
from shared.store import payments as stored
from shared.store.protocol import Decision, Reads

LEASE = timedelta(seconds=40)
"""Longer than a call with its repetitions takes."""
DOUBT = timedelta(minutes=2)
"""After an answer that got lost, how long the provider may still be working on the call."""


@dataclass(frozen=True, slots=True)
class Change:
    """A payment after a commit, and the deliveries that tell of it."""

    payment: Payment
    deliveries: Sequence[Delivery] = ()


def change(payment_id: str, decide_after: Callable[[Payment], Payment]) -> Payment:
    """Change a payment, tell what happened, and say what is to be done yet: one commit.

    Args:
        payment_id: Of a payment that exists.
        decide_after: Returns the payment as it is to be; the same one if nothing changes.
    """
    path = paths.payment(payment_id)

    def decide(reads: Reads) -> Decision[Change]:
        before = stored.decode(reads[path])
        assert before is not None, f"{path} is gone"
        changed = payments.with_points(decide_after(before))
        if changed == before:
            return Decision(Change(before))
        now = clock.utc_now()
        after = replace(changed, check_at=payments.check_at(changed, now))
        news = told(before, after)
        writes = [stored.write(reads[path], after), *news.writes]
        return Decision(Change(after, news.deliveries), writes)

    done = protocol.run([path], decide)
    outbox.dispatch(done.deliveries)
    return done.payment


def told(before: Payment | None, after: Payment) -> outbox.Announcement:
    """Prepare telling what became of a payment."""
    happened = payment_events.from_change(before, after)
    return outbox.announce(happened) if happened else outbox.Announcement((), ())


def observe(payment: Payment, seen: Observation) -> Payment:
    """Write down what the provider has said of a payment."""
    after = change(payment.payment_id, lambda found: payments.observe(found, seen, clock.utc_now()))
    alert(payment, after)
    return after


def alert(before: Payment, after: Payment) -> None:
    """Tell operators of a payment that somebody has to look at."""
    if after.problem and after.problem != before.problem:
        logs.error("payment needs attention", paymentId=after.payment_id, problem=after.problem)


def require_lease(lease_until: datetime | None, now: datetime) -> None:
    """Refuse to call the provider while somebody else does.

    Raises:
        Busy: A call for the same thing is under way.
    """
    if lease_until is not None and lease_until > now:
        raise Busy("The provider is being asked for this already.")


def begin(payment: Payment, create: Callable[[], Observation], *, is_keyed: bool) -> Payment:
    """Have the provider make a payment that this process holds the lease of.

    Args:
        payment: Written down, not settled.
        create: Makes the call, after looking whether an earlier one did it, if need be.
        is_keyed: The provider knows a repeated call by its key.

    Raises:
        ConnectorError: The payment was refused, and failed; or its fate is not known, and it stays
            pending until a repetition or the sweep finds out.
    """
    try:
        seen = create()
    except ConnectorError as failure:
        failure.details["paymentId"] = payment.payment_id
        if failure.retryable:
            _give_back(payment, is_in_doubt=failure.is_unknown and not is_keyed)
        else:
            _fail(payment, failure)
        raise
    return observe(payment, seen)


def _give_back(payment: Payment, *, is_in_doubt: bool) -> None:
    """Let others call; if the provider may still be at it, and would not know them, later."""
    now = clock.utc_now()
    until = now + DOUBT if is_in_doubt else None
    change(payment.payment_id, lambda found: _leased(found, payment, until))


def _leased(found: Payment, ours: Payment, until: datetime | None) -> Payment:
    if found.is_settled or found.lease_until != ours.lease_until:
        return found
    return replace(found, lease_until=until)


def _fail(payment: Payment, failure: ConnectorError) -> None:
    """Write down that the provider made nothing: the same request may try again."""
    now = clock.utc_now()

    def failed(found: Payment) -> Payment:
        if found.is_settled or found.lease_until != payment.lease_until:
            return found  # Somebody else is at it by now.
        return replace(
            found, stage=Stage.FAILED, failure=failure.code, lease_until=None, updated_at=now
        )

    change(payment.payment_id, failed)


def begin_refund(
    payment: Payment, refund_id: str, send: Callable[[], RefundObservation], *, is_keyed: bool
) -> Payment:
    """Have the provider make a refund that this process holds the lease of; see ``begin``."""
    try:
        seen = send()
    except ConnectorError as failure:
        failure.details["refundId"] = refund_id
        if failure.retryable:
            is_in_doubt = failure.is_unknown and not is_keyed
            until = clock.utc_now() + DOUBT if is_in_doubt else None
            _change_refund(payment, refund_id, lease_until=until)
        else:
            _change_refund(
                payment,
                refund_id,
                lease_until=None,
                status=RefundStatus.FAILED,
                failure=failure.code,
            )
        raise
    return observe_refund(payment, refund_id, seen)


def observe_refund(payment: Payment, refund_id: str, seen: RefundObservation) -> Payment:
    """Write down what the provider has said of a refund."""

    def after(found: Payment) -> Payment:
        return payments.observe_refund(found, refund_id, seen, clock.utc_now())

    return change(payment.payment_id, after)


def _change_refund(payment: Payment, refund_id: str, **changes: object) -> None:
    ours = payment.refund(refund_id)
    assert ours is not None

    def after(found: Payment) -> Payment:
        made = found.refund(refund_id)
        assert made is not None
        if made.is_settled or made.lease_until != ours.lease_until:
            return found
        return payments.with_refund(found, replace(made, **changes))  # type: ignore[arg-type]

    change(payment.payment_id, after)
