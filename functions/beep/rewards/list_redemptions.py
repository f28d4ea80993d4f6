"""GET /api/v1/listRedemptions: list the redemptions of a program or a store, newest first."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from shared.auth.caller import Caller
from shared.domain.loyalty.redemptions import RedemptionStatus
from shared.errors import ProgramNotFound, StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.paging import KeyCursor, Limit
from shared.schemas.rewards import redemption_bodies
from shared.schemas.rewards.redemption_bodies import (
    REDEMPTION_EXAMPLE,
    RedemptionBody,
    to_redemption_body,
)
from shared.services.rewards import redemptions


class Request(RequestModel):
    """A page of those of ``programId``, else of ``storeId``; with ``userId`` only a member's.

    With ``status`` only those of which that became: then a page may have fewer than ``limit``, or
    none, though there are more; ``nextCursor`` says so.
    """

    program_id: ProgramId | None = None
    store_id: StoreId | None = None
    user_id: UserId | None = None
    status: Annotated[RedemptionStatus, Field(strict=False)] | None = Field(
        default=None,
        description="Only those that are `redeemed` and not used yet, `used`, or `cancelled`.",
    )
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: KeyCursor | None = None

    @field_validator("cursor")
    @classmethod
    def _is_of_this_list(cls, cursor: str | None) -> str | None:
        if cursor is not None:
            redemption_bodies.decode(cursor)
        return cursor

    @model_validator(mode="after")
    def _says_of_what(self) -> Self:
        if self.program_id is None and self.store_id is None:
            raise ValueError("needs programId or storeId")
        return self


class Response(ResponseModel):
    """A page; ``nextCursor`` asks for the next one and is null on the last."""

    success: Success = True
    redemptions: list[RedemptionBody] = Field(description="The redemptions, newest first.")
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "program": {"programId": "lp_abc123"},
    "member": {"programId": "lp_abc123", "userId": "user_xyz", "limit": 5},
    "store": {"storeId": "store_a"},
    "status": {"storeId": "store_a", "status": "redeemed"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "redemptions": [REDEMPTION_EXAMPLE],
    "count": 1,
    "nextCursor": None,
}

REFUSALS = (ProgramNotFound, StoreNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read a page of entries, and what became of them."""
    page = redemptions.list_page(
        caller,
        program_id=body.program_id,
        store_id=body.store_id,
        user_id=body.user_id,
        status=body.status,
        after=redemption_bodies.decode(body.cursor) if body.cursor else None,
        limit=body.limit,
    )
    return Response(
        redemptions=[to_redemption_body(each) for each in page.redemptions],
        count=len(page.redemptions),
        next_cursor=redemption_bodies.encode(*page.next_after) if page.next_after else None,
    )
