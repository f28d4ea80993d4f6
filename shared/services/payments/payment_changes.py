"""Changes of a stored payment, together with their events.

Only the intents are written elsewhere: in ``processing`` and ``refunds``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from shared import clock, logs
from shared.domain.orders import checkouts, order_events
from shared.domain.orders.checkouts import Checkout
from shared.domain.payments import payment_events, payments
from shared.domain.payments.payments import Observation, Payment, Stage
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.orders import checkout_changes
from shared.store import paths
from shared.store.client import Snapshot, Write
from shared.store.orders import checkout_documents
from shared.store.payments import payment_documents


def change(payment: Payment, decide_after: Callable[[Payment], Payment]) -> Payment:
    """Change a payment, write its events, and set its next due time: one commit.

    A checkout that it pays changes in the same commit.

    Args:
        payment: The stored payment, perhaps as it was before.
        decide_after: Returns the changed payment; the same one if nothing changes.
    """
    path = paths.payment(payment.payment_id)
    checkout_paths = [] if payment.checkout_id is None else [paths.checkout(payment.checkout_id)]

    def decide(reads: Reads) -> Effect[_Change]:
        before = payment_documents.decode(reads[path])
        assert before is not None, f"{path} is gone"
        now = clock.utc_now()
        changed = payments.forget_customer(payments.with_points(decide_after(before)), now)
        if changed == before:
            return Effect(_Change(before))
        after = replace(changed, check_at=payments.check_at(changed, now))
        writes: list[Write] = [payment_documents.write(reads[path], after)]
        happened = payment_events.from_change(before, after)
        done = _Change(after)
        for each in checkout_paths:
            done = _Change(after, *_checkout_after(reads[each], after, now))
            assert done.checkout is not None
            if done.checkout != done.checkout_before:
                writes.append(checkout_documents.write(reads[each], done.checkout))
                happened += order_events.from_checkout(done.checkout_before, done.checkout)
        news = outbox.announce(happened)
        return Effect(done, [*writes, *news.writes], tasks=news.tasks)

    done = commands.run([path, *checkout_paths], decide)
    if done.checkout_before is not None and done.checkout is not None:
        checkout_changes.alert(done.checkout_before, done.checkout)
    return done.payment


@dataclass(frozen=True, slots=True)
class _Change:
    """A payment after a change, and the checkout that it pays if there is one."""

    payment: Payment
    checkout_before: Checkout | None = None
    checkout: Checkout | None = None


def _checkout_after(read: Snapshot, payment: Payment, now: datetime) -> tuple[Checkout, Checkout]:
    """Return the checkout that a payment pays, as it was and as it is after the change."""
    before = checkout_documents.decode(read)
    assert before is not None, f"{read.path} is gone"
    is_lost = payment.stage in {Stage.FAILED, Stage.CANCELED}
    after = checkouts.observe_payment(
        before,
        paid_minor=payment.kept_minor,
        withdrawn_minor=payment.charged_back_minor,
        is_paid=payment.stage is Stage.PAID,
        # One that the provider has never had can be begun again.
        is_over=is_lost and payment.is_settled,
        now=now,
    )
    return before, checkouts.settled(before, after, now)


def announce(before: Payment | None, after: Payment) -> outbox.Announcement:
    """Prepare the events of a payment's change."""
    return outbox.announce(payment_events.from_change(before, after))


def observe(payment: Payment, seen: Observation) -> Payment:
    """Write down the provider's report on a payment."""
    after = change(payment, lambda found: payments.observe(found, seen, clock.utc_now()))
    alert(payment, after)
    return after


def alert(before: Payment, after: Payment) -> None:
    """Alert operators to a payment that a person must check."""
    if after.problem and after.problem != before.problem:
        logs.error("payment needs attention", paymentId=after.payment_id, problem=after.problem)
