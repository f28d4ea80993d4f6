"""POST /api/v1/reactivateMember: lift the suspension of a member."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.errors import MembershipNotFound, ProgramNotFound, StoreNotFound
from shared.schemas.base import RequestModel
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.members.standing_bodies import Reason, StandingsResponse, to_memberships
from shared.services import access
from shared.services.loyalty import sandbox as mock
from shared.services.members import standings
from shared.store import paths


class Request(RequestModel):
    """The request names the member, and the program if it is only for one.

    Without ``programId`` it holds in all programs of the account.
    """

    program_id: ProgramId | None = None
    user_id: UserId
    reason: Reason
    store_id: StoreId | None = None


class Response(StandingsResponse):
    """The memberships. Who has left in the meantime is ``left``, others are ``active``."""


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "program": {"programId": "lp_abc123", "userId": "user_xyz", "reason": "Geklärt"},
    "everywhere": {"userId": "user_xyz", "reason": "Geklärt"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "userId": "user_xyz",
    "memberships": [
        {"programId": "lp_abc123", "memberId": "lp_abc123_user_xyz", "status": "active"}
    ],
}

REFUSALS = (StoreNotFound, ProgramNotFound, MembershipNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Lift the suspensions in one commit."""
    access.named_store(caller, body.store_id)
    changed = standings.reactivate(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        reason=body.reason,
        store_id=body.store_id,
    )
    return Response(
        user_id=changed.user_id,
        memberships=to_memberships(changed.memberships),
        is_replay=changed.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Name the membership; who is not enrolled has none."""
    mock.require_enrolled(body.user_id)
    program_id = body.program_id or "lp_abc123"
    membership_id = paths.membership_id(program_id, body.user_id)
    row = {"programId": program_id, "memberId": membership_id, "status": "active"}
    return {"memberships": [row]}
