"""POST /api/v1/acceptStaffInvitation: take the role to which one's e-mail address is invited."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import SignedInCustomer
from shared.errors import (
    LimitExceeded,
    SignInNotVerified,
    StaffInvitationEnded,
    StaffInvitationNotFound,
    StaffMemberExists,
)
from shared.schemas.accounts.staff_bodies import STAFF_EXAMPLE, StaffMemberBody, staff_body
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.services.accounts import accepted_invitations


class Request(RequestModel):
    """Send the ID token alone, as to listMyAccounts, which says to which accounts one is invited.

    The e-mail address must be verified, and be the one that was invited. Whoever has invited must
    still be allowed to give the role. Repeated by the same person, it answers the same.
    """

    account_id: Id = Field(description="The account that has invited.")


class Response(ResponseModel):
    """What one is in the account from now on."""

    success: Success = True
    account_id: str = Field(description="For the header `X-Beep-Staff-Account`.")
    staff_member: StaffMemberBody = Field(description="The person.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"account": {"accountId": "acc_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "accountId": "acc_abc123",
    "staffMember": STAFF_EXAMPLE,
}

REFUSALS = (
    StaffInvitationNotFound,
    StaffInvitationEnded,
    StaffMemberExists,
    SignInNotVerified,
    LimitExceeded,
)


def handle(body: Request, person: SignedInCustomer) -> Response:
    """Take the role."""
    saved = accepted_invitations.accept(person, body.account_id)
    return Response(
        account_id=saved.member.account_id,
        staff_member=staff_body(saved.member),
        is_replay=saved.is_replay,
    )
