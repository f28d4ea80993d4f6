"""Deliveries: an event's messages to endpoints, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ATTEMPTS_KEPT = 50


class Lane(StrEnum):
    """The queue that a delivery waits in: ``slow`` endpoints must not hold up ``fast`` ones."""

    FAST = "fast"
    SLOW = "slow"


class DeliveryState(StrEnum):
    """``pending`` until it succeeded, was given up (``dead``) or need not be sent (``skipped``)."""

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

    ``attempt_count`` counts all attempts ever made, of which ``attempts`` keeps the latest;
    ``round_start`` is how many there were when the delivery was last started over, because a
    merchant asked for it: the schedule counts from there. ``is_test``: made by hand, tried once.

    ``lane`` is the queue that it was last put in; ``slot_at`` the turn that it was given at an
    overloaded endpoint, ``None`` if it was given none: it is then its ``next_attempt_at``.
    ``expires_at`` moves on with all that happens to it.
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
