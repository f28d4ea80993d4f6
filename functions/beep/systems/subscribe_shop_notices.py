"""POST /api/v1/subscribeShopNotices: have a connected shop send its notices here."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.connectors import shop
from shared.errors import CONNECTOR_REFUSALS, ConnectorNotConfigured, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.systems.sync_bodies import ShopName
from shared.services.systems import shop_subscriptions


class Request(RequestModel):
    """A shop that is connected. Called again, it sets right what the shop has switched off."""

    system: ShopName
    store_id: StoreId


class Response(ResponseModel):
    """What the shop sends from now on, and where to."""

    success: Success = True
    system: ShopName
    store_id: answers.StoreId
    address: str = Field(description="Where the shop sends its notices.")
    topics: list[str] = Field(description="What it sends, in the shop's words.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "woocommerce": {"system": "woocommerce", "storeId": "store_a"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "system": "woocommerce",
    "storeId": "store_a",
    "address": "https://api.example.com/shopWebhook/woocommerce/store_a",
    "topics": ["order.created", "order.updated", "order.deleted", "order.restored"],
}

REFUSALS = (StoreNotFound, ConnectorNotConfigured, *CONNECTOR_REFUSALS)


def handle(body: Request, caller: Caller) -> Response:
    """Tell the shop, each topic once."""
    address = shop_subscriptions.subscribe(caller, body.system, body.store_id)
    return Response(
        system=body.system,
        store_id=body.store_id,
        address=address,
        topics=list(shop.module_of(body.system).SUBSCRIBES),
    )
