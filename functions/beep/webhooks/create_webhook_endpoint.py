"""POST /api/v1/createWebhookEndpoint: send events of a store to a URL, queue or bus."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.webhooks.secret_format import weakness
from shared.errors import LimitExceeded, StoreNotFound, WebhookExists
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import FreeText, StoreId
from shared.schemas.webhooks.endpoint_bodies import (
    SECRET_EXAMPLE,
    WEBHOOK_EXAMPLE,
    EventPatterns,
    Headers,
    Secret,
    SecretWarning,
    ShownSecret,
    Source,
    Url,
    WebhookBody,
    webhook_body,
)
from shared.services.webhooks import sandbox as mock
from shared.services.webhooks import webhook_endpoints
from shared.services.webhooks.webhook_changes import EndpointChanges
from shared.services.webhooks.webhook_endpoints import EndpointDraft
from shared.webhooks.destinations import Destination
from shared.webhooks.targets import to_target


class Request(RequestModel):
    """A URL, or a destination on AWS, and the events to send to it.

    ``source`` names the external system behind it, which does not get events that it caused itself.
    """

    store_id: StoreId
    url: Url | None = None
    destination: Destination | None = None
    events: EventPatterns
    secret: Secret | None = None
    source: Source | None = Field(
        default=None,
        description=(
            "The external system behind the endpoint: it is not told of what it caused itself."
        ),
    )
    description: FreeText = ""
    headers: Headers | None = None

    @model_validator(mode="after")
    def _names_one_target(self) -> Self:
        if (self.url is None) == (self.destination is None):
            raise ValueError("needs either url or destination")
        if self.url is None and self.headers:
            raise ValueError("can have headers with a url only")
        return self


class Response(ResponseModel):
    """The endpoint, and its signing secret, which is shown only now."""

    success: Success = True
    webhook: WebhookBody = Field(description="The endpoint, without its secrets.")
    secret: ShownSecret
    warning: SecretWarning = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "url": {
        "storeId": "store_a",
        "url": "https://example.com/webhooks/beep",
        "events": ["loyalty.points_earned", "loyalty.points_redeemed"],
    },
    "everything": {
        "storeId": "store_a",
        "url": "https://example.com/webhooks/beep",
        "events": ["*"],
        "secret": "a-secret-of-the-merchant",
        "source": "payback",
        "description": "The data warehouse",
        "headers": {"Authorization": "Bearer of-the-receiver"},
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "webhook": WEBHOOK_EXAMPLE,
    "secret": SECRET_EXAMPLE,
    "warning": None,
}

REFUSALS = (StoreNotFound, WebhookExists, LimitExceeded)


def handle(body: Request, caller: Caller) -> Response:
    """Make the endpoint."""
    target = to_target(body.url, body.destination)
    assert target is not None
    draft = EndpointDraft(
        target=target,
        events=tuple(body.events),
        secret=body.secret,
        source=body.source,
        description=body.description,
        headers=body.headers or {},
    )
    saved = webhook_endpoints.create(caller, body.store_id, draft)
    assert saved.secret is not None
    return Response(
        webhook=webhook_body(saved.endpoint),
        secret=saved.secret,
        warning=weakness(saved.secret),
        is_replay=saved.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the endpoint that was described."""
    described = EndpointChanges(
        target=to_target(body.url, body.destination),
        events=tuple(body.events),
        headers=body.headers,
        description=body.description,
        source=body.source,
    )
    return {"webhook": mock.webhook(body.store_id, described), "warning": weakness(body.secret)}
