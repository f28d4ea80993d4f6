"""POST /api/v1/getWebhookStats: show the statistics of a webhook endpoint."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.webhooks.deliveries import DeliveryState
from shared.errors import WebhookNotFound
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, RequestTime, ResponseModel, Success, Timestamp
from shared.schemas.fields import StoreId, WebhookId
from shared.schemas.webhooks.endpoint_bodies import DisabledReason, FailingSince, IsEnabled
from shared.services.webhooks import webhook_stats


class Request(RequestModel):
    """The request names the endpoint. ``since`` is at most 30 days ago, by default 7."""

    webhook_id: WebhookId
    store_id: StoreId | None = None
    since: RequestTime | None = Field(
        default=None, description="The oldest to count; at most 30 days ago, by default 7."
    )


class Response(ResponseModel):
    """The numbers of its deliveries by state, without test events, and its health."""

    success: Success = True
    webhook_id: answers.WebhookId
    since: Timestamp = Field(description="The oldest that is counted: UTC with milliseconds.")
    pending: int = Field(description="How many are to be attempted, for the first time or again.")
    succeeded: int = Field(description="How many were answered with 2xx.")
    dead: int = Field(description="How many were given up.")
    skipped: int = Field(
        description="How many need not be sent, for instance because the endpoint was disabled."
    )
    total: int = Field(description="How many there are in all.")
    success_rate: Number = Field(
        description="Percent of those that succeeded or were given up, to one decimal; 0 of none."
    )
    failing_since: FailingSince
    is_slow: bool = Field(
        description="Whether it takes long to answer, and its deliveries wait in another queue."
    )
    pace_seconds: int = Field(
        description="How far apart attempts are kept while it is overloaded; 0 while it is not."
    )
    is_enabled: IsEnabled
    disabled_reason: DisabledReason


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "week": {"webhookId": "we_abc123"},
    "since": {"webhookId": "we_abc123", "since": "2026-03-01T00:00:00+01:00"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "webhookId": "we_abc123",
    "since": "2026-02-24T12:00:00.000Z",
    "pending": 2,
    "succeeded": 1240,
    "dead": 3,
    "skipped": 0,
    "total": 1245,
    "successRate": 99.8,
    "failingSince": None,
    "isSlow": False,
    "paceSeconds": 0,
    "isEnabled": True,
    "disabledReason": None,
}

REFUSALS = (WebhookNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Count the deliveries."""
    stats = webhook_stats.of_webhook(caller, body.webhook_id, body.store_id, body.since)
    endpoint = stats.endpoint
    return Response(
        webhook_id=body.webhook_id,
        since=stats.since,
        pending=stats.counts[DeliveryState.PENDING],
        succeeded=stats.counts[DeliveryState.SUCCEEDED],
        dead=stats.counts[DeliveryState.DEAD],
        skipped=stats.counts[DeliveryState.SKIPPED],
        total=stats.total,
        success_rate=stats.success_rate,
        failing_since=endpoint.health.failing_since,
        is_slow=endpoint.health.is_slow,
        pace_seconds=endpoint.health.pace_s,
        is_enabled=endpoint.is_enabled,
        disabled_reason=endpoint.disabled_reason,
    )
