"""Stripe, by its hosted page (Checkout).

Sources: Stripe's OpenAPI of version 2023-08-16, which every call asks for; the official SDK;
docs.stripe.com/currencies, /webhooks and /api/idempotent_requests.

A payment's id is its Checkout session's: its PaymentIntent only appears when the customer pays. The
SDK names the calls and writes their form fields; our client makes them, so that its limits, address
filter and errors apply too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from shared.connectors import signatures
from shared.connectors.amounts import AmountMinor, MinorUnits
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
from shared.domain.payments.payments import (
    DisputeObservation,
    DisputeStatus,
    Observation,
    RefundObservation,
    RefundStatus,
    Stage,
)
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorConflict,
    ConnectorUnavailable,
)
from shared.said import say

if TYPE_CHECKING:
    from stripe import HTTPClient, RequestOptions, StripeClient
    from stripe.params import RefundListParams
    from stripe.params.checkout import SessionCreateParams

SYSTEM = "stripe"
HAS_IDEMPOTENCY_KEYS = True
API_URL = "https://api.stripe.com"
API_VERSION = "2023-08-16"
PAGES_MAX = 10
"""The most pages of a payment's refunds, with 100 refunds on each."""

AMOUNTS = MinorUnits(
    SYSTEM,
    scales={"ISK": 2, "UGX": 2, "MGA": 0},
    steps=dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 10),
)
"""Source: docs.stripe.com/currencies. The last of three decimals must be 0."""
_SECRET_KEY = re.compile(r"(?:sk|rk)_(?:test|live)_[A-Za-z0-9]{10,240}")
_WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{10,240}")
_KEY_IN_WORDS = re.compile(r"\b(?:sk|rk|pk)_(?:test|live)_\S+")
"""A key in Stripe's message, which repeats a wrong key and masks most of its characters."""
_OURS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,31}")
"""A reference of ours: the merchant's account may have other payments too."""
_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "Stripe-Version")
"""The SDK's headers that are sent; the others describe the machine."""

_INTENT_STAGES: Mapping[str, Stage] = {
    "processing": Stage.PENDING,
    "requires_capture": Stage.AUTHORIZED,
    "succeeded": Stage.PAID,
    "canceled": Stage.CANCELED,
}
_SESSION_STAGES: Mapping[str | None, Stage] = {
    "open": Stage.REQUIRES_ACTION,
    "expired": Stage.CANCELED,
}
_REFUND_STATUSES: Mapping[str | None, RefundStatus] = {
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
_DISPUTE_STATUSES: Mapping[str, DisputeStatus] = {
    "needs_response": DisputeStatus.OPEN,
    "under_review": DisputeStatus.OPEN,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}
"""In the other statuses, ``warning_...``, no money has moved."""


class Config(PspConfig):
    """A Stripe account. Test and live have one host: the key decides between them."""

    secret_key: SecretStr = Field(
        description="A secret or restricted API key: `sk_...` or `rk_...`."
    )
    webhook_secret: SecretStr = Field(
        description="The signing secret of the webhook endpoint: `whsec_...`."
    )

    @field_validator("secret_key")
    @classmethod
    def _check_secret_key(cls, key: SecretStr) -> SecretStr:
        if not _SECRET_KEY.fullmatch(key.get_secret_value()):
            raise ValueError(
                say(
                    "key_of_stripe",
                    "must be a secret or restricted key, which begins with sk_ or rk_",
                )
            )
        return key

    @field_validator("webhook_secret")
    @classmethod
    def _check_webhook_secret(cls, secret: SecretStr) -> SecretStr:
        if not _WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError(
                say(
                    "secret_of_stripe",
                    "must be the webhook endpoint's signing secret, which begins with whsec_",
                )
            )
        return secret

    @property
    def is_test(self) -> bool:
        """True if the key is one of test mode."""
        return self.secret_key.get_secret_value()[3:8] == "test_"


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Charge(_Answer):
    amount_refunded: AmountMinor = 0


class _Failure(_Answer):
    code: str | None = None
    decline_code: str | None = None


class _Intent(_Answer):
    id: VendorId
    status: str
    amount: AmountMinor
    currency: str
    amount_received: AmountMinor = 0
    latest_charge: _Charge | str | None = None
    last_payment_error: _Failure | None = None


class _Session(_Answer):
    id: VendorId
    status: str | None
    amount_total: AmountMinor | None
    currency: str | None
    payment_intent: _Intent | str | None = None
    url: str | None = None


class _Refund(_Answer):
    id: VendorId
    status: str | None
    metadata: dict[str, str] | None = None
    failure_reason: str | None = None


class _Refunds(_Answer):
    data: list[_Refund]
    has_more: bool


class _Dispute(_Answer):
    id: VendorId
    status: str
    amount: AmountMinor
    currency: str
    payment_intent: str | None = None


class _Names(_Answer):
    """The field of a payment intent that names our payment."""

    metadata: dict[str, str] | None = None


class _Any(_Answer):
    """An answer whose content does not matter."""


class _Reported(_Answer):
    """The object of an event, with the fields that sessions, intents and charges share."""

    id: VendorId
    client_reference_id: str | None = None
    metadata: dict[str, str] | None = None


class _EventData(_Answer):
    object: dict[str, Any]


class _Event(_Answer):
    livemode: bool
    data: _EventData
    account: str | None = None


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        self._client = JsonClient(
            system=SYSTEM,
            base_url=(config.base_url or API_URL).rstrip("/"),
            authorize=lambda *_: {},  # the SDK authorizes
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=_problem,
        )

    @cached_property
    def _sdk(self) -> StripeClient:
        """The SDK. It is imported late, because the import would slow cold starts."""
        from stripe import StripeClient

        return StripeClient(
            self._config.secret_key.get_secret_value(),
            stripe_version=API_VERSION,
            base_addresses={"api": self._client.base_url},
            max_network_retries=0,
            http_client=cast("HTTPClient", _Transport(self._client)),
        )

    def verify(self) -> None:
        """Request a session, to check that the key may read it: a restricted key may not."""
        _called(_Any, lambda: self._sdk.v1.checkout.sessions.list({"limit": 1}))

    def create(self, request: PaymentRequest) -> Observation:
        """Begin a payment on Stripe's page."""
        params, key = to_session(request), _key(request.idempotency_key)
        made = _called(_Session, lambda: self._sdk.v1.checkout.sessions.create(params, key))
        return to_observation(made)

    def find(self, request: PaymentRequest) -> Observation | None:  # noqa: ARG002
        """Return ``None``: sessions cannot be looked up by our reference.

        Repeating ``create`` returns the first answer again. If it is not repeated, no customer was
        sent to the page, and Stripe closes it after a day.
        """
        return None

    def status(self, vendor_payment_id: str) -> Observation:
        """Request a payment."""
        return to_observation(self._session(vendor_payment_id))

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:
        """Take the authorized money, if there is any; return the state of the payment."""
        session, key = self._session(vendor_payment_id), _key(idempotency_key)
        intent = session.payment_intent
        if not isinstance(intent, _Intent) or intent.status != "requires_capture":
            return to_observation(session)
        minor = to_amount(amount)
        after = _called(
            _Intent,
            lambda: self._sdk.v1.payment_intents.capture(
                intent.id, {"amount_to_capture": minor}, key
            ),
        )
        return to_observation(session.model_copy(update={"payment_intent": after}))

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002
        """Close the page, or cancel the authorization; else return the payment's state."""
        session, key = self._session(vendor_payment_id), _key(idempotency_key)
        intent = session.payment_intent
        if session.status == "open":
            closed = _called(
                _Session, lambda: self._sdk.v1.checkout.sessions.expire(session.id, {}, key)
            )
            return to_observation(closed)
        if not isinstance(intent, _Intent) or intent.status != "requires_capture":
            return to_observation(session)
        after = _called(_Intent, lambda: self._sdk.v1.payment_intents.cancel(intent.id, {}, key))
        return to_observation(session.model_copy(update={"payment_intent": after}))

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Give money back."""
        intent_id, amount = self._intent_id(request), to_amount(request.amount)
        # An empty value would tell Stripe to remove the name.
        said = {"reason": request.reason} if request.reason else {}
        names = {"payment": request.payment_reference, "reference": request.refund_reference}
        made = _called(
            _Refund,
            lambda: self._sdk.v1.refunds.create(
                {"payment_intent": intent_id, "amount": amount, "metadata": {**names, **said}},
                _key(request.idempotency_key),
            ),
        )
        return to_refund_observation(made)

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:
        """Look through the payment's refunds for our reference."""
        intent_id, after = self._intent_id(request), ""
        for _ in range(PAGES_MAX):
            page = self._refunds(intent_id, after)
            for each in page.data:
                if (each.metadata or {}).get("reference") == request.refund_reference:
                    return to_refund_observation(each)
            if not page.has_more or not page.data:
                return None
            after = page.data[-1].id
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected", "{system} has too many refunds of this payment.", system=SYSTEM
            )
        )

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:
        """Read an event. For a payment it is only a hint, because events may come out of order.

        A dispute does not name our payment: its payment intent is requested to find it.

        Raises:
            ConnectorError: Stripe did not answer the request for the payment intent.
        """
        secret = self._config.webhook_secret.get_secret_value()
        if not signatures.is_valid(headers.get("Stripe-Signature", ""), secret, body):
            raise ForgedNotification
        try:
            event = _Event.model_validate_json(body)
            if event.livemode is self._config.is_test or event.account is not None:
                raise ForgedNotification
            dispute = to_dispute(event.data.object)
            news = [] if dispute else to_notifications(event.data.object)
        except ValidationError:
            raise ForgedNotification from None
        return self._disputed(dispute) if dispute else news

    def _disputed(self, dispute: _Dispute) -> list[Notification]:
        """Return the notification of a dispute; nothing if it is not about a payment of ours."""
        intent_id, seen = dispute.payment_intent, to_dispute_observation(dispute)
        if intent_id is None or seen is None:
            return []
        intent = _called(_Names, lambda: self._sdk.v1.payment_intents.retrieve(intent_id))
        reference = (intent.metadata or {}).get("reference", "")
        news = Notification(reference, payment=Observation(dispute=seen))
        return [news] if _OURS.fullmatch(reference) else []

    def _session(self, session_id: str) -> _Session:
        expand = ["payment_intent.latest_charge"]
        return _called(
            _Session,
            lambda: self._sdk.v1.checkout.sessions.retrieve(session_id, {"expand": expand}),
        )

    def _intent_id(self, request: RefundRequest) -> str:
        intent = self._session(request.vendor_payment_id).payment_intent
        if intent is None:
            raise ConnectorConflict(
                say("nothing_taken", "{system} has taken no money for this payment.", system=SYSTEM)
            )
        return intent.id if isinstance(intent, _Intent) else intent

    def _refunds(self, intent_id: str, after: str) -> _Refunds:
        params: RefundListParams = {"payment_intent": intent_id, "limit": 100}
        if after:
            params["starting_after"] = after
        return _called(_Refunds, lambda: self._sdk.v1.refunds.list(params))


class _Transport:
    """Makes the SDK's calls with our client: its limits, its address filter, its errors."""

    name = "punktwerk"
    """The client's name, which the SDK reports to Stripe."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client

    def request_with_retries(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: str | None = None,
        max_network_retries: int | None = None,  # noqa: ARG002 - our client knows when to retry
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Make a call. Every POST of ours has an idempotency key, so it may be repeated."""
        reply = self._client.call(
            method.upper(),
            url.removeprefix(self._client.base_url),
            body=(post_data or "").encode(),
            headers={name: headers[name] for name in _HEADERS if name in headers},
            is_repeatable=True,
        )
        if not isinstance(reply.body, dict):
            raise ConnectorAnswerInvalid(
                say("answer_unexpected", "The answer of {system} is no JSON object.", system=SYSTEM)
            )
        return reply.text, reply.status, {}


def to_session(request: PaymentRequest) -> SessionCreateParams:
    """Write a payment as a session with one line."""
    names = {"reference": request.reference}
    return {
        "mode": "payment",
        "client_reference_id": request.reference,
        "metadata": names,
        "success_url": request.return_url,
        "cancel_url": request.return_url,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.amount.currency.lower(),
                    "unit_amount": to_amount(request.amount),
                    "product_data": {"name": request.description or request.reference},
                },
            }
        ],
        "payment_intent_data": {
            "capture_method": "manual" if request.captures_later else "automatic",
            "description": request.description or request.reference,
            "metadata": names,
        },
    }


def to_amount(amount: Money) -> int:
    """Write an amount in Stripe's minor units."""
    return AMOUNTS.write(amount)


def from_amount(minor: int | None, currency: str | None) -> Money | None:
    """Read an amount in Stripe's minor units; ``None`` if there is none."""
    if minor is None or currency is None:
        return None
    return AMOUNTS.read(minor, currency.upper())


def to_observation(session: _Session) -> Observation:
    """Read a session, and its intent if the answer includes it."""
    intent = session.payment_intent
    if not isinstance(intent, _Intent):
        return Observation(
            vendor_payment_id=session.id,
            stage=_SESSION_STAGES.get(session.status),
            amount=from_amount(session.amount_total, session.currency),
            redirect_url=session.url,
        )
    charge, error = intent.latest_charge, intent.last_payment_error
    refunded_minor = charge.amount_refunded if isinstance(charge, _Charge) else None
    return Observation(
        vendor_payment_id=session.id,
        stage=_stage(session, intent),
        amount=from_amount(intent.amount, intent.currency),
        captured=from_amount(intent.amount_received, intent.currency),
        refunded=from_amount(refunded_minor, intent.currency),
        redirect_url=session.url,
        failure=(error.decline_code or error.code) if error else None,
    )


def to_refund_observation(refund: _Refund) -> RefundObservation:
    """Read a refund."""
    status = _REFUND_STATUSES.get(refund.status, RefundStatus.PENDING)
    return RefundObservation(refund.id, status, refund.failure_reason)


def to_dispute(reported: Mapping[str, Any]) -> _Dispute | None:
    """Read a dispute, if an event is about one."""
    return _Dispute.model_validate(reported) if reported.get("object") == "dispute" else None


def to_dispute_observation(dispute: _Dispute) -> DisputeObservation | None:
    """Read a dispute's state; ``None`` if no money has moved."""
    status = _DISPUTE_STATUSES.get(dispute.status)
    if status is None:
        return None
    amount = AMOUNTS.read(dispute.amount, dispute.currency.upper())
    return DisputeObservation(dispute.id, amount, status)


def to_notifications(reported: Mapping[str, Any]) -> list[Notification]:
    """Read the notifications of an event; none if it is not about a payment of ours."""
    kind = reported.get("object")
    if kind == "refund":
        refund = _Refund.model_validate(reported)
        names = refund.metadata or {}
        payment, reference = names.get("payment", ""), names.get("reference")
        seen = to_refund_observation(refund)
        news = Notification(
            payment, refund_reference=reference, vendor_refund_id=refund.id, refund=seen
        )
        return [news] if reference and _OURS.fullmatch(payment) else []
    if kind not in {"checkout.session", "payment_intent", "charge"}:
        return []
    found = _Reported.model_validate(reported)
    reference = found.client_reference_id or (found.metadata or {}).get("reference") or ""
    session_id = found.id if kind == "checkout.session" else None
    return [Notification(reference, session_id)] if _OURS.fullmatch(reference) else []


def _stage(session: _Session, intent: _Intent) -> Stage | None:
    known = _INTENT_STAGES.get(intent.status) or _SESSION_STAGES.get(session.status)
    # A bank debit, for instance, fails days after the customer has left the page for good.
    has_failed = session.status == "complete" and intent.status == "requires_payment_method"
    return Stage.FAILED if has_failed else known


def _called(model: type[Model], call: Callable[[], Any]) -> Model:
    """Make a call of the SDK's and read its answer.

    Our client raises the errors of refusals; the SDK's own errors mean that it cannot read an
    answer.
    """
    from stripe import StripeError

    try:
        answer = call().to_dict()
    except (StripeError, ArithmeticError, TypeError, ValueError):
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} makes no sense.", system=SYSTEM)
        ) from None
    return parsed(model, answer, system=SYSTEM)


def _key(idempotency_key: str) -> RequestOptions:
    return {"idempotency_key": idempotency_key}


def _problem(body: Any) -> str:
    """Return Stripe's message about a refusal.

    Raises:
        ConnectorUnavailable: An earlier call with the same key is not done yet.
        ConnectorConflict: The key was used for something else.
    """
    error = body["error"]
    if error.get("code") == "idempotency_key_in_use":
        raise ConnectorUnavailable(
            say(
                "earlier_call_runs",
                "{system} is still at an earlier call with the same key.",
                system=SYSTEM,
            )
        )
    if error.get("type") == "idempotency_error":
        raise ConnectorConflict(
            say(
                "key_used_otherwise",
                "{system} knows the key from a call with other values.",
                system=SYSTEM,
            )
        )
    said = _KEY_IN_WORDS.sub("***", str(error.get("message") or ""))
    return f"{said} ({error['code']})" if error.get("code") else said
