"""Adyen, by its hosted page (Pay by Link).

Sources: Adyen's OpenAPI of Checkout v72 and Webhooks v1, 2026-07-01; the official SDK;
docs.adyen.com/development-resources on currency codes, API idempotency and HMAC signatures.

Adyen has no call for the state of a payment: it only reports it by signed notification. It has a
call for the link. So a payment's id is the link's id until the customer pays; the authorisation
tells Adyen's ``pspReference``, which is the payment's id from then on. The SDK names the calls; our
client makes them, so that its limits, address filter and errors apply too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from shared.connectors.amounts import AmountMinor, MinorUnits
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
from shared.domain.payments.payments import (
    DisputeObservation,
    DisputeStatus,
    Observation,
    RefundObservation,
    RefundStatus,
    Stage,
)
from shared.errors import ConnectorAnswerInvalid, ConnectorUnavailable
from shared.said import say

if TYPE_CHECKING:
    from Adyen.services import AdyenCheckoutApi  # type: ignore[import-untyped]

SYSTEM = "adyen"
HAS_IDEMPOTENCY_KEYS = True
VERSION = "/v72"
TEST_URL = "https://checkout-test.adyen.com"
LIVE_URL = "https://{prefix}-checkout-live.adyenpayments.com/checkout"

AMOUNTS = MinorUnits(SYSTEM, scales={"CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2})
"""Source: docs.adyen.com/development-resources/currency-codes, "differs from standard"."""
_LATER = "later"
"""A suffix of our reference: the payment is only authorized at first. Unlike ``additionalData``,
the reference is signed in notifications."""
_SAME_KEY = "704"
"""The errorCode if an earlier call with the same key is not done yet."""
_OURS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,31}")
"""A reference of ours: the merchant account may have other payments too."""
_KEY = re.compile(r"[\x21-\x7e]{20,500}")
_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,80}")
_PREFIX = re.compile(r"[0-9a-f]{8,32}-[A-Za-z0-9]{1,60}")
_HMAC_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_SIGNED = (
    "pspReference",
    "originalReference",
    "merchantAccountCode",
    "merchantReference",
    "value",
    "currency",
    "eventCode",
    "success",
)
_LINK_PREFIX = "PL"
_PSP_REFERENCE_CHARS = 16
_LINK_STAGES: Mapping[str, Stage] = {
    "active": Stage.REQUIRES_ACTION,
    "expired": Stage.CANCELED,
}
"""Stages of a link. For a paid link, the notification tells more."""
LINK_EXPIRED = "link_expired"
_TRUE = "true"
_CAPTURE_FAILED = "CAPTURE_FAILED"
_CANCELED = {"CANCELLATION", "TECHNICAL_CANCEL", "EXPIRE"}
_REFUND_FAILED = {"REFUND_FAILED", "REFUNDED_REVERSED"}
_DISPUTES: Mapping[str, DisputeStatus] = {
    "CHARGEBACK": DisputeStatus.OPEN,
    "CHARGEBACK_REVERSED": DisputeStatus.WON,
    "SECOND_CHARGEBACK": DisputeStatus.LOST,
    "PREARBITRATION_LOST": DisputeStatus.LOST,
}
"""All events of a dispute have one ``pspReference``. Source: docs.adyen.com, dispute webhooks."""


class Config(PspConfig):
    """A merchant account of Adyen.

    Test and live keys look alike: ``mode`` chooses the host, and the host refuses a key of the
    other kind when the provider is configured.
    """

    api_key: SecretStr = Field(description="The secret API key.")
    merchant_account: str = Field(
        description="Name of the merchant account, such as `ExampleCoECOM`."
    )
    hmac_key: SecretStr = Field(
        description="The key that signs the standard webhook: 64 hexadecimal digits."
    )
    mode: Mode = "live"
    live_url_prefix: str | None = Field(
        default=None,
        description=(
            "The prefix of the account's live host, such as `1797a841fbb37ca7-ExampleCo`. Needed "
            "in the mode `live`."
        ),
    )

    @field_validator("api_key")
    @classmethod
    def _check_api_key(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError(
                say(
                    "key_of_adyen",
                    "must be an API key of Adyen: 20 to 500 characters without spaces",
                )
            )
        return key

    @field_validator("merchant_account")
    @classmethod
    def _check_merchant_account(cls, name: str) -> str:
        if not _ACCOUNT.fullmatch(name):
            raise ValueError(
                say(
                    "account_of_adyen", "must be the name of a merchant account, like ExampleCoECOM"
                )
            )
        return name

    @field_validator("hmac_key")
    @classmethod
    def _check_hmac_key(cls, key: SecretStr) -> SecretStr:
        if not _HMAC_KEY.fullmatch(key.get_secret_value()):
            raise ValueError(
                say("hmac_of_adyen", "must be the webhook's HMAC key: 64 hexadecimal digits")
            )
        return key

    @field_validator("live_url_prefix")
    @classmethod
    def _check_live_url_prefix(cls, prefix: str | None) -> str | None:
        if prefix is not None and not _PREFIX.fullmatch(prefix):
            raise ValueError(say("prefix_of_adyen", "must be like 1797a841fbb37ca7-ExampleCo"))
        return prefix

    @model_validator(mode="after")
    def _check_mode(self) -> Self:
        if self.mode == "live" and self.live_url_prefix is None:
            raise ValueError(
                say(
                    "live_prefix_needed",
                    "needs liveUrlPrefix in mode live; test accounts need mode test",
                )
            )
        return self

    @property
    def is_test(self) -> bool:
        """True if the test host is called."""
        return self.mode == "test"

    def url(self) -> str:
        """Return the URL of Adyen's Checkout API."""
        if self.base_url is not None:
            return self.base_url.rstrip("/")
        if self.is_test:
            return TEST_URL + VERSION
        return LIVE_URL.format(prefix=self.live_url_prefix) + VERSION


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Amount(_Answer):
    currency: str
    value: AmountMinor


class _Link(_Answer):
    id: VendorId
    amount: _Amount
    status: str
    url: str


class _Received(_Answer):
    """A modification: ``status`` is always ``received``, and its result comes later."""

    psp_reference: str = Field(alias="pspReference")
    payment_psp_reference: str = Field(alias="paymentPspReference")


class _Any(_Answer):
    """An answer whose content does not matter."""


class _Item(_Answer):
    psp_reference: str = Field(alias="pspReference")
    original_reference: str | None = Field(default=None, alias="originalReference")
    merchant_account: str = Field(alias="merchantAccountCode")
    merchant_reference: str = Field(alias="merchantReference")
    amount: _Amount
    event_code: str = Field(alias="eventCode")
    success: str
    reason: str | None = None
    additional_data: dict[str, Any] = Field(default_factory=dict, alias="additionalData")


class _Envelope(_Answer):
    item: _Item = Field(alias="NotificationRequestItem")


class _Report(_Answer):
    live: str
    items: list[_Envelope] = Field(alias="notificationItems")


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        self._account = {"merchantAccount": config.merchant_account}
        key = config.api_key.get_secret_value()
        self._client = JsonClient(
            system=SYSTEM,
            base_url=config.url(),
            authorize=lambda *_: {"X-API-Key": key},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=_problem,
        )

    @cached_property
    def _sdk(self) -> AdyenCheckoutApi:
        """The SDK. It is imported late, because the import would slow cold starts."""
        from Adyen import AdyenClient  # type: ignore[import-untyped]
        from Adyen.services import AdyenCheckoutApi

        client = AdyenClient(xapikey=self._config.api_key.get_secret_value())
        client.http_client, client.http_init = _Transport(self._client), True
        return AdyenCheckoutApi(client=client)

    def verify(self) -> None:
        """Request the ways to pay that the merchant account offers."""
        _called(_Any, lambda: self._sdk.payments_api.payment_methods(self._account))

    def create(self, request: PaymentRequest) -> Observation:
        """Make a link to Adyen's page, good for one payment and one day."""
        body = {**self._account, **to_link(request)}
        key = request.idempotency_key
        made = _called(_Link, lambda: self._sdk.payment_links_api.payment_links(body, key))
        return to_observation(made)

    def find(self, request: PaymentRequest) -> Observation | None:  # noqa: ARG002
        """Return ``None``: Adyen has no look-up by our reference.

        Repeating ``create`` returns the first answer again. If it is not repeated, no customer was
        sent to the page, and the link expires after a day.
        """
        return None

    def status(self, vendor_payment_id: str) -> Observation:
        """Request the link, until the customer has paid.

        After the payment this tells nothing new: Adyen has no call for it, and only notifies.
        """
        if not is_link(vendor_payment_id):
            return Observation(vendor_payment_id)
        link_id = _part(vendor_payment_id)
        found = _called(_Link, lambda: self._sdk.payment_links_api.get_payment_link(link_id))
        return to_observation(found)

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:
        """Request the capture. The money is taken when a notification says so."""
        body = {**self._account, "amount": to_amount(amount)}
        _called(
            _Received,
            lambda: self._sdk.modifications_api.capture_authorised_payment(
                body, _part(vendor_payment_id), idempotency_key
            ),
        )
        return Observation(vendor_payment_id)

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - all of it
        """Close the link, or request a cancellation, which is done when a notification says so.

        A customer may pay while the link is being closed. Adyen notifies that, and it counts.
        """
        if is_link(vendor_payment_id):
            return self._close(vendor_payment_id, idempotency_key)
        _called(
            _Received,
            lambda: self._sdk.modifications_api.cancel_authorised_payment_by_psp_reference(
                self._account, _part(vendor_payment_id), idempotency_key
            ),
        )
        return Observation(vendor_payment_id)

    def _close(self, link_id: str, idempotency_key: str) -> Observation:
        """Close an open link; return the state of any other."""
        seen = self.status(link_id)
        if seen.stage is not Stage.REQUIRES_ACTION:
            return seen
        closed = _called(
            _Link,
            lambda: self._sdk.payment_links_api.update_payment_link(
                {"status": "expired"}, _part(link_id), idempotency_key
            ),
        )
        return to_observation(closed)

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Request a refund. It is done when a notification says so."""
        body = {
            **self._account,
            "amount": to_amount(request.amount),
            "reference": f"{request.payment_reference}.{request.refund_reference}",
        }
        received = _called(
            _Received,
            lambda: self._sdk.modifications_api.refund_captured_payment(
                body, _part(request.vendor_payment_id), request.idempotency_key
            ),
        )
        return RefundObservation(received.psp_reference)

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:  # noqa: ARG002
        """Return ``None``: Adyen has no look-up. Repeating ``refund`` returns the first answer."""
        return None

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:  # noqa: ARG002 - the signature is in the body
        """Read the reported results of payments. Each one is signed."""
        try:
            report = _Report.model_validate_json(body)
        except ValidationError:
            raise ForgedNotification from None
        key = bytes.fromhex(self._config.hmac_key.get_secret_value())
        items = [each.item for each in report.items]
        are_ours = {self._config.merchant_account} == {each.merchant_account for each in items}
        is_mode = report.live == ("false" if self._config.is_test else "true")
        if not is_mode or not are_ours or not all(is_signed(each, key) for each in items):
            raise ForgedNotification
        return [news for each in items if (news := to_notification(each)) is not None]


class _Transport:
    """Makes the SDK's calls with our client: its limits, its address filter, its errors."""

    user_agent = ""
    """The SDK requires it; our client sends its own."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client

    def request(
        self,
        method: str,
        url: str,
        json: Any = None,
        *,
        headers: Mapping[str, str],
        xapikey: str,  # noqa: ARG002 - our client authorizes
    ) -> tuple[str, Any, int, Mapping[str, str]]:
        """Make a call to our host, whatever host the SDK chose."""
        path = url.partition(VERSION)[2]
        keys = {name: headers[name] for name in ("Idempotency-Key",) if name in headers}
        if method == "POST":
            reply = self._client.post(path, json, headers=keys, is_repeatable=bool(keys))
        elif method == "GET":
            reply = self._client.get(path)
        else:
            # The result is the same each time.
            reply = self._client.send("PATCH", path, json, headers=keys, is_repeatable=True)
        if not isinstance(reply.body, dict):
            raise ConnectorAnswerInvalid(
                say("answer_unexpected", "The answer of {system} is no JSON object.", system=SYSTEM)
            )
        return reply.text, json, reply.status, {}


def is_link(vendor_payment_id: str) -> bool:
    """Tell whether an id is a link's and no ``pspReference``, which always has 16 characters."""
    is_psp_reference = len(vendor_payment_id) == _PSP_REFERENCE_CHARS
    return vendor_payment_id.startswith(_LINK_PREFIX) and not is_psp_reference


def to_link(request: PaymentRequest) -> dict[str, Any]:
    """Write a payment as a link, without the merchant account.

    Without ``captureDelayHours`` the merchant account's settings would decide when to capture.
    """
    reference = request.reference
    is_later = request.captures_later
    return {
        "amount": to_amount(request.amount),
        "reference": f"{reference}.{_LATER}" if is_later else reference,
        "returnUrl": request.return_url,
        **({"description": request.description} if request.description else {}),
        **({"manualCapture": True} if is_later else {"captureDelayHours": 0}),
    }


def to_amount(amount: Money) -> dict[str, Any]:
    """Write an amount."""
    return {"currency": amount.currency, "value": AMOUNTS.write(amount)}


def from_amount(amount: _Amount) -> Money:
    """Read an amount."""
    return AMOUNTS.read(amount.value, amount.currency)


def to_observation(link: _Link) -> Observation:
    """Read a link."""
    stage = _LINK_STAGES.get(link.status)
    return Observation(
        vendor_payment_id=link.id,
        stage=stage,
        amount=from_amount(link.amount),
        redirect_url=link.url,
        failure=LINK_EXPIRED if stage is Stage.CANCELED else None,
    )


def is_signed(item: _Item, key: bytes) -> bool:
    """Tell whether a notification carries the HMAC-SHA256 of its eight signed values."""
    values = {
        **item.model_dump(by_alias=True),
        "originalReference": item.original_reference or "",
        "value": item.amount.value,
        "currency": item.amount.currency,
    }
    text = ":".join(str(values[name]) for name in _SIGNED)
    expected = base64.b64encode(hmac.digest(key, text.encode(), hashlib.sha256))
    given = item.additional_data.get("hmacSignature")
    return isinstance(given, str) and hmac.compare_digest(expected, given.encode())


def to_notification(item: _Item) -> Notification | None:
    """Read a verified notification; ``None`` if it is not about a payment of ours."""
    reference, _, suffix = item.merchant_reference.partition(".")
    known = reference if _OURS.fullmatch(reference) else None
    if item.event_code == "REFUND" or item.event_code in _REFUND_FAILED:
        is_ours = known is not None and suffix not in {"", _LATER}
        return Notification(
            known,
            item.original_reference,
            refund_reference=suffix if is_ours else None,
            vendor_refund_id=item.psp_reference,
            refund=_to_refund(item),
        )
    payment = _to_payment(item, is_later=suffix == _LATER)
    if payment is None:
        return None
    return Notification(known, item.original_reference or item.psp_reference, payment)


def _to_refund(item: _Item) -> RefundObservation:
    has_succeeded = item.event_code == "REFUND" and item.success == _TRUE
    status = RefundStatus.SUCCEEDED if has_succeeded else RefundStatus.FAILED
    return RefundObservation(item.psp_reference, status, None if has_succeeded else item.reason)


def _to_payment(item: _Item, *, is_later: bool) -> Observation | None:
    code, payment_id = item.event_code, item.original_reference or item.psp_reference
    if code == _CAPTURE_FAILED:
        return Observation(item.original_reference, failure=item.reason or code, is_reversed=True)
    if item.success != _TRUE:
        return None  # the customer may retry with the same link, and we may retry the same capture
    amount = from_amount(item.amount)
    if code == "AUTHORISATION":
        return Observation(payment_id, Stage.AUTHORIZED if is_later else Stage.PAID, amount)
    if code == "CAPTURE":
        return Observation(payment_id, Stage.PAID, captured=amount)
    if code in _DISPUTES:
        dispute = DisputeObservation(item.psp_reference, amount, _DISPUTES[code])
        return Observation(dispute=dispute)
    return Observation(payment_id, Stage.CANCELED) if code in _CANCELED else None


def _called(model: type[Model], call: Callable[[], Any]) -> Model:
    """Make a call of the SDK's and read its answer.

    Our client raises the errors of refusals; the SDK's own errors mean that it cannot read an
    answer.
    """
    from Adyen import AdyenError

    try:
        answer = call().message
    except AdyenError:
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} makes no sense.", system=SYSTEM)
        ) from None
    return parsed(model, answer, system=SYSTEM)


def _part(vendor_payment_id: str) -> str:
    return quote(vendor_payment_id, safe="")


def _problem(body: Any) -> str:
    """Return Adyen's message about a refusal.

    Raises:
        ConnectorUnavailable: An earlier call with the same key is not done yet.
    """
    if body.get("errorCode") == _SAME_KEY:
        raise ConnectorUnavailable(
            say(
                "earlier_call_runs",
                "{system} is still at an earlier call with the same key.",
                system=SYSTEM,
            )
        )
    return f"{body['message']} ({body['errorCode']})"
