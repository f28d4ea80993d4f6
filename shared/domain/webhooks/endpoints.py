"""Webhook endpoints: receivers of a store's events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from shared.encrypted import Encrypted

HTTP = "http"
"""The kind of an endpoint that is a URL; the other kinds are queues and buses."""
SECRETS_MAX = 10
BY_OWNER = "owner"
"""The reason of an endpoint that its owner has disabled."""


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """An endpoint's secret, encrypted; ``valid_until`` is ``None`` for the one in use."""

    token: Encrypted
    valid_until: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Tell whether the secret still signs."""
        return self.valid_until is None or self.valid_until > now


def rotated(
    secrets: Sequence[SigningSecret], token: Encrypted, *, now: datetime, overlap: timedelta
) -> tuple[SigningSecret, ...]:
    """Put a new secret in use, and let the older ones go on signing for a while.

    Args:
        secrets: The secrets that sign so far, the newest first.
        token: The new secret, encrypted.
        now: The time at which it is put in use.
        overlap: The longest time that the others go on; an earlier end stays.

    Returns:
        The new secret, then those that have not ended, ``SECRETS_MAX`` at most.
    """
    end = now + overlap
    before = [replace(each, valid_until=min(each.valid_until or end, end)) for each in secrets]
    valid = [each for each in before if each.is_valid(now)]
    return (SigningSecret(token), *valid)[:SECRETS_MAX]


def previous_secrets_expire_at(secrets: Sequence[SigningSecret], now: datetime) -> datetime | None:
    """Return when the secret in use will be the only one, ``None`` if it is that already."""
    ends = [each.valid_until for each in secrets if each.valid_until and each.is_valid(now)]
    return max(ends, default=None)


@dataclass(frozen=True, slots=True)
class Health:
    """The health of an endpoint.

    ``failing_since`` is the first failure after the last success. ``is_slow``: it takes long to
    answer, since ``slow_since``. ``pace_s`` are the seconds between attempts while the endpoint is
    overloaded (0: it is not), and ``next_slot_at`` is the time of the next possible attempt.
    """

    failing_since: datetime | None = None
    is_slow: bool = False
    slow_since: datetime | None = None
    pace_s: int = 0
    next_slot_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """A merchant's receiver of a store's events.

    ``kind`` is ``http`` or the kind of another destination; ``target`` is the URL, queue or bus,
    which a store has once; ``settings`` are the kind's other settings, none secret;
    ``credentials_token`` and ``headers_token`` are JSON objects, encrypted; ``secrets`` sign, the
    newest first; ``events`` are types and wildcards; ``source`` is the external system behind the
    endpoint, which does not get events that it caused itself. ``updated_at`` is the time of the
    owner's last change: deliveries that change ``health`` and ``is_enabled`` do not move it.
    """

    endpoint_id: str
    account_id: str
    store_id: str
    kind: str
    target: str
    events: tuple[str, ...]
    secrets: tuple[SigningSecret, ...]
    created_at: datetime
    updated_at: datetime
    settings: Mapping[str, Any] = field(default_factory=dict)
    credentials_token: Encrypted | None = None
    header_names: tuple[str, ...] = ()
    headers_token: Encrypted | None = None
    description: str = ""
    source: str | None = None
    is_enabled: bool = True
    disabled_reason: str | None = None
    disabled_at: datetime | None = None
    health: Health = Health()


def enabled(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Return the endpoint enabled, with a clean health."""
    return replace(
        endpoint, is_enabled=True, disabled_reason=None, disabled_at=None, health=Health()
    )


def disabled(endpoint: WebhookEndpoint, reason: str, now: datetime) -> WebhookEndpoint:
    """Return the endpoint disabled; unchanged if it is disabled for this reason already."""
    if endpoint.disabled_reason == reason:
        return endpoint
    return replace(endpoint, is_enabled=False, disabled_reason=reason, disabled_at=now)
