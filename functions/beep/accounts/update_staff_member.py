"""POST /api/v1/updateStaffMember: change the role, the stores or the label of a person."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.errors import (
    LastOwner,
    SignInTooOld,
    StaffChangeNotAllowed,
    StaffMemberNotFound,
    StoreNotFound,
)
from shared.schemas.accounts.staff_bodies import (
    STAFF_EXAMPLE,
    Label,
    Role,
    StaffMemberBody,
    StaffUserId,
    StoreIds,
    staff_body,
)
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.accounts import staff


class Request(RequestModel):
    """What changes; missing fields stay. It counts within 60 seconds.

    A secret key and an owner change anybody. A manager changes cashiers, in the manager's own
    stores. Nobody changes themselves, and one owner who can act is always left.
    """

    user_id: StaffUserId
    store_id: StoreId | None = None
    role: Role | None = None
    store_ids: StoreIds | None = None
    is_disabled: bool | None = Field(
        default=None, description="True: the person can call nothing for now, and stays listed."
    )
    label: Label | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if [self.role, self.store_ids, self.is_disabled, self.label] == [None] * 4:
            raise ValueError("needs role, storeIds, isDisabled or label")
        return self


class Response(ResponseModel):
    """The person after the change."""

    success: Success = True
    staff_member: StaffMemberBody = Field(description="The person.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "stores": {"userId": "uid_of_lena", "storeIds": ["store_a"]},
    "pause": {"userId": "uid_of_lena", "isDisabled": True},
}

EXAMPLE: dict[str, Any] = {"success": True, "staffMember": STAFF_EXAMPLE}

REFUSALS = (StaffMemberNotFound, StaffChangeNotAllowed, LastOwner, StoreNotFound, SignInTooOld)


def handle(body: Request, caller: Caller) -> Response:
    """Change the person."""
    access.named_store(caller, body.store_id)
    saved = staff.update(
        caller,
        body.user_id,
        role=body.role,
        store_ids=None if body.store_ids is None else tuple(body.store_ids),
        is_disabled=body.is_disabled,
        label=body.label,
    )
    return Response(staff_member=staff_body(saved.member), is_replay=saved.is_replay)


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the example's person, changed."""
    sent = body.model_dump(by_alias=True, mode="json", exclude_none=True)
    changes = {name: each for name, each in sent.items() if name in STAFF_EXAMPLE}
    return {"staffMember": {**STAFF_EXAMPLE, **changes}}
