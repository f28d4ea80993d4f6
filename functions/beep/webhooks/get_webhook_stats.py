"""POST /api/v1/getWebhookStats: how a webhook endpoint has been doing."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.domain.webhooks.deliveries import DeliveryState
from shared.schemas.base import (
    Id,
    Number,
    RequestModel,
    RequestTime,
    ResponseModel,
    Success,
    Timestamp,
)
from shared.services.webhooks import webhook_stats


class Request(RequestModel):
    """Which endpoint, and since when: at most 30 days ago, by default 7."""

    webhook_id: Id
    store_id: Id | None = None
    since: RequestTime | None = None


class Response(ResponseModel):
    """Its deliveries by what has become of them, without those of test events, and its health."""

    success: Success = True
    webhook_id: str
    since: Timestamp
    pending: int
    succeeded: int
    dead: int
    skipped: int
    total: int
    success_rate: Number
    failing_since: Timestamp | None
    is_slow: bool
    pace_seconds: int
    is_enabled: bool
    disabled_reason: str | None


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
