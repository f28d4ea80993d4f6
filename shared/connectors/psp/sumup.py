"""SumUp payments: the customer pays on SumUp's page (Hosted Checkout).

Source: SumUp API, github.com/sumup/sumup-openapi of 2026-06-18. Amounts are numbers in major units.
A transaction pays a checkout; refunds are events of that transaction and keep no reference of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError

from shared.connectors import signatures
from shared.connectors.client import JsonClient, Model, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.psp import sumup_answers as answers
from shared.connectors.psp.base import (
    ForgedNotification,
    Mode,
    Notification,
    PaymentRequest,
    PspConfig,
    RefundRequest,
)
from shared.connectors.psp.sumup_answers import SYSTEM
from shared.connectors.sumup_account import BASE_URL, AccountConfig
from shared.domain.money import Money
from shared.domain.payments.payments import Observation, RefundObservation, RefundStatus
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorConflict,
    ConnectorError,
    ConnectorRejected,
    ConnectorUnsupported,
)
from shared.said import say

HAS_IDEMPOTENCY_KEYS = False

SIGNATURE_HEADER = "X-SumUp-Webhook-Signature"


class Config(PspConfig, AccountConfig):
    """A secret API key, and the merchant to whom it belongs.

    Keys of test merchants ("sandbox") look like others, and the host is the same: ``mode`` tells
    the expected kind of merchant, and SumUp is asked to check it.
    """

    api_key: SecretStr = Field(max_length=220, description="The secret API key.")
    merchant_code: str = Field(description="Code of the merchant, such as `MH4H92C7`.")
    mode: Mode = "live"
    webhook_secret: SecretStr | None = Field(
        default=None,
        min_length=16,
        max_length=200,
        description="The signing secret of webhooks, if SumUp has given one.",
    )


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        key = config.api_key.get_secret_value()
        self._client = JsonClient(
            system=SYSTEM,
            base_url=((is_emulated and config.base_url) or BASE_URL).rstrip("/"),
            authorize=lambda *_: {"Authorization": f"Bearer {key}"},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=answers.said,
        )

    def verify(self) -> None:
        """Check that the merchant is a sandbox in test mode, and is not one in live mode."""
        merchant = self._get(answers.Merchant, f"/v1/merchants/{self._config.merchant_code}")
        if bool(merchant.sandbox) is not self._config.is_test:
            kind, mode = ("a sandbox", "test") if merchant.sandbox else ("a live merchant", "live")
            raise ConnectorRejected(
                say(
                    "mode_wrong",
                    "{system}: {merchant} is {kind}: config.mode must be {mode}.",
                    system="sumup",
                    merchant=self._config.merchant_code,
                    kind=kind,
                    mode=mode,
                )
            )

    def create(self, request: PaymentRequest) -> Observation:
        """Begin a payment on SumUp's page. SumUp takes a reference once, so an earlier call counts.

        Raises:
            ConnectorUnsupported: The payment should only be authorized.
        """
        if request.captures_later:
            raise _capture_unsupported()
        body = {
            "checkout_reference": request.reference,
            "amount": request.amount.to_major(),
            "currency": request.amount.currency,
            "merchant_code": self._config.merchant_code,
            "description": request.description,
            "redirect_url": request.return_url,
            "return_url": request.notification_url,
            "hosted_checkout": {"enabled": True},
        }
        try:
            made = self._client.post("/v0.1/checkouts", body).body
        except ConnectorConflict:  # the reference is in use
            found = self.find(request)
            if found is None:
                raise
            return found
        return answers.to_observation(_parsed(answers.SumupCheckout, made))

    def find(self, request: PaymentRequest) -> Observation | None:
        """Look up a checkout by our reference."""
        query = {"checkout_reference": request.reference}
        listed = self._client.get("/v0.1/checkouts", query).body
        for checkout in _parsed(answers.Checkouts, {"checkouts": listed}).checkouts:
            is_own = checkout.merchant_code in {None, self._config.merchant_code}
            if is_own and checkout.checkout_reference == request.reference:
                return answers.to_observation(checkout)
        return None

    def status(self, vendor_payment_id: str) -> Observation:
        """Request a checkout."""
        return answers.to_observation(self._checkout(vendor_payment_id))

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - refused
        """Refuse: SumUp takes the money at once.

        Raises:
            ConnectorUnsupported: Always.
        """
        raise _capture_unsupported()

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - all of it
        """Close a checkout that was not paid."""
        closed = self._client.call("DELETE", _path(vendor_payment_id)).body
        return answers.to_observation(_parsed(answers.SumupCheckout, closed))

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Give money back from the transaction that paid the checkout.

        The answer names no refund: its event is looked up afterwards. If the look-up fails, the
        refund is made nevertheless.
        """
        transaction_id = answers.to_transaction_id(self._checkout(request.vendor_payment_id))
        payment = f"payments/{quote(transaction_id, safe='')}"
        path = f"/v1.0/merchants/{self._config.merchant_code}/{payment}/refunds"
        self._client.post(path, {"amount": request.amount.to_major()})
        try:
            event = self._refund_event(transaction_id, request)
        except ConnectorError:
            event = None
        if event is None or request.other_refund_ids is None:
            return RefundObservation(status=RefundStatus.SUCCEEDED)
        return answers.to_refund_observation(event)

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:
        """Look for a refund of this amount that is not one of the others.

        Raises:
            ConnectorAnswerInvalid: There is one, but it may be one of the others: try again when
                the others are settled. No refund is sent meanwhile.
        """
        transaction_id = answers.to_transaction_id(self._checkout(request.vendor_payment_id))
        event = self._refund_event(transaction_id, request)
        if event is None:
            return None
        if request.other_refund_ids is None and not request.is_full:
            raise ConnectorAnswerInvalid(
                say(
                    "refunds_not_apart",
                    "{system}'s refunds of the payment cannot be told apart yet.",
                    system="sumup",
                )
            )
        return answers.to_refund_observation(event)

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:
        """Read which checkout to request, from a signed event or from an unsigned hint."""
        signature = headers.get(SIGNATURE_HEADER)
        try:
            if signature is None:
                return [Notification(vendor_payment_id=answers.Hint.model_validate_json(body).id)]
            self._check_signature(signature, body)
            report = answers.SumupReport.model_validate_json(body)
        except ValidationError:
            raise ForgedNotification from None
        is_checkout = report.object.type == "checkout"
        return [Notification(vendor_payment_id=report.object.id)] if is_checkout else []

    def _check_signature(self, signature: str, body: bytes) -> None:
        secret = self._config.webhook_secret
        if secret is None or not signatures.is_valid(
            signature, secret.get_secret_value(), body, prefix="v1:", separator=":"
        ):
            raise ForgedNotification

    def _checkout(self, checkout_id: str) -> answers.SumupCheckout:
        return self._get(answers.SumupCheckout, _path(checkout_id))

    def _refund_event(
        self, transaction_id: str, request: RefundRequest
    ) -> answers.SumupEvent | None:
        """Return the newest refund of this amount that is none of the others, failed ones last."""
        path = f"/v2.1/merchants/{self._config.merchant_code}/transactions"
        return answers.to_event(self._get(answers.History, path, {"id": transaction_id}), request)

    def _get(self, model: type[Model], path: str, query: Mapping[str, str] | None = None) -> Model:
        return _parsed(model, self._client.get(path, query).body)


def _parsed(model: type[Model], body: Any) -> Model:
    return parsed(model, body, system=SYSTEM)


def _path(checkout_id: str) -> str:
    return f"/v0.1/checkouts/{quote(checkout_id, safe='')}"


def _capture_unsupported() -> ConnectorUnsupported:
    return ConnectorUnsupported(
        say(
            "takes_at_once",
            "{system} takes the money at once: it cannot be authorized first.",
            system="sumup",
        ),
        offers=["captureLater: false"],
    )
