"""The interface of every payment provider's module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, Field

from shared.connectors.config import ConnectorConfig
from shared.domain.money import Money
from shared.domain.payments.customers import Customer
from shared.domain.payments.payments import Observation, RefundObservation, Stage
from shared.said import say

Mode = Annotated[
    Literal["test", "live"],
    Field(description="Whether the account is one for tests, which moves no money."),
]


VENDOR_ID_BYTES_MAX = 400


def _is_short(text: str) -> str:
    if len(text.encode("utf-8", "replace")) > VENDOR_ID_BYTES_MAX:
        raise ValueError(
            say("too_many_bytes", "must have at most {most} bytes", most=VENDOR_ID_BYTES_MAX)
        )
    return text


VendorId = Annotated[str, Field(min_length=1), AfterValidator(_is_short)]
"""A provider's id of something. It is stored and looked for; three of them may be joined."""


class PspConfig(ConnectorConfig):
    """Settings and credentials of a payment provider."""

    base_url: str | None = Field(
        default=None,
        max_length=200,
        description=("A stand-in on this machine. Under the emulator only."),
    )


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A payment to make.

    Attributes:
        reference: Our id of the payment, by which the provider should know it; at most 32 letters,
            digits and underscores.
        amount: The amount that the customer pays.
        description: Shown to the customer, at most 100 characters.
        return_url: Where the provider sends the customer's browser afterwards.
        notification_url: Where the provider sends its notifications.
        captures_later: Only authorize; ``capture`` takes the money.
        idempotency_key: The same for every attempt of this payment, at most 64 characters.
        customer: The payer, if the merchant names one; the same for every attempt.
    """

    reference: str
    amount: Money
    description: str
    return_url: str
    notification_url: str
    captures_later: bool
    idempotency_key: str
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A refund to make.

    Attributes:
        payment_reference: Our id of the payment.
        vendor_payment_id: The provider's id of the payment.
        refund_reference: Our id of the refund.
        amount: The amount to refund.
        is_full: True if this is everything that was paid.
        reason: The merchant's reason, at most 100 characters.
        idempotency_key: The same for every attempt of this refund.
        other_refund_ids: The provider's ids of the payment's other refunds; ``None`` if one of them
            may exist with an unknown id. For providers without references of refunds.
    """

    payment_reference: str
    vendor_payment_id: str
    refund_reference: str
    amount: Money
    is_full: bool
    reason: str
    idempotency_key: str
    other_refund_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A verified report that a provider sent by itself.

    One of ``reference`` (our id) and ``vendor_payment_id`` names the payment. Without observations
    the report is only a hint, and the payment is requested.
    """

    reference: str | None = None
    vendor_payment_id: str | None = None
    payment: Observation | None = None
    refund_reference: str | None = None
    vendor_refund_id: str | None = None
    refund: RefundObservation | None = None


class ForgedNotification(Exception):
    """The signature is missing or wrong, or the notification is not from this provider."""


PAGE_LOST = "PAGE_LOST"


def without_page(found: Observation) -> Observation:
    """Return a looked-up payment, as failed if unpaid. For providers that tell the page only once.

    The answer with the page got lost, so no customer was sent to it: an unpaid payment will never
    be paid, and another payment can begin.
    """
    if found.stage in {Stage.PENDING, Stage.REQUIRES_ACTION}:
        return replace(found, stage=Stage.FAILED, failure=PAGE_LOST)
    return found


class PspConnector(Protocol):
    """One merchant's account with a provider. Every method may raise a ``ConnectorError``."""

    def verify(self) -> None:
        """Make a harmless call to check that the credentials are accepted; may do nothing."""

    def create(self, request: PaymentRequest) -> Observation:
        """Begin a payment, usually on the provider's own page."""

    def find(self, request: PaymentRequest) -> Observation | None:
        """Look for a payment whose ``create`` got no answer; ``None`` if there surely is none."""

    def status(self, vendor_payment_id: str) -> Observation:
        """Request the current state of a payment."""

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:
        """Take the authorized money."""

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:
        """Cancel a payment whose money was not taken yet."""

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Give money back."""

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:
        """Look for a refund whose answer got lost; ``None`` if it surely does not exist."""

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:
        """Read a notification of the provider.

        Raises:
            ForgedNotification: The notification cannot be trusted.
        """


class PspModule(Protocol):
    """A module of this package."""

    Config: type[ConnectorConfig]
    HAS_IDEMPOTENCY_KEYS: bool

    def connect(self, config: ConnectorConfig, *, is_emulated: bool) -> PspConnector:
        """Return the merchant's account, without calling anything."""
