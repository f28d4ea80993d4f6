"""Give money back through the provider that took it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import clock, ids
from shared.auth.caller import Caller
from shared.connectors import psp as providers
from shared.domain import payments
from shared.domain.payments import Payment, Refund, RefundObservation, RefundStatus
from shared.domain.psp import PspAccount
from shared.errors import IdempotencyKeyReused, InvalidParameters
from shared.services import (
    access,
    payment_calls,
    payment_points,
    payment_requests,
    psp_configurations,
)
from shared.services.payment_calls import LEASE, require_lease
from shared.store import paths, protocol
from shared.store import payments as stored
from shared.store import psp as stored_psp
from shared.store.protocol import Decision, Reads


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund after a request; ``is_replay`` if an earlier request with the same key made it."""

    payment: Payment
    refund: Refund
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class _Intent:
    """A refund that is written down, and the account to ask for it; none if it is done.

    ``is_again``: the provider may have it.
    """

    payment: Payment
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
) -> Refunded:
    """Give money back: all that is left, or a part. Never more than was paid, also in parallel.

    Args:
        caller: Whose payment it must be.
        payment_id: Which one.
        store_id: Of the store, if it is given.
        amount_minor: In minor units; ``None`` for all that is left.
        refund_reference: The merchant's id of the refund, which is made once.
        reason: Shown by the provider.

    Raises:
        PaymentNotFound, PaymentNotRefundable, RefundExceedsPayment, InvalidParameters,
        IdempotencyKeyReused, Busy.
        ConnectorError: The provider refused, or did not answer; ``retryable`` says which.
    """
    known = access.payment(caller, payment_id, store_id)
    fingerprint = ids.digest(payment_id, str(amount_minor or "all"))
    refund_id = _refund_id(caller, known, amount_minor, refund_reference, fingerprint)
    now = clock.utc_now()
    path, psp_path = paths.payment(payment_id), paths.psp_configuration(known.store_id)

    def decide(reads: Reads) -> Decision[_Intent]:
        before = access.own_payment(caller, stored.decode(reads[path]), payment_id, store_id)
        made = before.refund(refund_id)
        if made is not None and made.fingerprint != fingerprint:
            raise IdempotencyKeyReused(
                "The refund was asked for before with another amount.", refundId=refund_id
            )
        if made is not None and (made.is_settled or made.status is RefundStatus.FAILED):
            return Decision(_Intent(before))
        # Before anything is set aside: whom nobody can ask will never say that it is done.
        account = psp_configurations.account_of(stored_psp.decode(reads[psp_path]), before)
        if made is not None:
            require_lease(made.lease_until, now)
            after = payments.with_refund(before, replace(made, lease_until=now + LEASE))
            intent = _Intent(after, account, is_again=True)
            return Decision(intent, [stored.write(reads[path], after)])
        drafted = Refund(
            refund_id=refund_id,
            amount_minor=amount_minor or before.refundable_minor,
            status=RefundStatus.PENDING,
            created_at=now,
            updated_at=now,
            fingerprint=fingerprint,
            lease_until=now + LEASE,
            reason=reason,
        )
        reserved = payments.reserve_refund(before, drafted)
        after = replace(reserved, check_at=payments.check_at(reserved, now))
        return Decision(_Intent(after, account), [stored.write(reads[path], after)])

    intent = protocol.run([path, psp_path], decide)
    payment, is_done = intent.payment, intent.account is None
    if intent.account is not None:
        payment = _give_back(payment, intent.account, refund_id, is_again=intent.is_again)
    payment = payment_points.book(payment)
    made = payment.refund(refund_id)
    assert made is not None
    return Refunded(payment, made, is_replay=is_done)


def _give_back(payment: Payment, account: PspAccount, refund_id: str, *, is_again: bool) -> Payment:
    request = payment_requests.of_refund(payment, refund_id)
    connector = psp_configurations.open_account(account)
    is_keyed = providers.module_of(payment.provider).HAS_IDEMPOTENCY_KEYS

    def send() -> RefundObservation:
        found = connector.find_refund(request) if is_again and not is_keyed else None
        return found or connector.refund(request)

    return payment_calls.begin_refund(payment, refund_id, send, is_keyed=is_keyed)


def _refund_id(
    caller: Caller,
    payment: Payment,
    amount_minor: int | None,
    refund_reference: str | None,
    fingerprint: str,
) -> str:
    """Name the refund: by the merchant's reference, else by the ``Idempotency-Key``.

    All that is left can be given back once, so that needs neither: the same request again is about
    the same refund, unless that failed.
    """
    if refund_reference is not None:
        return f"ref_{ids.digest('reference', payment.payment_id, refund_reference)[:28]}"
    if caller.claim is not None:
        return f"ref_{ids.digest('key', payment.payment_id, caller.claim.claim_id)[:28]}"
    if amount_minor is None:
        made = [
            each.refund_id
            for each in payment.refunds
            if each.fingerprint == fingerprint and each.status is not RefundStatus.FAILED
        ]
        fresh = ids.digest("all", payment.payment_id, str(len(payment.refunds)))[:28]
        return made[-1] if made else f"ref_{fresh}"
    raise InvalidParameters(
        "Send refundReference or the header Idempotency-Key with a partial refund.",
        fields={"refundReference": "is required unless the header Idempotency-Key is sent"},
    )
