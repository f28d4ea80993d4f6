"""POST /api/v1/getLoyaltyAnalytics: a program's figures."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.schemas.base import Id, Number, RequestModel, ResponseModel, Success
from shared.services.loyalty import analytics


class Request(RequestModel):
    """Which program."""

    program_id: Id
    store_id: Id | None = None


class Response(ResponseModel):
    """The documented six figures. Months are those of the store's time zone.

    ``redemptionRate`` is redemptions for each 100 members, to one decimal.
    """

    success: Success = True
    total_members: int
    total_points_issued: Number
    total_redemptions: int
    redemption_rate: Number
    earned_this_month: Number
    redeemed_this_month: Number


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
