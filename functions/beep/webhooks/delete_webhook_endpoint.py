"""POST /api/v1/deleteWebhookEndpoint: delete a webhook endpoint, and send no more events to it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import WebhookNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Timestamp
from shared.schemas.fields import StoreId, WebhookId
from shared.services.webhooks import webhook_changes


class Request(RequestModel):
    """The request names the endpoint. Waiting deliveries are skipped; sent ones stay listed."""

    webhook_id: WebhookId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The time of the deletion."""

    success: Success = True
    webhook_id: answers.WebhookId
    deleted_at: Timestamp = Field(description="When it was deleted: UTC with milliseconds.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"webhook": {"webhookId": "we_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "webhookId": "we_abc123",
    "deletedAt": "2026-03-03T12:00:00.000Z",
}

REFUSALS = (WebhookNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Delete the endpoint."""
    deleted = webhook_changes.delete(caller, body.webhook_id, body.store_id)
    return Response(
        webhook_id=body.webhook_id, deleted_at=deleted.deleted_at, is_replay=deleted.is_replay
    )
