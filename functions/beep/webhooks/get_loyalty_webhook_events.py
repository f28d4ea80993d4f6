"""POST /api/v1/getLoyaltyWebhookEvents: register a URL for loyalty events, or list webhooks."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.events import event_types
from shared.domain.webhooks.secret_format import weakness
from shared.domain.webhooks.webhook_targets import Target
from shared.errors import LimitExceeded, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.webhooks.endpoint_bodies import (
    SECRET_EXAMPLE,
    WEBHOOK_EXAMPLE,
    EventPatterns,
    Secret,
    SecretWarning,
    Source,
    Url,
    WebhookBody,
    webhook_body,
)
from shared.services.webhooks import sandbox as mock
from shared.services.webhooks import webhook_endpoints
from shared.services.webhooks.webhook_changes import EndpointChanges
from shared.services.webhooks.webhook_endpoints import EndpointDraft


class Request(RequestModel):
    """A URL with its events to register or change it; neither of them to list all webhooks.

    ``source`` names the external system behind the URL, which does not get events that it caused.
    """

    store_id: StoreId
    url: Url | None = None
    events: EventPatterns | None = None
    secret: Secret | None = None
    source: Source | None = Field(
        default=None,
        description="The external system behind the URL: it is not told of what it caused itself.",
    )

    @model_validator(mode="after")
    def _registers_or_lists(self) -> Self:
        if (self.url is None) != (self.events is None):
            raise ValueError("needs both url and events to register, or neither to list")
        if self.url is None and (self.secret or self.source):
            raise ValueError("needs url and events with secret or source")
        return self


class Response(ResponseModel):
    """All webhooks of the store.

    After registering, ``webhookId`` is the id of the registered one, and ``secret`` is shown only
    now, if it was made or changed.
    """

    success: Success = True
    store_id: answers.StoreId
    webhook_id: str | None = Field(
        description="Id of the endpoint just registered. Null when listing."
    )
    secret: str | None = Field(
        description="The signing secret, shown only when it was made or changed, else null."
    )
    webhooks: list[WebhookBody] = Field(
        description="Every webhook endpoint of the store, the oldest first."
    )
    count: answers.Count
    available_events: list[str] = Field(
        description="Every event type that can be subscribed to. Some of them nothing sends yet: "
        "the description of the events marks them."
    )
    warning: SecretWarning = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "register": {
        "storeId": "store_a",
        "url": "https://example.com/webhooks/beep",
        "events": ["loyalty.points_earned", "loyalty.points_redeemed"],
    },
    "list": {"storeId": "store_a"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "webhookId": "we_abc123",
    "secret": SECRET_EXAMPLE,
    "webhooks": [WEBHOOK_EXAMPLE],
    "count": 1,
    "availableEvents": list(event_types.BY_NAME),
    "warning": None,
}

REFUSALS = (StoreNotFound, LimitExceeded)


def handle(body: Request, caller: Caller) -> Response:
    """Register the URL if there is one; list all webhooks in any case."""
    saved = None
    if body.url is not None and body.events is not None:
        draft = EndpointDraft(
            target=Target(body.url),
            events=tuple(body.events),
            secret=body.secret,
            source=body.source,
        )
        saved = webhook_endpoints.register(caller, body.store_id, draft)
    found = webhook_endpoints.list_of_store(caller, body.store_id)
    return Response(
        store_id=body.store_id,
        webhook_id=saved.endpoint.endpoint_id if saved else None,
        secret=saved.secret if saved else None,
        webhooks=[webhook_body(endpoint) for endpoint in found],
        count=len(found),
        available_events=list(event_types.BY_NAME),
        warning=weakness(saved.secret) if saved else None,
        is_replay=saved.is_replay if saved else False,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the endpoint that was described, or the example if none was."""
    if body.url is None or body.events is None:
        webhook = mock.webhook(body.store_id, EndpointChanges())
        return {"webhookId": None, "secret": None, "webhooks": [webhook]}
    described = EndpointChanges(
        target=Target(body.url), events=tuple(body.events), source=body.source
    )
    webhook = mock.webhook(body.store_id, described)
    return {"webhooks": [webhook], "warning": weakness(body.secret)}
