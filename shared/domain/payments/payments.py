"""Payments: the merchant's requests, and the provider's confirmations.

A provider's reports arrive late, twice and in any order. A payment moves forward only by a report
of success. Only an explicit report takes success back: a capture or a refund failed after all, or
the customer's bank has withdrawn the money. Such a report is final, because the earlier success may
still be reported after it. Only a dispute can go on, with steps in a fixed order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain import lease
from shared.domain.loyalty import purchase_points
from shared.domain.loyalty.purchase_points import PurchasePoints
from shared.domain.money import Money
from shared.domain.pseudonyms import Pseudonyms
from shared.encrypted import Encrypted
from shared.errors import PaymentNotRefundable, RefundExceedsPayment

REFUNDS_MAX = 100
"""Refunds of one payment, so that its document stays small."""


class Stage(StrEnum):
    """The stage of taking the money."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    AUTHORIZED = "authorized"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


class PaymentStatus(StrEnum):
    """A payment in one word: its stage, or a word for a full or partial refund."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    AUTHORIZED = "authorized"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"
    CANCELED = "canceled"


class RefundStatus(StrEnum):
    """``pending`` until the provider has said explicitly that it succeeded or failed."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back, or about to be. Its id is the reference that the provider gets.

    ``fingerprint`` tells a repeated request from another one under the same key; ``is_settled`` and
    the lease are as in a payment.
    """

    refund_id: str
    amount_minor: int
    status: RefundStatus
    created_at: datetime
    updated_at: datetime
    fingerprint: str
    is_settled: bool = False
    lease_id: str | None = None
    lease_until: datetime | None = None
    vendor_refund_id: str | None = None
    reason: str = ""
    failure: str | None = None


class DisputeStatus(StrEnum):
    """The stage of a chargeback. The later stage counts, even if it is reported first.

    ``open``: the money was withdrawn. ``won``: it came back. ``lost``: it is gone for good, even
    if it had come back before.
    """

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A chargeback: the customer's bank withdraws the money. The id is the provider's."""

    dispute_id: str
    amount_minor: int
    status: DisputeStatus

    @property
    def withdrawn_minor(self) -> int:
        """The part of the money that the merchant does not have."""
        return 0 if self.status is DisputeStatus.WON else self.amount_minor


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment by one provider. Its id is the reference that the provider gets.

    Amounts are in minor units of ``currency``. ``captured_minor`` is the money that the provider
    took; ``refunded_elsewhere_minor`` is the money that it gave back without us, for instance in
    its own dashboard. ``is_reversed``: taking the money failed after it had succeeded; this is
    final. ``is_settled`` is false while it is not known whether the provider has the payment: a
    call was about to be made, or its answer got lost. Until ``lease_until`` one process makes the
    call, and no other may. ``check_at`` is the time to ask the provider again, ``None`` if no more
    news can come. ``points`` are the member's, from the moment of payment. ``has_spent_back``: what
    was spent on its purchase has come back, as all of it was given back. ``problem`` says why a
    person must check the payment. ``customer_token`` is the encrypted customer, as long as the
    provider may need it again.
    """

    payment_id: str
    account_id: str
    store_id: str
    provider: str
    amount_minor: int
    currency: str
    stage: Stage
    created_at: datetime
    updated_at: datetime
    fingerprint: str
    is_test: bool = False
    is_settled: bool = False
    lease_id: str | None = None
    lease_until: datetime | None = None
    captures_later: bool = False
    vendor_payment_id: str | None = None
    captured_minor: int = 0
    refunded_elsewhere_minor: int = 0
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    is_reversed: bool = False
    redirect_url: str | None = None
    purchase_id: str | None = None
    description: str = ""
    return_url: str = ""
    customer_token: Encrypted | None = None
    program_id: str | None = None
    user_id: str | None = None
    points: PurchasePoints | None = None
    failure: str | None = None
    problem: str | None = None
    check_at: datetime | None = None
    checkout_id: str | None = None
    has_spent_back: bool = False

    @property
    def amount(self) -> Money:
        """The requested amount."""
        return Money(self.amount_minor, self.currency)

    @property
    def refunded_minor(self) -> int:
        """The money that was surely given back."""
        ours = sum(
            each.amount_minor for each in self.refunds if each.status is RefundStatus.SUCCEEDED
        )
        return ours + self.refunded_elsewhere_minor

    @property
    def reserved_minor(self) -> int:
        """The money that was given back, or may be on its way back."""
        return self.refunded_elsewhere_minor + sum(
            each.amount_minor for each in self.refunds if each.status is not RefundStatus.FAILED
        )

    @property
    def charged_back_minor(self) -> int:
        """The money that customers' banks have withdrawn."""
        return min(sum(each.withdrawn_minor for each in self.disputes), self.captured_minor)

    @property
    def kept_minor(self) -> int:
        """The money that the merchant has: captured, and neither given back nor withdrawn."""
        return max(self.captured_minor - self.refunded_minor - self.charged_back_minor, 0)

    @property
    def refundable_minor(self) -> int:
        """The money that can still be given back."""
        return max(self.captured_minor - self.reserved_minor - self.charged_back_minor, 0)

    @property
    def status(self) -> PaymentStatus:
        """The payment in one word."""
        if self.stage is not Stage.PAID or self.refunded_minor == 0:
            return PaymentStatus(self.stage)
        is_all = self.refunded_minor >= self.captured_minor
        return PaymentStatus.REFUNDED if is_all else PaymentStatus.PARTIALLY_REFUNDED

    @property
    def awaits_provider(self) -> bool:
        """True if the provider may still report news on the payment."""
        is_over = self.stage in {Stage.PAID, Stage.FAILED, Stage.CANCELED}
        return not (is_over and self.is_settled) or self.awaits_refund

    @property
    def awaits_refund(self) -> bool:
        """True if it is unknown for a refund whether the money is back."""
        return any(each.status is RefundStatus.PENDING for each in self.refunds)

    @property
    def is_given_back(self) -> bool:
        """True if it was paid, and all was given back since, or was never taken after all.

        What a bank has withdrawn the merchant has not given back: goods did not come back.
        """
        is_nothing_left = self.kept_minor == 0 and self.charged_back_minor == 0
        return is_nothing_left and (self.stage is Stage.PAID or self.is_reversed)

    @property
    def spent_names(self) -> tuple[str, ...]:
        """The transactions that a redemption of its member for the purchase may have."""
        return (self.payment_id, *filter(None, [self.purchase_id]))

    @property
    def awaits_points(self) -> bool:
        """True if points are still to be booked, or spent ones to be given back."""
        return self.awaits_earning or self.awaits_spent

    @property
    def awaits_earning(self) -> bool:
        """True if points are still to be earned, or to be taken back."""
        return self.points is not None and self.points.is_due

    @property
    def awaits_spent(self) -> bool:
        """True if what a member has spent on its purchase is still to be given back.

        What pays a checkout has no member: the checkout gives back.
        """
        return self.points is not None and self.is_given_back and not self.has_spent_back

    def refund(self, refund_id: str) -> Refund | None:
        """Return the refund of this id."""
        return next((each for each in self.refunds if each.refund_id == refund_id), None)


@dataclass(frozen=True, slots=True)
class DisputeObservation:
    """A provider's report on a chargeback."""

    dispute_id: str
    amount: Money
    status: DisputeStatus


@dataclass(frozen=True, slots=True)
class Observation:
    """A provider's report on a payment. ``None`` marks facts that it does not contain.

    ``stage`` is ``None`` for a word that we do not know: the payment stays as it is.
    ``refunded`` is all the money given back so far. ``is_reversed``: taking the money has failed,
    even if success was reported before. ``dispute`` is one chargeback; ``charged_back`` is the sum
    of all valid ones, from providers that report only the sum.
    """

    vendor_payment_id: str | None = None
    stage: Stage | None = None
    amount: Money | None = None
    captured: Money | None = None
    refunded: Money | None = None
    redirect_url: str | None = None
    failure: str | None = None
    is_reversed: bool = False
    dispute: DisputeObservation | None = None
    charged_back: Money | None = None


@dataclass(frozen=True, slots=True)
class RefundObservation:
    """A provider's report on a refund."""

    vendor_refund_id: str | None = None
    status: RefundStatus = RefundStatus.PENDING
    failure: str | None = None


AMOUNT_MISMATCH = "amount_mismatch"
CHARGED_BACK = "charged_back"
POINTS_NOT_BOOKED = "points_not_booked"
REFUND_UNKNOWN = "refund_unknown"
NEVER_BEGUN = "NEVER_BEGUN"
GIVEN_UP_AFTER = timedelta(days=1)
"""If the provider does not know a payment after this time, the payment was never begun."""
CHECKED_FOR = timedelta(days=30)
_CHECK_PAUSES = (
    (timedelta(minutes=10), timedelta(minutes=2)),
    (timedelta(hours=2), timedelta(minutes=10)),
    (timedelta(days=2), timedelta(hours=2)),
    (CHECKED_FOR, timedelta(hours=24)),
)
_BEFORE_SUCCESS = frozenset({Stage.PENDING, Stage.REQUIRES_ACTION, Stage.FAILED, Stage.CANCELED})
_ELSEWHERE = "elsewhere:"
_CHARGEBACK = "chargeback:"
_FAILED_AFTER_ALL = ":failed"
_CAPTURE_FAILED = "capture_failed"
_SUM = "sum"
"""Stands for all chargebacks of a provider that reports only their sum."""
_FORWARD = (Stage.PENDING, Stage.REQUIRES_ACTION, Stage.AUTHORIZED, Stage.PAID)
_REFUND_FORWARD = (RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.FAILED)
_DISPUTE_FORWARD = (DisputeStatus.OPEN, DisputeStatus.WON, DisputeStatus.LOST)


def observe(payment: Payment, seen: Observation, now: datetime) -> Payment:
    """Return the payment after a provider's report; an old report changes nothing.

    A report with another amount or currency than requested, or with an amount of 0, changes only
    ``problem``: it is another payment's answer, or somebody tampers.
    """
    if _is_mismatch(payment, seen):
        return _changed(payment, now, problem=AMOUNT_MISMATCH)
    is_reversed = payment.is_reversed or seen.is_reversed
    stage = Stage.FAILED if is_reversed else _next_stage(payment.stage, seen.stage)
    captured_minor = 0 if is_reversed else payment.captured_minor
    if stage is Stage.PAID:
        said_minor = seen.captured.amount_minor if seen.captured else None
        first_minor = payment.amount_minor if captured_minor == 0 else captured_minor
        captured_minor = max(captured_minor, first_minor if said_minor is None else said_minor)
    is_first_success = payment.stage in _BEFORE_SUCCESS and stage not in _BEFORE_SUCCESS
    disputes = _disputes(payment, seen)
    known_id, seen_id = payment.vendor_payment_id, seen.vendor_payment_id
    return _changed(
        payment,
        now,
        stage=stage,
        is_settled=True,
        lease_until=None,
        # Some providers have one id for the page and another for the payment on it.
        vendor_payment_id=(seen_id or known_id) if is_first_success else (known_id or seen_id),
        captured_minor=captured_minor,
        refunded_elsewhere_minor=_refunded_elsewhere_minor(payment, seen),
        disputes=disputes,
        is_reversed=is_reversed,
        redirect_url=seen.redirect_url or payment.redirect_url,
        failure=_failure(payment, seen) if stage in {Stage.FAILED, Stage.CANCELED} else None,
        problem=_problem(payment, captured_minor, disputes),
    )


def reserve_refund(payment: Payment, refund: Refund) -> Payment:
    """Set aside the money of a refund, before the provider is asked.

    Raises:
        PaymentNotRefundable: Nothing was taken yet, or there were too many refunds.
        RefundExceedsPayment: The refund is more than the rest of the payment, or the rest is 0.
    """
    if payment.stage is not Stage.PAID:
        raise PaymentNotRefundable(
            f"The payment is {payment.status}; only what is paid can be refunded.",
            paymentId=payment.payment_id,
            status=payment.status,
        )
    if len(payment.refunds) >= REFUNDS_MAX:
        raise PaymentNotRefundable(f"A payment has at most {REFUNDS_MAX} refunds.")
    if not 0 < refund.amount_minor <= payment.refundable_minor:
        raise RefundExceedsPayment(
            f"Of {payment.amount} only {payment.refundable_minor} minor units can be refunded.",
            refundable=payment.refundable_minor,
            requested=refund.amount_minor,
        )
    return replace(payment, refunds=(*payment.refunds, refund), updated_at=refund.created_at)


def observe_refund(
    payment: Payment, refund_id: str, seen: RefundObservation, now: datetime
) -> Payment:
    """Return the payment after a provider's report on a refund. Failure is final.

    Banks may return the money days after a refund succeeded, and reports of that success may still
    come then. No provider makes a failed refund succeed: a new attempt is another refund.
    """
    refunds = tuple(
        _observed(each, seen, now) if each.refund_id == refund_id else each
        for each in payment.refunds
    )
    return _changed(payment, now, refunds=refunds)


def with_refund(payment: Payment, changed: Refund) -> Payment:
    """Return the payment with one of its refunds changed."""
    refunds = tuple(
        changed if each.refund_id == changed.refund_id else each for each in payment.refunds
    )
    return replace(payment, refunds=refunds)


def give_up(payment: Payment, now: datetime, real_now: datetime) -> Payment:
    """Return the payment after the provider has answered that it does not know it.

    ``now`` is the account's time; leases are held by the real time.

    The payment was never begun then. A refund may have been made, because some providers cannot
    look up refunds. Its money must not be given back again: a person must check it. Points that
    could not be booked in all this time are given up.
    """
    if _is_unconfirmed(payment, now, real_now) and payment.stage is Stage.PENDING:
        return replace(payment, stage=Stage.FAILED, failure=NEVER_BEGUN, updated_at=now)
    is_unknown = any(
        each.status is RefundStatus.PENDING and _is_unconfirmed(each, now, real_now)
        for each in payment.refunds
    )
    if is_unknown:
        return replace(payment, problem=payment.problem or REFUND_UNKNOWN)
    if payment.points and payment.points.is_due and now - payment.updated_at >= CHECKED_FOR:
        return without_points(payment, "GIVEN_UP")
    return payment


def forget_customer(payment: Payment, now: datetime) -> Payment:
    """Drop the customer if the provider does not need it again, or after a day without a call."""
    is_begun = payment.is_settled or payment.stage is not Stage.PENDING
    if not is_begun and now - payment.created_at < GIVEN_UP_AFTER:
        return payment
    return replace(payment, customer_token=None)


def erased(payment: Payment, names: Pseudonyms) -> Payment:
    """Return a payment with a pseudonym and without texts and customer; the money stays as it is.

    A payment that the provider does not know yet is made without them, or fails. A repeated request
    for it is taken for a different one: what would tell it is a digest of the user id.
    """
    return replace(
        payment,
        user_id=names.of_optional(payment.user_id),
        purchase_id=names.within(payment.purchase_id),
        description="",
        return_url="",
        redirect_url=None,
        customer_token=None,
        fingerprint="",
        refunds=tuple(replace(each, reason="") for each in payment.refunds),
    )


def without_points(payment: Payment, failure: str, *, is_problem: bool = True) -> Payment:
    """Return the payment with its points given up; ``failure`` is the code of the reason.

    ``is_problem``: somebody has to look at it.
    """
    assert payment.points is not None
    problem = POINTS_NOT_BOOKED if is_problem else None
    return replace(
        payment,
        points=replace(payment.points, failure=failure),
        problem=payment.problem or problem,
    )


def with_points(payment: Payment) -> Payment:
    """Return the payment with the points that are to be booked after its change.

    A payment with a member earns by the captured money when it is paid. Each loss of money takes
    its share of the points back: a refund that succeeded, also one made in the provider's own
    dashboard, a chargeback, and a capture that failed after all. If a loss turns out to be none,
    its share is given back. What was spent on it comes back once all of it was given back.
    """
    is_paid = payment.stage is Stage.PAID
    if payment.program_id is None or not (is_paid or payment.points):
        return payment
    points = payment.points or PurchasePoints(payment.captured_minor)
    return replace(
        payment,
        points=purchase_points.planned(points, _losses(payment, points)),
        has_spent_back=payment.has_spent_back and payment.is_given_back,
    )


def check_at(payment: Payment, now: datetime) -> datetime | None:
    """Return the next time to check: a notification may get lost, or points not be booked.

    Checks are frequent while the customer is probably still paying, then rare. They end when
    nothing can change, or after ``CHECKED_FOR``.
    """
    is_later = payment.awaits_refund or payment.awaits_points
    age = now - (payment.updated_at if is_later else payment.created_at)
    if not (payment.awaits_provider or payment.awaits_points) or age >= CHECKED_FOR:
        return None
    pause = next(pause for until, pause in _CHECK_PAUSES if age < until)
    return now + pause


def unconfirmed_refunds(payment: Payment, seen: Observation) -> tuple[Refund, ...]:
    """Return the refunds to ask about after the provider has reported the sum of its refunds.

    These are the refunds that count as succeeded, if the provider's sum does not cover them: one
    of them may have failed since.
    """
    if seen.refunded is None or seen.refunded.amount_minor >= payment.refunded_minor:
        return ()
    return tuple(each for each in payment.refunds if each.status is RefundStatus.SUCCEEDED)


def _losses(payment: Payment, points: PurchasePoints) -> list[tuple[str, int]]:
    """Return a payment's losses as ``cause`` and minor units; withdrawn losses are negative."""
    takings = points.takings
    known = {each.cause for each in takings}
    losses = [(_CAPTURE_FAILED, points.purchase_minor)] if payment.is_reversed else []
    for each in payment.refunds:
        if each.status is RefundStatus.SUCCEEDED:
            losses.append((each.refund_id, each.amount_minor))
        elif each.refund_id in known:
            losses.append((f"{each.refund_id}{_FAILED_AFTER_ALL}", -each.amount_minor))
    elsewhere_minor = payment.refunded_elsewhere_minor
    known_minor = sum(each.amount_minor for each in takings if each.cause.startswith(_ELSEWHERE))
    if elsewhere_minor > known_minor:
        # The sum names the latest loss: it only ever grows.
        losses.append((f"{_ELSEWHERE}{elsewhere_minor}", elsewhere_minor - known_minor))
    charged_back = [each for each in takings if each.cause.startswith(_CHARGEBACK)]
    more_minor = payment.charged_back_minor - sum(each.amount_minor for each in charged_back)
    if more_minor:
        losses.append((f"{_CHARGEBACK}{len(charged_back) + 1}", more_minor))
    return losses


def _disputes(payment: Payment, seen: Observation) -> tuple[Dispute, ...]:
    """Return the chargebacks after a report: each only goes forward, a sum takes the last value.

    A sum has no stages to compare, so its providers are asked for the present sum each time.
    """
    disputes = {each.dispute_id: each for each in payment.disputes}
    if seen.charged_back is not None and (seen.charged_back.amount_minor or _SUM in disputes):
        sum_minor = seen.charged_back.amount_minor
        status = DisputeStatus.OPEN if sum_minor else DisputeStatus.WON
        disputes[_SUM] = Dispute(_SUM, sum_minor, status)
    if seen.dispute is not None:
        dispute_id = seen.dispute.dispute_id
        dispute = Dispute(dispute_id, seen.dispute.amount.amount_minor, seen.dispute.status)
        disputes[dispute_id] = max(disputes.get(dispute_id, dispute), dispute, key=_how_far)
    return tuple(disputes[dispute_id] for dispute_id in sorted(disputes))


def _how_far(dispute: Dispute) -> tuple[int, int]:
    return _DISPUTE_FORWARD.index(dispute.status), dispute.amount_minor


def _problem(payment: Payment, captured_minor: int, disputes: Iterable[Dispute]) -> str | None:
    """Return why a person must check the payment: for instance a chargeback that is not won."""
    if captured_minor and any(each.withdrawn_minor for each in disputes):
        return payment.problem or CHARGED_BACK
    return None if payment.problem == CHARGED_BACK else payment.problem


def _failure(payment: Payment, seen: Observation) -> str | None:
    """Return why the payment failed: the final reason, else the last one."""
    if payment.is_reversed:
        return payment.failure
    return seen.failure or payment.failure


def _is_unconfirmed(made: Payment | Refund, now: datetime, real_now: datetime) -> bool:
    is_being_made = lease.is_held(made.lease_until, real_now)
    is_over = now - made.created_at >= GIVEN_UP_AFTER
    return is_over and not made.is_settled and not is_being_made


def _observed(refund: Refund, seen: RefundObservation, now: datetime) -> Refund:
    if _REFUND_FORWARD.index(seen.status) < _REFUND_FORWARD.index(refund.status):
        return refund
    after = replace(
        refund,
        status=seen.status,
        is_settled=True,
        lease_until=None,
        vendor_refund_id=refund.vendor_refund_id or seen.vendor_refund_id,
        failure=refund.failure or seen.failure,
    )
    return refund if after == refund else replace(after, updated_at=now)


def _is_mismatch(payment: Payment, seen: Observation) -> bool:
    disputed = seen.dispute.amount if seen.dispute else None
    amounts = (seen.amount, seen.captured, seen.refunded, seen.charged_back, disputed)
    currencies = {each.currency for each in amounts if each}
    is_other_amount = seen.amount is not None and seen.amount != payment.amount
    is_nothing = (
        payment.stage is not Stage.PAID
        and seen.stage is Stage.PAID
        and seen.captured is not None
        and seen.captured.amount_minor == 0
    )
    is_too_much = seen.captured is not None and seen.captured.amount_minor > payment.amount_minor
    return is_other_amount or is_nothing or is_too_much or not currencies <= {payment.currency}


def _next_stage(now: Stage, seen: Stage | None) -> Stage:
    """Return the stage after a report: success moves forward, failure counts only before success.

    A provider that reports *paid* has the money, even after *failed*: customers try again.
    """
    if seen is None or now is Stage.PAID:
        return now
    if seen is Stage.PAID:
        return seen
    if now in {Stage.FAILED, Stage.CANCELED}:
        return now
    if seen in {Stage.FAILED, Stage.CANCELED}:
        return seen
    return max(now, seen, key=_FORWARD.index)


def _refunded_elsewhere_minor(payment: Payment, seen: Observation) -> int:
    """Return the money that was given back without us, as far as that is known.

    Our refunds that are pending, or that failed after the provider had accepted them, may be in
    the provider's sum or not: we assume that they are. Otherwise a sum that was read before such a
    failure would reduce the refundable money for ever.
    """
    if seen.refunded is None:
        return payment.refunded_elsewhere_minor
    ours_minor = sum(
        each.amount_minor
        for each in payment.refunds
        if each.status is not RefundStatus.FAILED or each.is_settled
    )
    return max(payment.refunded_elsewhere_minor, seen.refunded.amount_minor - ours_minor)


def _changed(payment: Payment, now: datetime, **changes: object) -> Payment:
    after = replace(payment, **changes)  # type: ignore[arg-type]
    return payment if after == payment else replace(after, updated_at=now)
