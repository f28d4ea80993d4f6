"""GET customer-profiles: the profiles of a program, filtered, in order, part by part."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from functions.shopware import bodies, sandbox_answers
from functions.shopware.fields import (
    LIMIT_DEFAULT,
    Bound,
    CustomerIds,
    Direction,
    Limit,
    SalesChannelId,
    ShopId,
    ShopRequest,
    Whole,
)
from shared.auth.caller import Caller
from shared.domain.loyalty.programs import Program
from shared.schemas.base import ResponseModel
from shared.services.loyalty import sales_channels
from shared.services.members import shop_profiles
from shared.services.members.shop_profiles import ProfileFilter, ProfileSlice

OFFSET_MAX = 10_000
"""Firestore reads what an offset leaves out."""


class Request(ShopRequest):
    """What must hold of a profile, and which part of the list is asked for."""

    customer_ids: CustomerIds | None = None
    level_id: ShopId | None = Field(default=None, description="Only who has this level.")
    min_points: Bound | None = Field(default=None, description="The fewest points.")
    max_points: Bound | None = Field(default=None, description="The most points.")
    limit: Limit = LIMIT_DEFAULT
    offset: Whole = Field(
        default=0, ge=0, le=OFFSET_MAX, description="How many to leave out; each is read."
    )
    sort_by: Literal["points", "createdAt"] = Field(
        default="points",
        description="`points`, or `createdAt`, which goes without minPoints and maxPoints.",
    )
    sort_direction: Direction = "DESC"
    sales_channel_id: SalesChannelId | None = None

    @model_validator(mode="after")
    def _can_be_sorted(self) -> Self:
        has_range = self.min_points is not None or self.max_points is not None
        if self.sort_by != "points" and has_range and self.customer_ids is None:
            raise ValueError("must have the sortBy points with minPoints or maxPoints")
        return self


class Response(ResponseModel):
    """A part of the profiles."""

    status: bodies.Status = "success"
    data: list[bodies.ShopProfileBody] = Field(description="The profiles.")
    total: int = Field(description="How many there are in all.")
    limit: int = Field(description="The limit of the request.")
    offset: int = Field(description="The offset of the request.")


EXAMPLE: dict[str, Any] = {
    "status": "success",
    "data": [sandbox_answers.PROFILE],
    "total": 1,
    "limit": 20,
    "offset": 0,
}


def handle(body: Request, caller: Caller) -> Response:
    """Read the part, and count all."""
    program = sales_channels.program_of(caller, body.sales_channel_id)
    tier = _tier_of(program, body.level_id) if body.level_id else None
    if body.level_id and tier is None:
        return Response(data=[], total=0, limit=body.limit, offset=body.offset)
    found, total = shop_profiles.many(
        caller,
        program,
        ProfileFilter(body.customer_ids, tier, body.min_points, body.max_points),
        ProfileSlice(
            body.limit,
            body.offset,
            is_by_points=body.sort_by == "points",
            is_descending=body.sort_direction == "DESC",
        ),
    )
    profiles = [bodies.to_profile(each) for each in found]
    return Response(data=profiles, total=total, limit=body.limit, offset=body.offset)


def _tier_of(program: Program, level_id: str) -> str | None:
    """Return the name of the level that has an id; ``None`` if none has."""
    return next(
        (each.name for each in program.tiers if bodies.level_id(program, each) == level_id), None
    )


def sandbox(body: Request) -> dict[str, Any]:
    """Show the sandbox's customer, under the first id that is asked for."""
    ids = body.customer_ids
    found = sandbox_answers.filled(EXAMPLE, ids[0] if ids else None)
    return {**found, "limit": body.limit, "offset": body.offset}
