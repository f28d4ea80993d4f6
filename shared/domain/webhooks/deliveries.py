"""Deliveries: an event's messages to endpoints, and their states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

ATTEMPTS_KEPT = 50


class Lane(StrEnum):
    """The queue that a delivery waits in: ``slow`` endpoints must not hold up ``fast`` ones."""

    FAST = "fast"
    SLOW = "slow"


class DeliveryState(StrEnum):
    """``pending`` until it succeeded, was given up (``dead``) or must not be sent (``skipped``)."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    DEAD = "dead"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One try: ``status`` is ``None`` if there was no answer, then ``error`` says why."""

    at: datetime
    status: int | None
    duration_ms: int
    error: str | None
    response_text: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event's message to one endpoint. ``next_attempt_at`` is ``None`` once it is settled.

    ``reason`` says why it is dead (``attempts_exhausted``, ``endpoint_gone``, ``test_failed``) or
    was skipped (``endpoint_disabled``, ``endpoint_deleted``, ``event_expired``,
    ``subscription_inactive``, ``package_insufficient``).

    ``attempt_count`` counts all attempts ever made; ``attempts`` keeps the latest. ``round_start``
    is the count at the merchant's last request to start over: the schedule counts from this
    number. ``is_test``: the delivery was made by hand, and is tried once.

    ``lane`` is the queue of its last task. ``slot_at`` is its slot at an overloaded endpoint, and
    then also its ``next_attempt_at``; ``None`` if it has none. Every change moves ``expires_at``
    on. ``is_silent``: the event is about a person who was erased, so no answers are kept.
    """

    delivery_id: str
    event_id: str
    endpoint_id: str
    account_id: str
    store_id: str
    event_type: str
    state: DeliveryState
    created_at: datetime
    expires_at: datetime
    next_attempt_at: datetime | None
    attempts: tuple[AttemptRecord, ...] = ()
    attempt_count: int = 0
    round_start: int = 0
    reason: str | None = None
    is_test: bool = False
    lane: Lane = Lane.FAST
    slot_at: datetime | None = None
    is_silent: bool = False


def silenced(delivery: Delivery) -> Delivery:
    """Return a delivery without what receivers answered, now and later."""
    attempts = tuple(replace(each, response_text="") for each in delivery.attempts)
    return replace(delivery, attempts=attempts, is_silent=True)


def delivery_id(event_id: str, endpoint_id: str) -> str:
    """Return the id of an event's delivery to an endpoint."""
    return f"{event_id}_{endpoint_id}"


def ids_in(delivery_id: str) -> tuple[str, str]:
    """Return the ids of event and endpoint from a delivery's id."""
    # An id has only one underscore: after its prefix.
    event_id, _, rest = delivery_id.partition("_we_")
    return event_id, f"we_{rest}"
