"""Deliveries in answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.domain.webhooks.deliveries import AttemptRecord, Delivery
from shared.schemas import answers
from shared.schemas.base import Timestamp, WireModel

State = Literal["pending", "succeeded", "dead", "skipped"]
Test = Annotated[
    Literal[True] | None,
    Field(
        exclude_if=lambda value: value is None,
        description="Only there, and true, if it was made by hand.",
    ),
]
NextAttemptAt = Annotated[
    Timestamp,
    Field(
        description="When the next attempt is due: UTC with milliseconds. Null if there is none."
    ),
]


class DeliveryBody(WireModel):
    """The state of an event's delivery to an endpoint, and the last attempt's status or error."""

    delivery_id: answers.DeliveryId
    event_id: answers.EventId
    type: str = Field(description="Type of the event.")
    webhook_id: answers.WebhookId
    state: State = Field(
        description=(
            "`pending` until it `succeeded`, was given up (`dead`) or need not be sent (`skipped`)."
        )
    )
    reason: str | None = Field(
        description=(
            "Why it is dead (`attempts_exhausted`, `endpoint_gone`, `test_failed`) or was skipped "
            "(`endpoint_disabled`, `endpoint_deleted`, `event_expired`, `subscription_inactive`, "
            "`package_insufficient`). Else null."
        )
    )
    attempt_count: int = Field(description="How many attempts were made.")
    last_status: int | None = Field(
        description="HTTP status of the last attempt. Null if it had none, or none was made."
    )
    last_error: str | None = Field(
        description="Why the last attempt had no answer. Null if it had one, or none was made."
    )
    created_at: answers.CreatedAt
    next_attempt_at: NextAttemptAt | None
    test: Test = None


class AttemptBody(WireModel):
    """One attempt: either a status, or an error that says why there is none."""

    at: Timestamp = Field(description="When it was made: UTC with milliseconds.")
    status: int | None = Field(description="HTTP status of the answer. Null without one.")
    duration_ms: int = Field(description="How long it took, in milliseconds.")
    error: str | None = Field(
        description=(
            "Why there was no answer: `timeout`, `connection_failed`, `name_not_resolved` and so "
            "on. Null with a status."
        )
    )
    response_text: str = Field(description="The first 2,048 characters of the answer.")


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
    """Return an attempt as answers show it."""
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
