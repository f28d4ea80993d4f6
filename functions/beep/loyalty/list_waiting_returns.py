"""GET /api/v1/listWaitingReturns: list the returns of a program that wait for their purchase."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ProgramNotFound
from shared.schemas import answers, paging
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.members.history_bodies import (
    WAITING_RETURN_EXAMPLE,
    WaitingReturnOfMember,
    to_waiting_return_of,
)
from shared.schemas.paging import Cursor, Limit
from shared.services.loyalty import waiting_return_lists


class Request(RequestModel):
    """A page of what waits in a program.

    A member's returns stand together, so there may be up to 19 more than ``limit``.
    """

    program_id: ProgramId
    store_id: StoreId | None = None
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Cursor | None = None


class Response(ResponseModel):
    """A page; ``nextCursor`` asks for the next one and is null on the last."""

    success: Success = True
    program_id: answers.ProgramId
    returns: list[WaitingReturnOfMember] = Field(
        description=(
            "What waits: the member whose return waits the longest first, each member's returns "
            "in the order in which they were told."
        )
    )
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"first": {"programId": "lp_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "returns": [WAITING_RETURN_EXAMPLE],
    "count": 1,
    "nextCursor": None,
}

REFUSALS = (ProgramNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read a page: one query, however many members there are."""
    page = waiting_return_lists.list_page(
        caller,
        program_id=body.program_id,
        store_id=body.store_id,
        after=paging.decode(body.cursor) if body.cursor else None,
        limit=body.limit,
    )
    rows = [to_waiting_return_of(member, each) for member, each in page.items]
    return Response(
        program_id=body.program_id,
        returns=rows,
        count=len(rows),
        next_cursor=page.next_cursor,
    )
