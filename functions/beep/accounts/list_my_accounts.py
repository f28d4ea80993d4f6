"""GET or POST /api/v1/listMyAccounts: list the accounts in which who has signed in has a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from shared.auth.caller import Caller, SignedInCustomer
from shared.domain.accounts.staff import StaffRole
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Timestamp, WireModel
from shared.services.accounts import workplaces
from shared.services.accounts.workplaces import Workplace

if TYPE_CHECKING:
    from shared.services.accounts.accepted_invitations import OwnInvitation


class Request(RequestModel):
    """Send the ID token alone: `X-Beep-Staff-Account` is what this finds out.

    A key or an access token is told of its own account, an app of the one in which it may act.
    """


class MyAccountBody(WireModel):
    """An account for which somebody works."""

    account_id: str = Field(description="For the header `X-Beep-Staff-Account`.")
    name: str = Field(description="What the merchant is called.")
    role: StaffRole | None = Field(description="The person's role there. Null for a secret key.")
    store_ids: list[str] = Field(
        description="The stores that the person is limited to. Empty: all."
    )
    is_active: bool = Field(
        description="False: the account has no active subscription, and calls for it are refused."
    )


class MyInvitationBody(WireModel):
    """An account that has invited the person's e-mail address."""

    account_id: str = Field(description="For acceptStaffInvitation.")
    name: str = Field(description="What the merchant is called.")
    role: StaffRole = Field(description="The role that the person can take.")
    store_ids: list[str] = Field(description="The stores to which it is limited. Empty: all.")
    expires_at: Timestamp = Field(description="Until when it can be accepted.")


class Response(ResponseModel):
    """The accounts, by name, 100 at most. Roles that are disabled are left out."""

    success: Success = True
    accounts: list[MyAccountBody] = Field(description="The accounts, by name. Empty for customers.")
    count: answers.Count
    invitations: list[MyInvitationBody] = Field(
        description=(
            "Accounts in which the person has no role, and can take one with "
            "acceptStaffInvitation; by name, 20 at most. Only for the ID token alone."
        )
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"mine": {}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "accounts": [
        {
            "accountId": "acc_abc123",
            "name": "Café Morgenrot",
            "role": "cashier",
            "storeIds": ["store_a"],
            "isActive": True,
        }
    ],
    "count": 1,
    "invitations": [],
}

REFUSALS = ()


def handle(_: Request, who: Caller | SignedInCustomer) -> Response:
    """List the accounts for which the caller works, and those to which a person is invited."""
    if isinstance(who, SignedInCustomer):
        own = workplaces.of_person(who)
        return _response(own.workplaces, own.invitations)
    return _response(workplaces.of_caller(who), [])


def _response(found: list[Workplace], invitations: list[OwnInvitation]) -> Response:
    return Response(
        accounts=[_body(each) for each in found],
        count=len(found),
        invitations=[_invitation(each) for each in invitations],
    )


def _invitation(own: OwnInvitation) -> MyInvitationBody:
    return MyInvitationBody(
        account_id=own.account.account_id,
        name=own.account.name,
        role=own.invitation.role,
        store_ids=list(own.invitation.store_ids),
        expires_at=own.invitation.expires_at,
    )


def _body(workplace: Workplace) -> MyAccountBody:
    return MyAccountBody(
        account_id=workplace.account.account_id,
        name=workplace.account.name,
        role=workplace.role,
        store_ids=list(workplace.store_ids),
        is_active=workplace.account.is_active,
    )
