"""POST /api/v1/updateMember: change the profile of a person."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.errors import MemberExists, MemberNotFound, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId, UserId
from shared.schemas.members.profile_bodies import ProfileFields, UpdatedFields
from shared.services import access
from shared.services.members import profile_requests, profiles
from shared.services.systems import awaited_orders


class Request(ProfileFields, RequestModel):
    """The new values. What is left out stays; null removes a value."""

    user_id: UserId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """What has changed."""

    success: Success = True
    user_id: answers.UserId
    updated_fields: UpdatedFields
    updated_at: answers.UpdatedAt


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "moved": {"userId": "user_xyz", "email": "new@example.com", "phone": None}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "userId": "user_xyz",
    "updatedFields": ["email", "phone"],
    "updatedAt": "2026-03-03T12:00:00.000Z",
}

REFUSALS = (StoreNotFound, MemberNotFound, MemberExists)


def handle(body: Request, caller: Caller) -> Response:
    """Write the changed profile, its keys and the event in one commit."""
    access.named_store(caller, body.store_id)
    changes = profile_requests.changes_of(caller, body)
    saved = profiles.update(caller, user_id=body.user_id, changes=changes)
    awaited_orders.book(caller, saved.user_id)
    return Response(
        user_id=saved.user_id,
        updated_fields=list(saved.fields),
        updated_at=saved.updated_at,
        is_replay=saved.is_replay,
    )
