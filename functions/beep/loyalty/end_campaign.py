"""POST /api/v1/endCampaign: end a campaign now; what it has granted stays."""

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
    """The campaign. One that has ended already stays as it is."""

    program_id: ProgramId
    campaign_id: CampaignId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The campaign, which has ended. Other processes may still apply it for a minute."""

    success: Success = True
    campaign: CampaignBody = Field(description="The campaign.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "end": {"programId": "lp_abc123", "campaignId": "cmp_abc123"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "campaign": {
        **CAMPAIGN_EXAMPLE,
        "status": "ended",
        "endedAt": "2026-03-03T12:00:00.000Z",
    },
}

REFUSALS = (ProgramNotFound, CampaignNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Write the campaign, and take it out of its program."""
    saved = campaigns.end(caller, body.program_id, body.campaign_id, body.store_id)
    shown = campaign_body(saved.campaign, clock.utc_now())
    return Response(campaign=shown, is_replay=saved.is_replay)
