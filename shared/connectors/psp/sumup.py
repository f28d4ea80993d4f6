"""SumUp payments: the customer pays on SumUp's page (Hosted Checkout).

Source: SumUp API, github.com/sumup/sumup-openapi of 2026-06-18, and the vendor's SDK 0.4.0, which
makes the calls. Amounts are numbers in major units. A checkout becomes paid by a transaction;
refunds are events of that transaction and keep no reference of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator

from shared.connectors import signatures
from shared.connectors.client import Model, parsed, refusal
from shared.connectors.config import ConnectorConfig
from shared.connectors.psp import sumup_answers as answers
from shared.connectors.psp.base import (
    ForgedNotification,
    Notification,
    PaymentRequest,
    RefundRequest,
)
from shared.domain.money import Money
from shared.domain.payments import Observation, RefundObservation, RefundStatus
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorConflict,
    ConnectorError,
    ConnectorRejected,
    ConnectorTimeout,
    ConnectorUnavailable,
    ConnectorUnsupported,
)

if TYPE_CHECKING:
    from sumup import Sumup  # type: ignore[import-untyped]

SYSTEM = "sumup"
HAS_IDEMPOTENCY_KEYS = False

BASE_URL = "https://api.sumup.com"
TIMEOUTS_S = (5.0, 10.0, 10.0, 5.0)
"""To connect, read, write and get a connection. A refund asks before it pays, and both together
must end before somebody else may try.
"""
SIGNATURE_HEADER = "X-SumUp-Webhook-Signature"
_KEY = re.compile(r"sup_(?!pk_)[A-Za-z0-9_]{16,200}")
_REFUND_ACCEPTED = {200, 204}
"""The contract says 204, the vendor's newer pages and SDK 201; the SDK takes nothing but 201."""


class Config(ConnectorConfig):
    """A secret API key, and the merchant that it is for.

    Keys of test merchants ("sandbox") look like others, and the host is the same: ``mode`` says
    what the merchant is to be, and SumUp is asked whether it is.
    """

    api_key: SecretStr = Field(max_length=220)
    merchant_code: str
    mode: Literal["test", "live"] = "live"
    webhook_secret: SecretStr | None = Field(default=None, min_length=16, max_length=200)

    @field_validator("api_key")
    @classmethod
    def _check_key(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError("must be a secret API key of SumUp, sup_sk_..., not a public one")
        return key

    @field_validator("merchant_code")
    @classmethod
    def _check_merchant_code(cls, code: str) -> str:
        if not re.fullmatch(r"[A-Z0-9]{4,16}", code):
            raise ValueError("must be a merchant code of SumUp, like MH4H92C7")
        return code

    @property
    def is_test(self) -> bool:
        """Whether the merchant is a sandbox, as the merchant says and ``verify`` checks."""
        return self.mode == "test"


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        self._base_url = ((config.base_url if is_emulated else None) or BASE_URL).rstrip("/")

    def verify(self) -> None:
        """Ask for the merchant, who must be a sandbox in test mode, and none in live mode."""
        with self._calling() as api:
            merchant = api.merchants.get(self._config.merchant_code)
        if bool(merchant.sandbox) is not self._config.is_test:
            kind, mode = ("a sandbox", "test") if merchant.sandbox else ("a live merchant", "live")
            raise ConnectorRejected(
                f"sumup: {self._config.merchant_code} is {kind}: config.mode must be {mode}."
            )

    def create(self, request: PaymentRequest) -> Observation:
        """Begin a payment on SumUp's page. SumUp takes a reference once: so an earlier call counts.

        Raises:
            ConnectorUnsupported: The money is to be taken later.
            ConnectorError: See ``to_connector_error``.
        """
        if request.captures_later:
            raise _capture_unsupported()
        try:
            with self._calling() as api:
                made = api.checkouts.create(
                    checkout_reference=request.reference,
                    amount=answers.to_amount(request.amount),
                    currency=request.amount.currency,
                    merchant_code=self._config.merchant_code,
                    description=request.description,
                    redirect_url=request.return_url,
                    return_url=request.notification_url,
                    hosted_checkout={"enabled": True},
                )
        except ConnectorConflict:  # the reference is taken
            found = self.find(request)
            if found is None:
                raise
            return found
        return answers.to_observation(_parsed(answers.Checkout, made))

    def find(self, request: PaymentRequest) -> Observation | None:
        """Look a checkout up by our reference."""
        with self._calling() as api:
            listed = api.checkouts.list(checkout_reference=request.reference)
        for each in listed:
            checkout = _parsed(answers.Checkout, each)
            is_own = checkout.merchant_code in {None, self._config.merchant_code}
            if is_own and checkout.checkout_reference == request.reference:
                return answers.to_observation(checkout)
        return None

    def status(self, vendor_payment_id: str) -> Observation:
        """Ask for a checkout."""
        with self._calling() as api:
            return answers.to_observation(_checkout(api, vendor_payment_id))

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - refused
        """Refuse: SumUp takes the money at once.

        Raises:
            ConnectorUnsupported: Always.
        """
        raise _capture_unsupported()

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - all of it
        """Close a checkout that was not paid."""
        with self._calling() as api:
            closed = api.checkouts.deactivate(_quoted(vendor_payment_id))
        return answers.to_observation(_parsed(answers.Checkout, closed))

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Give money back of the transaction that paid the checkout.

        The answer names no refund: which event it became is asked for afterwards. If that fails,
        the refund is made all the same.
        """
        with self._calling() as api:
            transaction_id = answers.to_transaction_id(_checkout(api, request.vendor_payment_id))
            self._send_refund(api, transaction_id, request.amount)
        try:
            event = self._refund_event(transaction_id, request)
        except ConnectorError:
            event = None
        if event is None or request.other_refund_ids is None:
            return RefundObservation(status=RefundStatus.SUCCEEDED)
        return answers.to_refund_observation(event)

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:
        """Look for a refund of this amount that is none of the others.

        Raises:
            ConnectorAnswerInvalid: There is one, but it may be another's: ask again when the
                others are settled. Nothing is sent meanwhile.
            ConnectorError: See ``to_connector_error``.
        """
        with self._calling() as api:
            transaction_id = answers.to_transaction_id(_checkout(api, request.vendor_payment_id))
        event = self._refund_event(transaction_id, request)
        if event is None:
            return None
        if request.other_refund_ids is None and not request.is_full:
            raise ConnectorAnswerInvalid("sumup's refunds of the payment cannot be told apart yet.")
        return answers.to_refund_observation(event)

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:
        """Read which checkout to ask for: from a signed event, or from an unsigned hint."""
        signature = headers.get(SIGNATURE_HEADER)
        try:
            if signature is None:
                return [Notification(vendor_payment_id=answers.Hint.model_validate_json(body).id)]
            self._check_signature(signature, body)
            report = answers.Report.model_validate_json(body)
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

    def _send_refund(self, api: Sumup, transaction_id: str, amount: Money) -> None:
        from sumup.errors import APIError  # type: ignore[import-untyped]

        try:
            api.transactions.refund(
                self._config.merchant_code,
                _quoted(transaction_id),
                amount=answers.to_amount(amount),
            )
        except APIError as answer:
            if answer.status not in _REFUND_ACCEPTED:
                raise

    def _refund_event(self, transaction_id: str, request: RefundRequest) -> answers.Event | None:
        """Return the newest refund of this amount that is none of the others; failed ones last."""
        with self._calling() as api:
            answer = api.transactions.get(self._config.merchant_code, id=transaction_id)
        return answers.to_event(_parsed(answers.History, answer), request)

    @contextmanager
    def _calling(self) -> Iterator[Sumup]:
        """Give the vendor's SDK for some calls. It makes each once, and follows no redirect."""
        from sumup import Sumup  # late: it takes half a second
        from sumup.errors import APIError

        key = self._config.api_key.get_secret_value()
        with Sumup(api_key=key, base_url=self._base_url, timeout=TIMEOUTS_S) as api:
            try:
                yield api
            except (APIError, ValueError, RecursionError) as failure:
                raise to_connector_error(failure, tuple(self._config.secrets())) from None


def to_connector_error(failure: Exception, secrets: tuple[str, ...]) -> ConnectorError:
    """Say in our words what the SDK raised: no answer, a refusal, or an answer without sense."""
    from sumup.errors import APIConnectionError, APIError, APITimeoutError

    if isinstance(failure, APITimeoutError):
        return ConnectorTimeout("sumup did not answer in time.")
    if isinstance(failure, APIConnectionError):
        return ConnectorUnavailable("sumup cannot be reached.")
    if not isinstance(failure, APIError) or failure.response.is_success:
        return ConnectorAnswerInvalid("The answer of sumup is not what its contract says.")
    said = failure.message
    if isinstance(failure.body, dict):  # of another shape than the SDK expects, such as refunds'
        said = str(failure.body.get("message") or failure.body.get("detail") or said)
    return refusal(SYSTEM, failure.status, said, failure.response.headers, secrets)


def _checkout(api: Sumup, checkout_id: str) -> answers.Checkout:
    return _parsed(answers.Checkout, api.checkouts.get(_quoted(checkout_id)))


def _parsed(model: type[Model], answer: BaseModel) -> Model:
    """Read the SDK's model as ours. Its floats become the decimals that they were written as."""
    return parsed(model, answer.model_dump(), system=SYSTEM)


def _capture_unsupported() -> ConnectorUnsupported:
    return ConnectorUnsupported(
        "sumup takes the money at once: it cannot be authorized first.",
        offers=["captureLater: false"],
    )


def _quoted(path_segment: str) -> str:
    return quote(path_segment, safe="")
