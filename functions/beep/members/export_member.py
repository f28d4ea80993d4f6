"""GET /api/v1/exportMember: all that is held on a person, in pages."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import MemberNotFound, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Timestamp
from shared.schemas.fields import StoreId, UserId
from shared.services import access
from shared.services.members import exports


class Request(RequestModel):
    """The request names the customer."""

    user_id: UserId
    store_id: StoreId | None = None
    cursor: str | None = Field(
        default=None,
        min_length=1,
        max_length=16_000,
        description="`nextCursor` of the answer before, to go on from there.",
    )


class Response(ResponseModel):
    """Documents by kind, at most 700; the rest comes with ``nextCursor``. Secrets are not shown.

    Kinds without anything are left out. An answer of a cursor may have nothing any more.
    """

    success: Success = True
    user_id: answers.UserId
    exported_at: Timestamp = Field(description="When it was read: UTC with milliseconds.")
    data: dict[str, list[dict[str, Any]]] = Field(
        description="Documents as they are stored, by kind, such as `memberships`, `entries`."
    )
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"member": {"userId": "user_xyz"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "userId": "user_xyz",
    "exportedAt": "2026-03-03T12:00:00.000Z",
    "data": {
        "member": [
            {
                "userId": "user_xyz",
                "createdAt": "2026-01-15T09:30:00.000Z",
                "programIds": ["lp_abc123"],
                "status": "active",
            }
        ],
        "memberships": [
            {
                "programId": "lp_abc123",
                "userId": "user_xyz",
                "balanceUnits": 142,
                "enrolledAt": "2026-01-15T09:30:00.000Z",
            }
        ],
    },
    "nextCursor": None,
}

REFUSALS = (StoreNotFound, MemberNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read up to 700 documents: one query for each kind, and one for each 200 of a kind."""
    access.named_store(caller, body.store_id)
    export = exports.export(caller, body.user_id, body.cursor)
    return Response(
        user_id=export.user_id,
        exported_at=export.exported_at,
        data=export.data,
        next_cursor=export.next_cursor,
    )
