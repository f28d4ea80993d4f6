"""POST /api/v1/eraseMember: erase a person; what was booked stays under a pseudonym."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import MemberNotFound, MemberSuspended, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId, UserId
from shared.services import access
from shared.services.members import erasures


class Request(RequestModel):
    """The request names the customer. It cannot be undone: export first."""

    user_id: UserId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """How far it has come. What is ``running`` ends by itself, within minutes."""

    success: Success = True
    user_id: answers.UserId
    state: Literal["erased", "running"] = Field(description="Whether everything is done.")
    memberships: int = Field(description="How many memberships have a pseudonym now.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"member": {"userId": "user_xyz"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "userId": "user_xyz",
    "state": "erased",
    "memberships": 1,
}

REFUSALS = (StoreNotFound, MemberNotFound, MemberSuspended)


def handle(body: Request, caller: Caller) -> Response:
    """Erase the person."""
    access.named_store(caller, body.store_id)
    outcome = erasures.erase(caller, body.user_id)
    return Response(
        user_id=body.user_id,
        state="erased" if outcome.is_erased else "running",
        memberships=outcome.memberships,
        is_replay=outcome.is_replay,
    )
