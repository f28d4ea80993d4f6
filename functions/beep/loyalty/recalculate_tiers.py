"""POST /api/v1/recalculateTiers: move members to the tier that the present thresholds give."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.loyalty.tier_recalculations import RecalculationState
from shared.errors import ProgramNotFound, TierRecalculationRunning
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty.tier_recalculation_bodies import IsDry, RecalculationId, StateOf
from shared.services.loyalty import tier_recalculations


class Request(RequestModel):
    """The program. Without `dryRun: false` nobody is moved."""

    program_id: ProgramId
    store_id: StoreId | None = None
    dry_run: bool = Field(
        default=True, description="Only say who would move; getTierRecalculation has the result."
    )


class Response(ResponseModel):
    """The recalculation, which a task carries out: ask getTierRecalculation for it.

    Each member gets the tier that is reached now, at once and without grace. Who has a tier that
    is never lost, or any in a program in which nobody falls, only rises.
    """

    success: Success = True
    recalculation_id: RecalculationId
    program_id: answers.ProgramId
    state: StateOf
    dry_run: IsDry


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "preview": {"programId": "lp_abc123"},
    "move": {"programId": "lp_abc123", "dryRun": False},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "recalculationId": "tr_abc123",
    "programId": "lp_abc123",
    "state": RecalculationState.RUNNING.value,
    "dryRun": True,
}

REFUSALS = (ProgramNotFound, TierRecalculationRunning)


def handle(body: Request, caller: Caller) -> Response:
    """Begin it."""
    begun = tier_recalculations.start(
        caller, program_id=body.program_id, store_id=body.store_id, is_dry=body.dry_run
    )
    return Response(
        recalculation_id=begun.found.recalculation_id,
        program_id=begun.found.program_id,
        state=RecalculationState.RUNNING,
        dry_run=begun.found.is_dry,
        is_replay=begun.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show what was asked for."""
    return {"dryRun": body.dry_run}
