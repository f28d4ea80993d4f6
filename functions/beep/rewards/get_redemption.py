"""GET /api/v1/getRedemption: show a redemption, and what became of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import MembershipNotFound, ProgramNotFound, RedemptionNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, RedemptionId, StoreId, UserId
from shared.schemas.rewards.redemption_bodies import (
    REDEMPTION_EXAMPLE,
    RedemptionBody,
    to_redemption_body,
)
from shared.services.loyalty import sandbox as mock
from shared.services.members import card_codes
from shared.services.rewards import redemptions


class Request(RequestModel):
    """The redemption of a member, with a picture of its code if one is wanted."""

    program_id: ProgramId
    user_id: UserId
    redemption_id: RedemptionId
    picture: Literal["qr", "code128"] | None = Field(
        default=None, description="How to draw the code of the reward."
    )
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The redemption."""

    success: Success = True
    redemption: RedemptionBody = Field(description="The redemption.")
    picture_svg: str | None = Field(
        description="Its code as SVG. Null if not asked for, and without a code."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "one": {"programId": "lp_abc123", "userId": "user_xyz", "redemptionId": "le_def456"},
    "drawn": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "redemptionId": "le_def456",
        "picture": "qr",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "redemption": REDEMPTION_EXAMPLE,
    "pictureSvg": None,
}

REFUSALS = (ProgramNotFound, MembershipNotFound, RedemptionNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read the entry, and what became of it."""
    found = redemptions.find(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        redemption_id=body.redemption_id,
    )
    return Response(
        redemption=to_redemption_body(found),
        picture_svg=_drawn(found.entry.reward_code, body.picture),
    )


def _drawn(code: str | None, picture: str | None) -> str | None:
    if code is None or picture is None:
        return None
    return card_codes.pictures(code, [picture])[picture]


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the documented example, and draw its code; who is not enrolled has none."""
    mock.require_enrolled(body.user_id)
    return {"pictureSvg": _drawn(REDEMPTION_EXAMPLE["rewardCode"], body.picture)}
