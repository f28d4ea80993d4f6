"""GET /api/v1/listEvents: list a store's events, the newest first."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.events import event_types
from shared.errors import StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import Id, RequestModel, ResponseModel, Success, Until
from shared.schemas.events.event_data import EventBody, TypeName, example_event, parse
from shared.schemas.fields import Since, StoreId
from shared.schemas.paging import Cursor, Limit
from shared.services.events import event_log


class Request(RequestModel):
    """The request chooses events: all of the last 34 days, or those of a type, member or time.

    An event appears when it is sent, which may be some minutes after its ``createdAt``. To read on,
    send ``nextCursor`` with the same fields: new events do not move the pages.
    """

    store_id: StoreId
    type: TypeName | None = Field(default=None, description="Only events of this type.")
    program_id: Id | None = Field(default=None, description="Only events of this program.")
    user_id: Id | None = Field(default=None, description="Only events of this customer.")
    since: Since | None = None
    until: Until | None = None
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Cursor | None = None


class Response(ResponseModel):
    """The events as endpoints get them, the newest first."""

    success: Success = True
    store_id: answers.StoreId
    events: list[EventBody] = Field(description="The events, the newest first.")
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "newest": {"storeId": "store_a"},
    "member": {
        "storeId": "store_a",
        "type": event_types.ENROLLMENT,
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "since": "2026-03-01T00:00:00.000Z",
        "until": "2026-04-01T00:00:00.000Z",
        "limit": 50,
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "events": [example_event(event_types.ENROLLMENT)],
    "count": 1,
    "nextCursor": None,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Return a page."""
    found = event_log.page(
        caller,
        body.store_id,
        event_type=body.type,
        program_id=body.program_id,
        user_id=body.user_id,
        since=body.since,
        until=body.until,
        after=paging.decode(body.cursor) if body.cursor else None,
        limit=body.limit,
    )
    return Response(
        store_id=body.store_id,
        events=[parse(each.payload) for each in found.items],
        count=len(found.items),
        next_cursor=found.next_cursor,
    )
