"""POST /api/v1/suspendMember: a member earns and spends nothing until reactivated."""

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
    """The request names the member, the reason, and the program if it is only for one.

    Without ``programId`` it holds in all programs of the account.
    """

    program_id: ProgramId | None = None
    user_id: UserId
    reason: Reason
    store_id: StoreId | None = None


class Response(StandingsResponse):
    """The memberships, which keep their points. One that is suspended already stays as it is."""


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "program": {"programId": "lp_abc123", "userId": "user_xyz", "reason": "Missbrauch"},
    "everywhere": {"userId": "user_xyz", "reason": "Missbrauch"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "userId": "user_xyz",
    "memberships": [
        {"programId": "lp_abc123", "memberId": "lp_abc123_user_xyz", "status": "suspended"}
    ],
}

REFUSALS = (StoreNotFound, ProgramNotFound, MembershipNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Suspend the memberships in one commit."""
    access.named_store(caller, body.store_id)
    changed = standings.suspend(
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
    row = {"programId": program_id, "memberId": membership_id, "status": "suspended"}
    return {"memberships": [row]}
