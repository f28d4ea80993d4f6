"""Reads PAYONE's (PCP) answers and reports, and writes requests. Makes no calls.

Sources: PAYONE's OpenAPI definition 1.61.0 for shapes and words; its SDK for Java for the meaning
of amounts and references.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared import ids
from shared.connectors.amounts import AmountMinor
from shared.connectors.psp.base import PaymentRequest, RefundRequest, VendorId
from shared.domain.money import Money
from shared.domain.payments.customers import Customer
from shared.domain.payments.payments import Observation, RefundObservation, RefundStatus, Stage
from shared.errors import ConnectorAnswerInvalid, ConnectorUnavailable, ConnectorUnsupported
from shared.said import say

SYSTEM = "payone"
WERO = 900
"""The payment product Wero, which always takes the money at once."""
REFERENCE_CHARS_MAX = 20
"""The maximum length of a payment's or refund's reference; a commerce case's may have 40."""

STAGES: Mapping[str | None, Stage] = {
    "CREATED": Stage.PENDING,
    "AUTHORIZATION_REQUESTED": Stage.PENDING,
    "PENDING_PAYMENT": Stage.PENDING,
    "PENDING_COMPLETION": Stage.PENDING,
    "REDIRECTED": Stage.REQUIRES_ACTION,
    "PENDING_CAPTURE": Stage.AUTHORIZED,
    "CAPTURED": Stage.PAID,
    "REJECTED": Stage.FAILED,
    "CANCELLED": Stage.CANCELED,
    "REVERSED": Stage.CANCELED,
}
_PROGRESS = (Stage.PENDING, Stage.REQUIRES_ACTION, Stage.AUTHORIZED)
_REFUND_STATUSES: Mapping[str | None, RefundStatus] = {
    "REFUNDED": RefundStatus.SUCCEEDED,
    "REJECTED_REFUND": RefundStatus.FAILED,
    "REJECTED": RefundStatus.FAILED,
    "CANCELLED": RefundStatus.FAILED,
}
_DECIMALS = 2
"""The decimals of every amount, in any currency. Source: AmountOfMoney in PAYONE's SDK for Java:
"Amount in cents and always having 2 decimals"."""
_SERVER_ERROR = 500
_LETTERS = string.digits + string.ascii_letters
_OUR_ID = re.compile(r"[a-z]{3}_([0-9a-f]{28})")
_PACKED_CHARS = 19
_PACKED = re.compile(f"[0-9A-Za-z]{{{_PACKED_CHARS}}}")


class PayoneAnswer(BaseModel):
    """The base of PAYONE's answers. Numbers stay numbers, and unknown fields are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, strict=True)


class Amount(PayoneAnswer):
    """An amount, always with two decimals."""

    amount: AmountMinor
    currency_code: str


class PayoneEvent(PayoneAnswer):
    """One step of a payment: its type and its status."""

    type: str | None = None
    payment_status: str | None = None
    amount_of_money: Amount | None = None
    merchant_reference: str | None = None
    payment_event_id: str | None = None


class Execution(PayoneAnswer):
    payment_execution_id: VendorId
    events: list[PayoneEvent] = []


class Totals(PayoneAnswer):
    refunded_amount: AmountMinor = 0
    chargeback_amount: AmountMinor = 0


class PayoneCheckout(PayoneAnswer):
    checkout_id: VendorId
    amount_of_money: Amount | None = None
    status_output: Totals | None = None
    payment_executions: list[Execution] = []


class Case(PayoneAnswer):
    commerce_case_id: VendorId
    merchant_reference: str | None = None
    checkouts: list[PayoneCheckout] = []


class Cases(PayoneAnswer):
    cases: list[Case]


class Fault(PayoneAnswer):
    id: str | None = None
    http_status_code: int | None = None


class Faults(PayoneAnswer):
    errors: list[Fault] = []


class _RedirectData(PayoneAnswer):
    redirect_url: str | None = Field(default=None, alias="redirectURL")


class _Action(PayoneAnswer):
    redirect_data: _RedirectData | None = None


class PayonePayment(PayoneAnswer):
    status: str | None = None


class _Made(PayoneAnswer):
    payment: PayonePayment | None = None
    merchant_action: _Action | None = None
    payment_execution_id: str | None = None


class _NewCheckout(PayoneAnswer):
    checkout_id: VendorId
    amount_of_money: Amount | None = None
    payment_response: _Made | None = None
    error_response: Faults | None = None


class NewCase(PayoneAnswer):
    commerce_case_id: VendorId
    checkout: _NewCheckout


class Canceled(PayoneAnswer):
    payment: PayonePayment | None = None


class PayoneRefunded(PayoneAnswer):
    id: str | None = None
    status: str | None = None


def to_amount(money: Money) -> dict[str, Any]:
    """Write an amount in PAYONE's form.

    Raises:
        ConnectorUnsupported: It has fractions of a hundredth.
    """
    hundredths = money.to_major().scaleb(_DECIMALS)
    if hundredths != hundredths.to_integral_value():
        raise ConnectorUnsupported(
            say(
                "two_decimals_only",
                "{system} knows two decimals only, not {money}.",
                system=SYSTEM,
                money=money,
            ),
            offers=[],
        )
    return {"amount": int(hundredths), "currencyCode": money.currency}


def to_money(amount: Amount) -> Money:
    """Read an amount.

    Raises:
        ConnectorAnswerInvalid: The amount does not fit the currency.
    """
    try:
        return Money.from_major(Decimal(amount.amount).scaleb(-_DECIMALS), amount.currency_code)
    except ValueError:
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} has no valid amount.", system=SYSTEM)
        ) from None


def to_short_reference(reference: str) -> str:
    """Return a reference of at most 20 letters and digits, which can be turned back into ours."""
    ours = _OUR_ID.fullmatch(reference)
    if ours is None:
        is_short = len(reference) <= REFERENCE_CHARS_MAX
        return reference if is_short else ids.digest(reference)[:REFERENCE_CHARS_MAX]
    number, letters = int(ours[1], 16), ""
    for _ in range(_PACKED_CHARS):
        number, digit = divmod(number, len(_LETTERS))
        letters = _LETTERS[digit] + letters
    return letters


def to_long_reference(reference: str, prefix: str) -> str:
    """Return our reference for a shortened one; return any other one as it is."""
    if not _PACKED.fullmatch(reference):
        return reference
    number = 0
    for letter in reference:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    return f"{prefix}_{number:028x}"


def to_case(request: PaymentRequest, product: int) -> dict[str, Any]:
    """Write the request for a payment: case, checkout and order in one.

    Raises:
        ConnectorUnsupported: Wero should authorize only, or the amount has too many decimals.
    """
    if request.captures_later and product == WERO:
        raise ConnectorUnsupported(
            say("takes_at_once", "Wero takes the money at once."), offers=["captureLater: false"]
        )
    customer = request.customer or Customer()
    device = {"customerDevice": {"ipAddress": customer.ip_address}} if customer.ip_address else {}
    person = to_customer(customer)
    return {
        "merchantReference": request.reference,
        **({"customer": person} if person else {}),
        "checkout": {
            "amountOfMoney": to_amount(request.amount),
            "references": {"merchantReference": request.reference},
            "autoExecuteOrder": True,
            "orderRequest": {
                "orderType": "FULL",
                "orderReferences": {
                    "merchantReference": to_short_reference(request.reference),
                    "descriptor": request.description,
                },
                "paymentMethodSpecificInput": {
                    "paymentChannel": "ECOMMERCE",
                    **device,
                    "redirectPaymentMethodSpecificInput": {
                        "requiresApproval": request.captures_later,
                        "paymentProductId": product,
                        "redirectionData": {"returnUrl": request.return_url},
                    },
                },
            },
        },
    }


def to_customer(customer: Customer) -> dict[str, Any]:
    """Write the payer; empty if none is given. PAYONE takes the language of a locale."""
    name = {"firstName": customer.first_name, "surname": customer.last_name}
    known = {key: each for key, each in name.items() if each is not None}
    return {
        **({"contactDetails": {"emailAddress": customer.email}} if customer.email else {}),
        **({"personalInformation": {"name": known}} if known else {}),
        **({"locale": customer.locale[:2]} if customer.locale else {}),
    }


def to_first_observation(case: NewCase) -> Observation:
    """Read the answer to a payment's beginning.

    Raises:
        ConnectorUnavailable: PAYONE tells that it failed: the payment may exist.
        ConnectorAnswerInvalid: There is neither a payment nor a refusal.
    """
    checkout = case.checkout
    made = checkout.payment_response
    faults = checkout.error_response.errors if checkout.error_response else []
    amount = to_money(checkout.amount_of_money) if checkout.amount_of_money else None
    if made is None or made.payment_execution_id is None:
        if not faults:
            raise ConnectorAnswerInvalid(
                say("answer_unexpected", "The answer of {system} has no payment.", system=SYSTEM)
            )
        if any((each.http_status_code or 0) >= _SERVER_ERROR for each in faults):
            raise ConnectorUnavailable(say("has_failed", "{system} has failed.", system=SYSTEM))
        return Observation(stage=Stage.FAILED, amount=amount, failure=faults[0].id or "REJECTED")
    action = made.merchant_action
    url = action.redirect_data.redirect_url if action and action.redirect_data else None
    stage = STAGES.get(made.payment.status if made.payment else None)
    return Observation(
        vendor_payment_id=to_id(
            case.commerce_case_id, checkout.checkout_id, made.payment_execution_id
        ),
        stage=Stage.REQUIRES_ACTION if url and stage is Stage.PENDING else stage,
        amount=amount,
        redirect_url=url,
        failure="REJECTED" if stage is Stage.FAILED else None,
    )


def to_observation(
    vendor_id: str, checkout: PayoneCheckout, events: Sequence[PayoneEvent]
) -> Observation:
    """Read a payment from its events."""
    amount = to_money(checkout.amount_of_money) if checkout.amount_of_money else None
    stage = to_stage(events, amount)
    refunded = None
    if amount is not None and checkout.status_output is not None:
        totals = checkout.status_output
        given_back = totals.refunded_amount + totals.chargeback_amount
        refunded = to_money(Amount(amount=given_back, currencyCode=amount.currency))
    return Observation(
        vendor_payment_id=vendor_id,
        stage=stage,
        amount=amount,
        captured=_captured(events, amount),
        refunded=refunded,
        failure="REJECTED" if stage is Stage.FAILED else None,
    )


def to_stage(events: Sequence[PayoneEvent], amount: Money | None) -> Stage | None:
    """Return a payment's stage by its events; ``None`` if none of them is known."""
    if any(_is_captured(each) for each in events):
        return Stage.PAID
    if any(_is_canceled(each, amount) for each in events):
        return Stage.CANCELED
    tries = [each for each in events if each.type in {"SALE", "RESERVATION"}]
    if tries and STAGES.get(tries[-1].payment_status) is Stage.FAILED:
        return Stage.FAILED
    stages = {STAGES.get(each.payment_status) for each in tries}
    known = [stage for stage in _PROGRESS if stage in stages]
    return known[-1] if known else None


def to_refund_observation(refund: PayoneRefunded) -> RefundObservation:
    """Read a refund."""
    status = _REFUND_STATUSES.get(refund.status, RefundStatus.PENDING)
    failure = refund.status if status is RefundStatus.FAILED else None
    return RefundObservation(refund.id, status, failure)


def to_found_refund(
    events: Sequence[PayoneEvent], request: RefundRequest
) -> RefundObservation | None:
    """Read the refund with our reference from a payment's events; ``None`` if there is none.

    A refund of the same amount without a reference may be the same one, unless it failed: it
    counts as pending, so that the refund is not made again.
    """
    ours = to_short_reference(request.refund_reference)
    amount = to_amount(request.amount)["amount"]
    refunds = [each for each in events if each.type == "REFUND"]
    for each in refunds:
        if each.merchant_reference == ours:
            found = PayoneRefunded(id=each.payment_event_id, status=each.payment_status)
            return to_refund_observation(found)
    for each in refunds:
        part = each.amount_of_money
        is_alike = each.merchant_reference is None and (part is None or part.amount == amount)
        if is_alike and _REFUND_STATUSES.get(each.payment_status) is not RefundStatus.FAILED:
            return RefundObservation()
    return None


def to_id(case_id: str, checkout_id: str, execution_id: str) -> str:
    """Return a payment's id, made of the three ids that all its calls need."""
    return f"{case_id}.{checkout_id}.{execution_id}"


def _is_captured(event: PayoneEvent) -> bool:
    return event.type in {"SALE", "CAPTURE"} and event.payment_status in {"CAPTURED", "REFUNDED"}


def _is_canceled(event: PayoneEvent, amount: Money | None) -> bool:
    """Tell whether a whole payment was cancelled, and not a part."""
    if STAGES.get(event.payment_status) is not Stage.CANCELED or event.type == "REFUND":
        return False
    part = event.amount_of_money
    return part is None or amount is None or to_money(part) == amount


def _captured(events: Sequence[PayoneEvent], amount: Money | None) -> Money | None:
    """Return the captured amount, at most the requested one, as an event may be repeated."""
    parts = [each.amount_of_money for each in events if _is_captured(each)]
    known = [to_money(each) for each in parts if each is not None]
    if amount is None or not parts or len(known) != len(parts):
        return None
    other = next((each for each in known if each.currency != amount.currency), None)
    taken_minor = sum(each.amount_minor for each in known)
    return other or Money(min(taken_minor, amount.amount_minor), amount.currency)
