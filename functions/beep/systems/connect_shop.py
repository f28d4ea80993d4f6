"""POST /api/v1/connectShop: the address of a page of the shop, where the merchant lets us in."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.systems.syncs import SyncSchedule
from shared.errors import ProgramNotFound, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import Id, RequestModel, ResponseModel, Success, Timestamp
from shared.schemas.fields import StoreId
from shared.schemas.systems.sync_bodies import ApprovingShopName, ScheduleName
from shared.services.systems import shop_approvals


class Request(RequestModel):
    """A shop that is connected once the merchant has said yes there; nothing need be copied.

    Until then the shop's connection stays as it is. The page does not work any more once this is
    asked again, configureSync or deleteSyncConfiguration is called for the shop, or who has asked
    may not ask any more.
    """

    system: ApprovingShopName
    store_id: StoreId
    credentials: dict[str, Any] = Field(
        description=(
            "The `credentials` of configureSync without what the shop then gives by itself; the "
            "fields depend on `system`, see its page in the documentation."
        )
    )
    schedule: ScheduleName = SyncSchedule.HOURLY
    award_points_program_id: Id | None = Field(
        default=None,
        description="The program in which orders that name a member earn points. Null for none.",
    )
    writes_cards: bool | None = Field(
        default=None,
        description=(
            "Customers who are linked to a member see balance, tier and code of the card in the "
            "shop. Null for as it is, if the program stays the same."
        ),
    )


class Response(ResponseModel):
    """Where the merchant says yes. Open it in a browser, signed in as who may do that there."""

    success: Success = True
    system: ApprovingShopName
    store_id: answers.StoreId
    url: str = Field(description="A page of the shop. It works once.")
    expires_at: Timestamp = Field(description="Until when it works.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "woocommerce": {
        "system": "woocommerce",
        "storeId": "store_a",
        "credentials": {"shopUrl": "https://shop.example.com"},
        "awardPointsProgramId": "lp_k3v9a7xq2mztc4ewnp5h",
    },
    "shopify": {
        "system": "shopify",
        "storeId": "store_a",
        "credentials": {
            "shop": "example.myshopify.com",
            "clientId": "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
            "clientSecret": "secret-of-the-app",
        },
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "system": "woocommerce",
    "storeId": "store_a",
    "url": (
        "https://shop.example.com/wc-auth/v1/authorize?app_name=Punktwerk+%28Store%29"
        "&scope=read_write&user_id=5d0c9fa1b2"
        "&return_url=https%3A%2F%2Fapi.example.com%2FshopWebhook%2Fwoocommerce%2Fstore_a%2Fconnected"
        "&callback_url=https%3A%2F%2Fapi.example.com%2FshopWebhook%2Fwoocommerce%2Fstore_a%2Fapprove"
    ),
    "expiresAt": "2026-03-03T13:00:00.000Z",
}

REFUSALS = (StoreNotFound, ProgramNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Note what is asked for, and return the page."""
    begun = shop_approvals.begin(
        caller,
        body.system,
        body.store_id,
        body.credentials,
        schedule=body.schedule,
        program_id=body.award_points_program_id,
        writes_cards=body.writes_cards,
    )
    return Response(
        system=body.system,
        store_id=body.store_id,
        url=begun.url,
        expires_at=begun.expires_at,
        is_replay=begun.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Check what is said of the shop."""
    shop_approvals.checked_settings(body.system, body.credentials)
    shop_approvals.require_cards(
        body.system, body.award_points_program_id, writes_cards=body.writes_cards
    )
    return {}
