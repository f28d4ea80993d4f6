"""POST /api/v1/createCampaign: multiply what purchases earn for some time, or add a bonus."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field, model_validator

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty.campaigns import Campaign
from shared.domain.loyalty.programs import Program
from shared.errors import LimitExceeded, ProgramNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty.campaign_bodies import (
    CAMPAIGN_EXAMPLE,
    Bonus,
    CampaignBody,
    CampaignMultiplier,
    CampaignName,
    Categories,
    EndsAt,
    FirstPurchaseOnly,
    HappyHours,
    LimitPerMember,
    LimitTotal,
    MinimumSpend,
    ProductIds,
    StartsAt,
    Tiers,
    campaign_body,
    domain_fields,
)
from shared.services.loyalty import campaigns


class Request(RequestModel):
    """A multiplier or a bonus, and for which purchases it holds; by default for all, from now."""

    program_id: ProgramId
    store_id: StoreId | None = None
    name: CampaignName
    multiplier: CampaignMultiplier | None = None
    bonus: Bonus | None = None
    starts_at: StartsAt | None = None
    ends_at: EndsAt | None = None
    happy_hours: HappyHours = Field(default_factory=list)
    minimum_spend: MinimumSpend | None = None
    categories: Categories = Field(default_factory=list)
    product_ids: ProductIds = Field(default_factory=list)
    tiers: Tiers = Field(default_factory=list)
    first_purchase_only: FirstPurchaseOnly = False
    limit_per_member: LimitPerMember | None = None
    limit_total: LimitTotal | None = None

    @model_validator(mode="after")
    def _gives_one(self) -> Self:
        if (self.multiplier is None) is (self.bonus is None):
            raise ValueError("needs multiplier or bonus, and not both")
        return self


class Response(ResponseModel):
    """The campaign."""

    success: Success = True
    campaign: CampaignBody = Field(description="The campaign.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "happy hour": {
        "programId": "lp_abc123",
        "name": "Kaffee doppelt",
        "multiplier": 2,
        "startsAt": "2026-03-01T00:00:00.000Z",
        "endsAt": "2126-04-01T00:00:00.000Z",
        "happyHours": [{"weekdays": ["mon", "fri"], "start": "17:00", "end": "19:00"}],
        "categories": ["coffee"],
        "limitPerMember": 5,
    },
    "welcome": {
        "programId": "lp_abc123",
        "name": "Erster Einkauf",
        "bonus": 100,
        "firstPurchaseOnly": True,
        "limitTotal": 500,
    },
}

EXAMPLE: dict[str, Any] = {"success": True, "campaign": CAMPAIGN_EXAMPLE}

REFUSALS = (ProgramNotFound, LimitExceeded)


def handle(body: Request, caller: Caller) -> Response:
    """Write the campaign, and into its program."""

    def draft(program: Program, campaign_id: str, now: datetime) -> Campaign:
        names = set(Request.model_fields) - {"program_id", "store_id", "starts_at"}
        return Campaign(
            campaign_id=campaign_id,
            account_id=program.account_id,
            store_id=program.store_id,
            program_id=program.program_id,
            starts_at=body.starts_at or now,
            created_at=now,
            updated_at=now,
            **domain_fields(body, names),
        )

    saved = campaigns.create(caller, body.program_id, body.store_id, draft)
    shown = campaign_body(saved.campaign, clock.utc_now())
    return Response(campaign=shown, is_replay=saved.is_replay)
