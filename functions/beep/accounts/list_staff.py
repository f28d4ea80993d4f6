"""GET or POST /api/v1/listStaff: list the people who work for the account."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas import answers
from shared.schemas.accounts.staff_bodies import STAFF_EXAMPLE, StaffMemberBody, staff_body
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.accounts import staff


class Request(RequestModel):
    """All people of the account, or those who work in a store."""

    store_id: StoreId | None = None


class Response(ResponseModel):
    """Everybody, oldest first; an account has at most 500 people."""

    success: Success = True
    staff: list[StaffMemberBody] = Field(description="The people, oldest first.")
    count: answers.Count


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"all": {}, "store": {"storeId": "store_a"}}

EXAMPLE: dict[str, Any] = {"success": True, "staff": [STAFF_EXAMPLE], "count": 1}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """List the people."""
    access.named_store(caller, body.store_id)
    found = [
        each
        for each in staff.list_all(caller)
        if body.store_id is None or each.works_in(body.store_id)
    ]
    return Response(staff=[staff_body(each) for each in found], count=len(found))
