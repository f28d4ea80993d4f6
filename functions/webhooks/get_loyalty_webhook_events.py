"""POST /api/v1/getLoyaltyWebhookEvents: register a URL for loyalty events, or list what is."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from shared import config
from shared.auth.caller import Caller
from shared.domain import event_types
from shared.domain.webhooks import WebhookEndpoint
from shared.schemas.base import Id, RequestModel, ResponseModel, Success, Timestamp, WireModel
from shared.services import webhook_endpoints
from shared.webhooks import guard, signing


def _known_type(name: str) -> str:
    if name not in event_types.PATTERNS:
        raise ValueError(f"is not an event type; known are {', '.join(event_types.PATTERNS)}")
    return name


def _allowed_url(url: str) -> str:
    return guard.check_url(url, allow_loopback=config.is_emulated())


Url = Annotated[
    str, AfterValidator(_allowed_url), WithJsonSchema({"type": "string", "format": "uri"})
]
EventType = Annotated[
    str,
    AfterValidator(_known_type),
    WithJsonSchema({"type": "string", "enum": list(event_types.PATTERNS)}),
]
Secret = Annotated[
    str,
    AfterValidator(signing.check_secret),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": signing.SECRET_CHARS_MIN,
            "maxLength": signing.SECRET_CHARS_MAX,
            "pattern": "^[!-~]+$",
        }
    ),
]


class Request(RequestModel):
    """A URL with its events to register or change it; neither to list what there is.

    ``source`` names the external system behind the URL: it is not told of what it caused itself.
    """

    store_id: Id
    url: Url | None = None
    events: Annotated[list[EventType], Field(min_length=1, max_length=50)] | None = None
    secret: Secret | None = None
    source: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _registers_or_lists(self) -> Self:
        if (self.url is None) != (self.events is None):
            raise ValueError("needs both url and events to register, or neither to list")
        if self.url is None and (self.secret or self.source):
            raise ValueError("needs url and events with secret or source")
        return self


class WebhookBody(WireModel):
    """A registered URL."""

    webhook_id: str
    store_id: str
    url: str
    events: list[str]
    source: str | None
    is_enabled: bool
    created_at: Timestamp
    updated_at: Timestamp


_ENDPOINT_EXAMPLE = {
    "webhookId": "we_abc123",
    "storeId": "store_a",
    "url": "https://example.com/webhooks/beep",
    "events": ["loyalty.points_earned", "loyalty.points_redeemed"],
    "source": None,
    "isEnabled": True,
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
}


class Response(ResponseModel):
    """All webhooks of the store.

    After registering, ``webhookId`` is the one registered, and ``secret`` is shown this once if it
    was made or changed.
    """

    success: Success = True
    store_id: str
    webhook_id: str | None
    secret: str | None
    webhooks: list[WebhookBody]
    count: int
    available_events: list[str]


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
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "webhooks": [_ENDPOINT_EXAMPLE],
    "count": 1,
    "availableEvents": list(event_types.BY_NAME),
}


def handle(body: Request, caller: Caller) -> Response:
    """Register if there is a URL; list in any case."""
    registration = None
    if body.url is not None and body.events is not None:
        registration = webhook_endpoints.register(
            caller,
            body.store_id,
            url=body.url,
            events=list(dict.fromkeys(body.events)),
            secret=body.secret,
            source=body.source,
        )
    found = webhook_endpoints.list_of_store(caller, body.store_id)
    return Response(
        store_id=body.store_id,
        webhook_id=registration.endpoint.endpoint_id if registration else None,
        secret=registration.secret if registration else None,
        webhooks=[_endpoint_body(endpoint) for endpoint in found],
        count=len(found),
        available_events=list(event_types.BY_NAME),
        is_replay=registration.is_replay if registration else False,
    )


def _endpoint_body(endpoint: WebhookEndpoint) -> WebhookBody:
    return WebhookBody(
        webhook_id=endpoint.endpoint_id,
        store_id=endpoint.store_id,
        url=endpoint.target,
        events=list(endpoint.events),
        source=endpoint.source,
        is_enabled=endpoint.is_enabled,
        created_at=endpoint.created_at,
        updated_at=endpoint.updated_at,
    )
