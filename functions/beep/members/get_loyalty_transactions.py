"""POST /api/v1/getLoyaltyTransactions: the history of a member in a program, page by page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.loyalty import waiting_returns
from shared.domain.loyalty.entries import EntryKind
from shared.domain.loyalty.history import HistoryFilter
from shared.domain.units import to_units
from shared.errors import MembershipNotFound, ProgramNotFound
from shared.schemas import answers, paging
from shared.schemas.base import (
    Id,
    MaxPoints,
    Points,
    RequestModel,
    RequestTime,
    ResponseModel,
    Success,
    Until,
    Whole,
)
from shared.schemas.catalog.product_bodies import Switch
from shared.schemas.fields import KnownTransactionId, ProgramId, StoreId, UserId
from shared.schemas.members.history_bodies import (
    LINE_EXAMPLE,
    HistoryLine,
    WaitingReturnBody,
    to_history_line,
    to_waiting_return,
)
from shared.schemas.paging import KeyCursor, Limit
from shared.services import access
from shared.services.loyalty import sandbox as mock
from shared.services.members import history
from shared.services.members.history import EntryName, HistorySlice

OFFSET_MAX = 1000


class Request(RequestModel):
    """The member, what to look for, and which page.

    A page by ``cursor`` looks through 1000 transactions, so a filter may leave fewer than ``limit``
    of them, or none, and there is a next page all the same. ``offset`` and the order by points work
    within 1000 transactions: narrow ``since`` and ``until``. An ``offset`` with no other filter
    than these works always.
    """

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    type: (
        Literal[
            "earn",
            "redeem",
            "adjust",
            "reverse",
            "expire",
            "merge",
            "pending",
            "tier",
            "transfer",
            "extend",
        ]
        | None
    ) = Field(default=None, description="Only these.")
    since: RequestTime | None = Field(default=None, description="Booked then or later.")
    until: Until | None = None
    min_points: Points | None = Field(default=None, description="That moved so much, or more.")
    max_points: MaxPoints | None = Field(default=None, description="That moved so much, or less.")
    transaction_id: KnownTransactionId | None = Field(
        default=None, description="Only those of your transaction or order."
    )
    source: Id | None = Field(default=None, description="Only what this system told.")
    text: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None,
        description="Part of the description, `transactionId` or reward code, in any case.",
    )
    reversed: bool | None = Field(
        default=None, description="Only those of which something was taken back, or not."
    )
    expired: bool | None = Field(
        default=None, description="Only those whose points had a date of expiry that is over."
    )
    include_came_back: Switch = Field(
        default=False,
        description="Whether lines of earns have `cameBack`, which costs a read for each of them.",
    )
    include_redemptions: Switch = Field(
        default=False,
        description=(
            "Whether lines of redemptions have `redemption`, which costs a read for each of them."
        ),
    )
    sort_by: Literal["createdAt", "points"] = Field(default="createdAt", description="The order.")
    sort_direction: Literal["asc", "desc"] = Field(default="desc", description="Its direction.")
    limit: Limit = paging.LIMIT_DEFAULT
    offset: Annotated[Whole, Field(ge=0, le=OFFSET_MAX)] | None = Field(
        default=None,
        description="Leaves out so many, and gives `total`. Each costs a read; beyond: `cursor`.",
    )
    cursor: KeyCursor | None = None

    @model_validator(mode="after")
    def _require_one_way(self) -> Request:
        if self.cursor is not None and (self.offset is not None or self.sort_by == "points"):
            raise ValueError("must have cursor without offset, and sorted by createdAt")
        return self


class Response(ResponseModel):
    """A page; ``nextCursor`` asks for the next one and is null on the last.

    After a merge the history has what was booked for both; ``memberId`` tells them apart, and
    ``balanceAfter`` is of that membership.
    """

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    transactions: list[HistoryLine] = Field(description="In the order of the request.")
    waiting_returns: list[WaitingReturnBody] = Field(
        description="Returns of purchases that have not earned yet, whatever the page."
    )
    count: answers.Count
    total: int | None = Field(
        description="How many there are in all. Null without `offset` or the order by points."
    )
    next_cursor: answers.NextCursor
    has_more: bool = Field(description="Whether more follow.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "latest": {"programId": "lp_abc123", "userId": "user_xyz", "limit": 20},
    "redemptions": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "type": "redeem",
        "since": "2026-01-01T00:00:00.000Z",
        "offset": 0,
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "transactions": [LINE_EXAMPLE],
    "waitingReturns": [],
    "count": 1,
    "total": None,
    "nextCursor": None,
    "hasMore": False,
}

REFUSALS = (ProgramNotFound, MembershipNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read the membership, and a page of its entries with what corrects them."""
    program = access.program(caller, body.program_id, body.store_id)
    scale = program.scale
    least, most = body.min_points, body.max_points
    wanted = HistoryFilter(
        kinds=None if body.type is None else {EntryKind(body.type)},
        since=body.since,
        until=body.until,
        min_units=None if least is None else to_units(least, scale, field="minPoints"),
        max_units=None if most is None else to_units(most, scale, field="maxPoints"),
        source=body.source,
        transaction_id=body.transaction_id,
        text=body.text,
        is_corrected=body.reversed,
        is_expired=body.expired,
    )
    part = HistorySlice(
        body.limit,
        offset=body.offset,
        after=None if body.cursor is None else EntryName.of_text(paging.decode_key(body.cursor)),
        is_by_points=body.sort_by == "points",
        is_descending=body.sort_direction == "desc",
    )
    found = history.page(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        wanted=wanted,
        part=part,
    )
    rows = found.rows
    if body.include_came_back or body.include_redemptions:
        rows = history.with_what_became(
            rows,
            program,
            came_back=body.include_came_back,
            redemptions=body.include_redemptions,
        )
    return Response(
        program_id=body.program_id,
        user_id=found.membership.user_id,
        transactions=[to_history_line(row) for row in rows],
        waiting_returns=[
            to_waiting_return(each)
            for each in waiting_returns.untold(found.membership.waiting_returns)
        ],
        count=len(rows),
        total=found.total,
        next_cursor=None if found.end is None else paging.encode_key(found.end.as_text),
        has_more=found.has_more,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show one earning; who is not enrolled has no history."""
    mock.require_enrolled(body.user_id)
    return {}
