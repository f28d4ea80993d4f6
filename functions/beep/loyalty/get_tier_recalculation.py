"""GET or POST /api/v1/getTierRecalculation: who moves by a recalculation of tiers."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound, TierRecalculationNotFound
from shared.schemas import answers
from shared.schemas.base import Id, RequestModel, ResponseModel, Success, Timestamp
from shared.schemas.fields import StoreId
from shared.schemas.loyalty.tier_recalculation_bodies import (
    IsDry,
    RecalculationId,
    StateOf,
    TierFlowBody,
    TierMoveBody,
    flow_bodies,
    move_bodies,
)
from shared.services import access
from shared.services.loyalty import tier_recalculations


class Request(RequestModel):
    """A recalculation of the account."""

    recalculation_id: Id = Field(description="Id of the recalculation.")
    store_id: StoreId | None = None


class Response(ResponseModel):
    """How far it is, and who moves, or would move. Kept for 30 days."""

    success: Success = True
    recalculation_id: RecalculationId
    program_id: answers.ProgramId
    state: StateOf
    dry_run: IsDry
    started_at: Timestamp = Field(description="When it was asked for.")
    finished_at: Timestamp | None = Field(description="When it ended. Null before.")
    checked: int = Field(description="How many members it has looked at.")
    moved: int = Field(description="How many of them move.")
    moves: list[TierFlowBody] = Field(description="How many move from where to where.")
    members: list[TierMoveBody] = Field(description="The first 100 members who move.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"recalculation": {"recalculationId": "tr_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "recalculationId": "tr_abc123",
    "programId": "lp_abc123",
    "state": "succeeded",
    "dryRun": True,
    "startedAt": "2026-03-03T12:00:00.000Z",
    "finishedAt": "2026-03-03T12:00:02.000Z",
    "checked": 142,
    "moved": 1,
    "moves": [{"fromTier": "Bronze", "toTier": "Silber", "members": 1}],
    "members": [{"userId": "user_xyz", "fromTier": "Bronze", "toTier": "Silber"}],
}

REFUSALS = (StoreNotFound, TierRecalculationNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Return the recalculation."""
    access.named_store(caller, body.store_id)
    found = tier_recalculations.find(caller, body.recalculation_id, body.store_id)
    return Response(
        recalculation_id=found.recalculation_id,
        program_id=found.program_id,
        state=found.state,
        dry_run=found.is_dry,
        started_at=found.started_at,
        finished_at=found.finished_at,
        checked=found.checked,
        moved=found.moved,
        moves=flow_bodies(found),
        members=move_bodies(found),
    )
