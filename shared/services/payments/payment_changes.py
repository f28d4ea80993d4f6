"""Changes of a stored payment, together with their events.

Only the intents are written elsewhere: in ``processing`` and ``refunds``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shared import clock, logs
from shared.domain.payments import payment_events, payments
from shared.domain.payments.payments import Observation, Payment
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.store import paths
from shared.store.payments import payment_documents


def change(payment_id: str, decide_after: Callable[[Payment], Payment]) -> Payment:
    """Change a payment, write its events, and set its next due time: one commit.

    Args:
        payment_id: The id of an existing payment.
        decide_after: Returns the changed payment; the same one if nothing changes.
    """
    path = paths.payment(payment_id)

    def decide(reads: Reads) -> Effect[Payment]:
        before = payment_documents.decode(reads[path])
        assert before is not None, f"{path} is gone"
        now = clock.utc_now()
        changed = payments.forget_customer(payments.with_points(decide_after(before)), now)
        if changed == before:
            return Effect(before)
        after = replace(changed, check_at=payments.check_at(changed, now))
        news = announce(before, after)
        writes = [payment_documents.write(reads[path], after), *news.writes]
        return Effect(after, writes, tasks=news.tasks)

    return commands.run([path], decide)


def announce(before: Payment | None, after: Payment) -> outbox.Announcement:
    """Prepare the events of a payment's change."""
    return outbox.announce(payment_events.from_change(before, after))


def observe(payment: Payment, seen: Observation) -> Payment:
    """Write down the provider's report on a payment."""
    after = change(payment.payment_id, lambda found: payments.observe(found, seen, clock.utc_now()))
    alert(payment, after)
    return after


def alert(before: Payment, after: Payment) -> None:
    """Alert operators to a payment that a person must check."""
    if after.problem and after.problem != before.problem:
        logs.error("payment needs attention", paymentId=after.payment_id, problem=after.problem)
