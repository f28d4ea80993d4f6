"""GET or POST /api/v1/listRewards: list a program's rewards, and which a member can have."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ProgramNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.rewards.catalog_bodies import (
    CATALOG_REWARD_EXAMPLE,
    FOR_MEMBER_EXAMPLE,
    OfferBody,
    offer_body,
)
from shared.services.rewards import rewards


class Request(RequestModel):
    """The program. With ``userId``, each reward says whether that member can have it now."""

    program_id: ProgramId
    user_id: UserId | None = None
    store_id: StoreId | None = None
    include_archived: bool = Field(default=False, description="Whether to list archived ones, too.")


class Response(ResponseModel):
    """All rewards, in the order of the program."""

    success: Success = True
    rewards: list[OfferBody] = Field(description="The rewards, archived ones last.")
    count: answers.Count


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "member": {"programId": "lp_abc123", "userId": "user_xyz"},
    "program": {"programId": "lp_abc123"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "rewards": [{**CATALOG_REWARD_EXAMPLE, "forMember": FOR_MEMBER_EXAMPLE}],
    "count": 1,
}

REFUSALS = (ProgramNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read the member and the stocks at once, if a member is named."""
    found = rewards.list_all(
        caller,
        program_id=body.program_id,
        store_id=body.store_id,
        user_id=body.user_id,
        with_archived=body.include_archived,
    )
    return Response(rewards=[offer_body(each, body.program_id) for each in found], count=len(found))


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the documented example; without a member nobody can have it or not."""
    if body.user_id is not None:
        return {}
    return {"rewards": [{**CATALOG_REWARD_EXAMPLE, "forMember": None}]}
