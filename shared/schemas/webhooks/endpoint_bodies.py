"""Webhook endpoints on the wire."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from shared import clock, config
from shared.domain.events import event_types
from shared.domain.webhooks import secret_format
from shared.domain.webhooks.endpoints import HTTP, WebhookEndpoint, previous_secrets_expire_at
from shared.outgoing import guard
from shared.schemas.base import Timestamp, WireModel
from shared.schemas.webhooks import header_rules

EVENTS_MAX = 50


def _allowed_url(url: str) -> str:
    return guard.check_url(url, allow_loopback=config.is_emulated())


def _known_pattern(name: str) -> str:
    if name not in event_types.PATTERNS:
        raise ValueError(f"is not an event type; known are {', '.join(event_types.PATTERNS)}")
    return name


Url = Annotated[
    str, AfterValidator(_allowed_url), WithJsonSchema({"type": "string", "format": "uri"})
]
EventPattern = Annotated[
    str,
    AfterValidator(_known_pattern),
    WithJsonSchema({"type": "string", "enum": list(event_types.PATTERNS)}),
]
EventPatterns = Annotated[
    list[EventPattern],
    Field(min_length=1, max_length=EVENTS_MAX),
    AfterValidator(lambda names: list(dict.fromkeys(names))),
]
"""Types and wildcards, each once."""
Secret = Annotated[
    str,
    AfterValidator(secret_format.check_secret),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": secret_format.SECRET_CHARS_MIN,
            "maxLength": secret_format.SECRET_CHARS_MAX,
            "pattern": "^[!-~]+$",
        }
    ),
]
Source = Annotated[str, Field(min_length=1, max_length=100)]
Headers = Annotated[
    dict[str, str],
    AfterValidator(header_rules.check),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "maxProperties": header_rules.HEADERS_MAX,
        }
    ),
]


class WebhookBody(WireModel):
    """Where events are sent to: nothing secret."""

    webhook_id: str
    store_id: str
    kind: str
    url: str | None
    destination: dict[str, Any] | None
    events: list[str]
    source: str | None
    description: str
    header_names: list[str]
    is_enabled: bool
    disabled_reason: str | None
    disabled_at: Timestamp | None
    failing_since: Timestamp | None
    previous_secrets_expire_at: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp


def webhook_body(endpoint: WebhookEndpoint) -> WebhookBody:
    """Write an endpoint as the wire has it."""
    is_url = endpoint.kind == HTTP
    return WebhookBody(
        webhook_id=endpoint.endpoint_id,
        store_id=endpoint.store_id,
        kind=endpoint.kind,
        url=endpoint.target if is_url else None,
        destination=None if is_url else dict(endpoint.settings),
        events=list(endpoint.events),
        source=endpoint.source,
        description=endpoint.description,
        header_names=list(endpoint.header_names),
        is_enabled=endpoint.is_enabled,
        disabled_reason=endpoint.disabled_reason,
        disabled_at=endpoint.disabled_at,
        failing_since=endpoint.health.failing_since,
        previous_secrets_expire_at=previous_secrets_expire_at(endpoint.secrets, clock.utc_now()),
        created_at=endpoint.created_at,
        updated_at=endpoint.updated_at,
    )


WEBHOOK_EXAMPLE: dict[str, Any] = {
    "webhookId": "we_abc123",
    "storeId": "store_a",
    "kind": HTTP,
    "url": "https://example.com/webhooks/beep",
    "destination": None,
    "events": ["loyalty.points_earned", "loyalty.points_redeemed"],
    "source": None,
    "description": "",
    "headerNames": [],
    "isEnabled": True,
    "disabledReason": None,
    "disabledAt": None,
    "failingSince": None,
    "previousSecretsExpireAt": None,
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
}
SECRET_EXAMPLE = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105 - of the documentation
