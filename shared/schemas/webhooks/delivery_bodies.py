"""Deliveries on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.domain.webhooks.deliveries import AttemptRecord, Delivery
from shared.schemas.base import Timestamp, WireModel

State = Literal["pending", "succeeded", "dead", "skipped"]
Test = Annotated[Literal[True] | None, Field(exclude_if=lambda value: value is None)]
"""Only there if it was made by hand."""


class DeliveryBody(WireModel):
    """How far telling an event to an endpoint has come; the last attempt's status or error."""

    delivery_id: str
    event_id: str
    type: str
    webhook_id: str
    state: State
    reason: str | None
    attempt_count: int
    last_status: int | None
    last_error: str | None
    created_at: Timestamp
    next_attempt_at: Timestamp | None
    test: Test = None


class AttemptBody(WireModel):
    """One attempt: either a status, or an error that says why there is none."""

    at: Timestamp
    status: int | None
    duration_ms: int
    error: str | None
    response_text: str


def delivery_fields(delivery: Delivery) -> dict[str, Any]:
    """Return the fields of a ``DeliveryBody``."""
    last = delivery.attempts[-1] if delivery.attempts else None
    return {
        "delivery_id": delivery.delivery_id,
        "event_id": delivery.event_id,
        "type": delivery.event_type,
        "webhook_id": delivery.endpoint_id,
        "state": delivery.state.value,
        "reason": delivery.reason,
        "attempt_count": delivery.attempt_count,
        "last_status": last.status if last else None,
        "last_error": last.error if last else None,
        "created_at": delivery.created_at,
        "next_attempt_at": delivery.next_attempt_at,
        "test": True if delivery.is_test else None,
    }


def attempt_body(attempt: AttemptRecord) -> AttemptBody:
    """Write an attempt as the wire has it."""
    return AttemptBody(
        at=attempt.at,
        status=attempt.status,
        duration_ms=attempt.duration_ms,
        error=attempt.error,
        response_text=attempt.response_text,
    )


DELIVERY_EXAMPLE: dict[str, Any] = {
    "deliveryId": "evt_abc123_we_abc123",
    "eventId": "evt_abc123",
    "type": "loyalty.points_earned",
    "webhookId": "we_abc123",
    "state": "pending",
    "reason": None,
    "attemptCount": 1,
    "lastStatus": 500,
    "lastError": None,
    "createdAt": "2026-03-03T12:00:00.000Z",
    "nextAttemptAt": "2026-03-03T12:00:05.000Z",
}
ATTEMPT_EXAMPLE: dict[str, Any] = {
    "at": "2026-03-03T12:00:00.000Z",
    "status": 500,
    "durationMs": 120,
    "error": None,
    "responseText": "Internal Server Error",
}
