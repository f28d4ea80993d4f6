"""POST /api/v1/retryWebhookDelivery: send an event to an endpoint again, now."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import DeliveryNotFound, EventNotFound, WebhookDisabled, WebhookNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import DeliveryId, StoreId
from shared.schemas.webhooks.delivery_bodies import NextAttemptAt
from shared.services.webhooks import deliveries


class Request(RequestModel):
    """The request names the delivery, which may be in any state.

    A settled one, even if it succeeded, starts over with up to ten attempts. For a waiting one, the
    next attempt is made now.
    """

    delivery_id: DeliveryId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The delivery, which waits for its attempt. getWebhookDelivery shows the result."""

    success: Success = True
    delivery_id: answers.DeliveryId
    webhook_id: answers.WebhookId
    event_id: answers.EventId
    state: Literal["pending"] = Field(
        default="pending",
        description=(
            "`pending` until it `succeeded`, was given up (`dead`) or need not be sent (`skipped`)."
        ),
    )
    next_attempt_at: NextAttemptAt


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"delivery": {"deliveryId": "evt_abc123_we_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "deliveryId": "evt_abc123_we_abc123",
    "webhookId": "we_abc123",
    "eventId": "evt_abc123",
    "state": "pending",
    "nextAttemptAt": "2026-03-03T12:00:00.000Z",
}

REFUSALS = (DeliveryNotFound, WebhookNotFound, WebhookDisabled, EventNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Make the delivery due now."""
    retried = deliveries.retry(caller, body.delivery_id, body.store_id)
    return Response(
        delivery_id=retried.delivery.delivery_id,
        webhook_id=retried.delivery.endpoint_id,
        event_id=retried.delivery.event_id,
        next_attempt_at=retried.at,
        is_replay=retried.is_replay,
    )
