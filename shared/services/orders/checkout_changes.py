"""Changes of a stored checkout, together with their events.

A payment that pays a checkout changes it in its own commit: ``payment_changes``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from shared import clock, logs
from shared.auth.caller import Caller
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.programs import EarningMethod
from shared.domain.money import Money
from shared.domain.orders import checkouts, order_events
from shared.domain.orders.checkouts import Checkout, LoyaltyPayment
from shared.errors import PunktwerkError
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.loyalty import purchase_bookings
from shared.services.loyalty.purchase_bookings import Buyer
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
    """Book the due points of a checkout; never raises: its money has moved already."""
    if checkout.awaits_redemption and checkout.loyalty_payment is not None:
        try:
            checkout = _paid_again(checkout, checkout.loyalty_payment)
        except Exception:  # noqa: BLE001 - see above
            logs.exception("points not redeemed again yet", transactionId=checkout.checkout_id)
    return order_points.book(checkout, SCAN_AND_GO)


def _paid_again(checkout: Checkout, payment: LoyaltyPayment) -> Checkout:
    """Redeem the points once more that had come back before the rest of the checkout was paid.

    Operators are told what is missing of them.
    """
    entry = None if checkout.is_given_back else _redeemed_again(checkout, payment)
    paid_minor = 0
    if entry is not None:
        paid = Decimal(entry.amount_paid or 0)
        paid_minor = Money.from_major(paid, checkout.currency).amount_minor

    def noted(stored: Checkout) -> Checkout:
        if stored.user_id != checkout.user_id or not stored.awaits_redemption:
            return stored  # It is noted, or the member was erased meanwhile.
        if entry is None:
            return stored.without_redemption()
        return stored.with_redemption(entry.entry_id, -entry.units, paid_minor)

    after = change(checkout, noted)
    if paid_minor < payment.amount_minor and not checkout.is_given_back:
        logs.error(
            "checkout paid after its points came back",
            transactionId=checkout.checkout_id,
            paymentId=checkout.payment_id,
            missingMinor=payment.amount_minor - paid_minor,
        )
    return after


def _redeemed_again(checkout: Checkout, payment: LoyaltyPayment) -> Entry | None:
    """Return the entry; ``None`` if nothing is there to be redeemed, or it is refused for good."""
    buyer = Buyer(
        checkout.account_id,
        checkout.store_id,
        payment.program_id,
        checkout.user_id,
        SCAN_AND_GO.description,
    )
    try:
        return purchase_bookings.redeem_again(buyer, payment.redemption_id, checkout.again_name)
    except PunktwerkError as refusal:
        if not refusal.is_final:
            raise
        return None


def alert(before: Checkout, after: Checkout) -> None:
    """Alert operators to a checkout that was paid twice, so that money is to be given back."""
    if after.overpaid_minor > before.overpaid_minor:
        logs.error(
            "checkout paid twice",
            transactionId=after.checkout_id,
            paymentId=after.payment_id,
            overpaidMinor=after.overpaid_minor,
        )
