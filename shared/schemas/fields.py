"""Types of fields that several requests share, each with its meaning. Events have some of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from shared import config, time_zones
from shared.outgoing import guard
from shared.schemas.base import Id, NewId, Number, RequestTime, Text, Whole, to_whole, worded

AMOUNT_MINOR_MAX = 1_000_000_000
PRODUCT_ID_CHARS_MAX = 1_201
"""The encoded ids of a store and of a product in it, and the text between them."""

StoreId = Annotated[
    Id,
    Field(description="Id of the store. The header `X-Beep-Store-Id` can stand in for it."),
]
ProgramId = Annotated[Id, Field(description="Id of the program.")]
UserId = Annotated[Id, Field(description="Your id of the customer.")]
NewUserId = Annotated[NewId, Field(description="Your id of the customer.")]
"""Of somebody who may become a member by this request."""
PaymentId = Annotated[Id, Field(description="Id of the payment.")]
ReservationId = Annotated[
    Id, Field(description="The `reservationId` that reserveLoyaltyPoints answered.")
]
RedemptionId = Annotated[
    Id,
    Field(
        description="The `redemptionId` that redeemLoyaltyPoints or commitLoyaltyRedemption gave."
    ),
]
WebhookId = Annotated[Id, Field(description="Id of the webhook endpoint.")]
DeliveryId = Annotated[Id, Field(description="Id of the delivery: this event to this endpoint.")]
ProductId = Annotated[
    str, Field(min_length=1, max_length=PRODUCT_ID_CHARS_MAX, description="Id of the product.")
]
KnownTransactionId = Annotated[Id, Field(description="Your id of the transaction.")]
"""Of a transaction that was told before."""
TransactionId = Annotated[
    NewId,
    Field(
        description=(
            "Your id of the transaction. It makes the call idempotent, for ever. It is the same as "
            "the `externalTransactionId` of syncExternalLoyalty: a transaction is booked once, "
            "whichever of the two tells of it."
        )
    ),
]


def _in_minor_units(value: Any) -> Any:
    """Say what is meant to who sends 12.90; a whole number is checked as any other."""
    whole = to_whole(value)
    if isinstance(whole, Decimal):
        raise ValueError("must be whole minor units, such as cents: 1290 for 12.90 EUR")  # noqa: TRY004
    return whole


AmountMinor = Annotated[
    Whole,
    BeforeValidator(_in_minor_units),
    Field(
        ge=1,
        le=AMOUNT_MINOR_MAX,
        description="In minor units of `currency`: 1099 for 10.99 EUR.",
    ),
]
Currency = Annotated[
    str,
    Field(
        pattern=worded("^[A-Z]{3}$", "must be three capital letters, like EUR"),
        description="ISO 4217 code.",
    ),
]


def _known_time_zone(name: str) -> str:
    if name not in time_zones.names():
        raise ValueError("must be a time zone of IANA, like Europe/Berlin")
    return name


TimeZone = Annotated[str, Field(max_length=50), AfterValidator(_known_time_zone)]
Percent = Annotated[Number, Field(ge=0, le=100)]


_FIRST_DAY, _LAST_DAY = date(1970, 1, 8), date(9998, 12, 31)
_NO_DAY = "must be a day like 2026-03-05, from 1970-01-08 to 9998-12-31"


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(_NO_DAY) from None
    if day.isoformat() != value or not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError(_NO_DAY)
    return day


Day = Annotated[
    date,
    BeforeValidator(_day),
    PlainSerializer(date.isoformat, return_type=str, when_used="always"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A day of the store's calendar: ``2026-03-05``."""


TseCode = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_000,
        description=(
            "The code of the TSE that the receipt shows (`V0;...`), so that nobody claims it by "
            "that as well."
        ),
    ),
]

IfVersion = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=2**53,
        description=(
            "The `version` of the member as you know it, from getCustomerBalance, or the "
            "`sequence` of the last event. If something was booked since, it is refused with "
            "`VERSION_MISMATCH` and told by `loyalty.sync_conflict`."
        ),
    ),
]
ExternalSource = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        description=(
            "The external system that this comes from; its own webhooks are not told of it."
        ),
    ),
]
FreeText = Annotated[Text, Field(description="Free text.")]
Since = Annotated[RequestTime, Field(description="The earliest time, inclusive.")]


def _public_link(url: str) -> str:
    return guard.check_link(url, allow_loopback=False)


def _link(url: str) -> str:
    return guard.check_link(url, allow_loopback=config.is_emulated())


_LINK_SCHEMA = WithJsonSchema(
    {"type": "string", "format": "uri", "pattern": "^https://", "maxLength": guard.URL_CHARS_MAX}
)
PublicLink = Annotated[str, AfterValidator(_public_link), _LINK_SCHEMA]
"""An https URL on a public host that apps show or open. Its meaning is the field's."""
Link = Annotated[str, AfterValidator(_link), _LINK_SCHEMA]
"""As ``PublicLink``; under the emulator also on this machine."""
