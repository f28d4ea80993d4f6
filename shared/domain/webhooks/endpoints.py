"""Webhook endpoints: who wants to be told of a store's events."""

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
"""Why an endpoint is disabled whose owner did it."""


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """An endpoint's secret, encrypted; ``valid_until`` is ``None`` for the one in use."""

    token: Encrypted
    valid_until: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Tell whether it still signs."""
        return self.valid_until is None or self.valid_until > now


def rotated(
    secrets: Sequence[SigningSecret], token: Encrypted, *, now: datetime, overlap: timedelta
) -> tuple[SigningSecret, ...]:
    """Put a new secret in use, and let the ones before it go on signing for a while.

    Args:
        secrets: What signs so far, the newest first.
        token: The new one, encrypted.
        now: When it is put in use.
        overlap: How long the others go on at most: one that was to end earlier still does.

    Returns:
        The new one, then those that have not ended, ``SECRETS_MAX`` at most.
    """
    end = now + overlap
    before = [replace(each, valid_until=min(each.valid_until or end, end)) for each in secrets]
    valid = [each for each in before if each.is_valid(now)]
    return (SigningSecret(token), *valid)[:SECRETS_MAX]


def previous_secrets_expire_at(secrets: Sequence[SigningSecret], now: datetime) -> datetime | None:
    """Return when the secret in use will be the only one, ``None`` if it is."""
    ends = [each.valid_until for each in secrets if each.valid_until and each.is_valid(now)]
    return max(ends, default=None)


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint has been answering.

    ``failing_since`` is the first failure after the last success; ``is_slow``: it takes long to
    answer, since ``slow_since``; ``pace_s`` is how far apart attempts are kept while it is
    overloaded (0: not at all), and ``next_slot_at`` when the next one may be made.
    """

    failing_since: datetime | None = None
    is_slow: bool = False
    slow_since: datetime | None = None
    pace_s: int = 0
    next_slot_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """Where a merchant has events of a store sent to.

    ``kind`` is ``http`` or that of another destination; ``target`` is the URL, queue or bus, which
    a store has once; ``settings`` are what else the kind needs to know, nothing secret;
    ``credentials_token`` and ``headers_token`` are JSON objects, encrypted; ``secrets`` sign, the
    newest first; ``events`` are types and wildcards; ``source`` is the external system behind the
    endpoint, which is not told of what it caused itself. ``updated_at`` is when its owner last
    changed it: what deliveries do to ``health`` and ``is_enabled`` leaves it as it is.
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
    """Return the endpoint as one that nothing is known against."""
    return replace(
        endpoint, is_enabled=True, disabled_reason=None, disabled_at=None, health=Health()
    )


def disabled(endpoint: WebhookEndpoint, reason: str, now: datetime) -> WebhookEndpoint:
    """Return the endpoint as one that is sent nothing; one that was for this reason, as it is."""
    if endpoint.disabled_reason == reason:
        return endpoint
    return replace(endpoint, is_enabled=False, disabled_reason=reason, disabled_at=now)
