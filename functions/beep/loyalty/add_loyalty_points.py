"""POST /api/v1/addLoyaltyPoints: grant points, stamps or cashback."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from pydantic import Field, model_validator

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.units import from_units
from shared.errors import (
    BalanceLimitExceeded,
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    OwnMembership,
    ProgramInactive,
    ProgramNotFound,
    ReceiptClaimed,
    ReceiptCodeDamaged,
    ReceiptVoided,
)
from shared.schemas import answers
from shared.schemas.base import (
    Duplicate,
    Number,
    RequestModel,
    RequestTime,
    ResponseModel,
    Success,
    Text,
    Timestamp,
    invalid,
)
from shared.schemas.fields import (
    ExternalSource,
    ProgramId,
    StoreId,
    TransactionId,
    TseCode,
    UserId,
)
from shared.schemas.loyalty.booking_bodies import (
    CappedBy,
    MadeOfAnswer,
    NoAwardReason,
    PointsRequested,
    PointsToAdd,
    PurchaseAmount,
    PurchaseCount,
    PurchaseLines,
    made_of_body,
    made_of_json,
    to_lines,
)
from shared.services.loyalty import balances, row_bookings
from shared.services.loyalty import sandbox as mock

CASHIERS_TELL_WITHIN = timedelta(days=7)
"""A cashier chooses the time of a purchase, and with it a campaign, so far back and no further."""


class Request(RequestModel):
    """``points``, or a purchase from which the program's rules compute them; ``points`` win."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    points: PointsToAdd | None = None
    purchase_amount: PurchaseAmount | None = None
    purchase_lines: PurchaseLines | None = None
    purchase_count: PurchaseCount | None = None
    transaction_id: TransactionId | None = None
    description: Text = Field(default="", description="Shown in the customer's history.")
    source: ExternalSource | None = None
    receipt_code: TseCode | None = None
    occurred_at: RequestTime | None = Field(
        default=None,
        description=(
            "When it was bought, if a till tells of it later; not in the future. Campaigns, limits "
            "and expiry are those of then. A cashier's: in the last 7 days, and `pendingDays` "
            "count from now."
        ),
    )

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        purchase = (self.purchase_amount, self.purchase_lines, self.purchase_count)
        told = [each for each in purchase if each is not None]
        if self.points is None and not told:
            raise ValueError("needs points, purchaseAmount, purchaseLines or purchaseCount")
        if len(told) > 1:
            raise ValueError("takes one of purchaseAmount, purchaseLines and purchaseCount")
        if self.points is not None and self.purchase_count is not None:
            raise ValueError("takes points or purchaseCount, not both")
        if self.receipt_code is not None and self.transaction_id is None:
            raise ValueError("needs transactionId with receiptCode")
        return self

    def lines(self) -> tuple[PurchaseLine, ...] | None:
        """Return the lines of the purchase, ``None`` if the request tells of none."""
        return to_lines(self.purchase_amount, self.purchase_lines)


class Response(ResponseModel):
    """The award: the requested and the granted amount, and the rule that capped it.

    ``reason`` says why nothing was granted. ``duplicate``: an earlier request, perhaps of
    syncExternalLoyalty, booked this ``transactionId``; this is its booking.
    """

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    entry_id: str | None = Field(
        description=f"The ledger entry. {answers.ENTRY_ID_SCOPE} Null if nothing was granted."
    )
    points_added: Number = Field(description="What was granted, and can be spent now.")
    points_pending: Number = Field(
        description="What was granted, and can be spent later: not in the balance yet."
    )
    pending_until: Timestamp | None = Field(
        description="When pending points can be spent. Null if none are pending."
    )
    points_requested: PointsRequested
    capped_by: CappedBy
    reason: NoAwardReason
    made_of: MadeOfAnswer
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier
    transaction_id: answers.TransactionId
    duplicate: Duplicate = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "points": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "points": 50,
        "transactionId": "PB-TXN-9876",
    },
    "purchase": {"programId": "lp_abc123", "userId": "user_xyz", "purchaseAmount": 28.5},
    "stamps": {"programId": "lp_abc123", "userId": "user_xyz", "purchaseCount": 2},
    "receipt": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "purchaseLines": [{"amount": 31.5}, {"amount": -3, "type": "discount"}],
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "entryId": "le_abc123",
    "pointsAdded": 50,
    "pointsPending": 0,
    "pendingUntil": None,
    "pointsRequested": 50,
    "cappedBy": None,
    "reason": None,
    "madeOf": None,
    "previousBalance": 142,
    "newBalance": 192,
    "currentTier": "Silber",
    "transactionId": "PB-TXN-9876",
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    MemberSuspended,
    MembershipClosed,
    OwnMembership,
    ProgramInactive,
    BalanceLimitExceeded,
    ReceiptClaimed,
    ReceiptVoided,
    ReceiptCodeDamaged,
)


def handle(body: Request, caller: Caller) -> Response:
    """Book the award."""
    _require_purchase_of_cashiers(body, caller)
    booking = balances.add(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        points=body.points,
        purchase_lines=body.lines(),
        purchase_count=body.purchase_count,
        transaction_id=body.transaction_id,
        source=body.source,
        description=body.description,
        tse_code=body.receipt_code,
        occurred_at=_occurred_at(body, caller),
    )
    award, entry, scale = booking.award, booking.entry, booking.program.scale
    if entry is not None:
        # A booking by syncExternalLoyalty has no requested units: it gave what it was asked for.
        requested_units = (
            entry.granted_units if entry.requested_units is None else entry.requested_units
        )
        capped_by, reason = entry.capped_by, None
    else:
        assert award is not None, "what grants nothing says why"
        requested_units, capped_by, reason = award.requested_units, award.capped_by, award.reason
    return Response(
        program_id=body.program_id,
        user_id=booking.user_id,
        entry_id=entry.entry_id if entry else None,
        points_added=from_units(entry.units if entry else 0, scale),
        points_pending=from_units((entry.pending_units or 0) if entry else 0, scale),
        pending_until=entry.pending_until if entry else None,
        points_requested=from_units(requested_units, scale),
        capped_by=capped_by,
        reason=reason,
        made_of=made_of_body(entry.made_of) if entry else None,
        previous_balance=from_units(booking.previous_units, scale),
        new_balance=from_units(booking.new_units, scale),
        current_tier=booking.tier,
        transaction_id=body.transaction_id,
        duplicate=True if booking.is_duplicate else None,
        is_replay=booking.is_replay,
    )


def _require_purchase_of_cashiers(body: Request, caller: Caller) -> None:
    """Refuse bare points of a cashier, who says what was bought: the rules say what that earns."""
    if caller.is_cashier and body.points is not None:
        problem = "is not for cashiers: send purchaseAmount, purchaseLines or purchaseCount"
        raise invalid({"points": problem})


def _occurred_at(body: Request, caller: Caller) -> datetime | None:
    """Return when it was bought, if that is not now."""
    occurred_at = row_bookings.past(body.occurred_at)
    is_late = occurred_at is not None and clock.utc_now() - occurred_at > CASHIERS_TELL_WITHIN
    if is_late and caller.is_cashier:
        days = CASHIERS_TELL_WITHIN.days
        raise invalid({"occurredAt": f"must be in the last {days} days for cashiers"})
    return occurred_at


def sandbox(body: Request, caller: Caller) -> dict[str, Any]:
    """Add to the balance of the sandbox's member."""
    _require_purchase_of_cashiers(body, caller)
    _occurred_at(body, caller)
    change = mock.add(body.user_id, body.points, body.lines(), body.purchase_count)
    return {
        **({} if change.is_booked else {"entryId": None}),
        "pointsAdded": change.after - change.before,
        "pointsRequested": change.requested,
        "cappedBy": change.award.capped_by,
        "reason": change.award.reason,
        "madeOf": made_of_json(change.award.made_of) if change.is_booked else None,
        "previousBalance": change.before,
        "newBalance": change.after,
        "transactionId": body.transaction_id,
    }
