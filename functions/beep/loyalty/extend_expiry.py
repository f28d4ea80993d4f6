"""POST /api/v1/extendExpiry: let points of a member expire later, and say why and who did it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import MembershipNotFound, ProgramNotFound
from shared.schemas import answers
from shared.schemas.base import (
    Duplicate,
    NewId,
    Number,
    RequestModel,
    RequestTime,
    ResponseModel,
    Success,
    Timestamp,
)
from shared.schemas.fields import Day, ProgramId, StoreId, UserId
from shared.schemas.members.standing_bodies import Actor, Reason
from shared.services.loyalty import extensions
from shared.services.loyalty import sandbox as mock


class Request(RequestModel):
    """Until when points can be spent, why, and who says so.

    It works for members who are suspended or have left, too. What is reserved or pending is put off
    as well. Nothing ever expires earlier by it, and what never expires stays so.
    """

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    last_day: Day = Field(
        description=(
            "The last day to spend them, in the store's time zone: from today to ten years from "
            "now."
        )
    )
    current_expires_at: RequestTime | None = Field(
        default=None,
        description=(
            "Only what expires at this moment, as `nextExpiry` or the `expiresAt` of a booking "
            "says. Without it, all that expires before."
        ),
    )
    reason: Reason
    actor: Actor
    transaction_id: NewId | None = Field(
        default=None, description="Your id of the extension. It is done once for it, for ever."
    )


class Response(ResponseModel):
    """The extension. ``duplicate``: an earlier request did it for this ``transactionId``."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    entry_id: str | None = Field(
        description=f"The ledger entry. {answers.ENTRY_ID_SCOPE} Null if nothing expires later."
    )
    points_extended: Number = Field(
        description=(
            "How much expires later; 0 if nothing was there that would expire before, or at "
            "`currentExpiresAt`."
        )
    )
    expires_at: Timestamp | None = Field(
        description=(
            "When it expires now: a midnight of the store. Null if nothing expires later: what was "
            "there expires as before."
        )
    )
    current_balance: answers.CurrentBalance
    reason: str = Field(description="Why it was done.")
    actor: str = Field(description="Who did it.")
    transaction_id: answers.TransactionId
    duplicate: Duplicate = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "all": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "lastDay": "2027-12-31",
        "reason": "Laden war wegen Umbau geschlossen",
        "actor": "staff_7",
        "transactionId": "UMBAU-1",
    },
    "oneDay": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "lastDay": "2027-12-31",
        "currentExpiresAt": "2027-03-03T23:00:00.000Z",
        "reason": "Kulanz",
        "actor": "staff_7",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "entryId": "le_abc123",
    "pointsExtended": 142,
    "expiresAt": "2027-12-31T23:00:00.000Z",
    "currentBalance": 142,
    "reason": "Laden war wegen Umbau geschlossen",
    "actor": "staff_7",
    "transactionId": "UMBAU-1",
}

REFUSALS = (ProgramNotFound, MembershipNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Put the expiry off, or answer that nothing would expire before."""
    done = extensions.extend(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        last_day=body.last_day,
        current_expires_at=body.current_expires_at,
        reason=body.reason,
        actor=body.actor,
        transaction_id=body.transaction_id,
    )
    booking, scale = done.booking, done.booking.program.scale
    entry = booking.entry
    return Response(
        program_id=body.program_id,
        user_id=booking.user_id,
        entry_id=entry.entry_id if entry else None,
        points_extended=from_units(done.units, scale),
        expires_at=done.until if done.units else None,
        current_balance=from_units(booking.new_units, scale),
        reason=entry.description if entry else body.reason,
        actor=(entry.actor if entry else None) or body.actor,
        transaction_id=body.transaction_id,
        duplicate=True if booking.is_duplicate else None,
        is_replay=booking.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Put off all that the sandbox's member has."""
    mock.require_enrolled(body.user_id)
    return {
        "expiresAt": mock.midnight_after(body.last_day),
        "reason": body.reason,
        "actor": body.actor,
        "transactionId": body.transaction_id,
    }
