"""GET /api/v1/getWebhookDelivery: show one delivery with its attempts."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import DeliveryNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import DeliveryId, StoreId
from shared.schemas.webhooks.delivery_bodies import (
    ATTEMPT_EXAMPLE,
    DELIVERY_EXAMPLE,
    AttemptBody,
    DeliveryBody,
    attempt_body,
    delivery_fields,
)
from shared.services.webhooks import deliveries


class Request(RequestModel):
    """The request names the delivery: ``X-Beep-Delivery`` of a message, or a listed id."""

    delivery_id: DeliveryId
    store_id: StoreId | None = None


class DeliveryWithAttempts(DeliveryBody):
    """A delivery with its attempts, the latest 50, the oldest first."""

    attempts: list[AttemptBody] = Field(
        description="The attempts, the oldest first; the latest 50 are kept."
    )


class Response(ResponseModel):
    """The delivery."""

    success: Success = True
    delivery: DeliveryWithAttempts = Field(description="The delivery with its attempts.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"delivery": {"deliveryId": "evt_abc123_we_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "delivery": {**DELIVERY_EXAMPLE, "attempts": [ATTEMPT_EXAMPLE]},
}

REFUSALS = (DeliveryNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Return the delivery."""
    found = deliveries.get(caller, body.delivery_id, body.store_id)
    attempts = [attempt_body(each) for each in found.attempts]
    return Response(delivery=DeliveryWithAttempts(**delivery_fields(found), attempts=attempts))
