"""POST /api/v1/recoverWebhookDeliveries: send an endpoint all events that it has missed."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import WebhookDisabled, WebhookNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Timestamp, Until
from shared.schemas.fields import Since, StoreId, WebhookId
from shared.services.webhooks import recovery


class Request(RequestModel):
    """The request names the endpoint and a period of ``createdAt``; it begins at most 30 days ago.

    All events since ``since`` that the endpoint subscribes to now are sent, also those from a time
    when it was disabled or not yet registered. Succeeded and waiting deliveries are left alone.
    """

    webhook_id: WebhookId
    store_id: StoreId | None = None
    since: Since
    until: Until | None = None


class Response(ResponseModel):
    """The number of deliveries made due, at most 10,000 at once, and of those left alone.

    With ``hasMore``, repeat the request with ``continueSince`` as ``since``.
    """

    success: Success = True
    webhook_id: answers.WebhookId
    recovered: int = Field(description="How many deliveries are sent again, or for the first time.")
    already_succeeded: int = Field(description="How many had succeeded, and were left alone.")
    already_pending: int = Field(description="How many waited already, and were left alone.")
    has_more: bool = Field(
        description="True if not all of the time was looked at: repeat with `continueSince`."
    )
    continue_since: Timestamp | None = Field(
        description="With `hasMore`, the next request's `since`. Null if all was looked at."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "outage": {"webhookId": "we_abc123", "since": "2026-03-01T00:00:00.000Z"},
    "period": {
        "webhookId": "we_abc123",
        "since": "2026-03-01T00:00:00.000Z",
        "until": "2026-03-02T00:00:00.000Z",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "webhookId": "we_abc123",
    "recovered": 42,
    "alreadySucceeded": 3,
    "alreadyPending": 0,
    "hasMore": False,
    "continueSince": None,
}

REFUSALS = (WebhookNotFound, WebhookDisabled)


def handle(body: Request, caller: Caller) -> Response:
    """Make the missed deliveries due."""
    done = recovery.recover(
        caller, body.webhook_id, body.store_id, since=body.since, until=body.until
    )
    return Response(
        webhook_id=body.webhook_id,
        recovered=done.recovered,
        already_succeeded=done.already_succeeded,
        already_pending=done.already_pending,
        has_more=done.continue_since is not None,
        continue_since=done.continue_since,
        is_replay=done.is_replay,
    )
