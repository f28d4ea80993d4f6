"""PAYONE Commerce Platform (PCP): the customer pays at PayPal or with Wero, by redirect.

Sources: PAYONE's OpenAPI definition 1.61.0; its SDK for Java for the signature of requests that
have a query; its plugin for Salesforce for the signature of notifications.

There is no idempotency key. A payment has a reference of ours that PAYONE takes for one successful
payment only. Its commerce case has another reference, by which it is looked up.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError, field_validator

from shared import clock
from shared.connectors.client import JsonClient, Model, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.psp import payone_answers as answers
from shared.connectors.psp.base import (
    ForgedNotification,
    Mode,
    Notification,
    PaymentRequest,
    PspConfig,
    RefundRequest,
    without_page,
)
from shared.connectors.psp.payone_answers import STAGES, SYSTEM, PayoneAnswer
from shared.domain.money import Money
from shared.domain.payments.payments import Observation, RefundObservation, Stage
from shared.errors import (
    ConnectorConflict,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRejected,
)
from shared.said import say

HAS_IDEMPOTENCY_KEYS = False
HOSTS: Mapping[str, str] = {
    "live": "https://api.commerce.payone.com",
    "test": "https://api.preprod.commerce.payone.com",
}
_CREDENTIAL = re.compile(r"[!-9;-~]{8,200}")  # printable ASCII but ":", which ends the key
_REFUSALS = (ConnectorRejected, ConnectorConflict, ConnectorCredentialsRefused)
_IDS_OF_A_PAYMENT = 3


class Config(PspConfig):
    """An account of the Commerce Portal, and its way to pay.

    A key does not show its environment: ``mode`` chooses the host, and the host refuses the other
    environment's keys. ``paymentProduct`` is 840 for PayPal, 900 for Wero.
    """

    merchant_id: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of the merchant in the Commerce Portal."
    )
    api_key: SecretStr = Field(description="The API key, which names the key pair.")
    api_secret: SecretStr = Field(description="The secret of the API key.")
    mode: Mode
    payment_product: Literal[840, 900] = Field(
        default=840, description="How customers pay: 840 is PayPal, 900 is Wero."
    )

    @field_validator("api_key", "api_secret")
    @classmethod
    def _is_credential(cls, value: SecretStr) -> SecretStr:
        if not _CREDENTIAL.fullmatch(value.get_secret_value()):
            raise ValueError(
                say(
                    "printable_8",
                    "must be 8 to 200 printable characters, without spaces and colons",
                )
            )
        return value

    @property
    def is_test(self) -> bool:
        """True if payments are made at PAYONE's pre-production host."""
        return self.mode == "test"


class _References(PayoneAnswer):
    merchant_reference: str | None = None


class _Output(PayoneAnswer):
    references: _References | None = None


class _ReportedPayment(PayoneAnswer):
    payment_output: _Output | None = None


class _Report(PayoneAnswer):
    merchant_id: str
    payment: _ReportedPayment | None = None


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._merchant_id = config.merchant_id
        self._key = config.api_key.get_secret_value()
        self._secret = config.api_secret.get_secret_value()
        self._product = config.payment_product
        self._cases = f"/v1/{quote(config.merchant_id, safe='')}/commerce-cases"
        self._client = JsonClient(
            system=SYSTEM,
            base_url=((is_emulated and config.base_url) or HOSTS[config.mode]).rstrip("/"),
            authorize=self._authorize,
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=lambda body: "; ".join(each["id"] for each in body["errors"]),
        )

    def verify(self) -> None:
        """Request one commerce case."""
        self._client.get(self._cases, {"size": 1})

    def create(self, request: PaymentRequest) -> Observation:
        """Begin a payment at PayPal or with Wero, once for each reference."""
        body = answers.to_case(request, self._product)
        try:
            return answers.to_first_observation(self._send(answers.NewCase, self._cases, body))
        except ConnectorConflict:
            found = self.find(request)
            if found is None:
                raise
            return found

    def find(self, request: PaymentRequest) -> Observation | None:
        """Look up a payment by our reference, which its commerce case has.

        PAYONE tells only once where to send the customer, and not in a look-up. So an unpaid
        payment has failed; see ``without_page``.
        """
        reply = self._client.get(self._cases, {"merchantReference": request.reference})
        found = parsed(answers.Cases, {"cases": reply.body or []}, system=SYSTEM).cases
        for case in found:
            if case.merchant_reference != request.reference:
                continue
            for checkout in case.checkouts:
                for made in checkout.payment_executions:
                    payment_id = answers.to_id(
                        case.commerce_case_id, checkout.checkout_id, made.payment_execution_id
                    )
                    seen = answers.to_observation(payment_id, checkout, made.events)
                    return without_page(seen)
        return None

    def status(self, vendor_payment_id: str) -> Observation:
        """Request a payment."""
        return answers.to_observation(vendor_payment_id, *self._checkout(vendor_payment_id))

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:
        """Take the authorized money; do nothing if an earlier call did."""
        body = {
            "amount": answers.to_amount(amount)["amount"],
            "isFinal": True,
            "references": {"merchantReference": answers.to_short_reference(idempotency_key)},
        }
        path = self._path(vendor_payment_id, "capture")
        try:
            status = self._send(answers.PayonePayment, path, body).status
        except _REFUSALS as failure:
            return self._done_before(vendor_payment_id, Stage.PAID, failure)
        is_taken = STAGES.get(status) is Stage.PAID
        return Observation(vendor_payment_id, Stage.PAID if is_taken else None)

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - all of it, which cannot be done twice
        """Cancel an uncaptured payment; do nothing if an earlier call did."""
        path = self._path(vendor_payment_id, "cancel")
        body = {"cancellationReason": "CONSUMER_REQUEST"}
        try:
            payment = self._send(answers.Canceled, path, body).payment
        except _REFUSALS as failure:
            return self._done_before(vendor_payment_id, Stage.CANCELED, failure)
        is_canceled = payment is not None and STAGES.get(payment.status) is Stage.CANCELED
        return Observation(vendor_payment_id, Stage.CANCELED if is_canceled else None)

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Give money back, once for each reference."""
        reference = answers.to_short_reference(request.refund_reference)
        body: dict[str, Any] = {
            "amountOfMoney": answers.to_amount(request.amount),
            "references": {"merchantReference": reference},
        }
        if request.reason:
            body["return"] = {"returnReason": request.reason}
        path = self._path(request.vendor_payment_id, "refund")
        try:
            return answers.to_refund_observation(self._send(answers.PayoneRefunded, path, body))
        except ConnectorConflict:
            found = self.find_refund(request)
            if found is None:
                raise
            return found

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:
        """Look among a payment's events for a refund with our reference."""
        _, events = self._checkout(request.vendor_payment_id)
        return answers.to_found_refund(events, request)

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:
        """Read a report, which only names the payment to request.

        It is signed with the key pair that the Commerce Portal marks as primary. It has no time, so
        an old one may come again: then the payment is requested again, which does no harm.
        """
        if not _is_same(headers.get("X-GCS-KeyId", ""), self._key):
            raise ForgedNotification
        if not _is_same(headers.get("X-GCS-Signature", ""), sign(self._secret, body)):
            raise ForgedNotification
        try:
            report = _Report.model_validate_json(body)
        except ValidationError:
            raise ForgedNotification from None
        if report.merchant_id != self._merchant_id:
            raise ForgedNotification
        output = report.payment.payment_output if report.payment else None
        short = output.references.merchant_reference if output and output.references else None
        return [Notification(answers.to_long_reference(short, "pay"))] if short else []

    def _authorize(self, method: str, target: str, body: bytes) -> Mapping[str, str]:
        date = format_datetime(clock.real_now(), usegmt=True)
        signed = to_signed(method, "application/json" if body else "", date, target)
        signature = sign(self._secret, signed)
        return {"Date": date, "Authorization": f"GCS v1HMAC:{self._key}:{signature}"}

    def _send(self, model: type[Model], path: str, body: Mapping[str, Any]) -> Model:
        return parsed(model, self._client.post(path, body).body, system=SYSTEM)

    def _path(self, vendor_payment_id: str, action: str = "") -> str:
        ids = [quote(each, safe="") for each in vendor_payment_id.split(".")]
        if len(ids) != _IDS_OF_A_PAYMENT:
            raise ConnectorNotFound(
                say("no_such_payment", "{system} has no such payment.", system=SYSTEM)
            )
        checkout = f"{self._cases}/{ids[0]}/checkouts/{ids[1]}"
        return f"{checkout}/payment-executions/{ids[2]}/{action}" if action else checkout

    def _checkout(
        self, vendor_payment_id: str
    ) -> tuple[answers.PayoneCheckout, Sequence[answers.PayoneEvent]]:
        body = self._client.get(self._path(vendor_payment_id)).body
        checkout = parsed(answers.PayoneCheckout, body, system=SYSTEM)
        ours = vendor_payment_id.rsplit(".", maxsplit=1)[-1]
        for made in checkout.payment_executions:
            if made.payment_execution_id == ours:
                return checkout, made.events
        return checkout, []

    def _done_before(
        self, vendor_payment_id: str, stage: Stage, failure: ConnectorError
    ) -> Observation:
        """Return the payment if the call was refused because it was made before."""
        seen = self.status(vendor_payment_id)
        if seen.stage is not stage:
            raise failure
        return seen


def to_signed(
    method: str, content_type: str, date: str, target: str, canonical_headers: str = ""
) -> bytes:
    """Return the signed text of a request: all but its body and our own headers."""
    return f"{method}\n{content_type}\n{date}\n{canonical_headers}{target}\n".encode()


def sign(secret: str, data: bytes) -> str:
    """Return PAYONE's signature of a request or a notification."""
    return base64.b64encode(hmac.digest(secret.encode(), data, hashlib.sha256)).decode()


def _is_same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
