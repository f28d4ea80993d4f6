"""GET /api/v1/verifyLedger: prove that the books of a member, a program or all are right."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from shared.auth.caller import Caller
from shared.errors import MembershipNotFound, ProgramNotFound, StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.loyalty import proof_bodies
from shared.schemas.loyalty.proof_bodies import BreakBody, to_break_body
from shared.schemas.paging import KeyCursor, Limit
from shared.services.loyalty import ledger_checks
from shared.services.loyalty.ledger_checks import Checked


class Request(RequestModel):
    """A page of a program, or with ``userId`` one member of it; without both of all programs."""

    program_id: ProgramId | None = None
    user_id: UserId | None = None
    store_id: StoreId | None = None
    limit: Limit = paging.LIMIT_MAX
    cursor: KeyCursor | None = None

    @field_validator("cursor")
    @classmethod
    def _is_of_this_walk(cls, cursor: str | None) -> str | None:
        if cursor is not None:
            proof_bodies.decode(cursor)
        return cursor

    @model_validator(mode="after")
    def _names_the_members_program(self) -> Self:
        if self.user_id is not None and self.program_id is None:
            raise ValueError("needs programId with userId")
        return self


class Response(ResponseModel):
    """What was checked on this page; ``nextCursor`` asks for the next one.

    Entries are replayed against balance, totals, lots, chain, mirrors, events and counters.
    """

    success: Success = True
    is_intact: bool = Field(description="True if everything on this page holds.")
    members: int = Field(description="How many memberships were checked.")
    entries: int = Field(description="How many ledger entries were replayed.")
    first_break: BreakBody | None = Field(
        description="Of the first member who has one, the break at the oldest entry. Null if none."
    )
    breaks: list[BreakBody] = Field(description="Everything that does not hold, at most 100.")
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "member": {"programId": "lp_abc123", "userId": "user_xyz"},
    "program": {"programId": "lp_abc123"},
    "account": {"limit": 50},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "isIntact": True,
    "members": 1,
    "entries": 1,
    "firstBreak": None,
    "breaks": [],
    "nextCursor": None,
}

REFUSALS = (ProgramNotFound, MembershipNotFound, StoreNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Replay the entries of a member, or of the members of a page."""
    checked = _checked(body, caller)
    first = checked.first
    return Response(
        is_intact=not checked.problems,
        members=checked.memberships,
        entries=checked.entries,
        first_break=to_break_body(first.program_id, first.user_id, first.broken) if first else None,
        breaks=[
            to_break_body(each.program_id, each.user_id, each.broken) for each in checked.problems
        ],
        next_cursor=proof_bodies.encode(checked.next) if checked.next else None,
    )


def _checked(body: Request, caller: Caller) -> Checked:
    if body.program_id is not None and body.user_id is not None:
        return ledger_checks.check_member(caller, body.program_id, body.user_id, body.store_id)
    place = proof_bodies.decode(body.cursor) if body.cursor else None
    return ledger_checks.check_page(caller, body.program_id, body.store_id, place, body.limit)
