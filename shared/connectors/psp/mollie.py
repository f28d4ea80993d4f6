"""Mollie payments: the customer pays on Mollie's page, which offers what the profile accepts.

Source: Mollie API v2, github.com/mollie/openapi of 2026-08-21. Amounts are strings in major units
with all decimals of the currency. The decimals of currencies are ISO's
(docs.mollie.com/payments/multicurrency).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from pydantic import AliasPath, BaseModel, Field, SecretStr, ValidationError, field_validator

from shared.connectors.client import JsonClient, Model, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.psp.base import (
    ForgedNotification,
    Notification,
    PaymentRequest,
    PspConfig,
    RefundRequest,
    VendorId,
)
from shared.domain.money import Money
from shared.domain.payments.payments import Observation, RefundObservation, RefundStatus, Stage
from shared.errors import ConnectorAnswerInvalid, ConnectorConflict
from shared.said import say

SYSTEM = "mollie"
HAS_IDEMPOTENCY_KEYS = True
"""Every POST has a key, but Mollie forgets it after a while: see ``Connector.refund``."""

SIGNATURE_HEADER = "X-Mollie-Signature"
BASE_URL = "https://api.mollie.com"
REFUNDS_A_PAGE = 250
REFUND_PAGES_MAX = 4
_KEY = re.compile(r"(test|live)_[A-Za-z0-9]{30,64}")
_PAYMENT_ID = re.compile(r"tr_[A-Za-z0-9]{1,64}")
_CLASSIC = re.compile(rb"id=(tr_[A-Za-z0-9]{1,64})")

_STAGES: Mapping[str, Stage] = {
    "open": Stage.REQUIRES_ACTION,
    "pending": Stage.PENDING,
    "authorized": Stage.AUTHORIZED,
    "paid": Stage.PAID,
    "canceled": Stage.CANCELED,
    "expired": Stage.CANCELED,
    "failed": Stage.FAILED,
}
_ENDED = {"canceled", "expired", "failed"}
_REFUND_STATUSES: Mapping[str, RefundStatus] = {
    "refunded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}


class Config(PspConfig):
    """The API key of a profile. Its kind decides whether money moves: Mollie has one host for both.

    ``webhook_secret`` is the secret of a signed webhook that was set up at Mollie.
    """

    api_key: SecretStr = Field(max_length=100, description="The secret API key.")
    webhook_secret: SecretStr | None = Field(
        default=None,
        min_length=8,
        max_length=200,
        description="The signing secret of a webhook that was set up at Mollie.",
    )

    @field_validator("api_key")
    @classmethod
    def _check_key(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError(
                say("key_of_mollie", "must be an API key of a Mollie profile, test_... or live_...")
            )
        return key

    @property
    def is_test(self) -> bool:
        """True if it is a test key."""
        return self.api_key.get_secret_value().startswith("test_")


class _Amount(BaseModel):
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    value: str = Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,3})?$")

    @property
    def money(self) -> Money:
        try:
            return Money.from_major(Decimal(self.value), self.currency)
        except ValueError:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "The answer of {system} has no valid amount.",
                    system="mollie",
                )
            ) from None


class _Payment(BaseModel):
    id: VendorId
    status: str
    amount: _Amount
    captured: _Amount | None = Field(default=None, validation_alias="amountCaptured")
    refunded: _Amount | None = Field(default=None, validation_alias="amountRefunded")
    charged_back: _Amount | None = Field(default=None, validation_alias="amountChargedBack")
    reason: str | None = Field(default=None, validation_alias=AliasPath("statusReason", "code"))
    checkout: str | None = Field(
        default=None, validation_alias=AliasPath("_links", "checkout", "href")
    )


class _Refund(BaseModel):
    id: VendorId
    status: str
    metadata: Any = None

    @property
    def reference(self) -> Any:
        """Our id of the refund, if we made it."""
        return self.metadata.get("reference") if isinstance(self.metadata, dict) else None


class _Refunds(BaseModel):
    refunds: list[_Refund] = Field(validation_alias=AliasPath("_embedded", "refunds"))
    next_url: str | None = Field(default=None, validation_alias=AliasPath("_links", "next", "href"))


class _Capture(BaseModel):
    id: VendorId
    status: str


class _Event(BaseModel):
    """The report of a signed webhook: a payment, or with full payload an object of one."""

    entity_id: str | None = Field(validation_alias="entityId")
    payment_id: str | None = Field(
        default=None, validation_alias=AliasPath("_embedded", "entity", "paymentId")
    )


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One profile of a merchant."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        key = config.api_key.get_secret_value()
        self._webhook_secret = config.webhook_secret
        self._client = JsonClient(
            system=SYSTEM,
            base_url=((config.base_url if is_emulated else None) or BASE_URL).rstrip("/"),
            authorize=lambda *_: {"Authorization": f"Bearer {key}"},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=to_problem,
        )

    def verify(self) -> None:
        """Request the profile that the key belongs to."""
        self._client.get("/v2/profiles/me")

    def create(self, request: PaymentRequest) -> Observation:
        """Begin a payment on Mollie's page."""
        body = {
            "amount": to_amount(request.amount),
            "description": request.description or request.reference,
            "redirectUrl": request.return_url,
            "webhookUrl": request.notification_url,
            "metadata": {"reference": request.reference},
        }
        if request.captures_later:
            body["captureMode"] = "manual"
        return self._send("/v2/payments", body, request.idempotency_key)

    def find(self, request: PaymentRequest) -> Observation | None:  # noqa: ARG002 - see below
        """Return ``None``: Mollie cannot look a payment up by our reference.

        It is not needed either. The page of a payment whose answer got lost was shown to nobody, so
        nobody can pay it, and it expires: begin another with the same key.
        """
        return None

    def status(self, vendor_payment_id: str) -> Observation:
        """Request a payment."""
        reply = self._client.get(_path(vendor_payment_id))
        return to_observation(parsed(_Payment, reply.body, system=SYSTEM))

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:
        """Take the authorized money; then request the payment, as a capture may take a while."""
        body = {"amount": to_amount(amount), "metadata": None}
        self._post(_Capture, _path(vendor_payment_id, "/captures"), body, idempotency_key)
        return self.status(vendor_payment_id)

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - all of it
        """Cancel an uncaptured payment; Mollie refuses while the customer may be paying."""
        reply = self._client.call(
            "DELETE",
            _path(vendor_payment_id),
            headers={"Idempotency-Key": idempotency_key},
            is_repeatable=True,
        )
        return to_observation(parsed(_Payment, reply.body, system=SYSTEM))

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Give money back, unless an earlier call did.

        Look for the refund first every time: Mollie remembers a key for about an hour, a merchant
        may repeat a refund later, and Mollie would make it twice. Within the hour the key protects
        simultaneous calls.
        """
        body = {
            "amount": to_amount(request.amount),
            "description": request.reason or request.refund_reference,
            "metadata": {"reference": request.refund_reference},
        }
        made = self.find_refund(request)
        if made is not None:
            return made
        path = _path(request.vendor_payment_id, "/refunds")
        try:
            return to_refund_observation(self._post(_Refund, path, body, request.idempotency_key))
        except ConnectorConflict:  # "a duplicate refund has been detected": whose?
            made = self.find_refund(request)
            if made is None:
                raise
            return made

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:
        """Look up a refund by our reference, which is in its metadata."""
        query = {"limit": str(REFUNDS_A_PAGE)}
        for _ in range(REFUND_PAGES_MAX):
            reply = self._client.get(_path(request.vendor_payment_id, "/refunds"), query)
            page = parsed(_Refunds, reply.body, system=SYSTEM)
            for each in page.refunds:
                if each.reference == request.refund_reference:
                    return to_refund_observation(each)
            if page.next_url is None:
                return None
            query["from"] = to_cursor(page.next_url)
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "{system} lists more refunds than a payment can have.",
                system="mollie",
            )
        )

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:
        """Read which payment to request; nothing else is trusted, signed or not.

        Mollie sends unsigned reports to the URL given in a payment: they only name the payment.
        Webhooks that are set up at Mollie are signed.
        """
        secret, signature = self._webhook_secret, headers.get(SIGNATURE_HEADER)
        named = _CLASSIC.fullmatch(body.strip())
        if secret is not None and signature is not None:
            if not is_signed(body, signature, secret.get_secret_value()):
                raise ForgedNotification
            if named is None:
                return to_notifications(body)
        if named is None:
            raise ForgedNotification
        return [Notification(vendor_payment_id=named[1].decode())]

    def _send(self, path: str, body: Any, idempotency_key: str) -> Observation:
        return to_observation(self._post(_Payment, path, body, idempotency_key))

    def _post(self, model: type[Model], path: str, body: Any, idempotency_key: str) -> Model:
        key = {"Idempotency-Key": idempotency_key}
        reply = self._client.post(path, body, headers=key, is_repeatable=True)
        return parsed(model, reply.body, system=SYSTEM)


def to_amount(amount: Money) -> dict[str, str]:
    """Write an amount: 10.00 EUR, 10 JPY."""
    return {"currency": amount.currency, "value": str(amount.to_major())}


def to_observation(payment: _Payment) -> Observation:
    """Read a payment.

    Raises:
        ConnectorAnswerInvalid: An amount does not fit its currency.
    """
    stage = _STAGES.get(payment.status)
    is_open, is_paid = stage is Stage.REQUIRES_ACTION, stage is Stage.PAID
    amount = payment.amount.money
    # A field that Mollie leaves out of a paid payment is nothing, even if it was set before.
    nothing = replace(amount, amount_minor=0) if is_paid else None
    return Observation(
        vendor_payment_id=payment.id,
        stage=stage,
        amount=amount,
        captured=payment.captured.money if payment.captured else None,
        refunded=payment.refunded.money if payment.refunded else nothing,
        charged_back=payment.charged_back.money if payment.charged_back else nothing,
        redirect_url=payment.checkout if is_open else None,
        failure=(payment.reason or payment.status) if payment.status in _ENDED else None,
    )


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Tell whether a signature is the HMAC-SHA256 of a body."""
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
    given = signature.removeprefix("sha256=").encode(errors="replace")
    return hmac.compare_digest(expected, given)


def to_notifications(body: bytes) -> list[Notification]:
    """Read a verified event; nothing if it names no payment.

    Raises:
        ForgedNotification: It is not an event.
    """
    try:
        event = _Event.model_validate_json(body)
    except ValidationError:
        raise ForgedNotification from None
    named = [
        each for each in (event.entity_id, event.payment_id) if _PAYMENT_ID.fullmatch(each or "")
    ]
    return [Notification(vendor_payment_id=each) for each in named[:1]]


def to_refund_observation(refund: _Refund) -> RefundObservation:
    """Read a refund."""
    status = _REFUND_STATUSES.get(refund.status, RefundStatus.PENDING)
    is_failed = status is RefundStatus.FAILED
    return RefundObservation(refund.id, status, refund.status if is_failed else None)


def to_problem(body: Any) -> str:
    """Return the message of a refusal, and the field that it names."""
    field = body.get("field")
    return f"{body['detail']} ({field})" if field else str(body["detail"])


def to_cursor(next_url: str) -> str:
    """Return where the next page begins. Use nothing else of the URL, and never its host."""
    found = parse_qs(urlsplit(next_url).query).get("from", [""])[0]
    if not found:
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "The answer of {system} has no valid next page.",
                system="mollie",
            )
        )
    return found


def _path(vendor_payment_id: str, more: str = "") -> str:
    return f"/v2/payments/{quote(vendor_payment_id, safe='')}{more}"
