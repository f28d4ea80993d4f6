"""GET or POST /api/v1/getMyAccess: tell who calls, for which account, and what they may call."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from functions import catalog
from functions.catalog import Endpoint
from shared.auth.caller import Caller
from shared.domain.accounts.packages import Package
from shared.domain.accounts.staff import StaffRole
from shared.errors import StoreNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.services import access


class Request(RequestModel):
    """Who is limited to stores need not name one here: the answer says which they are."""

    store_id: StoreId | None = None


class Response(ResponseModel):
    """The caller. A secret key has no role, and may call all that the account's package has."""

    success: Success = True
    account_id: str = Field(description="The account that is called for.")
    package: Package = Field(description="The package that decides which actions there are.")
    user_id: str | None = Field(description="The uid of the person. Null for a secret key.")
    role: StaffRole | None = Field(description="The person's role. Null for a secret key.")
    store_ids: list[str] = Field(
        description="The stores that the person is limited to: each call names one. Empty: all."
    )
    actions: list[str] = Field(description="The names of the actions that the caller may call.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"me": {}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "accountId": "acc_abc123",
    "package": "GO",
    "userId": "uid_of_lena",
    "role": "cashier",
    "storeIds": ["store_a"],
    "actions": [
        "addLoyaltyPoints",
        "useRewardCode",
        "identifyMember",
        "reverseLoyaltyTransaction",
        "getMyAccess",
        "getHealth",
    ],
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Tell it: nothing is read for it but the store that is named."""
    access.named_store(caller, body.store_id)
    return Response(
        account_id=caller.account_id,
        package=caller.package,
        user_id=caller.staff_id,
        role=caller.staff.role if caller.staff else None,
        store_ids=list(caller.staff.store_ids) if caller.staff else [],
        actions=_actions(caller),
    )


def _actions(caller: Caller) -> list[str]:
    return [
        each.name
        for each in catalog.ENDPOINTS
        if caller.package.includes(each.package)
        and (
            not each.refuses_keys if caller.staff is None else caller.staff.role in each.staff_roles
        )
        and _is_in_scope(caller, each)
    ]


def _is_in_scope(caller: Caller, endpoint: Endpoint) -> bool:
    if caller.scopes is None or not endpoint.needs_key:
        return True
    return endpoint.scope in caller.scopes and not endpoint.refuses_tokens


def sandbox(_: Request, caller: Caller) -> dict[str, Any]:
    """Tell staff who they are; a key is shown the example."""
    if caller.staff is None:
        return {}
    return {
        "package": caller.package,
        "userId": caller.staff_id,
        "role": caller.staff.role,
        "storeIds": list(caller.staff.store_ids),
        "actions": _actions(caller),
    }
