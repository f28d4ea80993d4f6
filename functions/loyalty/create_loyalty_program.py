"""POST /api/v1/createLoyaltyProgram: create a loyalty program for a store."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.programs import EARNING_METHODS_DEFAULT, Branding
from shared.schemas.base import Id, Name, RequestModel, ResponseModel, Success, Text, Timestamp
from shared.schemas.programs import (
    BrandingBody,
    EarningMethods,
    ProgramTypeName,
    Rewards,
    RulesBody,
    parse_rules,
    to_rewards,
)
from shared.services import programs


class Request(RequestModel):
    """A new program; inactive unless ``isActive``."""

    store_id: Id
    program_name: Name
    program_type: ProgramTypeName
    rules: RulesBody
    description: Text = ""
    rewards: Rewards = Field(default_factory=list)
    branding: BrandingBody = BrandingBody()
    earning_methods: EarningMethods = Field(default_factory=lambda: list(EARNING_METHODS_DEFAULT))
    is_active: bool = False

    @model_validator(mode="after")
    def _rules_fit_type(self) -> Self:
        parse_rules(self.program_type, self.rules)
        return self


class Response(ResponseModel):
    """The program's id."""

    success: Success = True
    program_id: str
    store_id: str
    created_at: Timestamp


EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "storeId": "store_a",
    "createdAt": "2026-03-03T12:00:00.000Z",
}


def handle(body: Request, caller: Caller) -> Response:
    """Create the program, in the store and at the top level at once."""
    draft = programs.Draft(
        program_name=body.program_name,
        program_type=body.program_type,
        description=body.description,
        rules=parse_rules(body.program_type, body.rules),
        rewards=to_rewards(body.rewards),
        branding=Branding(body.branding.color, body.branding.logo),
        earning_methods=tuple(dict.fromkeys(body.earning_methods)),
        is_active=body.is_active,
    )
    saved = programs.create(caller, body.store_id, draft)
    return Response(
        program_id=saved.program_id,
        store_id=saved.store_id,
        created_at=saved.created_at,
        is_replay=saved.is_replay,
    )
