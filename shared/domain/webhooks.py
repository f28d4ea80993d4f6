"""Who wants to know, and how far telling them has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """A URL of a merchant that events of a store are sent to.

    ``events`` are types, or ``loyalty.*``; ``source`` is the external system behind the URL, which
    is not told of what it caused itself; ``secret_token`` is the secret, encrypted.
    """

    endpoint_id: str
    account_id: str
    store_id: str
    url: str
    events: tuple[str, ...]
    secret_token: str
    source: str | None
    is_enabled: bool
    created_at: datetime
    updated_at: datetime


class DeliveryState(StrEnum):
    """``pending`` until it succeeded, was given up (``dead``) or need not be sent (``skipped``)."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    DEAD = "dead"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One HTTP try: ``status`` is ``None`` if there was no answer, then ``error`` says why."""

    at: datetime
    status: int | None
    duration_ms: int
    error: str | None
    response_text: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event's message to one endpoint. ``next_attempt_at`` is ``None`` once it is settled.

    ``reason`` says why it is dead (``attempts_exhausted``, ``endpoint_gone``) or was skipped
    (``endpoint_disabled``, ``event_expired``, ``subscription_inactive``, ``package_insufficient``).
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
    reason: str | None = None
