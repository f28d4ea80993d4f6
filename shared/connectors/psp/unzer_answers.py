"""Reads Unzer's answers, and writes requests. Makes no calls.

Sources: docs.unzer.com; recorded answers in Unzer's SDK for Java.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic.alias_generators import to_camel

from shared.connectors.psp.base import PaymentRequest, VendorId
from shared.domain.money import Money
from shared.domain.payments.payments import Observation, RefundObservation, RefundStatus, Stage
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

SYSTEM = "unzer"

_PENDING, _COMPLETED, _CANCELED, _PARTLY, _REVIEW, _CHARGEBACK, _CREATED = range(7)
"""States of a payment. Source: docs.unzer.com, payment states."""
_ID = re.compile(r"[A-Za-z0-9-]{1,100}")


class UnzerAnswer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class _Fault(UnzerAnswer):
    code: str = ""
    merchant_message: str = ""


class UnzerResult(UnzerAnswer):
    is_error: bool = False
    errors: list[_Fault] = []


class KeyPair(UnzerAnswer):
    public_key: str


class _Resources(UnzerAnswer):
    payment_id: str | None = None
    pay_page_id: str | None = None


class UnzerPage(UnzerAnswer):
    """A payment page, with its payment."""

    redirect_url: str
    resources: _Resources
    amount: Decimal | None = None
    currency: str | None = None


class UnzerOperation(UnzerAnswer):
    """One call that moves money: a charge, or the cancellation of a charge."""

    id: VendorId
    is_success: bool = False
    is_pending: bool = False
    is_error: bool = False
    payment_reference: str | None = None
    message: dict[str, Any] | None = None


class UnzerTransaction(UnzerAnswer):
    """An operation as a payment lists it. Its ids are only in its URL."""

    type: str
    status: str
    url: str
    amount: Decimal

    @field_validator("type", "status")
    @classmethod
    def _in_lower_case(cls, value: str) -> str:
        return value.lower()

    @property
    def path(self) -> tuple[str, ...]:
        """The parts after the payment's id, such as ``("charges", "s-chg-1")``."""
        _, _, after = urlsplit(self.url).path.partition("/payments/")
        parts = after.split("/")[1:]
        return tuple(parts) if all(_ID.fullmatch(each) for each in parts) else ()


class _State(UnzerAnswer):
    id: int


class _Amounts(UnzerAnswer):
    total: Decimal


class UnzerPayment(UnzerAnswer):
    """A payment, with all its transactions."""

    id: VendorId
    state: _State
    amount: _Amounts
    currency: str
    order_id: str | None = None
    resources: _Resources = _Resources()
    transactions: list[UnzerTransaction] = []

    def succeeded(self, *types: str) -> Iterator[UnzerTransaction]:
        """Return the transactions of these types that succeeded."""
        return (each for each in self.transactions if each.type in types and _is_success(each))


def to_page(request: PaymentRequest) -> dict[str, Any]:
    """Write the request for a payment page. Amounts are in major units."""
    return {
        "amount": request.amount.to_major(),
        "currency": request.amount.currency,
        "returnUrl": request.return_url,
        "orderId": request.reference,
        "shopDescription": request.description,
    }


def to_money(amount: Decimal, currency: str) -> Money:
    """Read an amount, which has four decimals: ``10.9900``.

    Raises:
        ConnectorAnswerInvalid: The amount does not fit the currency.
    """
    try:
        return Money.from_major(amount, currency)
    except ValueError:
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} has no valid amount.", system=SYSTEM)
        ) from None


def to_first_observation(page: UnzerPage) -> Observation:
    """Read the answer to a payment's beginning.

    Raises:
        ConnectorAnswerInvalid: The answer names no payment.
    """
    if not page.resources.payment_id:
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} has no payment.", system=SYSTEM)
        )
    is_told = page.amount is not None and page.currency is not None
    return Observation(
        vendor_payment_id=page.resources.payment_id,
        stage=Stage.REQUIRES_ACTION,
        amount=to_money(page.amount, page.currency) if is_told else None,  # type: ignore[arg-type]
        redirect_url=page.redirect_url,
    )


def to_observation(payment: UnzerPayment, redirect_url: str | None = None) -> Observation:
    """Read a payment from its transactions, because these never change."""
    stage = to_stage(payment)
    charges = list(payment.succeeded("charge"))
    # Money that a chargeback took must not be refunded again.
    given_back = _sum(payment.succeeded("cancel-charge", "chargeback"))
    # Reversals reduce the total; before the first transaction it may be missing.
    total = payment.amount.total + _sum(payment.succeeded("cancel-authorize"))
    return Observation(
        vendor_payment_id=payment.id,
        stage=stage,
        amount=to_money(total, payment.currency) if total else None,
        captured=to_money(_sum(charges), payment.currency) if charges else None,
        refunded=to_money(given_back, payment.currency),
        redirect_url=redirect_url,
        failure="DECLINED" if stage is Stage.FAILED else None,
    )


def to_stage(payment: UnzerPayment) -> Stage | None:
    """Return a payment's stage; ``None`` for an unknown state."""
    if any(payment.succeeded("charge")):
        return Stage.PAID
    if payment.state.id == _CANCELED:
        was_tried = any(each.status == "error" for each in payment.transactions)
        was_reversed = any(payment.succeeded("cancel-authorize"))
        return Stage.FAILED if was_tried and not was_reversed else Stage.CANCELED
    if any(payment.succeeded("authorize")):
        return Stage.AUTHORIZED if payment.state.id in {_PENDING, _PARTLY} else None
    if payment.state.id == _CREATED:
        return Stage.REQUIRES_ACTION
    return Stage.PENDING if payment.state.id == _PENDING else None


def to_charge_id(payment: UnzerPayment, amount: Money) -> str:
    """Return the charge from which an amount can be given back.

    Raises:
        ConnectorRejected: No single charge has that much left.
    """
    for charge in payment.succeeded("charge"):
        cancels = [
            each
            for each in payment.transactions
            if each.type == "cancel-charge"
            and each.status != "error"
            and each.path[:2] == charge.path
        ]
        if charge.path and charge.amount - _sum(cancels) >= amount.to_major():
            return charge.path[-1]
    raise ConnectorRejected(
        say(
            "no_charge_for",
            "{system} has no charge of which {amount} can be given back.",
            system=SYSTEM,
            amount=amount,
        )
    )


def to_refund_observation(cancel: UnzerOperation) -> RefundObservation:
    """Read a refund."""
    if cancel.is_success:
        return RefundObservation(cancel.id, RefundStatus.SUCCEEDED)
    if cancel.is_error:
        return RefundObservation(cancel.id, RefundStatus.FAILED, message_of(cancel)[:100])
    return RefundObservation(cancel.id)


def _is_success(transaction: UnzerTransaction) -> bool:
    return transaction.status == "success"


def _sum(transactions: Iterable[UnzerTransaction]) -> Decimal:
    return sum((each.amount for each in transactions), Decimal(0))


def said(result: UnzerResult) -> str:
    return "; ".join(f"{each.code} {each.merchant_message}".strip() for each in result.errors)


def message_of(done: UnzerOperation) -> str:
    message = done.message or {}
    return f"{message.get('code') or ''} {message.get('merchant') or ''}".strip()
