"""POST /api/v1/sendTestWebhookEvent: send an example of an event, to see it arrive."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import WebhookDisabled, WebhookNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.events.event_data import TypeName
from shared.schemas.fields import StoreId, WebhookId
from shared.services.webhooks import webhook_samples


class Request(RequestModel):
    """The request names the endpoint, and any type of event, even one not subscribed to.

    The event has ``livemode: false`` and ``test: true``, and is signed like any other.
    """

    webhook_id: WebhookId
    store_id: StoreId | None = None
    type: TypeName = Field(description="Which type of event to send an example of.")


class Response(ResponseModel):
    """The new event and its delivery, which is sent at once."""

    success: Success = True
    webhook_id: answers.WebhookId
    event_id: answers.EventId
    delivery_id: answers.DeliveryId


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "earned": {"webhookId": "we_abc123", "type": "loyalty.points_earned"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "webhookId": "we_abc123",
    "eventId": "evt_abc123",
    "deliveryId": "evt_abc123_we_abc123",
}

REFUSALS = (WebhookNotFound, WebhookDisabled)


def handle(body: Request, caller: Caller) -> Response:
    """Make the event, only for this endpoint."""
    sent = webhook_samples.send(caller, body.webhook_id, body.store_id, body.type)
    return Response(
        webhook_id=body.webhook_id,
        event_id=sent.event_id,
        delivery_id=sent.delivery_id,
        is_replay=sent.is_replay,
    )
