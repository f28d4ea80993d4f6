"""POST /api/v1/createCampaign: multiply what purchases earn for some time, or add a bonus."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty.campaigns import Campaign
from shared.domain.loyalty.programs import Program
from shared.errors import LimitExceeded, ProgramNotFound
from shared.schemas.base import ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty.campaign_bodies import (
    CAMPAIGN_EXAMPLE,
    CampaignBody,
    NewCampaignBody,
    campaign_body,
)
from shared.services.loyalty import campaigns


class Request(NewCampaignBody):
    """A multiplier or a bonus, and for which purchases it holds; by default for all, from now."""

    program_id: ProgramId
    store_id: StoreId | None = None


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
    fields = body.domain_fields()

    def draft(program: Program, campaign_id: str, now: datetime) -> Campaign:
        return Campaign(
            campaign_id=campaign_id,
            account_id=program.account_id,
            store_id=program.store_id,
            program_id=program.program_id,
            created_at=now,
            updated_at=now,
            **{**fields, "starts_at": body.starts_at or now},
        )

    saved = campaigns.create(caller, body.program_id, body.store_id, draft)
    shown = campaign_body(saved.campaign, clock.utc_now())
    return Response(campaign=shown, is_replay=saved.is_replay)
