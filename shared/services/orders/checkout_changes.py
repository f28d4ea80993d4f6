"""Changes of a stored checkout, together with their events.

A payment that pays a checkout changes it in its own commit: ``payment_changes``.
"""

from __future__ import annotations

from collections.abc import Callable

from shared import clock, logs
from shared.auth.caller import Caller
from shared.domain.loyalty.programs import EarningMethod
from shared.domain.orders import checkouts, order_events
from shared.domain.orders.checkouts import Checkout, CheckoutStage
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.orders import order_points
from shared.services.orders.order_points import Kind
from shared.store import paths
from shared.store.orders import checkout_documents

Decide = Callable[[Checkout], Checkout]
"""Returns the changed checkout, the same one if nothing changes. May refuse."""


def change(checkout: Checkout, decide_after: Decide) -> Checkout:
    """Change a checkout, write its events, and set its next check: one commit.

    Args:
        checkout: The stored checkout, perhaps as it was before.
        decide_after: The change.
    """
    return _change(checkout.checkout_id, lambda found, _: found, decide_after)


def change_own(
    caller: Caller, checkout_id: str, store_id: str | None, decide_after: Decide
) -> Checkout:
    """Change a checkout of the caller's, as ``change`` does.

    Raises:
        CheckoutNotFound: It does not exist, or belongs to another account, store or customer.
    """
    return _change(
        checkout_id,
        lambda found, reads: access.own_checkout(caller, found, checkout_id, store_id, reads),
        decide_after,
    )


def _change(
    checkout_id: str,
    required: Callable[[Checkout | None, Reads], Checkout | None],
    decide_after: Decide,
) -> Checkout:
    path = paths.checkout(checkout_id)

    def decide(reads: Reads) -> Effect[Checkout]:
        before = required(checkout_documents.decode(reads[path]), reads)
        assert before is not None, f"{path} is gone"
        after = checkouts.settled(before, decide_after(before), clock.utc_now())
        if after == before:
            return Effect(before)
        news = outbox.announce(order_events.from_checkout(before, after))
        writes = [checkout_documents.write(reads[path], after), *news.writes]
        return Effect(after, writes, tasks=news.tasks)

    return commands.run([path], decide)


SCAN_AND_GO = Kind(EarningMethod.SCAN_AND_GO, "Scan & Go", change)


def book(checkout: Checkout) -> Checkout:
    """Book the due points of a checkout; never raises."""
    return order_points.book(checkout, SCAN_AND_GO)


def alert(before: Checkout, after: Checkout) -> None:
    """Alert operators to a checkout that was paid twice, so that money is to be given back, or
    after its points had come back, so that money is missing.
    """
    is_late = before.stage is CheckoutStage.CANCELLED and after.stage is CheckoutStage.COMPLETED
    if is_late and after.loyalty_payment is not None:
        logs.error(
            "checkout paid after its points came back",
            transactionId=after.checkout_id,
            paymentId=after.payment_id,
            missingMinor=after.loyalty_payment.amount_minor,
        )
    if after.overpaid_minor > before.overpaid_minor:
        logs.error(
            "checkout paid twice",
            transactionId=after.checkout_id,
            paymentId=after.payment_id,
            overpaidMinor=after.overpaid_minor,
        )
