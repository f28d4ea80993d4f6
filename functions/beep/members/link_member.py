"""POST /api/v1/linkMember: give a sign-in the member that a till or shop has made."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import (
    BalanceLimitExceeded,
    MemberMerged,
    MergeLimitExceeded,
    SignInNotVerified,
    StoreNotFound,
)
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, invalid
from shared.schemas.fields import StoreId, UserId
from shared.schemas.members.profile_bodies import Email, Phone
from shared.services import access
from shared.services.members import merging, profile_requests
from shared.services.systems import awaited_orders


class Request(RequestModel):
    """Who takes over. A customer is known by the verified e-mail and phone of the sign-in.

    A secret key names an e-mail or a phone, and vouches that it is this person's.
    """

    user_id: UserId
    email: Email | None = None
    phone: Phone | None = None
    store_id: StoreId | None = None


class Response(ResponseModel):
    """Who was merged into the user: mergeMembers says what that means.

    A member behind whom somebody has signed in is never taken over.
    """

    success: Success = True
    user_id: answers.UserId
    linked_user_ids: list[str] = Field(
        description="All members who were merged into the user, by this or earlier calls."
    )
    newly_linked_user_ids: list[str] = Field(description="Those of them that this call has merged.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "vouched": {"userId": "user_xyz", "email": "max@example.com"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "userId": "user_xyz",
    "linkedUserIds": ["till_17"],
    "newlyLinkedUserIds": ["till_17"],
}

REFUSALS = (
    StoreNotFound,
    SignInNotVerified,
    MemberMerged,
    MergeLimitExceeded,
    BalanceLimitExceeded,
)


def handle(body: Request, caller: Caller) -> Response:
    """Merge whoever has these keys into the user, each in one commit."""
    access.named_store(caller, body.store_id)
    said = [name for name in ("email", "phone") if getattr(body, name) is not None]
    if caller.customer is not None:
        if said:
            raise invalid(dict.fromkeys(said, "is taken from the sign-in: leave it out"))
        keys = merging.keys_of_sign_in(caller)
    else:
        _require_key(body)
        keys = [
            profile_requests.key_of(caller.account_id, email=email, phone=phone)
            for email, phone in ((body.email, None), (None, body.phone))
            if email or phone
        ]
    linking = merging.link(caller, user_id=body.user_id, keys=keys)
    awaited_orders.book(caller, body.user_id)
    return Response(
        user_id=body.user_id,
        linked_user_ids=[*linking.user_ids],
        newly_linked_user_ids=[*linking.new_user_ids],
        is_replay=linking.is_replay,
    )


def sandbox(body: Request, caller: Caller) -> dict[str, Any]:
    """Merge whoever is named; a key must name somebody."""
    if caller.customer is None:
        _require_key(body)
    return {}


def _require_key(body: Request) -> None:
    if body.email is None and body.phone is None:
        raise invalid({"email": "is required unless phone is given"})
