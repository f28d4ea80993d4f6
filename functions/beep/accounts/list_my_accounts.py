"""GET or POST /api/v1/listMyAccounts: list the accounts in which who has signed in has a role."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller, SignedInCustomer
from shared.domain.accounts.staff import StaffRole
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, WireModel
from shared.services.accounts import workplaces
from shared.services.accounts.workplaces import Workplace


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


class Response(ResponseModel):
    """The accounts, by name, 100 at most. Roles that are disabled are left out."""

    success: Success = True
    accounts: list[MyAccountBody] = Field(description="The accounts, by name. Empty for customers.")
    count: answers.Count


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
}

REFUSALS = ()


def handle(_: Request, who: Caller | SignedInCustomer) -> Response:
    """List the accounts for which the caller works."""
    found = (
        workplaces.of_person(who)
        if isinstance(who, SignedInCustomer)
        else workplaces.of_caller(who)
    )
    return Response(accounts=[_body(each) for each in found], count=len(found))


def _body(workplace: Workplace) -> MyAccountBody:
    return MyAccountBody(
        account_id=workplace.account.account_id,
        name=workplace.account.name,
        role=workplace.role,
        store_ids=list(workplace.store_ids),
        is_active=workplace.account.is_active,
    )
