"""Reads payabl.'s answers and reports, and writes requests. Makes no calls.

Source: docs.payabl.com; payabl.'s SDK for PHP for the answer of the payment page.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from shared.connectors.psp.base import ForgedNotification, RefundRequest
from shared.domain.money import Money
from shared.domain.payments.payments import Observation, RefundObservation, RefundStatus, Stage
from shared.domain.units import currency_scale
from shared.errors import ConnectorAnswerInvalid, ConnectorUnsupported
from shared.said import say

SYSTEM = "payabl"
SUCCESS, PENDING = 0, 2000
EMAIL = r"^[!-?A-~]{1,40}@[a-z0-9.-]{3,40}$"
EMAIL_CHARS_MAX = 50
NAME = r"^[A-Za-z .'-]{1,30}$"
"""A name in ASCII, because payabl. does not read UTF-8."""

_PAID_BY = {"capture", "authorize", "authorization"}
"""An authorization also charges at once. Source: docs.payabl.com/docs/authorization."""
_RESERVED_BY = {"preauthorize", "preauthorization", "pre-authorization"}
_CANCELED_BY = {"reversal"}
_GIVEN_BACK_BY = {"refund", "chb", "chargeback"}
_ORDER_ID_CHARS_MAX = 30
_SCALE_MAX = 2
_FIELDS: Mapping[str, str] = {
    "transactionid": r"[0-9]{1,50}",
    "type": r"[A-Za-z_-]{1,40}",
    "errorcode": r"-?[0-9]{1,10}",
    "timestamp": r"[0-9]{10}",
    "security": r"[0-9a-fA-F]{64}",
}
"""Fields of a notification. Their forms matter: they are signed without separators."""


@dataclass(frozen=True, slots=True)
class PayablResult:
    """The fields of an answer, and its code: 0, 2000 for pending, or an error."""

    code: int
    fields: Mapping[str, str]

    @property
    def said(self) -> str:
        """payabl.'s message about an error."""
        text = self.fields.get("errormessage") or self.fields.get("errmsg") or ""
        return f"{self.code} {text}".strip()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a transaction: its type and its result."""

    transaction_id: str
    type: str
    code: int
    amount: Decimal | None
    currency: str
    order_id: str
    external_id: str


def to_signature(secret: str, fields: Mapping[str, str]) -> str:
    """Return the signature of a request: SHA-1 of its values in the order of their names."""
    values = "".join(fields[name] for name in sorted(fields) if name != "signature")
    return hashlib.sha1(f"{values}{secret}".encode()).hexdigest()  # noqa: S324 - payabl.'s choice


def to_security(secret: str, fields: Mapping[str, str]) -> str:
    """Return the signature of a notification."""
    values = "".join(fields[name] for name in ("transactionid", "type", "errorcode", "timestamp"))
    return hashlib.sha256(f"{values}{secret}".encode()).hexdigest()


def to_report(body: bytes) -> Mapping[str, str]:
    """Return the fields of a notification that count.

    Raises:
        ForgedNotification: A field is missing, repeated, or in another form.
    """
    try:
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise ForgedNotification from None
    found = {name: [value for key, value in pairs if key == name] for name in _FIELDS}
    for name, pattern in _FIELDS.items():
        if len(found[name]) != 1 or not re.fullmatch(pattern, found[name][0]):
            raise ForgedNotification
    return {name: values[0] for name, values in found.items()}


def to_amount(money: Money) -> str:
    """Write an amount in major units: ``1.23``, and ``123`` for yen.

    Raises:
        ConnectorUnsupported: The currency has three decimals.
    """
    if currency_scale(money.currency) > _SCALE_MAX:
        raise ConnectorUnsupported(
            say(
                "takes_no_currency",
                "{system} takes no {currency}.",
                system=SYSTEM,
                currency=money.currency,
            ),
            offers=[],
        )
    return str(money.to_major())


def to_order_id(reference: str) -> str:
    """Return the order id of a payment: at most 30 characters, so our id without its prefix."""
    return reference if len(reference) <= _ORDER_ID_CHARS_MAX else reference.partition("_")[2]


def is_email(text: str) -> bool:
    """Tell whether payabl. takes an e-mail address."""
    return len(text) <= EMAIL_CHARS_MAX and re.fullmatch(EMAIL, text) is not None


def to_name(name: str | None) -> str:
    """Write a name without accents; empty if that is not enough, as with another script."""
    plain = unicodedata.normalize("NFKD", (name or "").replace("ß", "ss"))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return letters if re.fullmatch(NAME, letters) else ""


def to_result(text: str) -> PayablResult:
    """Read an answer in the form of a query string.

    Raises:
        ConnectorAnswerInvalid: It tells neither success nor failure.
    """
    fields = dict(parse_qsl(text.strip(), keep_blank_values=True))
    return PayablResult(_to_code(fields.get("status", fields.get("errorcode"))), fields)


def to_first_observation(result: PayablResult) -> Observation:
    """Read the answer to a payment's beginning.

    Raises:
        ConnectorAnswerInvalid: The transaction or the page is missing.
    """
    transaction_id, url = result.fields.get("transactionid"), result.fields.get("start_url", "")
    if not transaction_id or not url.startswith("https://"):
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} has no payment page.", system=SYSTEM)
        )
    return Observation(transaction_id, Stage.REQUIRES_ACTION, redirect_url=url)


def to_steps(text: str) -> tuple[PayablResult, Sequence[Step]]:
    """Read an answer of the diagnose interface.

    Raises:
        ConnectorAnswerInvalid: It is not such an answer.
    """
    root = _parse_xml(text)
    code = _to_code(root.findtext("process/status"))
    result = PayablResult(code, {"errormessage": root.findtext("process/error_message") or ""})
    steps = []
    for transaction in root.iter("transaction"):
        transaction_id = _text(transaction, "transaction_id")
        details = list(transaction.find("transaction_status") or ())
        steps += [_to_step(transaction_id, each) for each in details]
    return result, steps


def to_observation(vendor_payment_id: str, steps: Sequence[Step]) -> Observation:
    """Read a payment from its steps."""
    stage, tries = to_stage(steps), [each for each in steps if _is_payment(each)]
    first = next((_money(each) for each in tries if each.amount is not None), None)
    given_back = [each for each in steps if each.type in _GIVEN_BACK_BY and each.code == SUCCESS]
    refunded = sum((each.amount or Decimal(0) for each in given_back), Decimal(0))
    taken = [each for each in tries if each.type in _PAID_BY and each.code == SUCCESS]
    return Observation(
        vendor_payment_id=vendor_payment_id,
        stage=stage,
        amount=first,
        captured=_money(taken[-1]) if taken and taken[-1].amount is not None else None,
        refunded=to_money(refunded, first.currency) if first else None,
        failure=str(tries[-1].code) if stage is Stage.FAILED else None,
    )


def to_found_observation(steps: Sequence[Step]) -> Observation | None:
    """Read a payment from its order's transactions: a successful one, else the last one."""
    seen = {
        each.transaction_id: to_observation(
            each.transaction_id,
            [step for step in steps if step.transaction_id == each.transaction_id],
        )
        for each in steps
    }
    for stage in (Stage.PAID, Stage.AUTHORIZED):
        for observation in seen.values():
            if observation.stage is stage:
                return observation
    return list(seen.values())[-1] if seen else None


def to_stage(steps: Sequence[Step]) -> Stage | None:
    """Return a payment's stage; ``None`` if its steps are of no known type."""
    done = {each.type for each in steps if each.code == SUCCESS}
    if done & _PAID_BY:
        return Stage.PAID
    if done & _CANCELED_BY:
        return Stage.CANCELED
    if done & _RESERVED_BY:
        return Stage.AUTHORIZED
    tries = [each for each in steps if _is_payment(each)]
    if not tries:
        return None
    return Stage.PENDING if tries[-1].code == PENDING else Stage.FAILED


def to_found_refund(steps: Sequence[Step], request: RefundRequest) -> RefundObservation | None:
    """Read a refund from a payment's steps; ``None`` if they do not contain it.

    The documentation does not say that the diagnose interface tells our reference. Without it, a
    refund of the same amount may be ours: a full refund is possible only once; a partial refund
    stays pending, and is not made again.
    """
    made = [each for each in steps if each.type == "refund" and each.code in {SUCCESS, PENDING}]
    ours = [each for each in made if each.external_id == request.refund_reference]
    if ours:
        is_done = ours[-1].code == SUCCESS
        return RefundObservation(status=RefundStatus.SUCCEEDED if is_done else RefundStatus.PENDING)
    alike = [
        each
        for each in made
        if not each.external_id and each.amount in {None, request.amount.to_major()}
    ]
    if not alike:
        return None
    is_certain = request.is_full and alike[-1].code == SUCCESS and alike[-1].amount is not None
    return RefundObservation(status=RefundStatus.SUCCEEDED if is_certain else RefundStatus.PENDING)


def to_money(amount: Decimal, currency: str) -> Money:
    """Read an amount.

    Raises:
        ConnectorAnswerInvalid: The amount does not fit the currency.
    """
    try:
        return Money.from_major(amount, currency)
    except ValueError:
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} has no valid amount.", system=SYSTEM)
        ) from None


def _parse_xml(text: str) -> ET.Element:
    """Parse XML; refuse declarations, which make XML dangerous."""
    if "<!" in text:
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} has declarations.", system=SYSTEM)
        )
    try:
        return ET.fromstring(text.strip())  # noqa: S314 - nothing is declared, so nothing expands
    except (ET.ParseError, ValueError):
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} is not XML.", system=SYSTEM)
        ) from None


def _to_step(transaction_id: str, element: ET.Element) -> Step:
    amount, currency = _text(element, "amount"), _text(element, "currency")
    try:
        number = Decimal(amount) if amount and currency else None
    except InvalidOperation:
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} has no valid amount.", system=SYSTEM)
        ) from None
    return Step(
        transaction_id=transaction_id,
        type=_text(element, "type").lower(),
        code=_to_code(element.findtext("error_code")),
        amount=number,
        currency=currency,
        order_id=_text(element, "order_id"),
        external_id=_text(element, "external_id"),
    )


def _text(element: ET.Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _to_code(text: str | None) -> int:
    if text is None or not re.fullmatch(r"\s*-?[0-9]{1,10}\s*", text):
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} has no valid status.", system=SYSTEM)
        )
    return int(text)


def _is_payment(step: Step) -> bool:
    return step.type in _PAID_BY or step.type in _RESERVED_BY


def _money(step: Step) -> Money:
    return to_money(step.amount or Decimal(0), step.currency)
