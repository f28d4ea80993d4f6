"""POST /api/v1/getLoyaltyAnalytics: a program's figures."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import ProgramNotFound
from shared.schemas.base import Number, RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.services.loyalty import analytics


class Request(RequestModel):
    """The request names the program."""

    program_id: ProgramId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The six documented figures. Months follow the store's time zone.

    ``redemptionRate`` is the number of redemptions for each 100 members, to one decimal.
    """

    success: Success = True
    total_members: int = Field(description="How many have enrolled.")
    total_points_issued: Number = Field(description="Everything that all members have ever earned.")
    total_redemptions: int = Field(description="How many redemptions there were.")
    redemption_rate: Number = Field(description="Redemptions for each 100 members, to one decimal.")
    earned_this_month: Number = Field(
        description="What was earned this month, in the store's time zone."
    )
    redeemed_this_month: Number = Field(
        description="What was spent this month, in the store's time zone."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"program": {"programId": "lp_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "totalMembers": 142,
    "totalPointsIssued": 28400,
    "totalRedemptions": 87,
    "redemptionRate": 61.3,
    "earnedThisMonth": 4200,
    "redeemedThisMonth": 1800,
}

REFUSALS = (ProgramNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Add up the counters."""
    figures = analytics.figures(caller, body.program_id, body.store_id)
    scale = figures.program.scale
    return Response(
        total_members=figures.counters.members,
        total_points_issued=from_units(figures.counters.issued_units, scale),
        total_redemptions=figures.counters.redemptions,
        redemption_rate=figures.redemption_rate,
        earned_this_month=from_units(figures.earned_this_month_units, scale),
        redeemed_this_month=from_units(figures.redeemed_this_month_units, scale),
    )
