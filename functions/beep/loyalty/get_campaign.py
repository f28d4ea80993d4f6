"""GET or POST /api/v1/getCampaign: a campaign, and how often it was had."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared import clock
from shared.auth.caller import Caller
from shared.errors import CampaignNotFound, ProgramNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty.campaign_bodies import (
    CAMPAIGN_EXAMPLE,
    CampaignBody,
    CampaignId,
    campaign_body,
)
from shared.services.loyalty import campaigns


class Request(RequestModel):
    """The campaign."""

    program_id: ProgramId
    campaign_id: CampaignId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The campaign."""

    success: Success = True
    campaign: CampaignBody = Field(description="The campaign.")
    times_used: int | None = Field(
        description="How often it was had. Null if it has no `limitTotal`."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "campaign": {"programId": "lp_abc123", "campaignId": "cmp_abc123"},
}

EXAMPLE: dict[str, Any] = {"success": True, "campaign": CAMPAIGN_EXAMPLE, "timesUsed": None}

REFUSALS = (ProgramNotFound, CampaignNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read the campaign, and count its uses."""
    campaign, times_used = campaigns.find(caller, body.program_id, body.campaign_id, body.store_id)
    return Response(campaign=campaign_body(campaign, clock.utc_now()), times_used=times_used)
