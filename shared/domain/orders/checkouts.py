"""Checkouts: a customer's purchase by Scan & Go, from the app to the money.

A checkout is paid by the store's payment provider, or at the till. Both may say so at once, or one
after the other: what counts is how much of its total the merchant has, whoever took it. Money
beyond the total is ``overpaid_minor`` and earns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.orders import order_points
from shared.domain.orders.items import Item
from shared.domain.orders.order_points import OrderPoints
from shared.domain.pseudonyms import Pseudonyms
from shared.errors import CheckoutStateConflict, RefundExceedsPayment

OPEN_FOR = timedelta(hours=2)
"""A checkout that is not paid by then has timed out. It still counts if it is paid later."""
BOOKED_FOR = timedelta(days=30)
"""Points that could not be booked in this time are given up."""
REFUNDS_MAX = 100
"""Refunds of one checkout at the till, so that its document stays small."""
ID_PREFIX = "purchase"
_AGAIN = ":again"
_PAUSE = timedelta(minutes=2)


class CheckoutStage(StrEnum):
    """The stage of a checkout."""

    STARTED = "started"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class CheckoutStatus(StrEnum):
    """A checkout in one word: its stage, or a word for money that was given back."""

    STARTED = "started"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class CancelReason(StrEnum):
    """Why a checkout was cancelled."""

    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    PAYMENT_FAILED = "payment_failed"


@dataclass(frozen=True, slots=True)
class TillRefund:
    """Money that a till gave back. ``reference`` tells a repeated request from another refund."""

    reference: str
    amount_minor: int
    refunded_at: datetime


@dataclass(frozen=True, slots=True)
class LoyaltyPayment:
    """What of a checkout was paid with points, when it was started.

    ``units`` are those of the program, with ``scale`` decimals; ``amount_minor`` is what they pay,
    which is a line of the checkout, too. ``redemption_id`` is the entry that took them.
    ``is_again``: they had come back before the rest was paid, and were redeemed once more, as far
    as they were there.
    """

    program_id: str
    units: int
    scale: int
    amount_minor: int
    redemption_id: str
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Checkout:
    """A customer's purchase by Scan & Go. Amounts are in minor units of ``currency``.

    Attributes:
        checkout_id: Our id, the API's ``transactionId``.
        fingerprint: Tells a repeated request from another one under the same key.
        total_minor: What is to be paid in money: less what was paid with points, perhaps 0.
        order_reference: The caller's own id of the purchase.
        is_by_key: A secret key has started it, so its ``order_reference`` is the merchant's word.
        payment_id: The payment that is to pay it, if it is paid by the store's provider.
        till_paid_minor: What the till took.
        till_refunds: What the till gave back.
        provider_minor: What the provider took and the merchant still has of it.
        withdrawn_minor: What customers' banks have withdrawn of what the provider took.
        points: What it earns; ``None`` until the programs are known, after it is paid.
        loyalty_payment: What was paid with points; they come back with all of the money, or if it
            is cancelled.
        has_spent_back: What was spent on it has come back, as all of it was given back.
        awaits_redemption: It was paid after its points had come back, so they are to be redeemed
            once more.
        check_at: The next time to look after it; ``None`` if nothing is left to do.
    """

    checkout_id: str
    account_id: str
    store_id: str
    user_id: str
    items: tuple[Item, ...]
    total_minor: int
    currency: str
    stage: CheckoutStage
    created_at: datetime
    updated_at: datetime
    fingerprint: str
    order_reference: str | None = None
    payment_id: str | None = None
    till_paid_minor: int = 0
    till_refunds: tuple[TillRefund, ...] = ()
    provider_minor: int = 0
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: CancelReason | None = None
    points: OrderPoints | None = None
    check_at: datetime | None = None
    withdrawn_minor: int = 0
    has_spent_back: bool = False
    loyalty_payment: LoyaltyPayment | None = None
    is_by_key: bool = False
    awaits_redemption: bool = False

    @property
    def purchase_id(self) -> str:
        """The id under which its points are booked."""
        return self.checkout_id

    @property
    def spent_names(self) -> tuple[str, ...]:
        """The transactions that a redemption of its customer for it may have.

        A customer's reference is none of them: it could name what was bought and kept elsewhere.
        """
        reference = self.order_reference if self.is_by_key else None
        is_again = self.loyalty_payment is not None and self.loyalty_payment.is_again
        again = self.again_name if is_again else None
        return (self.checkout_id, *filter(None, [reference, again]))

    @property
    def again_name(self) -> str:
        """The transaction of the redemption that pays for it once more."""
        return f"{self.checkout_id}{_AGAIN}"

    @property
    def till_minor(self) -> int:
        """What the till took and did not give back."""
        return self.till_paid_minor - sum(each.amount_minor for each in self.till_refunds)

    @property
    def paid_minor(self) -> int:
        """What the merchant has of the total."""
        return min(self.till_minor + self.provider_minor, self.total_minor)

    @property
    def overpaid_minor(self) -> int:
        """What the merchant has beyond the total: till and provider both took it."""
        return self.till_minor + self.provider_minor - self.paid_minor

    @property
    def status(self) -> CheckoutStatus:
        """The checkout in one word."""
        if self.stage is CheckoutStage.COMPLETED and self.is_given_back:
            return CheckoutStatus.REFUNDED
        if self.stage is not CheckoutStage.COMPLETED or self.paid_minor == self.total_minor:
            return CheckoutStatus(self.stage)
        is_part = self.paid_minor > 0
        return CheckoutStatus.PARTIALLY_REFUNDED if is_part else CheckoutStatus.REFUNDED

    @property
    def is_paid_by_points(self) -> bool:
        """True if points have paid all of it."""
        return self.stage is CheckoutStage.COMPLETED and self.total_minor == 0

    @property
    def is_given_back(self) -> bool:
        """True if it was cancelled, or the merchant has given back all money, and no bank has."""
        if self.stage is CheckoutStage.COMPLETED:
            is_nothing_left = self.till_minor + self.provider_minor + self.withdrawn_minor == 0
            # Of one that points alone have paid, the till says so.
            return is_nothing_left and (self.total_minor > 0 or bool(self.till_refunds))
        return self.stage is CheckoutStage.CANCELLED

    @property
    def awaits_points(self) -> bool:
        """True if points are still to be booked, or spent ones to be given back."""
        return self.awaits_earning or (self.is_given_back and not self.has_spent_back)

    @property
    def awaits_earning(self) -> bool:
        """True if points are still to be earned, or to be taken back."""
        return self.stage is CheckoutStage.COMPLETED and order_points.is_due(self.points)

    def with_spent_back(self) -> Checkout:
        """Return the checkout after what was spent on it has come back."""
        return replace(self, has_spent_back=True)

    def with_redemption(self, redemption_id: str, units: int, amount_minor: int) -> Checkout:
        """Return the checkout after points have paid for it once more."""
        assert self.loyalty_payment is not None
        payment = replace(
            self.loyalty_payment,
            units=units,
            amount_minor=amount_minor,
            redemption_id=redemption_id,
            is_again=True,
        )
        return replace(self, loyalty_payment=payment, awaits_redemption=False)

    def without_redemption(self) -> Checkout:
        """Return the checkout after it is known that no points pay for it once more."""
        return replace(self, awaits_redemption=False)

    def with_points(self, points: OrderPoints) -> Checkout:
        """Return the checkout with other points."""
        return replace(self, points=points)


def is_id(text: str) -> bool:
    """Tell whether a text has the form of a checkout's id."""
    return text.startswith(f"{ID_PREFIX}_")


def id_in(transaction_id: str) -> str | None:
    """Return the id of the checkout that a redemption may pay for, as its transaction says."""
    return transaction_id.removesuffix(_AGAIN) if is_id(transaction_id) else None


def complete_at_till(checkout: Checkout, now: datetime) -> Checkout:
    """Note that the till took the money; one that is completed already stays as it is.

    Raises:
        CheckoutStateConflict: It was cancelled.
    """
    if checkout.stage is CheckoutStage.COMPLETED:
        return checkout
    if checkout.stage is CheckoutStage.CANCELLED:
        raise conflict(checkout, "completed")
    return _completed(replace(checkout, till_paid_minor=checkout.total_minor), now)


def cancel(checkout: Checkout, now: datetime, reason: CancelReason) -> Checkout:
    """Cancel a checkout that is not paid; one that is cancelled already stays as it is.

    Raises:
        CheckoutStateConflict: It is paid.
    """
    if checkout.stage is CheckoutStage.CANCELLED:
        return checkout
    if checkout.stage is CheckoutStage.COMPLETED:
        raise conflict(checkout, "cancelled")
    return replace(checkout, stage=CheckoutStage.CANCELLED, cancelled_at=now, cancel_reason=reason)


def refund_at_till(checkout: Checkout, refund: TillRefund) -> Checkout:
    """Note money that the till gave back, of what it had taken; none if points have paid all.

    Raises:
        CheckoutStateConflict: The till has taken nothing, or there were too many refunds.
        RefundExceedsPayment: It is more than the till has left, or that is nothing.
    """
    if checkout.is_paid_by_points and not checkout.is_given_back and refund.amount_minor == 0:
        return replace(checkout, till_refunds=(refund,))
    if checkout.till_paid_minor == 0 or len(checkout.till_refunds) >= REFUNDS_MAX:
        raise conflict(checkout, "refunded at the till")
    if not 0 < refund.amount_minor <= checkout.till_minor:
        raise RefundExceedsPayment(
            f"Of the checkout only {checkout.till_minor} minor units can be refunded at the till.",
            refundable=checkout.till_minor,
            requested=refund.amount_minor,
        )
    return replace(checkout, till_refunds=(*checkout.till_refunds, refund))


def observe_payment(
    checkout: Checkout,
    *,
    paid_minor: int,
    withdrawn_minor: int,
    is_paid: bool,
    is_over: bool,
    now: datetime,
) -> Checkout:
    """Return the checkout after its payment has changed.

    Args:
        checkout: The checkout.
        paid_minor: What the provider took, less what was given back or withdrawn.
        withdrawn_minor: What banks have withdrawn of it.
        is_paid: The provider took the money, whatever became of it.
        is_over: The provider will not take the money: the payment failed or was cancelled.
        now: The time of the change.
    """
    after = replace(checkout, provider_minor=paid_minor, withdrawn_minor=withdrawn_minor)
    if is_paid and after.stage is not CheckoutStage.COMPLETED:
        return _completed(after, now)
    if is_over and after.stage is CheckoutStage.STARTED:
        return cancel(after, now, CancelReason.PAYMENT_FAILED)
    return after


def settled(before: Checkout | None, after: Checkout, now: datetime) -> Checkout:
    """Return a changed checkout with what follows: points to take back, and the next check."""
    is_due = before is not None and before.check_at is not None and before.check_at <= now
    if after == before and not is_due:
        return after
    returned_minor = after.total_minor - after.paid_minor
    planned = replace(
        after,
        points=order_points.with_returned(after.points, returned_minor),
        has_spent_back=after.has_spent_back and after.is_given_back,
        updated_at=after.updated_at if after == before else now,
    )
    return replace(planned, check_at=_check_at(planned, now))


def times_out_at(checkout: Checkout) -> datetime | None:
    """Return when a checkout is cancelled if nobody pays it.

    ``None`` if it is paid or cancelled, or waits for its payment, however long that takes.
    """
    if checkout.stage is not CheckoutStage.STARTED or _ends_with_payment(checkout):
        return None
    return checkout.created_at + OPEN_FOR


def timed_out(checkout: Checkout, now: datetime) -> Checkout:
    """Return the checkout after a check: cancelled if nobody has paid it in time."""
    until = times_out_at(checkout)
    if until is not None and now >= until:
        return cancel(checkout, now, CancelReason.TIMED_OUT)
    return checkout


def _ends_with_payment(checkout: Checkout) -> bool:
    """Tell whether a started checkout waits for its payment, however long that takes.

    Points have paid a part of it: if they came back while the provider can still be paid, somebody
    could get them, pay the rest then, and have the goods for it.
    """
    return checkout.loyalty_payment is not None and checkout.payment_id is not None


def conflict(checkout: Checkout, wish: str) -> CheckoutStateConflict:
    """Return the refusal of what does not fit the checkout's status."""
    return CheckoutStateConflict(
        f"The checkout is {checkout.status} and cannot be {wish}.",
        transactionId=checkout.checkout_id,
        status=checkout.status,
        paymentId=checkout.payment_id,
    )


def _completed(checkout: Checkout, now: datetime) -> Checkout:
    is_too_late = checkout.stage is CheckoutStage.CANCELLED
    return replace(
        checkout,
        awaits_redemption=is_too_late and checkout.loyalty_payment is not None,
        stage=CheckoutStage.COMPLETED,
        completed_at=now,
        cancelled_at=None,
        cancel_reason=None,
    )


def _check_at(checkout: Checkout, now: datetime) -> datetime | None:
    if checkout.stage is CheckoutStage.STARTED:
        return times_out_at(checkout)
    is_due = checkout.awaits_points or checkout.awaits_redemption
    if is_due and now - checkout.updated_at < BOOKED_FOR:
        return now + _PAUSE
    return None


def erased(checkout: Checkout, names: Pseudonyms) -> Checkout:
    """Return a checkout under the pseudonym: what was bought, without who.

    It answers no repeated request any more. The reference goes too: its id is a digest of both.
    """
    return replace(
        checkout, user_id=names.of(checkout.user_id), order_reference=None, fingerprint=""
    )
