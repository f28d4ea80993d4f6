"""Rows of bookings in requests, and their results in answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from shared.domain.loyalty import row_results
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.loyalty.row_results import RowOutcome, RowResult
from shared.schemas import answers
from shared.schemas.base import Id, NewId, Number, RequestTime, Text, Timestamp, WireModel
from shared.schemas.fields import ExternalSource, ProgramId, TransactionId, UserId
from shared.schemas.loyalty.booking_bodies import (
    PointsToAdd,
    PurchaseAmount,
    PurchaseLines,
    to_lines,
)
from shared.schemas.rows import JudgedLater, NamedRow

ROWS_MAX = 500

OccurredAt = Annotated[
    RequestTime,
    Field(
        description=(
            "When it happened, if not now; not in the future. Points expire from that day on, and "
            "those that have expired by now are written off at once."
        )
    ),
]


class AwardRowBody(NamedRow):
    """An addLoyaltyPoints. ``programId`` may stand once above all rows instead."""

    named_by: ClassVar[str] = "transaction_id"
    user_id: UserId
    program_id: ProgramId | None = None
    points: PointsToAdd | None = None
    purchase_amount: PurchaseAmount | None = None
    purchase_lines: PurchaseLines | None = None
    transaction_id: TransactionId
    occurred_at: OccurredAt | None = None
    description: Text = Field(default="", description="Shown in the customer's history.")
    source: ExternalSource | None = None

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        require_amount(self.points, self.purchase_amount, self.purchase_lines)
        return self

    def lines(self) -> tuple[PurchaseLine, ...] | None:
        """Return the lines of the purchase, ``None`` if the row tells of none."""
        return to_lines(self.purchase_amount, self.purchase_lines)


AwardRow = Annotated[dict[str, Any], JudgedLater(AwardRowBody)]
"""An ``AwardRowBody`` that is not validated yet."""


class OfflineTransactionBody(NamedRow):
    """What a till has booked: an earn is an addLoyaltyPoints, a redeem a redeemLoyaltyPoints."""

    named_by: ClassVar[str] = "client_transaction_id"
    client_transaction_id: NewId = Field(
        description=(
            "The till's id of it, which makes it idempotent, for ever. If the till had sent it "
            "before as `transactionId`, it is the same transaction."
        )
    )
    type: Literal["earn", "redeem"] = Field(description="Which of the two it is.")
    program_id: ProgramId
    user_id: UserId
    points: PointsToAdd | None = Field(default=None, description="What was earned or spent.")
    purchase_amount: PurchaseAmount | None = None
    purchase_lines: PurchaseLines | None = None
    reward_id: Id | None = Field(default=None, description="The reward that was bought.")
    description: Text = Field(default="", description="Shown in the customer's history.")
    occurred_at: RequestTime = Field(description="When it happened; not in the future.")

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.type == "earn":
            require_amount(self.points, self.purchase_amount, self.purchase_lines)
            if self.reward_id is not None:
                raise ValueError("takes rewardId for redeem only")
        elif self.points is None:
            raise ValueError("needs points for redeem")
        elif self.purchase_amount is not None or self.purchase_lines is not None:
            raise ValueError("takes purchaseAmount and purchaseLines for earn only")
        return self

    def lines(self) -> tuple[PurchaseLine, ...] | None:
        """Return the lines of the purchase, ``None`` if it tells of none."""
        return to_lines(self.purchase_amount, self.purchase_lines)


OfflineTransaction = Annotated[dict[str, Any], JudgedLater(OfflineTransactionBody)]
"""An ``OfflineTransactionBody`` that is not validated yet."""


class BookedRow(WireModel):
    """The result of a row."""

    index: int = Field(description="Number of the row in the request, from 0.")
    outcome: RowOutcome = Field(
        strict=False,
        description=(
            "`booked` by this request, `duplicate` of what was booked before, `nothing` if the "
            "rules grant nothing, `refused`, or `not_done` yet: send the same request again."
        ),
    )
    transaction_id: str | None = Field(
        description="The row's own id of it, also if it is refused. Null if it has no valid one."
    )
    entry_id: str | None = Field(
        description=f"The ledger entry. {answers.ENTRY_ID_SCOPE} Null if there is none."
    )
    points: Number = Field(description="What was earned or spent.")
    new_balance: Number | None = Field(
        description=(
            "The balance after this. Null if nothing was booked, or the points had expired already."
        )
    )
    expires_at: Timestamp | None = Field(
        description="When the points expire; a time in the past if they have already. Null: never."
    )
    capped_by: str | None = Field(description="What cut the award; see addLoyaltyPoints.")
    reason: str | None = Field(description="Why nothing was granted; see addLoyaltyPoints.")
    error: str | None = Field(description="Code of the refusal. Null if it was not refused.")
    message: str | None = Field(
        description="Why it was refused or not done, for people. Null if it was not."
    )


class NumberedRow(BookedRow):
    """The result of a row of a file."""

    line: int = Field(description="The line of the file in which the row ends, from 1.")


class RowCounts(WireModel):
    """How many rows have each outcome."""

    booked: int = Field(description="How many this request has booked.")
    duplicates: int = Field(description="How many were booked before, and not again.")
    nothing: int = Field(description="How many the rules grant nothing for.")
    refused: int = Field(description="How many were refused: nothing was booked.")
    not_done: int = Field(description="How many are left: send the same request again.")


def require_amount(points: object, amount: object, lines: object) -> None:
    """Refuse a body that does not say how much, or says it twice.

    Raises:
        ValueError: It has none of the three, or both kinds of purchase.
    """
    if points is None and amount is None and lines is None:
        raise ValueError("needs points, purchaseAmount or purchaseLines")
    if amount is not None and lines is not None:
        raise ValueError("takes purchaseAmount or purchaseLines, not both")


def to_rows(rows: Iterable[RowResult]) -> list[BookedRow]:
    """Return the results of rows for an answer."""
    return [BookedRow.model_validate(row, from_attributes=True) for row in rows]


def to_counts(rows: Iterable[RowResult]) -> RowCounts:
    """Return the numbers of outcomes for an answer."""
    found = row_results.counted(rows)
    return RowCounts(
        booked=found[RowOutcome.BOOKED],
        duplicates=found[RowOutcome.DUPLICATE],
        nothing=found[RowOutcome.NOTHING],
        refused=found[RowOutcome.REFUSED],
        not_done=found[RowOutcome.NOT_DONE],
    )


ROW_EXAMPLES: list[dict[str, Any]] = [
    {
        "index": 0,
        "outcome": "booked",
        "transactionId": "PB-TXN-9876",
        "entryId": "le_abc123",
        "points": 50,
        "newBalance": 192,
        "expiresAt": None,
        "cappedBy": None,
        "reason": None,
        "error": None,
        "message": None,
    },
    {
        "index": 1,
        "outcome": "refused",
        "transactionId": "PB-TXN-9877",
        "entryId": None,
        "points": 0,
        "newBalance": None,
        "expiresAt": None,
        "cappedBy": None,
        "reason": None,
        "error": "MEMBERSHIP_NOT_FOUND",
        "message": "The customer is not enrolled in the program.",
    },
]
