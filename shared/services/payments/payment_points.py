"""Points for payments, taken back for refunds and other losses: each once, in the ledger.

The payment says what is to be booked before the booking, and what is booked after it. In between a
process may die, or two may work at once. An entry's id is derived from the payment or the refund,
so it is booked once; the next process, at the latest the sweep, notes it in the payment.
"""

from __future__ import annotations

from dataclasses import replace

from shared import logs
from shared.auth.caller import Caller
from shared.domain.loyalty import earning_base
from shared.domain.loyalty import purchase_points as points_of
from shared.domain.money import Money
from shared.domain.payments import payments
from shared.domain.payments.payments import Payment, Stage
from shared.errors import (
    InvalidParameters,
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    PunktwerkError,
)
from shared.services import access
from shared.services.commands import Reads
from shared.services.loyalty import purchase_bookings
from shared.services.loyalty.purchase_bookings import Buyer
from shared.services.orders import checkout_changes
from shared.services.payments import payment_changes
from shared.store import paths
from shared.store.loyalty import membership_documents
from shared.store.orders import checkout_documents

_ENDS = frozenset({Stage.PAID, Stage.FAILED, Stage.CANCELED})


def require_program(
    caller: Caller, store_id: str, program_id: str | None, user_id: str | None, currency: str
) -> list[str]:
    """Check that a member can get points for a payment of this currency.

    Returns:
        The paths to read to know whether the user is enrolled; none if nobody is to get points.

    Raises:
        ProgramNotFound: It is absent, or belongs to another account or store.
        InvalidParameters: The program counts in another currency.
    """
    if program_id is None or user_id is None:
        return []
    program = access.program(caller, program_id, store_id)
    if program.currency != currency:
        problem = f"must be {program.currency}, the currency of the program"
        raise InvalidParameters(f"currency {problem}.", fields={"currency": problem})
    return [paths.member(paths.membership_id(program_id, user_id))]


def require_enrolled(reads: Reads, member_paths: list[str], user_id: str | None) -> None:
    """Refuse a payment with points if the user is not enrolled.

    Raises:
        MembershipNotFound: The user is not enrolled.
    """
    for path in member_paths:
        membership_documents.require_unerased(reads[path])
    if any(reads[path].data is None for path in member_paths):
        raise MembershipNotFound(f"User {user_id} is not enrolled.")


def book(payment: Payment) -> Payment:
    """Book the due points of a payment; return the payment as it is then.

    Never raises: the money has moved already. A refusal is final, and noted in the payment;
    anything else is logged, and left to the sweep. What pays a checkout earns by the checkout,
    which gives back what was spent on it if the payment has failed.
    """
    if payment.checkout_id is not None and payment.stage in _ENDS:
        _book_checkout(payment.checkout_id)
    if not payment.awaits_points:
        return payment
    try:
        return _booked(payment)
    except Exception:  # noqa: BLE001 - see above
        logs.exception("points not booked yet", paymentId=payment.payment_id)
        return payment


def _book_checkout(checkout_id: str) -> None:
    try:
        checkout = checkout_documents.find(checkout_id)
    except PunktwerkError:
        logs.exception("points not booked yet", transactionId=checkout_id)
        return
    assert checkout is not None, f"{checkout_id} is gone"
    checkout_changes.book(checkout)


def _booked(payment: Payment) -> Payment:
    while payment.awaits_points:
        payment = _booked_next(payment) if payment.awaits_earning else _with_spent_back(payment)
    return payment


def _booked_next(payment: Payment) -> Payment:
    assert payment.points is not None
    is_earned = payment.points.earned_units is not None
    try:
        return _taken(payment) if is_earned else _earned(payment)
    except PunktwerkError as refusal:
        if not refusal.is_final:
            raise
        return _refused(payment, refusal)


def _with_spent_back(payment: Payment) -> Payment:
    """Give back what was spent on its purchase and did not come back with what it has earned."""
    assert payment.user_id is not None
    problem: str | None = None
    try:
        purchase_bookings.give_back_spent(
            payment.account_id,
            payment.store_id,
            payment.user_id,
            payment.spent_names,
            payment.description,
        )
    except PunktwerkError as refusal:
        if not refusal.is_final:
            raise
        problem = payments.POINTS_NOT_BOOKED

    def noted(found: Payment) -> Payment:
        if not found.is_given_back or found.user_id != payment.user_id:
            return found  # The member was erased meanwhile, or a refund has failed after all.
        return replace(found, has_spent_back=True, problem=found.problem or problem)

    after = payment_changes.change(payment, noted)
    payment_changes.alert(payment, after)
    return after


def _earned(payment: Payment) -> Payment:
    points = payment.points
    assert points is not None
    purchase = Money(points.purchase_minor, payment.currency)
    earned = purchase_bookings.earn(
        _buyer(payment),
        f"payment:{payment.payment_id}",
        earning_base.of_amount(purchase.to_major()),
    )

    def noted(found: Payment) -> Payment:
        assert found.points is not None
        return replace(found, points=points_of.earned(found.points, earned))

    return payment_changes.change(payment, noted)


def _taken(payment: Payment) -> Payment:
    """Take or give back the points that are due first."""
    points = payment.points
    assert points is not None
    due = points.due[0]
    transaction_id = f"refund:{payment.payment_id}:{due.cause}"
    spent_names = payment.spent_names if payment.is_given_back else ()
    taken_units = purchase_bookings.take(_buyer(payment), points, due, transaction_id, spent_names)

    def noted(found: Payment) -> Payment:
        assert found.points is not None
        return replace(found, points=points_of.taken(found.points, due.cause, taken_units))

    return payment_changes.change(payment, noted)


def _refused(payment: Payment, refusal: PunktwerkError) -> Payment:
    """Give up: the ledger has refused, and would refuse again.

    It is no problem that a member who is suspended or has left gets nothing.
    """
    is_problem = not isinstance(refusal, MemberSuspended | MembershipClosed)

    def given_up(found: Payment) -> Payment:
        is_renamed = found.user_id != payment.user_id  # The member was erased meanwhile.
        if is_renamed or not found.awaits_earning:
            return found
        return payments.without_points(found, refusal.code, is_problem=is_problem)

    logs.warning("points not booked", paymentId=payment.payment_id, error=refusal.code)
    after = payment_changes.change(payment, given_up)
    payment_changes.alert(payment, after)
    return after


def _buyer(payment: Payment) -> Buyer:
    assert payment.program_id is not None
    assert payment.user_id is not None
    return Buyer(
        payment.account_id,
        payment.store_id,
        payment.program_id,
        payment.user_id,
        payment.description,
    )
