"""Give money back through the provider that took it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.payments import payments
from shared.domain.payments.payments import Payment, Refund, RefundStatus
from shared.domain.payments.psp import PspAccount
from shared.errors import IdempotencyKeyReused, InvalidParameters
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.payments import payment_calls, payment_points, psp_configurations
from shared.services.payments.payment_calls import LEASE, require_lease
from shared.store import paths
from shared.store.payments import payment_documents, psp_documents


@dataclass(frozen=True, slots=True)
class RefundedPayment:
    """A refund after a request; ``is_replay`` if an earlier request with the same key made it."""

    payment: Payment
    refund: Refund
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class _Intent:
    """A stored refund, and the account to ask for it; no account if it is done.

    ``is_again``: the provider may have it.
    """

    payment: Payment
    refund_id: str
    account: PspAccount | None = None
    is_again: bool = False


def refund(
    caller: Caller,
    payment_id: str,
    store_id: str | None,
    *,
    amount_minor: int | None,
    refund_reference: str | None,
    reason: str,
) -> RefundedPayment:
    """Refund the rest or a part of a payment. Parallel refunds never exceed the payment.

    Args:
        caller: Must own the payment.
        payment_id: The payment.
        store_id: The store, if it is given.
        amount_minor: In minor units; ``None`` for the rest of the payment.
        refund_reference: The merchant's id of the refund, which is made once. If it failed, the
            same request makes another attempt at it.
        reason: The provider shows it.

    Raises:
        PaymentNotFound, PaymentNotRefundable, RefundExceedsPayment, InvalidParameters,
        IdempotencyKeyReused, Busy.
        ConnectorError: The provider refused, or did not answer; ``retryable`` says which.
    """
    known = access.payment(caller, payment_id, store_id)
    fingerprint = ids.digest(payment_id, str(amount_minor or "all"))
    known_by = _known_by(caller, known, amount_minor, refund_reference)
    now, lease_id = clock.utc_now(), ids.new("lease")
    path, psp_path = paths.payment(payment_id), paths.psp_configuration(known.store_id)

    def decide(reads: Reads) -> Effect[_Intent]:
        before = access.own_payment(
            caller, payment_documents.decode(reads[path]), payment_id, store_id
        )
        made, next_id = _last_attempt(before, known_by)
        if made is not None and made.fingerprint != fingerprint:
            raise IdempotencyKeyReused(
                "The refund was asked for before with another amount.", refundId=made.refund_id
            )
        if made is not None and made.status is RefundStatus.FAILED:
            made = None
        if made is not None and made.is_settled:
            return Effect(_Intent(before, made.refund_id))
        # Checked before the refund is stored: without an account nobody could ever complete it.
        account = psp_configurations.account_of(psp_documents.decode(reads[psp_path]), before)
        if made is not None:
            require_lease(made.lease_until, clock.real_now())
            after = payments.with_refund(
                before,
                replace(made, lease_id=lease_id, lease_until=clock.real_now() + LEASE),
            )
            intent = _Intent(after, made.refund_id, account, is_again=True)
            return Effect(intent, [payment_documents.write(reads[path], after)])
        drafted = Refund(
            refund_id=next_id,
            amount_minor=amount_minor or before.refundable_minor,
            status=RefundStatus.PENDING,
            created_at=now,
            updated_at=now,
            fingerprint=fingerprint,
            lease_id=lease_id,
            lease_until=clock.real_now() + LEASE,
            reason=reason,
        )
        reserved = payments.reserve_refund(before, drafted)
        after = replace(reserved, check_at=payments.check_at(reserved, now))
        return Effect(
            _Intent(after, next_id, account), [payment_documents.write(reads[path], after)]
        )

    intent = commands.run([path, psp_path], decide)
    payment, refund_id, account = intent.payment, intent.refund_id, intent.account
    if account is not None:
        payment = payment_calls.begin_refund(payment, refund_id, account, is_again=intent.is_again)
    payment = payment_points.book(payment)
    made = payment.refund(refund_id)
    assert made is not None
    return RefundedPayment(payment, made, is_replay=account is None)


def _known_by(
    caller: Caller, payment: Payment, amount_minor: int | None, refund_reference: str | None
) -> tuple[str, ...]:
    """Return the identity of a refund: the merchant's reference, or the ``Idempotency-Key``.

    A refund of the rest can only happen once, so it needs neither.
    """
    require_identity(caller, amount_minor, refund_reference)
    if refund_reference is not None:
        return ("reference", payment.payment_id, refund_reference)
    if caller.claim is not None:
        return ("key", payment.payment_id, caller.claim.claim_id)
    return ("all", payment.payment_id)


def require_identity(
    caller: Caller, amount_minor: int | None, refund_reference: str | None
) -> None:
    """Refuse a part of a payment that could not be told from another such part.

    Raises:
        InvalidParameters: There is neither a reference nor an ``Idempotency-Key``.
    """
    if refund_reference is not None or caller.claim is not None or amount_minor is None:
        return
    raise InvalidParameters(
        "Send refundReference or the header Idempotency-Key with a partial refund.",
        fields={"refundReference": "is required unless the header Idempotency-Key is sent"},
    )


def _last_attempt(payment: Payment, known_by: tuple[str, ...]) -> tuple[Refund | None, str]:
    """Return the last attempt at a refund, and the id of the next one.

    The provider knows each attempt by its own id. So it takes another attempt for another refund,
    and its reports on the failed attempt are not taken for reports on the new one.
    """
    last: Refund | None = None
    for attempt in itertools.count(1):
        again = () if attempt == 1 else (str(attempt),)
        refund_id = f"ref_{ids.digest(*known_by, *again)[:28]}"
        made = payment.refund(refund_id)
        if made is None:
            return last, refund_id
        last = made
    raise AssertionError("a payment has a bounded number of refunds")
