"""Unzer: the customer pays on Unzer's payment page (API version 1).

Sources: docs.unzer.com; recorded answers in Unzer's SDK for Java; its SDK for PHP for the sandbox's
host and for error codes. Unzer's OpenAPI definitions are not published where tests could use them.

There is no idempotency key. Our reference is the payment's order id, which Unzer accepts only once
and by which the payment can be requested.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import quote

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from shared.connectors.client import JsonClient, Model, parsed, redacted
from shared.connectors.config import ConnectorConfig
from shared.connectors.psp import unzer_answers as answers
from shared.connectors.psp.base import (
    ForgedNotification,
    Notification,
    PaymentRequest,
    PspConfig,
    RefundRequest,
)
from shared.connectors.psp.unzer_answers import SYSTEM
from shared.domain.money import Money
from shared.domain.payments.payments import Observation, RefundObservation, Stage
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorConflict,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRejected,
)
from shared.said import say

HAS_IDEMPOTENCY_KEYS = False
HOSTS: Mapping[str, str] = {"p": "https://api.unzer.com", "s": "https://sbx-api.unzer.com"}
"""Hosts by the first letter of the key: production and sandbox."""

_PRIVATE_KEY = re.compile(r"[sp]-priv-[A-Za-z0-9]{10,100}")
_PAYMENT_ID = re.compile(r"[sp]-pay-[0-9]{1,20}")
_NOT_FOUND = "API.310.100.003"
_ORDER_ID_IN_USE = "API.320.200.138"
_REFUSALS = (ConnectorRejected, ConnectorConflict)


class Config(PspConfig):
    """A key pair. The first letter of its keys tells whether it belongs to the sandbox."""

    private_key: SecretStr = Field(
        description="The private key: `s-priv-...` in the sandbox, else `p-priv-...`."
    )
    public_key: str = Field(
        pattern=r"^[sp]-pub-[A-Za-z0-9]{10,100}$", description="The public key of the same pair."
    )

    @field_validator("private_key")
    @classmethod
    def _is_private_key(cls, value: SecretStr) -> SecretStr:
        if not _PRIVATE_KEY.fullmatch(value.get_secret_value()):
            raise ValueError(
                say(
                    "key_of_unzer",
                    "must be a private key: s-priv-... (sandbox) or p-priv-... (live)",
                )
            )
        return value

    @model_validator(mode="after")
    def _is_one_pair(self) -> Self:
        if self.private_key.get_secret_value()[0] != self.public_key[0]:
            raise ValueError(
                say(
                    "pair_of_unzer",
                    "publicKey and privateKey must both be of the sandbox or both be live",
                )
            )
        return self

    @property
    def is_test(self) -> bool:
        """True if the keys belong to the sandbox."""
        return self.public_key.startswith("s")


class _Report(answers.UnzerAnswer):
    public_key: str
    payment_id: str | None = None


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        key = config.private_key.get_secret_value()
        host = (is_emulated and config.base_url) or HOSTS[config.public_key[0]]
        basic = base64.b64encode(f"{key}:".encode()).decode()
        self._public_key = config.public_key
        self._secrets = (*config.secrets(), basic)
        self._client = JsonClient(
            system=SYSTEM,
            base_url=f"{host.rstrip('/')}/v1",
            authorize=lambda *_: {"Authorization": f"Basic {basic}"},
            secrets=self._secrets,
            allow_loopback=is_emulated,
            problem=lambda body: answers.said(answers.UnzerResult.model_validate(body)),
        )

    def verify(self) -> None:
        """Request the public key of the private key."""
        if self._get(answers.KeyPair, "/keypair").public_key != self._public_key:
            raise ConnectorCredentialsRefused(
                say("pair_differs", "The public key is not of the private key's pair.")
            )

    def create(self, request: PaymentRequest) -> Observation:
        """Begin a payment on Unzer's page, once for each reference."""
        path = "/paypage/authorize" if request.captures_later else "/paypage/charge"
        try:
            return answers.to_first_observation(
                self._send(answers.UnzerPage, path, answers.to_page(request))
            )
        except ConnectorRejected as refused:
            found = self.find(request) if _ORDER_ID_IN_USE in refused.message else None
            if found is None:
                raise
            return found

    def find(self, request: PaymentRequest) -> Observation | None:
        """Look up a payment by our reference, with its payment page."""
        try:
            payment = self._payment(request.reference)
        except ConnectorNotFound:
            return None
        except ConnectorRejected as refused:
            if _NOT_FOUND in refused.message:
                return None
            raise
        if payment.order_id != request.reference:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "The answer of {system} is about another payment.",
                    system=SYSTEM,
                )
            )
        page_id = payment.resources.pay_page_id
        if not page_id or answers.to_stage(payment) is not Stage.REQUIRES_ACTION:
            return answers.to_observation(payment)
        page = self._get(answers.UnzerPage, f"/paypage/{quote(page_id, safe='')}")
        return answers.to_observation(payment, page.redirect_url)

    def status(self, vendor_payment_id: str) -> Observation:
        """Request a payment."""
        return answers.to_observation(self._payment(vendor_payment_id))

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - none is known
        """Take the authorized money; do nothing if an earlier call did."""
        path = _path(vendor_payment_id, "charges")
        body = {"amount": amount.to_major()}
        return self._operate(vendor_payment_id, path, body, Stage.PAID, amount)

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - none is known
        """Cancel an authorization; do nothing if an earlier call did."""
        path = _path(vendor_payment_id, "authorize", "cancels")
        body = {"amount": amount.to_major()}
        return self._operate(vendor_payment_id, path, body, Stage.CANCELED, None)

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Give money back from the charge that has enough left.

        Raises:
            ConnectorRejected: No single charge has that much left, or Unzer refuses.
        """
        payment = self._payment(request.vendor_payment_id)
        charge_id = answers.to_charge_id(payment, request.amount)
        path = _path(payment.id, "charges", charge_id, "cancels")
        # The reason's field has our reference, by which the refund is found again.
        body = {
            "amount": request.amount.to_major(),
            "paymentReference": request.refund_reference,
        }
        return answers.to_refund_observation(self._send(answers.UnzerOperation, path, body))

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:
        """Look for a refund by our reference, among those of its amount."""
        payment = self._payment(request.vendor_payment_id)
        for each in payment.transactions:
            is_candidate = each.type == "cancel-charge" and each.amount == request.amount.to_major()
            if is_candidate and each.path:
                found = self._get(answers.UnzerOperation, _path(payment.id, *each.path))
                if found.payment_reference == request.refund_reference:
                    return answers.to_refund_observation(found)
        return None

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:  # noqa: ARG002 - nothing in them is signed
        """Read a report, which is unsigned: it only names the payment to request.

        Anybody can send one, so nothing else in it counts, and least of all its URL.
        """
        try:
            report = _Report.model_validate_json(body)
        except ValidationError:
            raise ForgedNotification from None
        if not hmac.compare_digest(report.public_key.encode(), self._public_key.encode()):
            raise ForgedNotification
        if report.payment_id is None:
            return []
        if not _PAYMENT_ID.fullmatch(report.payment_id):
            raise ForgedNotification
        return [Notification(vendor_payment_id=report.payment_id)]

    def _payment(self, payment_or_order_id: str) -> answers.UnzerPayment:
        return self._get(answers.UnzerPayment, _path(payment_or_order_id))

    def _operate(
        self, payment_id: str, path: str, body: Any, stage: Stage, captured: Money | None
    ) -> Observation:
        """Make a call. If Unzer refuses it, check whether it was made before."""
        try:
            done = self._send(answers.UnzerOperation, path, body)
            if done.is_error:
                raise self._refused(answers.message_of(done))
        except _REFUSALS as failure:
            return self._done_before(payment_id, stage, failure)
        is_done = done.is_success
        return Observation(
            payment_id, stage if is_done else None, captured=captured if is_done else None
        )

    def _done_before(self, payment_id: str, stage: Stage, failure: ConnectorError) -> Observation:
        seen = self.status(payment_id)
        if seen.stage is not stage:
            raise failure
        return seen

    def _get(self, model: type[Model], path: str) -> Model:
        return self._read(model, self._client.get(path).body)

    def _send(self, model: type[Model], path: str, body: Mapping[str, Any]) -> Model:
        return self._read(model, self._client.post(path, body).body)

    def _read(self, model: type[Model], body: Any) -> Model:
        """Read an answer. A refusal may have a success status."""
        result = parsed(answers.UnzerResult, body, system=SYSTEM)
        if result.errors:
            raise self._refused(answers.said(result))
        return parsed(model, body, system=SYSTEM)

    def _refused(self, words: str) -> ConnectorRejected:
        told = self._redacted(words)
        return ConnectorRejected(
            say("system_refused", "{system} refused: {words}", system=SYSTEM, words=told)
        )

    def _redacted(self, text: str) -> str:
        return redacted(" ".join(text.split()), self._secrets)[:300]


def _path(payment_id: str, *more: str) -> str:
    return "/".join(("/payments", *(quote(each, safe="") for each in (payment_id, *more))))
