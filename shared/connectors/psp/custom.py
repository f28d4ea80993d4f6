"""A payment provider of the merchant's own, or a gateway in front of one that is not listed.

Source: docs/connectors/custom-psp.openapi.json, our own contract: every provider that implements it
can be configured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from shared import config
from shared.connectors import signatures
from shared.connectors.amounts import AmountMinor
from shared.connectors.client import JsonClient, Model, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.psp.base import (
    ForgedNotification,
    Mode,
    Notification,
    PaymentRequest,
    PspConfig,
    RefundRequest,
    VendorId,
)
from shared.domain.money import Money
from shared.domain.payments.customers import Customer
from shared.domain.payments.payments import Observation, RefundObservation, RefundStatus, Stage
from shared.outgoing import guard

SYSTEM = "custom"
HAS_IDEMPOTENCY_KEYS = True

_STAGES: Mapping[str, Stage] = {
    "pending": Stage.PENDING,
    "requires_action": Stage.REQUIRES_ACTION,
    "authorized": Stage.AUTHORIZED,
    "paid": Stage.PAID,
    "failed": Stage.FAILED,
    "canceled": Stage.CANCELED,
}
_REFUND_STATUSES: Mapping[str, RefundStatus] = {
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
}


class Config(PspConfig):
    """The address of the provider, and the secrets by which both sides authenticate."""

    api_url: str = Field(
        min_length=1,
        max_length=200,
        description="Where the provider's API is: https, on a public address.",
    )
    api_key: SecretStr = Field(min_length=16, max_length=200, description="The secret API key.")
    notification_secret: SecretStr = Field(
        min_length=16, max_length=200, description="Signs the provider's notifications."
    )
    mode: Mode = "live"

    def hosts(self) -> Mapping[str, str]:
        """Return the address of the provider."""
        return {"apiUrl": self.api_url}

    @property
    def is_test(self) -> bool:
        """True if the provider should move no money, according to the merchant."""
        return self.mode == "test"


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


def _page(url: str) -> str:
    """Check where customers are sent: a merchant's own server may name anything."""
    return guard.check_link(url, allow_loopback=config.is_emulated())


class _Payment(_Answer):
    id: VendorId
    status: str
    amount_minor: AmountMinor
    currency: str
    captured_minor: AmountMinor = 0
    refunded_minor: AmountMinor = 0
    redirect_url: Annotated[str, AfterValidator(_page)] | None = None
    failure: str | None = None


class _Refund(_Answer):
    id: VendorId
    status: str
    failure: str | None = None


class _Payments(_Answer):
    payments: list[_Payment]


class _Refunds(_Answer):
    refunds: list[_Refund]


class _Report(_Answer):
    payment_id: str
    reference: str | None = None


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        key = config.api_key.get_secret_value()
        self._secret = config.notification_secret.get_secret_value()
        self._client = JsonClient(
            system=SYSTEM,
            base_url=(config.base_url or config.api_url).rstrip("/"),
            authorize=lambda *_: {"Authorization": f"Bearer {key}"},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=lambda body: body["message"],
        )

    def verify(self) -> None:
        """Request the account that the key belongs to."""
        self._client.get("/account")

    def create(self, request: PaymentRequest) -> Observation:
        """Begin a payment on the provider's page."""
        body = {
            "reference": request.reference,
            "amountMinor": request.amount.amount_minor,
            "currency": request.amount.currency,
            "description": request.description,
            "returnUrl": request.return_url,
            "notificationUrl": request.notification_url,
            "captureLater": request.captures_later,
            **({"customer": to_customer(request.customer)} if request.customer else {}),
        }
        return to_observation(self._send(_Payment, "/payments", body, request.idempotency_key))

    def find(self, request: PaymentRequest) -> Observation | None:
        """Look up a payment by our reference."""
        found = self._get(_Payments, "/payments", {"reference": request.reference}).payments
        return to_observation(found[0]) if found else None

    def status(self, vendor_payment_id: str) -> Observation:
        """Request a payment."""
        return to_observation(self._get(_Payment, _path(vendor_payment_id)))

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:
        """Take the authorized money."""
        path, body = _path(vendor_payment_id, "/capture"), {"amountMinor": amount.amount_minor}
        return to_observation(self._send(_Payment, path, body, idempotency_key))

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - all of it
        """Cancel a payment whose money was not taken."""
        path = _path(vendor_payment_id, "/cancel")
        return to_observation(self._send(_Payment, path, {}, idempotency_key))

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Give money back."""
        body = {
            "reference": request.refund_reference,
            "amountMinor": request.amount.amount_minor,
            "reason": request.reason,
        }
        path = _path(request.vendor_payment_id, "/refunds")
        return to_refund_observation(self._send(_Refund, path, body, request.idempotency_key))

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:
        """Look up a refund by our reference."""
        path = _path(request.vendor_payment_id, "/refunds")
        found = self._get(_Refunds, path, {"reference": request.refund_reference}).refunds
        return to_refund_observation(found[0]) if found else None

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:
        """Read a report, which only names the payment to request."""
        if not signatures.is_valid(headers.get("X-Signature", ""), self._secret, body):
            raise ForgedNotification
        try:
            report = _Report.model_validate_json(body)
        except ValidationError:
            raise ForgedNotification from None
        return [Notification(report.reference, report.payment_id)]

    def _get(self, model: type[Model], path: str, query: Mapping[str, str] | None = None) -> Model:
        return parsed(model, self._client.get(path, query).body, system=SYSTEM)

    def _send(self, model: type[Model], path: str, body: Any, idempotency_key: str) -> Model:
        key = {"Idempotency-Key": idempotency_key}
        reply = self._client.post(path, body, headers=key, is_repeatable=True)
        return parsed(model, reply.body, system=SYSTEM)


def to_customer(customer: Customer) -> dict[str, str]:
    """Write the payer's data."""
    said = {
        "email": customer.email,
        "firstName": customer.first_name,
        "lastName": customer.last_name,
        "ipAddress": customer.ip_address,
        "locale": customer.locale,
    }
    return {name: value for name, value in said.items() if value is not None}


def to_observation(payment: _Payment) -> Observation:
    """Read a payment."""
    currency = payment.currency
    return Observation(
        vendor_payment_id=payment.id,
        stage=_STAGES.get(payment.status),
        amount=Money(payment.amount_minor, currency),
        captured=Money(payment.captured_minor, currency),
        refunded=Money(payment.refunded_minor, currency),
        redirect_url=payment.redirect_url,
        failure=payment.failure,
    )


def to_refund_observation(refund: _Refund) -> RefundObservation:
    """Read a refund."""
    status = _REFUND_STATUSES.get(refund.status, RefundStatus.PENDING)
    return RefundObservation(refund.id, status, refund.failure)


def _path(vendor_payment_id: str, more: str = "") -> str:
    return f"/payments/{quote(vendor_payment_id, safe='')}{more}"
