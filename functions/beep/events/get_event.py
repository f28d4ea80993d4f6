"""GET /api/v1/getEvent: one event, as it was sent."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.events import event_types
from shared.errors import EventNotFound
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.events.event_data import EventBody, example_event, parse
from shared.schemas.fields import StoreId
from shared.services.events import event_log


class Request(RequestModel):
    """The request names the event. Events are kept for 34 days."""

    event_id: Id = Field(description="Id of the event.")
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The event, with the same fields that endpoints get."""

    success: Success = True
    event: EventBody = Field(description="The event as it was sent.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"event": {"eventId": "evt_abc123"}}

EXAMPLE: dict[str, Any] = {"success": True, "event": example_event(event_types.ENROLLMENT)}

REFUSALS = (EventNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Return the event."""
    found = event_log.get(caller, body.event_id, body.store_id)
    return Response(event=parse(found.payload))
