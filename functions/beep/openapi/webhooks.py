"""Webhooks by type of event: schema, example and headers, from the events' models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.beep.openapi.components import (
    Schema,
    meaning,
    reference,
    self_contained,
    without_meaning,
)
from shared.domain.events import event_types
from shared.domain.events.event_types import EventType
from shared.schemas.events import event_data
from shared.services.webhooks import attempts
from shared.webhooks import signing

_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105 - the sample's
NOT_SENT = "It can be subscribed to; nothing sends it yet."


def schemas() -> dict[str, Schema]:
    """Return the schema of each event type, by its component's name."""
    return {name(kind): schema(kind) for kind in event_types.BY_NAME}


def operations() -> dict[str, Any]:
    """Return the webhooks section: the messages by event type."""
    return {
        name: {"post": _operation(event_type)} for name, event_type in event_types.BY_NAME.items()
    }


def name(kind: str) -> str:
    """Return the component of an event type: ``LoyaltyPointsEarnedEvent``."""
    words = kind.replace(".", "_").split("_")
    return "".join(word.capitalize() for word in words) + "Event"


def schema(kind: str) -> Schema:
    """Return the schema of a whole event of a type, without references to other schemas."""
    envelope = self_contained(event_data.EventBody)
    kinds: dict[str, Schema] = {
        "type": {"type": "string", "const": kind},
        "data": _object(self_contained(event_data.DATA_BY_TYPE[kind])),
    }
    return {
        "title": name(kind),
        "description": description(event_types.BY_NAME[kind]),
        "type": "object",
        "properties": {
            field: without_meaning(kinds.get(field, found)) | meaning(found)
            for field, found in envelope["properties"].items()
        },
        "required": envelope["required"],
    }


def description(event_type: EventType) -> str:
    """Return the text that says when an event of a type is sent, and to whom."""
    sent = f"{event_type.summary} Sent to accounts with the package {event_type.package} or above."
    return sent if event_type.is_sent else f"{sent} {NOT_SENT}"


def _object(schema: Schema) -> Schema:
    """Leave out the names of the data models: their place is enough."""
    return {
        "type": "object",
        "properties": {
            field: without_meaning(_object(found) if "properties" in found else found)
            | meaning(found)
            for field, found in schema["properties"].items()
        },
        "required": schema["required"],
    }


def _operation(event_type: EventType) -> dict[str, Any]:
    event = event_data.example_event(event_type.name)
    content = {"schema": reference(name(event_type.name)), "example": event}
    return {
        "operationId": name(event_type.name),
        "summary": event_type.summary,
        "description": description(event_type),
        "x-package": event_type.package,
        "security": [],
        "parameters": _headers(event),
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "2XX": {"description": f"Received. Answer within {attempts.TIMEOUT_S:.0f} seconds."},
            "410": {"description": "Gone: the URL is disabled, and nothing more is sent to it."},
            "default": {"description": "Not received: it is sent again, later and later."},
        },
    }


def _headers(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    signed = signing.sign(
        [_SECRET],
        message_id=event["id"],
        timestamp_s=int(datetime.fromisoformat(event["createdAt"]).timestamp()),
        body=body,
    )
    sent = {
        **signed,
        "X-Beep-Event": event["type"],
        "X-Beep-Delivery": f"{event['id']}_we_abc123",
    }
    return [
        {
            "name": header,
            "in": "header",
            "required": True,
            "description": HEADERS[header],
            "schema": {"type": "string"},
            "example": value,
        }
        for header, value in sent.items()
    ]


HEADERS: Mapping[str, str] = {
    "X-Beep-Signature": "`sha256=` and the hex HMAC-SHA256 of the raw body with the secret.",
    "webhook-id": "Id of the event, equal on every attempt.",
    "webhook-timestamp": "Time of the attempt, in seconds since 1970 UTC.",
    "webhook-signature": (
        "Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several "
        "signatures are separated by spaces."
    ),
    "X-Beep-Event": "Type of the event.",
    "X-Beep-Delivery": "Id of the delivery to this URL, equal on every attempt.",
}
