"""POST /api/v1/updateWebhookEndpoint: change a webhook endpoint; missing fields stay."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.errors import WebhookExists, WebhookNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success, refuse_fixed
from shared.schemas.fields import FreeText, StoreId, WebhookId
from shared.schemas.webhooks.endpoint_bodies import (
    WEBHOOK_EXAMPLE,
    EventPatterns,
    Headers,
    Source,
    Url,
    WebhookBody,
    webhook_body,
)
from shared.services.webhooks import sandbox as mock
from shared.services.webhooks import webhook_changes
from shared.services.webhooks.webhook_changes import EndpointChanges
from shared.webhooks.destinations import Destination
from shared.webhooks.targets import to_target


class Request(RequestModel):
    """The request holds the changes. A URL stays a URL, and a destination keeps its kind.

    ``headers`` and ``events`` replace the old ones; ``{}`` removes all headers, and null removes
    ``source``. Enabling an endpoint clears its earlier failures. A new target does the same, and
    also enables the endpoint, unless you disabled it.
    """

    webhook_id: WebhookId
    store_id: StoreId | None = None
    url: Url | None = None
    destination: Destination | None = None
    events: EventPatterns | None = None
    is_enabled: bool | None = Field(default=None, description="Whether events are sent to it.")
    source: Source | None = Field(
        default=None,
        description=(
            "The external system behind the endpoint: it is not told of what it caused itself. "
            "Null for none."
        ),
    )
    description: FreeText | None = None
    headers: Headers | None = None

    @model_validator(mode="before")
    @classmethod
    def _keeps_its_secret(cls, data: Any) -> Any:
        refuse_fixed(cls, data, {"secret": "cannot be changed here, but by rotateWebhookSecret"})
        return data

    @model_validator(mode="after")
    def _names_one_target(self) -> Self:
        if self.url is not None and self.destination is not None:
            raise ValueError("can have either url or destination")
        return self


class Response(ResponseModel):
    """The endpoint as it is now."""

    success: Success = True
    webhook: WebhookBody = Field(description="The endpoint, without its secrets.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "events": {
        "webhookId": "we_abc123",
        "events": ["loyalty.points_earned", "loyalty.points_redeemed"],
    },
    "enable": {"webhookId": "we_abc123", "isEnabled": True},
    "clear": {"webhookId": "we_abc123", "source": None, "headers": {}},
}

EXAMPLE: dict[str, Any] = {"success": True, "webhook": WEBHOOK_EXAMPLE}

REFUSALS = (WebhookNotFound, WebhookExists)


def handle(body: Request, caller: Caller) -> Response:
    """Change the endpoint."""
    saved = webhook_changes.update(caller, body.webhook_id, body.store_id, _changes(body))
    return Response(webhook=webhook_body(saved.endpoint), is_replay=saved.is_replay)


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the example with the changes."""
    return {"webhook": mock.webhook(body.store_id, _changes(body), body.webhook_id)}


def _changes(body: Request) -> EndpointChanges:
    return EndpointChanges(
        target=to_target(body.url, body.destination),
        events=None if body.events is None else tuple(body.events),
        is_enabled=body.is_enabled,
        headers=body.headers,
        description=body.description,
        source=body.source,
        removes_source="source" in body.model_fields_set and body.source is None,
    )
