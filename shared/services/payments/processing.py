"""Take money through the merchant's payment provider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.money import Money
from shared.domain.payments import payments
from shared.domain.payments.customers import Customer
from shared.domain.payments.payments import Payment, Stage
from shared.domain.payments.psp import PspAccount
from shared.errors import IdempotencyKeyReused, InvalidParameters, PaymentStateConflict
from shared.schemas import paging
from shared.schemas.paging import CursorPosition, Page
from shared.schemas.payments.payment_bodies import PaymentBody, to_payment_body
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.payments import (
    checkout_links,
    payment_calls,
    payment_changes,
    payment_points,
    payment_requests,
    psp_configurations,
)
from shared.services.payments.payment_calls import LEASE, require_lease
from shared.store import paths
from shared.store.loyalty import program_documents
from shared.store.payments import payment_documents


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """A payment that a merchant asks for.

    ``provider`` is ``None`` for the store's default; ``purchase_id`` is the merchant's id of the
    purchase, which is paid once; ``program_id`` and ``user_id`` name the member who gets points.
    ``customer`` is not compared when a request is repeated: the shop may know less of the
    customer then, or another address.
    """

    provider: str | None
    amount: Money
    purchase_id: str | None
    description: str
    return_url: str
    captures_later: bool = False
    program_id: str | None = None
    user_id: str | None = None
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class ProcessedPayment:
    """A payment after a request; ``is_replay`` if an earlier request with the same key did it."""

    payment: Payment
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class _Intent:
    """A stored payment. ``is_done``: its provider has it; ``is_again``: it may have it."""

    payment: Payment
    is_done: bool = False
    is_again: bool = False


def process(caller: Caller, store_id: str, draft: PaymentDraft) -> ProcessedPayment:
    """Begin a payment; once for one ``Idempotency-Key`` or purchase.

    Raises:
        StoreNotFound, ProgramNotFound, MembershipNotFound, IdempotencyKeyReused, Busy.
        InvalidParameters: The request has neither key nor purchase, or the program counts in
            another currency; or the purchase is a checkout, and something does not fit it.
        CheckoutStateConflict: The purchase is a checkout that is paid or cancelled.
        ConnectorNotConfigured: The store has no such provider.
        ConnectorError: The provider refused, or did not answer; ``retryable`` says which.
    """
    access.store(caller, store_id)
    payment_id = payment_id_of(caller, store_id, draft.purchase_id)
    configuration = psp_configurations.find(caller, store_id)
    member_paths = payment_points.require_program(
        caller, store_id, draft.program_id, draft.user_id, draft.amount.currency
    )
    now, lease_id = clock.utc_now(), ids.new("lease")
    path = paths.payment(payment_id)
    checkout_paths = checkout_links.paths_of(draft.purchase_id)
    token = payment_requests.sealed(draft.customer, payment_id) if draft.customer else None
    fingerprint = ids.digest(
        store_id,
        str(draft.amount.amount_minor),
        draft.amount.currency,
        draft.provider or "",
        str(draft.captures_later),
        draft.program_id or "",
        draft.user_id or "",
    )

    def decide(reads: Reads) -> Effect[_Intent]:
        before = payment_documents.decode(reads[path])
        if before is None:
            payment_points.require_enrolled(reads, member_paths, draft.user_id)
            account = configuration.account(draft.provider)
            intended = _intended(caller, store_id, payment_id, draft, account, fingerprint, now)
            after = replace(intended, customer_token=token, lease_id=lease_id)
            after, linked = checkout_links.linked(caller, reads, checkout_paths, after)
            news = payment_changes.announce(None, after)
            writes = [payment_documents.write(reads[path], after), *linked, *news.writes]
            return Effect(_Intent(after), writes, tasks=news.tasks)
        if before.fingerprint != fingerprint:
            raise IdempotencyKeyReused(
                "The payment was asked for before with other values.", paymentId=payment_id
            )
        if before.is_settled:
            return Effect(_Intent(before, is_done=True))
        configuration.account(before.provider)  # Refuses if the account was deleted since.
        require_lease(before.lease_until, clock.real_now())
        after = replace(
            before,
            stage=Stage.PENDING,
            failure=None,
            lease_id=lease_id,
            lease_until=clock.real_now() + LEASE,
            # A payment that may have begun keeps its request; a refused one gets a new request.
            customer_token=before.customer_token if before.stage is Stage.PENDING else token,
            updated_at=now,
        )
        linked = checkout_links.linked_again(reads, after)
        writes = [payment_documents.write(reads[path], after), *linked]
        return Effect(_Intent(after, is_again=True), writes)

    intent = commands.run([path, *member_paths, *checkout_paths], decide)
    if intent.is_done:
        return ProcessedPayment(intent.payment, is_replay=True)
    account = configuration.account(intent.payment.provider)
    begun = payment_calls.begin(intent.payment, account, is_again=intent.is_again)
    return ProcessedPayment(payment_points.book(begun))


def capture(caller: Caller, payment_id: str, store_id: str | None) -> Payment:
    """Take the money of an authorized payment; nothing happens if it is taken already.

    Raises:
        PaymentNotFound, PaymentStateConflict, ConnectorError, Busy.
    """
    payment = access.payment(caller, payment_id, store_id)
    if payment.stage is Stage.PAID:
        return payment
    vendor_id = _require_authorized(payment)
    key = ids.derived("cap", payment_id)
    seen = payment_requests.connector(payment).capture(vendor_id, payment.amount, key)
    return payment_points.book(payment_changes.observe(payment, seen))


def cancel(caller: Caller, payment_id: str, store_id: str | None) -> Payment:
    """Cancel a payment that was not taken yet; nothing happens if it is cancelled already.

    Raises:
        PaymentNotFound, PaymentStateConflict, ConnectorError, Busy.
    """
    payment = access.payment(caller, payment_id, store_id)
    if payment.stage is Stage.CANCELED:
        return payment
    if payment.stage in {Stage.PAID, Stage.FAILED} or payment.vendor_payment_id is None:
        raise _state_conflict(payment, "canceled")
    key = ids.derived("can", payment_id)
    connector = payment_requests.connector(payment)
    seen = connector.cancel(payment.vendor_payment_id, payment.amount, key)
    return payment_changes.observe(payment, seen)


def list_page(
    caller: Caller, store_id: str, *, stage: Stage | None, after: CursorPosition | None, limit: int
) -> Page[Payment]:
    """Return some of a store's payments, newest first, after the last one of the page before.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    access.store(caller, store_id)
    last = (after.at, after.id) if after else None
    found = payment_documents.list_page(store_id, stage=stage, after=last, limit=limit + 1)
    return paging.cut(found, limit, lambda last: CursorPosition(last.created_at, last.payment_id))


def shown(payment: Payment) -> PaymentBody:
    """Return a payment as answers show it: its points as its program counts them."""
    if payment.points is None or payment.program_id is None:
        return to_payment_body(payment)
    program = program_documents.find(payment.program_id)
    assert program is not None, f"program {payment.program_id} is gone"
    return to_payment_body(payment, points_scale=program.scale)


def _require_authorized(payment: Payment) -> str:
    if payment.stage is not Stage.AUTHORIZED or payment.vendor_payment_id is None:
        raise _state_conflict(payment, "captured")
    return payment.vendor_payment_id


def _state_conflict(payment: Payment, wish: str) -> PaymentStateConflict:
    return PaymentStateConflict(
        f"The payment is {payment.status} and cannot be {wish}.",
        paymentId=payment.payment_id,
        status=payment.status,
    )


def payment_id_of(caller: Caller, store_id: str, purchase_id: str | None) -> str:
    """Return the payment's id: from the purchase, else from the ``Idempotency-Key``.

    Raises:
        InvalidParameters: There is neither.
    """
    if purchase_id is not None:
        return f"pay_{ids.digest('purchase', store_id, purchase_id)[:28]}"
    if caller.claim is not None:
        return f"pay_{ids.digest('key', caller.claim.claim_id)[:28]}"
    raise InvalidParameters(
        "Send purchaseId or the header Idempotency-Key, so that nobody pays twice.",
        fields={"purchaseId": "is required unless the header Idempotency-Key is sent"},
    )


def _intended(
    caller: Caller,
    store_id: str,
    payment_id: str,
    draft: PaymentDraft,
    account: PspAccount,
    fingerprint: str,
    now: datetime,
) -> Payment:
    payment = Payment(
        payment_id=payment_id,
        account_id=caller.account_id,
        store_id=store_id,
        provider=account.provider,
        amount_minor=draft.amount.amount_minor,
        currency=draft.amount.currency,
        stage=Stage.PENDING,
        created_at=now,
        updated_at=now,
        fingerprint=fingerprint,
        is_test=account.is_test,
        lease_until=clock.real_now() + LEASE,
        captures_later=draft.captures_later,
        purchase_id=draft.purchase_id,
        description=draft.description,
        return_url=draft.return_url,
        program_id=draft.program_id,
        user_id=draft.user_id,
    )
    return replace(payment, check_at=payments.check_at(payment, now))
