"""GET customer-profile/{customerId}: how a customer stands in the program."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from functions.shopware import bodies, sandbox_answers
from functions.shopware.fields import CustomerId, SalesChannelId, ShopRequest
from shared.auth.caller import Caller
from shared.schemas.base import ResponseModel
from shared.services.loyalty import sales_channels
from shared.services.members import shop_profiles


class Request(ShopRequest):
    """The customer."""

    customer_id: CustomerId
    sales_channel_id: SalesChannelId | None = None


class Response(ResponseModel):
    """The profile."""

    status: bodies.Status = "success"
    data: bodies.ShopProfileBody = Field(description="The profile.")


EXAMPLE: dict[str, Any] = {"status": "success", "data": sandbox_answers.PROFILE}


def handle(body: Request, caller: Caller) -> Response:
    """Read customer and membership."""
    program = sales_channels.program_of(caller, body.sales_channel_id)
    profile = shop_profiles.one(caller, program, body.customer_id)
    return Response(data=bodies.to_profile(profile))


def sandbox(body: Request) -> dict[str, Any]:
    """Show the sandbox's customer under the id that is asked for."""
    return sandbox_answers.filled(EXAMPLE, body.customer_id)
