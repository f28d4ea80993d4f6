"""POST /api/v1/listWebhookEndpoints: list a store's webhook endpoints."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.webhooks.endpoint_bodies import WEBHOOK_EXAMPLE, WebhookBody, webhook_body
from shared.services.webhooks import webhook_endpoints


class Request(RequestModel):
    """The request names the store."""

    store_id: StoreId


class Response(ResponseModel):
    """All webhook endpoints of the store, oldest first, without their secrets."""

    success: Success = True
    store_id: answers.StoreId
    webhooks: list[WebhookBody] = Field(
        description="Every webhook endpoint of the store, the oldest first."
    )
    count: answers.Count


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"store": {"storeId": "store_a"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "webhooks": [WEBHOOK_EXAMPLE],
    "count": 1,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """List the endpoints."""
    found = webhook_endpoints.list_of_store(caller, body.store_id)
    return Response(
        store_id=body.store_id,
        webhooks=[webhook_body(endpoint) for endpoint in found],
        count=len(found),
    )
