"""Invitations of people who are to work for an account: fields of requests, bodies of answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shared.domain.accounts.staff_invitations import StaffInvitation
from shared.domain.members import personal_data
from shared.schemas import answers
from shared.schemas.accounts.staff_bodies import Role
from shared.schemas.base import Timestamp, WireModel

InvitedEmail = Annotated[
    str,
    Field(
        max_length=300,
        description=(
            "The address with which the person signs in. Upper and lower case do not matter."
        ),
    ),
    AfterValidator(personal_data.email),
]


class StaffInvitationBody(WireModel):
    """Somebody who is invited to work for the account."""

    email: str = Field(description="The e-mail address of who is invited.")
    role: Role
    store_ids: list[str] = Field(
        description="The stores in which the person is to work. Empty: in all of them."
    )
    label: str = Field(description="What you call the person; empty if nobody said it.")
    invited_by: str | None = Field(
        description="The uid of who has invited. Null if a secret key did."
    )
    is_open: bool = Field(
        description=(
            "False: who has invited may not give this role any more, so it cannot be accepted. "
            "Invite anew."
        )
    )
    created_at: answers.CreatedAt
    expires_at: Timestamp = Field(description="Until when it can be accepted.")


INVITATION_EXAMPLE: dict[str, Any] = {
    "email": "lena@example.com",
    "role": "cashier",
    "storeIds": ["store_a"],
    "label": "Lena, Kasse 2",
    "invitedBy": None,
    "isOpen": True,
    "createdAt": "2026-03-03T12:00:00.000Z",
    "expiresAt": "2026-03-17T12:00:00.000Z",
}


def invitation_body(
    invitation: StaffInvitation, email: str, *, is_open: bool = True
) -> StaffInvitationBody:
    """Return what an answer says of an invitation."""
    return StaffInvitationBody(
        email=email,
        role=invitation.role,
        store_ids=list(invitation.store_ids),
        label=invitation.label,
        invited_by=invitation.invited_by,
        is_open=is_open,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )
