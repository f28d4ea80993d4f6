"""POST /api/v1/trackLoyaltyEvent: tell of an event, and grant what the program gives for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import (
    BalanceLimitExceeded,
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    ProgramInactive,
    ProgramNotFound,
)
from shared.schemas import answers
from shared.schemas.base import Id, NewId, Number, RequestModel, RequestTime, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.loyalty.booking_bodies import CappedBy
from shared.schemas.loyalty.program_bodies import EventName
from shared.services.loyalty import event_tracking
from shared.services.loyalty import sandbox as mock

SANDBOX_POINTS = Decimal(5)


class Request(RequestModel):
    """What happened. The program's ``eventRules`` say what it earns."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    event: EventName
    event_id: NewId = Field(
        description="Your id of what happened: it is granted once, for ever. Unique for the member."
    )
    occurred_at: RequestTime | None = Field(
        default=None, description="When, if not now: in the last 7 days. It decides the period."
    )


class Response(ResponseModel):
    """What was granted. The same ``eventId`` gets the same answer, for ever."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    event: EventName
    event_id: Id = Field(description="Your id of what happened.")
    entry_id: Id | None = Field(description="The ledger's entry. Null if nothing was granted.")
    points_added: Number = Field(description="What was granted.")
    capped_by: CappedBy
    reason: str | None = Field(
        description=(
            "Why nothing was granted: `no_rule`, `used_up` (as often as its period allows) or "
            "`limit_reached` (the program's `earningLimits`). Null if something was."
        )
    )
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "login": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "event": "app_login",
        "eventId": "login-4711",
    },
    "earlier": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "event": "review",
        "eventId": "review-815",
        "occurredAt": "2026-03-01T18:30:00Z",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "event": "app_login",
    "eventId": "login-4711",
    "entryId": "le_abc123",
    "pointsAdded": 5,
    "cappedBy": None,
    "reason": None,
    "previousBalance": 142,
    "newBalance": 147,
    "currentTier": "Silber",
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    MemberSuspended,
    MembershipClosed,
    ProgramInactive,
    BalanceLimitExceeded,
)


def handle(body: Request, caller: Caller) -> Response:
    """Book what the event earns."""
    booking = event_tracking.track(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        event=body.event,
        event_id=body.event_id,
        occurred_at=body.occurred_at,
    )
    award, entry, scale = booking.award, booking.entry, booking.program.scale
    told = entry or award
    assert told is not None, "what grants nothing says why"
    return Response(
        program_id=body.program_id,
        user_id=booking.user_id,
        event=body.event,
        event_id=body.event_id,
        entry_id=entry.entry_id if entry else None,
        points_added=from_units(entry.units if entry else 0, scale),
        capped_by=told.capped_by,
        reason=award.reason if award and entry is None else None,
        previous_balance=from_units(booking.previous_units, scale),
        new_balance=from_units(booking.new_units, scale),
        current_tier=booking.tier,
        is_replay=booking.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Grant 5 points, whatever happened."""
    change = mock.add(body.user_id, SANDBOX_POINTS, None)
    return {
        "event": body.event,
        "eventId": body.event_id,
        "previousBalance": change.before,
        "newBalance": change.after,
    }
