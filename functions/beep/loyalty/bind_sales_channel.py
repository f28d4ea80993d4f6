"""POST /api/v1/bindSalesChannel: let a shop's sales channel have a program."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shared.auth.caller import Caller
from shared.domain import shopware_ids
from shared.errors import ProgramNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, WireModel
from shared.schemas.fields import ProgramId, StoreId
from shared.services.loyalty import sales_channels


class Request(RequestModel):
    """The program, and the sales channel that has it from now on; null takes it away again."""

    program_id: ProgramId
    sales_channel_id: (
        Annotated[str, Field(max_length=36), AfterValidator(shopware_ids.canonical)] | None
    ) = Field(
        description=(
            "Id of the sales channel in Shopware: 32 hex digits, with `0x` before them or with "
            "dashes. Null: the program has none any more."
        )
    )
    store_id: StoreId | None = None


class BoundChannel(WireModel):
    """A sales channel, and the program that it has."""

    sales_channel_id: str = Field(description="Id of the sales channel: 32 hex digits.")
    program_id: answers.ProgramId


class Response(ResponseModel):
    """All sales channels of the account that have a program."""

    success: Success = True
    program_id: answers.ProgramId
    sales_channel_id: str | None = Field(
        description="Id of its sales channel: 32 hex digits. Null if it has none."
    )
    sales_channels: list[BoundChannel] = Field(
        description="All of the account, in the order in which they were bound."
    )


_CHANNEL = "98432def39fc4624b33213a56b8c944d"

EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "bind": {"programId": "lp_abc123", "salesChannelId": _CHANNEL},
    "unbind": {"programId": "lp_abc123", "salesChannelId": None},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "salesChannelId": _CHANNEL,
    "salesChannels": [{"salesChannelId": _CHANNEL, "programId": "lp_abc123"}],
}

REFUSALS = (ProgramNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Write program and sales channels. Other processes may know the old ones for a minute."""
    bound = sales_channels.bind(
        caller, body.program_id, body.sales_channel_id, store_id=body.store_id
    )
    return Response(
        program_id=body.program_id,
        sales_channel_id=body.sales_channel_id,
        sales_channels=[
            BoundChannel(sales_channel_id=each.sales_channel_id, program_id=each.program_id)
            for each in bound.channels
        ],
        is_replay=bound.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the sandbox's only program with the channel."""
    if body.sales_channel_id is not None:
        return {}
    return {"salesChannelId": None, "salesChannels": []}
