"""POST /api/v1/retryWebhookDelivery: send an event to an endpoint again, now."""

from __future__ import annotations

from typing import Any, Literal

from shared.auth.caller import Caller
from shared.schemas.base import Id, RequestModel, ResponseModel, Success, Timestamp
from shared.services.webhooks import deliveries


class Request(RequestModel):
    """Which delivery, whatever has come of it so far.

    One that is settled, also one that has succeeded, starts over with up to ten attempts; one that
    waits for its next attempt has that one made now.
    """

    delivery_id: Id
    store_id: Id | None = None


class Response(ResponseModel):
    """The delivery waits for its attempt. getWebhookDelivery tells what comes of it."""

    success: Success = True
    delivery_id: str
    webhook_id: str
    event_id: str
    state: Literal["pending"] = "pending"
    next_attempt_at: Timestamp


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"delivery": {"deliveryId": "evt_abc123_we_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "deliveryId": "evt_abc123_we_abc123",
    "webhookId": "we_abc123",
    "eventId": "evt_abc123",
    "state": "pending",
    "nextAttemptAt": "2026-03-03T12:00:00.000Z",
}


def handle(body: Request, caller: Caller) -> Response:
    """Have it attempted."""
    retried = deliveries.retry(caller, body.delivery_id, body.store_id)
    return Response(
        delivery_id=retried.delivery.delivery_id,
        webhook_id=retried.delivery.endpoint_id,
        event_id=retried.delivery.event_id,
        next_attempt_at=retried.at,
        is_replay=retried.is_replay,
    )
