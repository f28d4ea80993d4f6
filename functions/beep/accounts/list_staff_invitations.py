"""GET or POST /api/v1/listStaffInvitations: list who is invited to work for the account."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas import answers
from shared.schemas.accounts.staff_invitation_bodies import (
    INVITATION_EXAMPLE,
    StaffInvitationBody,
    invitation_body,
)
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.accounts import staff_invitations


class Request(RequestModel):
    """All invitations that nobody has accepted yet, or those for a store."""

    store_id: StoreId | None = None


class Response(ResponseModel):
    """The oldest first. Those that were accepted, withdrawn or are over are left out."""

    success: Success = True
    invitations: list[StaffInvitationBody] = Field(description="The invitations, oldest first.")
    count: answers.Count


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"all": {}, "store": {"storeId": "store_a"}}

EXAMPLE: dict[str, Any] = {"success": True, "invitations": [INVITATION_EXAMPLE], "count": 1}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """List the invitations."""
    access.named_store(caller, body.store_id)
    found = [
        each
        for each in staff_invitations.list_waiting(caller)
        if body.store_id is None or each.invitation.is_for(body.store_id)
    ]
    shown = [invitation_body(each.invitation, each.email, is_open=each.is_open) for each in found]
    return Response(invitations=shown, count=len(shown))
