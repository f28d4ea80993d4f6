"""Types of fields that several answers share, each with its meaning. Events have some of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.schemas.base import Number, Timestamp

StoreId = Annotated[str, Field(description="Id of the store.")]
ProgramId = Annotated[str, Field(description="Id of the program.")]
UserId = Annotated[str, Field(description="Your id of the customer.")]
ProductId = Annotated[str, Field(description="Id of the product.")]
PaymentId = Annotated[str, Field(description="Id of the payment.")]
WebhookId = Annotated[str, Field(description="Id of the webhook endpoint.")]
EventId = Annotated[str, Field(description="Id of the event.")]
DeliveryId = Annotated[str, Field(description="Id of the delivery: this event to this endpoint.")]
TransactionId = Annotated[
    str | None, Field(description="Your id of the transaction. Null if none was given.")
]

ENTRY_ID_SCOPE = "Unique for one member: entries of two members may have the same id."
"""The end of each description of a ledger entry's id."""

CreatedAt = Annotated[Timestamp, Field(description="When it was made: UTC with milliseconds.")]
UpdatedAt = Annotated[
    Timestamp, Field(description="When it was last changed: UTC with milliseconds.")
]
EnrolledAt = Annotated[Timestamp, Field(description="When the user became a member.")]

MembershipId = Annotated[str, Field(description="Id of the membership.")]
MembershipStatus = Annotated[
    Literal["active", "suspended", "left", "merged"],
    Field(description="How the member stands: only `active` members earn and spend."),
]

Count = Annotated[int, Field(description="How many are listed.")]
NextCursor = Annotated[
    str | None,
    Field(description="Send it as `cursor` for the next page. Null on the last one."),
]

Amount = Annotated[int, Field(description="In minor units of `currency`: 1099 for 10.99 EUR.")]
Currency = Annotated[str, Field(description="ISO 4217 code.")]

CurrentBalance = Annotated[
    Number, Field(description="What the member has now, with what is reserved.")
]
Version = Annotated[
    int,
    Field(
        description=(
            "Number of the member's last booking, 0 without one. It rises with each; `ifVersion` "
            "takes it."
        ),
        ge=0,
    ),
]
VersionAfter = Annotated[
    int | None,
    Field(
        description=(
            "The member's version with this booking: `ifVersion` takes it. Null if there was "
            "nothing to book."
        )
    ),
]
ReceiptPending = Annotated[
    Number,
    Field(description="All of `points`, if they cannot be spent before `pendingUntil`; else 0."),
]
ReceiptPendingUntil = Annotated[
    Timestamp | None,
    Field(description="From when on it can be spent. Null if at once."),
]
HeldBalance = Annotated[Number, Field(description="What of it is reserved.")]
AvailableBalance = Annotated[
    Number, Field(description="What can be spent now: the balance less what is reserved.")
]
PendingBalance = Annotated[
    Number, Field(description="What was earned and cannot be spent yet; not in the balance.")
]
PreviousBalance = Annotated[Number, Field(description="The balance before this.")]
NewBalance = Annotated[Number, Field(description="The balance after this.")]
TotalEarned = Annotated[Number, Field(description="Everything ever earned.")]
TierValidUntil = Annotated[
    Timestamp | None,
    Field(
        description=(
            "When the tier is lost, if nothing is booked until then. Null if it is not: it is "
            "kept, or there are none."
        )
    ),
]
CurrentTier = Annotated[
    str | None,
    Field(description="The member's tier now. Null below the first tier and without tiers."),
]
ReservationId = Annotated[str, Field(description="Id of the reservation.")]
RewardCode = Annotated[
    str | None,
    Field(description="The code that the customer shows for the reward. Null without one."),
]
