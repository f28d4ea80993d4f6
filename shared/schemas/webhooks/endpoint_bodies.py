"""Webhook endpoints in requests and answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from shared import clock, config
from shared.domain.events import event_types
from shared.domain.webhooks import secret_format
from shared.domain.webhooks.endpoints import HTTP, WebhookEndpoint, previous_secrets_expire_at
from shared.outgoing import guard
from shared.schemas import answers
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
    str,
    AfterValidator(_allowed_url),
    WithJsonSchema({"type": "string", "format": "uri"}),
    Field(description="https URL that events are sent to."),
]
EventPattern = Annotated[
    str,
    AfterValidator(_known_pattern),
    WithJsonSchema({"type": "string", "enum": list(event_types.PATTERNS)}),
]
EventPatterns = Annotated[
    list[EventPattern],
    Field(
        min_length=1,
        max_length=EVENTS_MAX,
        description="Event types, or `loyalty.*` for all of them.",
    ),
    AfterValidator(lambda names: list(dict.fromkeys(names))),
]
"""Types and wildcards, each once."""
Secret = Annotated[
    str,
    AfterValidator(secret_format.check_secret),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": secret_format.SECRET_CHARS_MAX,
            "pattern": "^[!-~]+$",
        }
    ),
    Field(
        description=(
            "Signs what is sent. With the prefix `whsec_` the rest is the base64 of 24 to 64 "
            "bytes. One is made if it is left out, which is best; fewer than 16 characters are "
            "taken with a `warning`."
        )
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
    Field(
        description=(
            "Headers to send as well, by name: for instance what your gateway wants to see. They "
            "are encrypted, and never shown again. With `url` only."
        )
    ),
]
SecretWarning = Annotated[
    str | None, Field(description="What is doubtful about your own secret. Null if nothing is.")
]
ShownSecret = Annotated[str, Field(description="The signing secret, shown this once.")]
PreviousSecretsExpireAt = Annotated[
    Timestamp | None,
    Field(description="Until when earlier secrets sign as well. Null if none does."),
]
FailingSince = Annotated[
    Timestamp | None,
    Field(description="The first failure after the last success. Null without one."),
]
IsEnabled = Annotated[
    bool, Field(description="Whether events are sent to it; `disabledReason` says why not.")
]
DisabledReason = Annotated[
    str | None,
    Field(
        description=(
            "`owner` if you disabled it, `gone` if it answered 410 Gone, `only_failed` if nothing "
            "else came of any attempt for five days. Null while it is enabled."
        )
    ),
]


class WebhookBody(WireModel):
    """A webhook endpoint, without secrets."""

    webhook_id: answers.WebhookId
    store_id: answers.StoreId
    kind: str = Field(description="`http` for a URL, else that of the destination.")
    url: str | None = Field(description="The URL that events are sent to. Null for a queue or bus.")
    destination: dict[str, Any] | None = Field(
        description="The queue or bus, without credentials. Null for a URL."
    )
    events: list[str] = Field(description="Event types, or `loyalty.*` for all of them.")
    source: str | None = Field(
        description="The external system behind the endpoint. Null if none is named."
    )
    description: str = Field(description="Free text.")
    header_names: list[str] = Field(
        description="Names of your own headers that are sent as well, without what they hold."
    )
    is_enabled: IsEnabled
    disabled_reason: DisabledReason
    disabled_at: Timestamp | None = Field(
        description="When it was disabled. Null while it is enabled."
    )
    failing_since: FailingSince
    previous_secrets_expire_at: PreviousSecretsExpireAt
    created_at: answers.CreatedAt
    updated_at: answers.UpdatedAt


def webhook_body(endpoint: WebhookEndpoint) -> WebhookBody:
    """Return an endpoint as answers show it."""
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
        previous_secrets_expire_at=previous_secrets_expire_at(endpoint.secrets, clock.real_now()),
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
