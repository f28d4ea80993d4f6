"""POST /api/v1/addStaffMember: let a person work for the account, with a role."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.accounts.staff import may_be_limited
from shared.errors import (
    LimitExceeded,
    SignInTooOld,
    StaffChangeNotAllowed,
    StaffMemberExists,
    StoreNotFound,
)
from shared.schemas.accounts.staff_bodies import (
    NOT_LIMITED,
    STAFF_EXAMPLE,
    Label,
    NewStaffUserId,
    Role,
    StaffMemberBody,
    StoreIds,
    staff_body,
)
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.accounts import staff


class Request(RequestModel):
    """The person by the uid of Firebase Auth, and what they do for you.

    A secret key and an owner add anybody. A manager adds cashiers, in the manager's own stores.
    """

    user_id: NewStaffUserId
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
    """The person, and the account's id, which each call of theirs names."""

    success: Success = True
    account_id: str = Field(description="For the header `X-Beep-Staff-Account`.")
    staff_member: StaffMemberBody = Field(description="The person.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "cashier": {
        "userId": "uid_of_lena",
        "role": "cashier",
        "storeIds": ["store_a"],
        "label": "Lena, Kasse 2",
    },
    "owner": {"userId": "uid_of_max", "role": "owner"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "accountId": "acc_abc123",
    "staffMember": STAFF_EXAMPLE,
}

REFUSALS = (StaffMemberExists, StaffChangeNotAllowed, StoreNotFound, LimitExceeded, SignInTooOld)


def handle(body: Request, caller: Caller) -> Response:
    """Add the person."""
    access.named_store(caller, body.store_id)
    saved = staff.add(
        caller, body.user_id, body.role, store_ids=tuple(body.store_ids), label=body.label or ""
    )
    return Response(
        account_id=caller.account_id,
        staff_member=staff_body(saved.member),
        is_replay=saved.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the person that was described."""
    return {
        "staffMember": {
            **STAFF_EXAMPLE,
            "userId": body.user_id,
            "role": body.role,
            "storeIds": body.store_ids,
            "label": body.label or "",
        },
    }
