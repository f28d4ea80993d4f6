"""POST /api/v1/withdrawStaffInvitation: withdraw an invitation that nobody has accepted."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StaffChangeNotAllowed, StaffInvitationNotFound, StoreNotFound
from shared.schemas.accounts.staff_invitation_bodies import InvitedEmail
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.accounts import staff_invitations


class Request(RequestModel):
    """It can be accepted no more, from now on. Who has accepted stays: removeStaffMember.

    Who may add somebody with this role may withdraw it, whoever has invited.
    """

    email: InvitedEmail
    store_id: StoreId | None = None


class Response(ResponseModel):
    """Who is not invited any more."""

    success: Success = True
    email: str = Field(description="The e-mail address.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"address": {"email": "lena@example.com"}}

EXAMPLE: dict[str, Any] = {"success": True, "email": "lena@example.com"}

REFUSALS = (StaffInvitationNotFound, StaffChangeNotAllowed, StoreNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Withdraw the invitation."""
    access.named_store(caller, body.store_id)
    is_replay = staff_invitations.withdraw(caller, body.email)
    return Response(email=body.email, is_replay=is_replay)


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Name the address that was named."""
    return {"email": body.email}
