"""GET /api/v1/getMember: a person's profile and memberships."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import MemberNotFound, StoreNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId, UserId
from shared.schemas.members.membership_bodies import (
    STANDING_EXAMPLE,
    MembershipBody,
    to_membership_body,
)
from shared.schemas.members.profile_bodies import MEMBER_EXAMPLE, MemberBody, to_member_body
from shared.services import access
from shared.services.members import member_queries


class Request(RequestModel):
    """The request names the person."""

    user_id: UserId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The profile, and how the person stands in each program."""

    success: Success = True
    member: MemberBody = Field(description="The person.")
    memberships: list[MembershipBody] = Field(
        description="Where the person is a member, oldest first; the first 100."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"person": {"userId": "user_xyz"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "member": MEMBER_EXAMPLE,
    "memberships": [STANDING_EXAMPLE],
}

REFUSALS = (StoreNotFound, MemberNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read the person and the memberships: a read and a query."""
    access.named_store(caller, body.store_id)
    found = member_queries.find(caller, user_id=body.user_id)
    return Response(
        member=to_member_body(found.member, found.profile),
        memberships=[to_membership_body(each) for each in found.memberships],
    )
