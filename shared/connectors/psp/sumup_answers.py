"""Reads SumUp's answers and reports into our models. Pure functions.

Source: SumUp API, github.com/sumup/sumup-openapi of 2026-06-18. A transaction pays a checkout; a
refund is an event of that transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from shared.connectors.psp.base import RefundRequest, VendorId
from shared.domain.money import Money
from shared.domain.payments.payments import Observation, RefundObservation, RefundStatus, Stage
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

SYSTEM = "sumup"

_STAGES: Mapping[str, Stage] = {
    "PENDING": Stage.PENDING,
    "PAID": Stage.PAID,
    "FAILED": Stage.FAILED,
    "EXPIRED": Stage.CANCELED,
}
_REFUND_STATUSES: Mapping[str, RefundStatus] = {
    "REFUNDED": RefundStatus.SUCCEEDED,
    "SUCCESSFUL": RefundStatus.SUCCEEDED,
    "FAILED": RefundStatus.FAILED,
}


class SumupTransaction(BaseModel):
    id: str | None = None
    status: str | None = None


class SumupCheckout(BaseModel):
    id: VendorId
    status: str
    amount: Decimal
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    checkout_reference: str | None = None
    merchant_code: str | None = None
    hosted_checkout_url: str | None = None
    transaction_id: str | None = None
    transactions: list[SumupTransaction] | None = None


class Checkouts(BaseModel):
    checkouts: list[SumupCheckout]


class Merchant(BaseModel):
    sandbox: bool | None = None


class SumupEvent(BaseModel):
    id: int
    event_type: str | None = None
    status: str | None = None
    amount: Decimal | None = None


class History(BaseModel):
    transaction_events: list[SumupEvent] | None = None


class Hint(BaseModel):
    """The unsigned report that is sent to the ``return_url`` of a checkout."""

    event_type: str
    id: str = Field(pattern=r"^[A-Za-z0-9-]{1,64}$")


class Subject(BaseModel):
    id: str = Field(pattern=r"^[A-Za-z0-9-]{1,64}$")
    type: str


class SumupReport(BaseModel):
    """The signed report that is sent to a webhook endpoint of the merchant."""

    object: Subject


def said(body: Any) -> str | None:
    """Return the message of a refusal. SumUp has three forms of refusals."""
    words: str | None = body.get("message") or body.get("error_message") or body.get("detail")
    return words


def to_observation(checkout: SumupCheckout) -> Observation:
    """Read a checkout.

    Raises:
        ConnectorAnswerInvalid: Its amount does not fit its currency.
    """
    try:
        amount = Money.from_major(checkout.amount, checkout.currency)
    except ValueError:
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} has no valid amount.", system=SYSTEM)
        ) from None
    stage = _STAGES.get(checkout.status)
    if stage is Stage.PENDING and checkout.hosted_checkout_url:
        stage = Stage.REQUIRES_ACTION
    is_over = stage in {Stage.FAILED, Stage.CANCELED}
    return Observation(
        vendor_payment_id=checkout.id,
        stage=stage,
        amount=amount,
        captured=amount if stage is Stage.PAID else None,
        redirect_url=checkout.hosted_checkout_url if stage is Stage.REQUIRES_ACTION else None,
        failure=checkout.status if is_over else None,
    )


def to_transaction_id(checkout: SumupCheckout) -> str:
    """Return the transaction that paid a checkout.

    Raises:
        ConnectorRejected: No transaction paid the checkout.
    """
    if checkout.transaction_id:
        return checkout.transaction_id
    for each in checkout.transactions or []:
        if each.status == "SUCCESSFUL" and each.id:
            return each.id
    raise ConnectorRejected(
        say(
            "no_transaction",
            "{system} has no successful transaction of this payment.",
            system="sumup",
        )
    )


def to_refund_observation(event: SumupEvent) -> RefundObservation:
    """Read a refund."""
    status = _REFUND_STATUSES.get(event.status or "", RefundStatus.PENDING)
    is_failed = status is RefundStatus.FAILED
    return RefundObservation(str(event.id), status, event.status if is_failed else None)


def to_event(history: History, request: RefundRequest) -> SumupEvent | None:
    """Return the newest refund of this amount that is not one of the others; failed ones last."""
    events = [
        each
        for each in history.transaction_events or []
        if each.event_type == "REFUND"
        and each.amount == request.amount.to_major()
        and str(each.id) not in (request.other_refund_ids or ())
    ]
    return max(events, key=lambda each: (each.status != "FAILED", each.id), default=None)
