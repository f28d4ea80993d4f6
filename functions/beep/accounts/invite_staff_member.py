"""POST /api/v1/inviteStaffMember: invite somebody by e-mail address to work for the account."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.accounts.staff import may_be_limited
from shared.errors import (
    LimitExceeded,
    SignInTooOld,
    StaffChangeNotAllowed,
    StaffInvitationExists,
    StoreNotFound,
)
from shared.schemas.accounts.staff_bodies import NOT_LIMITED, Label, Role, StoreIds
from shared.schemas.accounts.staff_invitation_bodies import (
    INVITATION_EXAMPLE,
    InvitedEmail,
    StaffInvitationBody,
    invitation_body,
)
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.accounts import staff_invitations


class Request(RequestModel):
    """Whoever signs in with this e-mail address, verified, can take the role for 14 days.

    Who may add somebody with this role may invite to it, and the invitation lasts only as long as
    they may. An account invites an address once, and at most 100 at a time. No mail is sent: the
    console lets Firebase Auth mail a sign-in link.
    """

    email: InvitedEmail
    role: Role
    store_id: StoreId | None = None
    store_ids: StoreIds = Field(default_factory=list)
    label: Label | None = None

    @model_validator(mode="after")
    def _limits_who_can_be(self) -> Self:
        if not may_be_limited(self.role, self.store_ids):
            raise ValueError(f"storeIds {NOT_LIMITED}")
        return self


class Response(ResponseModel):
    """The invitation. The person finds it with listMyAccounts."""

    success: Success = True
    invitation: StaffInvitationBody = Field(description="The invitation.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "cashier": {
        "email": "lena@example.com",
        "role": "cashier",
        "storeIds": ["store_a"],
        "label": "Lena, Kasse 2",
    },
    "owner": {"email": "max@example.com", "role": "owner"},
}

EXAMPLE: dict[str, Any] = {"success": True, "invitation": INVITATION_EXAMPLE}

REFUSALS = (
    StaffInvitationExists,
    StaffChangeNotAllowed,
    StoreNotFound,
    LimitExceeded,
    SignInTooOld,
)


def handle(body: Request, caller: Caller) -> Response:
    """Invite the person."""
    access.named_store(caller, body.store_id)
    made = staff_invitations.invite(
        caller, body.email, body.role, store_ids=tuple(body.store_ids), label=body.label or ""
    )
    return Response(
        invitation=invitation_body(made.invitation, made.email), is_replay=made.is_replay
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the invitation that was described."""
    return {
        "invitation": {
            **INVITATION_EXAMPLE,
            "email": body.email,
            "role": body.role,
            "storeIds": body.store_ids,
            "label": body.label or "",
        },
    }
