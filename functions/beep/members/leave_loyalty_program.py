"""POST /api/v1/leaveLoyaltyProgram: close a membership; its points are kept."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import MembershipClosed, MembershipNotFound, ProgramNotFound
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success, Timestamp
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.services.loyalty import sandbox as mock
from shared.services.members import standings
from shared.store import paths


class Request(RequestModel):
    """The request names the member and the program."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The closed membership. Its points expire as usual; enrolling again opens it with the rest.

    ``status`` is ``suspended`` if the member was suspended: then only reactivateMember lets the
    member come back.
    """

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    member_id: answers.MembershipId
    status: answers.MembershipStatus
    current_balance: Number = Field(description="What is kept, in case the member comes back.")
    left_at: Timestamp = Field(description="When the member left: UTC with milliseconds.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "member": {"programId": "lp_abc123", "userId": "user_xyz"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "memberId": "lp_abc123_user_xyz",
    "status": "left",
    "currentBalance": 142,
    "leftAt": "2026-03-03T12:00:00.000Z",
}

REFUSALS = (ProgramNotFound, MembershipNotFound, MembershipClosed)


def handle(body: Request, caller: Caller) -> Response:
    """Close the membership."""
    departure = standings.leave(
        caller, program_id=body.program_id, user_id=body.user_id, store_id=body.store_id
    )
    return Response(
        program_id=body.program_id,
        user_id=departure.user_id,
        member_id=departure.membership_id,
        status=departure.status.value,
        current_balance=from_units(departure.balance_units, departure.scale),
        left_at=departure.left_at,
        is_replay=departure.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Name the membership; who is not enrolled has none."""
    mock.require_enrolled(body.user_id)
    return {"memberId": paths.membership_id(body.program_id, body.user_id)}
