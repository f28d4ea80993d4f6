"""POST /api/v1/adjustLoyaltyPoints: correct a balance by hand, and say why and who did it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from shared.auth.caller import Caller
from shared.domain.units import AMOUNT_UNITS_MAX, from_units
from shared.errors import (
    BalanceLimitExceeded,
    InsufficientBalance,
    MembershipNotFound,
    ProgramNotFound,
    VersionMismatch,
)
from shared.schemas import answers
from shared.schemas.base import (
    Duplicate,
    NewId,
    Number,
    Points,
    RequestModel,
    ResponseModel,
    Success,
    Timestamp,
)
from shared.schemas.fields import IfVersion, ProgramId, StoreId, UserId
from shared.schemas.members.standing_bodies import Actor, Reason
from shared.services.loyalty import balances
from shared.services.loyalty import sandbox as mock


def _not_0(points: Decimal) -> Decimal:
    if points == 0:
        raise ValueError("must not be 0")
    return points


class Request(RequestModel):
    """How much to add or to take, or what the balance is to be, why, and who says so.

    It works for members who are suspended or have left, too. It counts as neither earned nor spent.
    """

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    points: (
        Annotated[Number, Field(ge=-AMOUNT_UNITS_MAX, le=AMOUNT_UNITS_MAX), AfterValidator(_not_0)]
        | None
    ) = Field(
        default=None,
        description="What is added, or taken if it is negative; not 0. This or `setTo`.",
    )
    set_to: Points | None = Field(
        default=None,
        description=(
            "What the balance is to be; the difference is booked. It needs `ifVersion`, so that "
            "nothing is overwritten that was booked meanwhile."
        ),
    )
    if_version: IfVersion | None = None
    reason: Reason
    actor: Actor
    transaction_id: NewId | None = Field(
        default=None, description="Your id of the correction. It is booked once for it, for ever."
    )

    @model_validator(mode="after")
    def _require_one(self) -> Request:
        if (self.points is None) is (self.set_to is None):
            raise ValueError("must have exactly one of points and setTo")
        if self.set_to is not None and self.if_version is None:
            raise ValueError("must have ifVersion with setTo")
        return self


class Response(ResponseModel):
    """The correction. ``duplicate``: an earlier request booked this ``transactionId``."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    entry_id: str | None = Field(
        description=(
            f"The ledger entry. {answers.ENTRY_ID_SCOPE} Null if the balance was `setTo` already."
        )
    )
    points_adjusted: Number = Field(description="What was added, or taken if it is negative.")
    expires_at: Timestamp | None = Field(
        description="When added points expire. Null if never, or if they were taken."
    )
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier
    reason: str = Field(description="Why it was booked.")
    actor: str = Field(description="Who did it.")
    transaction_id: answers.TransactionId
    version: answers.VersionAfter
    duplicate: Duplicate = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "add": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "points": 50,
        "reason": "Einkauf vom Samstag nachgetragen",
        "actor": "staff_7",
        "transactionId": "KORR-17",
    },
    "take": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "points": -20,
        "reason": "Doppelt gebucht",
        "actor": "staff_7",
    },
    "set": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "setTo": 80,
        "ifVersion": 2,
        "reason": "Stand der Kasse",
        "actor": "till_3",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "entryId": "le_abc123",
    "pointsAdjusted": 50,
    "expiresAt": None,
    "previousBalance": 142,
    "newBalance": 192,
    "currentTier": "Silber",
    "reason": "Einkauf vom Samstag nachgetragen",
    "actor": "staff_7",
    "transactionId": "KORR-17",
    "version": 3,
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    InsufficientBalance,
    BalanceLimitExceeded,
    VersionMismatch,
)


def handle(body: Request, caller: Caller) -> Response:
    """Book the correction, or refuse it with nothing changed."""
    booking = balances.adjust(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        points=body.points,
        set_to=body.set_to,
        if_version=body.if_version,
        reason=body.reason,
        actor=body.actor,
        transaction_id=body.transaction_id,
    )
    entry, scale = booking.entry, booking.program.scale
    return Response(
        program_id=body.program_id,
        user_id=booking.user_id,
        entry_id=entry.entry_id if entry else None,
        points_adjusted=from_units(entry.units if entry else 0, scale),
        expires_at=entry.lot_expires_at if entry else None,
        previous_balance=from_units(booking.previous_units, scale),
        new_balance=from_units(booking.new_units, scale),
        current_tier=booking.tier,
        reason=entry.description if entry else body.reason,
        actor=(entry.actor if entry else None) or body.actor,
        transaction_id=entry.transaction_id if entry else body.transaction_id,
        version=booking.version,
        duplicate=True if booking.is_duplicate else None,
        is_replay=booking.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Change the balance of the sandbox's member."""
    change = mock.adjust(body.user_id, body.points, body.set_to)
    return {
        **({} if change.is_booked else {"entryId": None, "version": None}),
        "pointsAdjusted": change.after - change.before,
        "previousBalance": change.before,
        "newBalance": change.after,
        "reason": body.reason,
        "actor": body.actor,
        "transactionId": body.transaction_id,
    }
