"""POST /api/v1/updateCampaign: change a campaign that has not ended; missing fields stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import Field

from shared import clock
from shared.auth.caller import Caller
from shared.errors import CampaignNotFound, ProgramNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty.campaign_bodies import (
    CAMPAIGN_EXAMPLE,
    Bonus,
    CampaignBody,
    CampaignId,
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

_OPTIONAL = {
    "multiplier",
    "bonus",
    "ends_at",
    "minimum_spend",
    "limit_per_member",
    "limit_total",
}


class Request(RequestModel):
    """The changes. Null removes what is optional; lists are replaced as a whole."""

    program_id: ProgramId
    campaign_id: CampaignId
    store_id: StoreId | None = None
    name: CampaignName | None = None
    multiplier: CampaignMultiplier | None = None
    bonus: Bonus | None = None
    starts_at: StartsAt | None = None
    ends_at: EndsAt | None = None
    happy_hours: HappyHours | None = None
    minimum_spend: MinimumSpend | None = None
    categories: Categories | None = None
    product_ids: ProductIds | None = None
    tiers: Tiers | None = None
    first_purchase_only: FirstPurchaseOnly | None = None
    limit_per_member: LimitPerMember | None = None
    limit_total: LimitTotal | None = None


class Response(ResponseModel):
    """The campaign after the change."""

    success: Success = True
    campaign: CampaignBody = Field(description="The campaign.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "longer": {
        "programId": "lp_abc123",
        "campaignId": "cmp_abc123",
        "endsAt": "2126-04-01T00:00:00.000Z",
    },
}

EXAMPLE: dict[str, Any] = {"success": True, "campaign": CAMPAIGN_EXAMPLE}

REFUSALS = (ProgramNotFound, CampaignNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Write the campaign, and into its program."""
    named = body.model_fields_set - {"program_id", "campaign_id", "store_id"}
    names = {each for each in named if each in _OPTIONAL or getattr(body, each) is not None}
    changes = domain_fields(body, names)
    saved = campaigns.change(
        caller,
        body.program_id,
        body.campaign_id,
        body.store_id,
        lambda before: replace(before, **changes),
    )
    shown = campaign_body(saved.campaign, clock.utc_now())
    return Response(campaign=shown, is_replay=saved.is_replay)
