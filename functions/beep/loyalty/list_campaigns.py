"""GET or POST /api/v1/listCampaigns: list a program's campaigns, newest first."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared import clock
from shared.auth.caller import Caller
from shared.errors import ProgramNotFound
from shared.schemas import answers, paging
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty.campaign_bodies import CAMPAIGN_EXAMPLE, CampaignBody, campaign_body
from shared.schemas.paging import Cursor, Limit
from shared.services.loyalty import campaigns


class Request(RequestModel):
    """A page of campaigns, also of those that have ended."""

    program_id: ProgramId
    store_id: StoreId | None = None
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Cursor | None = None


class Response(ResponseModel):
    """A page; ``nextCursor`` asks for the next one and is null on the last."""

    success: Success = True
    campaigns: list[CampaignBody] = Field(description="The campaigns, newest first.")
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"newest": {"programId": "lp_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "campaigns": [CAMPAIGN_EXAMPLE],
    "count": 1,
    "nextCursor": None,
}

REFUSALS = (ProgramNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read a page: one query."""
    after = paging.decode(body.cursor) if body.cursor else None
    page = campaigns.list_page(
        caller, body.program_id, body.store_id, after=after, limit=body.limit
    )
    now = clock.utc_now()
    return Response(
        campaigns=[campaign_body(each, now) for each in page.items],
        count=len(page.items),
        next_cursor=page.next_cursor,
    )
