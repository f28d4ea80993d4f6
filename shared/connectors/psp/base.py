"""What every payment provider's module offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Protocol

from pydantic import Field

from shared.connectors.config import ConnectorConfig
from shared.domain.money import Money
from shared.domain.payments.customers import Customer
from shared.domain.payments.payments import Observation, RefundObservation, Stage

Mode = Annotated[
    Literal["test", "live"],
    Field(description="Whether the account is one for tests, which moves no money."),
]


class PspConfig(ConnectorConfig):
    """Settings and credentials of a payment provider."""

    base_url: str | None = Field(
        default=None,
        max_length=200,
        description=(
            "Where a stand-in of the provider is on this machine. Taken under the emulator only."
        ),
    )


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A payment to be made.

    Attributes:
        reference: Our id of the payment, which the provider is to know it by; at most 32 letters,
            digits and underscores.
        amount: What the customer pays.
        description: Shown to the customer, at most 100 characters.
        return_url: Where the provider sends the customer's browser afterwards.
        notification_url: Where the provider reports what happens.
        captures_later: Only authorize; the money is taken by ``capture``.
        idempotency_key: The same for every attempt of this payment, at most 64 characters.
        customer: Who pays, if the merchant says so; the same for every attempt.
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
    """Money to be given back.

    Attributes:
        payment_reference: Our id of the payment.
        vendor_payment_id: The provider's.
        refund_reference: Our id of the refund.
        amount: How much of it.
        is_full: Whether that is all that was paid.
        reason: What the merchant says, at most 100 characters.
        idempotency_key: The same for every attempt of this refund.
        other_refund_ids: The provider's ids of the payment's other refunds; ``None`` if one of them
            may have been made and its id is not known. For providers without references of refunds.
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
    """What a provider reported by itself, verified.

    One of ``reference`` (our id) and ``vendor_payment_id`` names the payment. Without observations
    the provider's word is only a hint, and the payment is asked for.
    """

    reference: str | None = None
    vendor_payment_id: str | None = None
    payment: Observation | None = None
    refund_reference: str | None = None
    vendor_refund_id: str | None = None
    refund: RefundObservation | None = None


class ForgedNotification(Exception):
    """A notification's signature is missing or wrong, or it is none of this provider's."""


PAGE_LOST = "PAGE_LOST"


def without_page(found: Observation) -> Observation:
    """Say of a payment that was looked up what that means where its page is told only once.

    The answer that told the page got lost, so nobody was ever sent there: what is not paid yet
    never will be, and another payment can be begun.
    """
    if found.stage in {Stage.PENDING, Stage.REQUIRES_ACTION}:
        return replace(found, stage=Stage.FAILED, failure=PAGE_LOST)
    return found


class PspConnector(Protocol):
    """One merchant's account with a provider. Every method may raise a ``ConnectorError``."""

    def verify(self) -> None:
        """Make a harmless call that shows whether the credentials are accepted; may do nothing."""

    def create(self, request: PaymentRequest) -> Observation:
        """Begin a payment, as a rule on a page of the provider's own."""

    def find(self, request: PaymentRequest) -> Observation | None:
        """Look for a payment whose ``create`` got no answer; ``None`` if there is none for sure."""

    def status(self, vendor_payment_id: str) -> Observation:
        """Ask for a payment as it is now."""

    def capture(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:
        """Take the money that was authorized."""

    def cancel(self, vendor_payment_id: str, amount: Money, idempotency_key: str) -> Observation:
        """Give up a payment that was not taken yet."""

    def refund(self, request: RefundRequest) -> RefundObservation:
        """Give money back."""

    def find_refund(self, request: RefundRequest) -> RefundObservation | None:
        """Look for a refund whose answer got lost; ``None`` if there is none for sure."""

    def notification(self, headers: Mapping[str, str], body: bytes) -> list[Notification]:
        """Read what the provider reports.

        Raises:
            ForgedNotification: It is not to be believed.
        """


class PspModule(Protocol):
    """A module of this package."""

    Config: type[ConnectorConfig]
    HAS_IDEMPOTENCY_KEYS: bool

    def connect(self, config: ConnectorConfig, *, is_emulated: bool) -> PspConnector:
        """Return the merchant's account, without calling anything."""
