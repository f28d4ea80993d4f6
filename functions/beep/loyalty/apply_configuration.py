"""POST /api/v1/applyConfiguration: plan what a configuration changes in a store, then do that."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.errors import ConfigurationAmbiguous, LimitExceeded, PlanOutdated, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import MISSING, Id, RequestModel, ResponseModel, Success, invalid
from shared.schemas.fields import StoreId
from shared.schemas.loyalty.configuration_bodies import (
    CONFIGURATION_EXAMPLE,
    ConfigurationBody,
    PlanItemBody,
)
from shared.services.loyalty import configurations

PlanId = Annotated[Id, Field(description="Id of the plan that was shown.")]


class Request(RequestModel):
    """A configuration, and whether to show what it changes or to do that."""

    store_id: StoreId
    configuration: ConfigurationBody = Field(
        description="As exportConfiguration answers it. What it does not name stays."
    )
    dry_run: bool = Field(default=True, description="Whether only the plan is shown.")
    plan_id: PlanId | None = Field(
        default=None, description="That of the plan, if `dryRun` is false: it is what happens."
    )

    @model_validator(mode="after")
    def _applies_what_was_shown(self) -> Self:
        if not self.dry_run and self.plan_id is None:
            raise invalid({"planId": MISSING})
        return self


class Response(ResponseModel):
    """The plan, or what was written."""

    success: Success = True
    store_id: answers.StoreId
    dry_run: bool = Field(description="Whether nothing was written.")
    plan_id: PlanId
    plan: list[PlanItemBody] = Field(
        description=(
            "What becomes of each program, reward and campaign. After it was applied: those that "
            "were written, without `changes`."
        )
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "plan": {"storeId": "store_a", "configuration": CONFIGURATION_EXAMPLE},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "dryRun": True,
    "planId": "plan_0123456789abcdef0123456789abcdef01234567",
    "plan": [
        {
            "kind": "program",
            "programName": "Stempelkarte",
            "programId": "lp_abc123",
            "rewardId": None,
            "campaignName": None,
            "action": "update",
            "changes": [
                {"field": "description", "before": "", "after": "Jeder zehnte Kaffee ist gratis."}
            ],
        },
        {
            "kind": "reward",
            "programName": "Stempelkarte",
            "programId": "lp_abc123",
            "rewardId": "coffee",
            "campaignName": None,
            "action": "create",
            "changes": [],
        },
        {
            "kind": "campaign",
            "programName": "Stempelkarte",
            "programId": "lp_abc123",
            "rewardId": None,
            "campaignName": "Doppelte Stempel",
            "action": "unchanged",
            "changes": [],
        },
    ],
}

REFUSALS = (StoreNotFound, ConfigurationAmbiguous, PlanOutdated, LimitExceeded)


def handle(body: Request, caller: Caller) -> Response:
    """Plan; and commit all of it at once if it is the plan that was shown."""
    plan = configurations.apply(
        caller,
        body.store_id,
        body.configuration,
        plan_id=None if body.dry_run else body.plan_id,
    )
    return Response(
        store_id=body.store_id,
        dry_run=not plan.is_applied,
        plan_id=plan.plan_id,
        plan=list(plan.items),
        is_replay=plan.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Say whether it was only to be shown."""
    return {"dryRun": body.dry_run, "planId": body.plan_id or EXAMPLE["planId"]}
