"""payabl.: the customer pays on payabl.'s hosted payment page.

Source: docs.payabl.com (hosted payment page, capture, reversal, refund, diagnose interface,
signature calculation, response codes); payabl.'s SDK for PHP for the answer of the payment page.
There is no machine-readable contract.

There is no idempotency key. Our reference is the order id, by which the diagnose interface finds
a payment.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from shared import clock
from shared.connectors.client import JsonClient, redacted
from shared.connectors.config import ConnectorConfig
from shared.connectors.psp import payabl_answers as answers
from shared.connectors.psp.base import (
    ForgedNotification,
    Mode,
    Notification,
    PaymentRequest,
    PspConfig,
    RefundRequest,
    without_page,
)
from shared.connectors.psp.payabl_answers import SYSTEM
from shared.domain.money import Money
from shared.domain.payments.customers import Customer
from shared.domain.payments.payments import Observation, RefundObservation, RefundStatus, Stage
from shared.errors import (
    ConnectorConflict,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRejected,
    ConnectorUnavailable,
    ConnectorUnsupported,
)
from shared.said import say

HAS_IDEMPOTENCY_KEYS = False
SANDBOX = "sandbox.payabl.com"
TOLERANCE = timedelta(days=1)
"""The maximum age of a notification: it may be repeated for hours, and only causes a request."""

_WRONG_CREDENTIALS = frozenset({-999, -119, -104})
_WRONG_FIELDS = -6000
_UNCLEAR = {-999, -998, -5000}
"""payabl.'s internal errors, after which money may have moved."""
_LOOK_BACK, _LOOK_AHEAD = timedelta(days=27), timedelta(days=1)
"""The days of a look-up: payabl. takes no more than a month at a time."""
_SECRET = re.compile(r"[!-~]{4,200}")
_LIVE_HOST = re.compile(r"(?!.*sandbox)[a-z0-9-]+(\.[a-z0-9-]+)*\.payabl\.com")


class Config(PspConfig):
    """A merchant account, and the default customer for payments that do not name one.

    A secret does not show its environment: ``mode`` is ``test`` for the sandbox, and ``live`` for
    the host under payabl.com that payabl. has given to the merchant.
    """

    merchant_id: str = Field(
        pattern=r"^[A-Za-z0-9_.-]{1,40}$", description="Id of the merchant at payabl."
    )
    secret: SecretStr = Field(description="Signs requests and notifications.")
    mode: Mode
    live_host: str | None = Field(
        default=None,
        description=(
            "The host that payabl. has named for live payments, such as `pay4.payabl.com`. Needed "
            "in the mode `live`."
        ),
    )
    customer_email: str = Field(
        pattern=answers.EMAIL,
        max_length=answers.EMAIL_CHARS_MAX,
        description="Sent in place of the customer's address of email.",
    )
    customer_first_name: str = Field(
        default="Online",
        pattern=answers.NAME,
        description="Sent in place of the customer's first name.",
    )
    customer_last_name: str = Field(
        default="Customer",
        pattern=answers.NAME,
        description="Sent in place of the customer's last name.",
    )
    customer_ip: str | None = Field(
        default=None,
        pattern=r"^[0-9a-fA-F.:]{3,39}$",
        description="Sent in place of the customer's IP address.",
    )

    @field_validator("secret")
    @classmethod
    def _is_secret(cls, value: SecretStr) -> SecretStr:
        if not _SECRET.fullmatch(value.get_secret_value()):
            raise ValueError(
                say("printable_4", "must be 4 to 200 printable characters, without spaces")
            )
        return value

    @model_validator(mode="after")
    def _is_one_environment(self) -> Self:
        if self.mode == "test" and self.live_host is not None:
            raise ValueError(
                say(
                    "live_host_not_needed",
                    "liveHost is for mode live only: the sandbox has its own host",
                )
            )
        if self.mode == "live" and not _LIVE_HOST.fullmatch(self.live_host or ""):
            raise ValueError(
                say(
                    "live_host_wrong",
                    "liveHost must be payabl.'s production host, like pay4.payabl.com",
                )
            )
        return self

    def hosts(self) -> Mapping[str, str]:
        """Return the address of production."""
        return {"liveHost": f"https://{self.live_host}"} if self.live_host else {}

    @property
    def is_test(self) -> bool:
        """True if payments are made in the sandbox."""
        return self.mode == "test"


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        self._secret = config.secret.get_secret_value()
        host = (is_emulated and config.base_url) or f"https://{config.live_host or SANDBOX}"
        self._client = JsonClient(
            system=SYSTEM,
            base_url=host.rstrip("/"),
            authorize=lambda *_: {},  # each request has a signature field
            secrets=(self._secret,),
            allow_loopback=is_emulated,
        )

    def verify(self) -> None:
        """Look for a payment that does not exist."""
        try:
            self._diagnose(type="orderid", orderid="verify", **_days())
        except ConnectorRejected as refused:
            # The answer for an unknown payment is not documented; that for a wrong signature is.
            if refused.details.get("vendorCode") == _WRONG_FIELDS:
                raise

    def create(self, request: PaymentRequest) -> Observation:
        """Begin a payment on payabl.'s page, which takes the money at once.

        Raises:
            ConnectorUnsupported: The payment should only be authorized.
        """
        if request.captures_later:
            raise ConnectorUnsupported(
                say("takes_at_once", "The payment page takes the money at once."),
                offers=["captureLater: false"],
            )
        fields = {
            "amount": answers.to_amount(request.amount),
            "currency": request.amount.currency,
            "orderid": answers.to_order_id(request.reference),
            "url_return": request.return_url,
            "notification_url": request.notification_url,
            **self._customer(request.customer or Customer()),
        }
        result = self._call("/pay/payment/init", fields)
        return answers.to_first_observation(self._accepted(result, _WRONG_CREDENTIALS))

    def find(self, request: PaymentRequest) -> Observation | None:
        """Look up a payment by our reference. payabl. does not tell its page again.

        So an unpaid payment has failed; see ``without_page``.
        """
        order_id = answers.to_order_id(request.reference)
        steps = self._diagnose(type="orderid", orderid=order_id, **_days())
        found = answers.to_found_observation([each for each in steps if each.order_id == order_id])
        return without_page(found) if found else None

    def status(self, vendor_payment_id: str) -> Observation:
        """Request a payment.

        Raises:
            ConnectorNotFound: The payment does not exist.
        """
        return answers.to_observation(vendor_payment_id, self._steps(vendor_payment_id))

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - all of it
        """Take the authorized money; do nothing if an earlier call did."""
        return self._operate("payment_capture", vendor_payment_id, Stage.PAID)

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:  # noqa: ARG002 - all of it
        """Cancel an authorization; do nothing if an earlier call did."""
        return self._operate("payment_reversal", vendor_payment_id, Stage.CANCELED)

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Give money back."""
        fields = {
            "transactionid": request.vendor_payment_id,
            "amount": answers.to_amount(request.amount),
            "currency": request.amount.currency,
            "external_id": request.refund_reference,
        }
        result = self._accepted(self._call("/pay/backoffice/payment_refund", fields))
        is_done = result.code == answers.SUCCESS
        status = RefundStatus.SUCCEEDED if is_done else RefundStatus.PENDING
        return RefundObservation(result.fields.get("transactionid") or None, status)

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:
        """Look for a refund by our reference, or else by its amount."""
        return answers.to_found_refund(self._steps(request.vendor_payment_id), request)

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:  # noqa: ARG002 - the signature is in the body
        """Read a report; only the transaction's id counts.

        The order id is not signed: a sender with one report could change it to any payment's.
        """
        fields = answers.to_report(body)
        expected = answers.to_security(self._secret, fields)
        age_s = abs(clock.real_now().timestamp() - int(fields["timestamp"]))
        is_signed = hmac.compare_digest(fields["security"].lower(), expected)
        if not is_signed or age_s > TOLERANCE.total_seconds():
            raise ForgedNotification
        return [Notification(vendor_payment_id=fields["transactionid"])]

    def _customer(self, customer: Customer) -> Mapping[str, str]:
        """Write the payer: the given values that payabl. takes, else the configured ones."""
        config = self._config
        email, ip = customer.email or "", customer.ip_address or config.customer_ip
        return {
            "email": email if answers.is_email(email) else config.customer_email,
            "firstname": answers.to_name(customer.first_name) or config.customer_first_name,
            "lastname": answers.to_name(customer.last_name) or config.customer_last_name,
            **({"customerip": ip} if ip else {}),
        }

    def _operate(self, name: str, payment_id: str, stage: Stage) -> Observation:
        """Make a call. If payabl. refuses it, check whether it was made before."""
        path, fields = f"/pay/backoffice/{name}", {"transactionid": payment_id}
        try:
            result = self._accepted(self._call(path, fields))
        except (ConnectorRejected, ConnectorConflict) as failure:
            return self._done_before(payment_id, stage, failure)
        return Observation(payment_id, stage if result.code == answers.SUCCESS else None)

    def _done_before(self, payment_id: str, stage: Stage, failure: ConnectorError) -> Observation:
        seen = self.status(payment_id)
        if seen.stage is not stage:
            raise failure
        return seen

    def _steps(self, transaction_id: str) -> Sequence[answers.Step]:
        steps = self._diagnose(type="tx", transactionid=transaction_id)
        if not steps:
            raise ConnectorNotFound(
                say("no_such_payment", "{system} has no such payment.", system=SYSTEM)
            )
        return steps

    def _diagnose(self, **fields: str) -> Sequence[answers.Step]:
        """Request transactions. It is a POST, but changes nothing."""
        text = self._text("/pay/backoffice/tx_diagnose", fields, is_repeatable=True)
        result, steps = answers.to_steps(text)
        self._accepted(result, _WRONG_CREDENTIALS)
        return steps

    def _call(self, path: str, fields: Mapping[str, str]) -> answers.PayablResult:
        return answers.to_result(self._text(path, fields))

    def _text(self, path: str, fields: Mapping[str, str], *, is_repeatable: bool = False) -> str:
        sent = {"merchantid": self._config.merchant_id, **fields}
        sent["signature"] = answers.to_signature(self._secret, sent)
        return self._client.post_form(path, sent, is_repeatable=is_repeatable).text

    def _accepted(
        self, result: answers.PayablResult, wrong_credentials: frozenset[int] = frozenset()
    ) -> answers.PayablResult:
        """Return a result that is not a refusal.

        Raises:
            ConnectorCredentialsRefused: The signature is wrong, or something is not permitted.
            ConnectorUnavailable: payabl. has failed, and may have carried out the request.
            ConnectorRejected: Anything else.
        """
        if result.code in {answers.SUCCESS, answers.PENDING}:
            return result
        told = redacted(" ".join(result.said.split()), [self._secret])[:300]
        message = say("system_refused", "{system} answered {words}", system=SYSTEM, words=told)
        if result.code in wrong_credentials:
            raise ConnectorCredentialsRefused(message)
        if result.code in _UNCLEAR:
            raise ConnectorUnavailable(message)
        raise ConnectorRejected(message, vendorCode=result.code)


def _days() -> dict[str, str]:
    """Return the days in which a payment with a lost answer may have begun."""
    today = clock.real_now()
    return {
        "start_date": f"{today - _LOOK_BACK:%d.%m.%Y}",
        "end_date": f"{today + _LOOK_AHEAD:%d.%m.%Y}",
    }
