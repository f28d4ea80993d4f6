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
from shared.schemas.base import WireModel
from shared.schemas.events import event_data
from shared.services.webhooks import attempts
from shared.webhooks import signing

_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105 - the sample's
ENVELOPE = "EventEnvelope"
_OF_TYPE = ("type", "data")
ANY = "AnyEvent"
MESSAGE = "event"
EXAMPLE_TYPE = "loyalty.points_earned"
"""The type whose example has the headers that are shown."""
RESPONSES: Mapping[str, Any] = {
    "Received": {"description": f"Received. Answer within {attempts.TIMEOUT_S:.0f} seconds."},
    "Gone": {"description": "Gone: the URL is disabled, and nothing more is sent to it."},
    "NotReceived": {"description": "Not received: it is sent again, later and later."},
}
_RESPONSES = {"2XX": "Received", "410": "Gone", "default": "NotReceived"}
NOT_SENT = "It can be subscribed to; nothing sends it yet."


def schemas() -> dict[str, Schema]:
    """Return what all events have, an event of any type, and events by what they say.

    What they say, ``data``, is a component already.
    """
    envelope = self_contained(event_data.EventBody)
    common = {
        "description": "What every event has besides `type`, what happened, and `data`, figures.",
        "type": "object",
        "properties": {
            field: without_meaning(found) | meaning(found)
            for field, found in envelope["properties"].items()
            if field not in _OF_TYPE
        },
        "required": [field for field in envelope["required"] if field not in _OF_TYPE],
    }
    any_event = {
        "description": "An event of any type.",
        "oneOf": [reference(_component_name(model)) for model in _models()],
    }
    return {
        ENVELOPE: common,
        ANY: any_event,
        **{_component_name(model): _component(model) for model in _models()},
    }


def component_name(kind: str) -> str:
    """Return the component of a type of event, which others with the same data share."""
    return _component_name(event_data.DATA_BY_TYPE[kind])


def _models() -> list[type[WireModel]]:
    """Return what events say, each once."""
    return list(dict.fromkeys(event_data.DATA_BY_TYPE.values()))


def _component_name(model: type[WireModel]) -> str:
    return model.__name__.removesuffix("Data") + "Event"


def _component(model: type[WireModel]) -> Schema:
    """Return the schema of the events that have this data."""
    kinds = [kind for kind, each in event_data.DATA_BY_TYPE.items() if each is model]
    sent = [f"- `{kind}`: {_sent(event_types.BY_NAME[kind])}" for kind in kinds]
    only = {"const": kinds[0]} if len(kinds) == 1 else {"enum": kinds}
    own = {"type": {"type": "string", **only}, "data": reference(model.__name__)}
    return {
        "description": "\n".join(sent),
        "allOf": [reference(ENVELOPE), {"properties": own, "required": list(own)}],
    }


def parameters() -> dict[str, Any]:
    """Return the headers of events, with those of one example."""
    event = event_data.example_event(EXAMPLE_TYPE)
    return {each["name"]: each for each in _headers(event)}


def operations() -> dict[str, Any]:
    """Return the webhooks section: one message, which is any event."""
    return {MESSAGE: {"post": _operation()}}


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
    package = f"Sent to accounts with the package {event_type.package} or above."
    return " ".join([event_type.summary, package, *([] if event_type.is_sent else [NOT_SENT])])


def _sent(event_type: EventType) -> str:
    is_sent = "" if event_type.is_sent else " Not sent yet."
    return event_type.summary + is_sent


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


def _operation() -> dict[str, Any]:
    return {
        "operationId": MESSAGE,
        "summary": "An event, sent to the webhook endpoints that subscribed to its type.",
        "description": "Verify its signature, remember its id, and answer before you act on it.",
        "security": [],
        "parameters": [{"$ref": f"#/components/parameters/{header}"} for header in HEADERS],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": reference(ANY),
                    "example": event_data.example_event(EXAMPLE_TYPE),
                }
            },
        },
        "responses": {
            status: {"$ref": f"#/components/responses/{answer}"}
            for status, answer in _RESPONSES.items()
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
