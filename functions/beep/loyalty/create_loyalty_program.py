"""POST /api/v1/createLoyaltyProgram: create a loyalty program for a store."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.errors import LimitExceeded, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.loyalty.new_program_bodies import NewProgramBody
from shared.schemas.loyalty.program_bodies import RULES_EXAMPLES
from shared.services.loyalty import programs


class Request(NewProgramBody):
    """A new program; it is inactive unless ``isActive`` is true."""

    store_id: StoreId


class Response(ResponseModel):
    """The program's id."""

    success: Success = True
    program_id: answers.ProgramId
    store_id: answers.StoreId
    created_at: answers.CreatedAt


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    program_type.value: {
        "storeId": "store_a",
        "programName": "Stammkunden",
        "programType": program_type.value,
        "rules": rules,
        "rewards": [{"title": "10% Rabatt", "type": "discount_percent", "requiredPoints": 10}],
        "branding": {"color": "#2563EB"},
        "isActive": True,
    }
    for program_type, rules in RULES_EXAMPLES.items()
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "storeId": "store_a",
    "createdAt": "2026-03-03T12:00:00.000Z",
}

REFUSALS = (StoreNotFound, LimitExceeded)


def handle(body: Request, caller: Caller) -> Response:
    """Create the program and its mirror in one commit."""
    draft = programs.ProgramDraft(**body.domain_fields())
    saved = programs.create(caller, body.store_id, draft)
    return Response(
        program_id=saved.program_id,
        store_id=saved.store_id,
        created_at=saved.created_at,
        is_replay=saved.is_replay,
    )
