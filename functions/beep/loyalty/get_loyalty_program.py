"""GET /api/v1/getLoyaltyProgram: one loyalty program."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ProgramNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty.program_bodies import PROGRAM_EXAMPLE, ProgramBody, program_fields
from shared.services import access


class Request(RequestModel):
    """The request names the program."""

    program_id: ProgramId
    store_id: StoreId | None = None


class Response(ProgramBody, ResponseModel):
    """The program: its fields at the top, and again in ``program``."""

    success: Success = True
    program: ProgramBody = Field(description="The same fields once more, as one object.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"program": {"programId": "lp_abc123"}}

EXAMPLE: dict[str, Any] = {"success": True, **PROGRAM_EXAMPLE, "program": PROGRAM_EXAMPLE}

REFUSALS = (ProgramNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Return the program."""
    program = ProgramBody(**program_fields(access.program(caller, body.program_id, body.store_id)))
    # The fields have been checked: once is enough.
    return Response.model_construct(**dict(program), program=program)
