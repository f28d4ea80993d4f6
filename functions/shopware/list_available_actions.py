"""GET available-actions/{customerId}: what a customer can still do for points."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from functions.shopware import bodies, sandbox_answers
from functions.shopware.fields import CustomerId, SalesChannelId, ShopRequest
from shared.auth.caller import Caller
from shared.domain.loyalty import shop_actions
from shared.domain.loyalty.shop_actions import ActionType, AvailableAction, Said
from shared.domain.members.settings import MemberSettings
from shared.schemas.base import ResponseModel
from shared.services.loyalty import sales_channels
from shared.services.members import shop_profiles
from shared.store.members import settings_documents

_TEXTS = {
    ActionType.NEWSLETTER: ("Newsletter", "Newsletter abonnieren"),
    ActionType.BIRTHDAY: ("Geburtstag", "Geburtstag im Profil eintragen"),
}
_FIELD_TEXT = "{name} im Profil ausfüllen"


class Request(ShopRequest):
    """The customer."""

    customer_id: CustomerId
    sales_channel_id: SalesChannelId | None = None


class Response(ResponseModel):
    """What is not rewarded yet. The plugin's page shows the rows, and not what is around them."""

    status: bodies.Status = "success"
    data: list[bodies.ShopActionBody] = Field(description="The actions.")
    total: int = Field(description="How many they are.")


EXAMPLE: dict[str, Any] = {
    "status": "success",
    "data": sandbox_answers.ACTIONS,
    "total": len(sandbox_answers.ACTIONS),
}


def handle(body: Request, caller: Caller) -> Response:
    """Read customer and membership."""
    program = sales_channels.program_of(caller, body.sales_channel_id)
    profile = shop_profiles.one(caller, program, body.customer_id)
    assert profile.customer is not None, "who is asked for by the shop's id has it"
    said = profile.customer.profile
    found = shop_actions.available(
        profile.membership, program, Said(said.events, has_birthday=said.birthday is not None)
    )
    is_of_field = any(each.field is not None for each in found)
    settings = settings_documents.of_account(caller.account_id) if is_of_field else None
    rows = [_row(each, settings) for each in found]
    return Response(data=rows, total=len(rows))


def _row(action: AvailableAction, settings: MemberSettings | None) -> bodies.ShopActionBody:
    if action.field is None:
        name, description = _TEXTS[action.type]
    else:
        known = settings.find_field(action.field) if settings else None
        name = (known.label if known else None) or action.field
        description = _FIELD_TEXT.format(name=name)
    return bodies.ShopActionBody(
        type=action.type.value,
        name=name,
        points=action.units,
        completed=action.is_done,
        description=description,
        field_filled=action.is_done if action.field is not None else None,
    )


def sandbox(body: Request) -> dict[str, Any]:
    """Show what the sandbox's customer can do."""
    return sandbox_answers.filled(EXAMPLE, body.customer_id)
