"""POST /api/v1/removeStaffMember: take the role of a person who works for the account."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import (
    LastOwner,
    SignInTooOld,
    StaffChangeNotAllowed,
    StaffMemberNotFound,
    StoreNotFound,
)
from shared.schemas.accounts.staff_bodies import StaffUserId
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.accounts import staff


class Request(RequestModel):
    """Within 60 seconds the person can call nothing any more. What they have booked stays theirs.

    A secret key and an owner remove anybody. A manager removes cashiers, in the manager's own
    stores. Nobody removes themselves, and one owner who can act is always left.
    """

    user_id: StaffUserId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """Who does not work for the account any more."""

    success: Success = True
    user_id: str = Field(description="The uid of Firebase Auth.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"person": {"userId": "uid_of_lena"}}

EXAMPLE: dict[str, Any] = {"success": True, "userId": "uid_of_lena"}

REFUSALS = (StaffMemberNotFound, StaffChangeNotAllowed, LastOwner, StoreNotFound, SignInTooOld)


def handle(body: Request, caller: Caller) -> Response:
    """Remove the person."""
    access.named_store(caller, body.store_id)
    saved = staff.remove(caller, body.user_id)
    return Response(user_id=saved.member.user_id, is_replay=saved.is_replay)
