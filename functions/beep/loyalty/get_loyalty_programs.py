"""GET /api/v1/getLoyaltyPrograms (also getStoreLoyaltyPrograms): the programs of a store."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.loyalty.program_bodies import PROGRAM_EXAMPLE, ProgramBody, program_fields
from shared.services.loyalty import programs


class Request(RequestModel):
    """The request names the store."""

    store_id: StoreId


class Response(ResponseModel):
    """All programs of the store, oldest first, inactive ones included; a store has at most 100."""

    success: Success = True
    programs: list[ProgramBody] = Field(description="The programs, oldest first.")
    count: answers.Count


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"store": {"storeId": "store_a"}}

EXAMPLE: dict[str, Any] = {"success": True, "programs": [PROGRAM_EXAMPLE], "count": 1}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Return the programs."""
    found = programs.list_of_store(caller, body.store_id)
    bodies = [ProgramBody(**program_fields(program)) for program in found]
    return Response(programs=bodies, count=len(bodies))
