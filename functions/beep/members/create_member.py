"""POST /api/v1/createMember: make the profile of a person."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import MemberExists, MemberNotFound, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Timestamp
from shared.schemas.fields import NewUserId, StoreId
from shared.schemas.members.profile_bodies import ProfileFields
from shared.services.members import profile_requests, profiles
from shared.services.systems import awaited_orders


class Request(ProfileFields, RequestModel):
    """The person. E-mail, phone, customer number and each external id belong to one person only.

    Somebody who joined a program without a profile gets it. `storeId` is where the person comes
    from: that store's webhooks are told; without it the account's oldest store.
    """

    user_id: NewUserId | None = Field(
        default=None, description="Your id of the customer; one is made if it is left out."
    )
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The user id, by which all other calls know the person. getMember shows the profile."""

    success: Success = True
    user_id: answers.UserId
    created_at: Timestamp = Field(description="When the profile was made.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "person": {
        "userId": "user_xyz",
        "email": "max@example.com",
        "phone": "+49 1511 2345678",
        "firstName": "Max",
        "lastName": "Mustermann",
        "birthday": "1990-12-31",
        "newsletter": {"subscribed": True, "consentedBy": "checkout"},
        "externalIds": {"shopware": "0198a7"},
    }
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "userId": "user_xyz",
    "createdAt": "2026-03-03T12:00:00.000Z",
}

REFUSALS = (StoreNotFound, MemberExists, MemberNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Write profile, keys and event in one commit."""
    changes = profile_requests.changes_of(caller, body)
    saved = profiles.create(caller, user_id=body.user_id, store_id=body.store_id, changes=changes)
    awaited_orders.book(caller, saved.user_id)
    return Response(user_id=saved.user_id, created_at=saved.updated_at, is_replay=saved.is_replay)
