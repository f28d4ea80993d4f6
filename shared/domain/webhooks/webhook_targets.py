"""The targets of a store's events: each once, and a limited number.

The store keeps the list, so every change of the list changes the store's document. Two writers that
both found a target free cannot both commit then. (Writing the document unchanged is not enough:
Firestore does not change its update time then, and preconditions compare that time.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shared import ids
from shared.domain.stores.stores import Store
from shared.domain.webhooks.endpoints import HTTP, WebhookEndpoint
from shared.errors import LimitExceeded, WebhookExists

ENDPOINTS_PER_STORE_MAX = 20


@dataclass(frozen=True, slots=True)
class Target:
    """A target: ``address`` is a URL, queue or bus; the other fields are empty for a URL.

    ``settings`` may be shown; ``credentials`` are encrypted before they are stored.
    """

    address: str
    kind: str = HTTP
    settings: Mapping[str, Any] = field(default_factory=dict)
    credentials: Mapping[str, Any] = field(default_factory=dict)


def find(store: Store, endpoint: WebhookEndpoint) -> str | None:
    """Return the id of the store's endpoint for the same target."""
    return store.webhook_ids_by_target.get(_key(endpoint))


def listed(store: Store, endpoint: WebhookEndpoint) -> Store:
    """Return the store with the endpoint in its list.

    Raises:
        WebhookExists: The store has an endpoint for this target.
        LimitExceeded: The store has the most endpoints allowed.
    """
    known_id = find(store, endpoint)
    if known_id is not None:
        raise WebhookExists("The store has a webhook endpoint for this.", webhookId=known_id)
    if len(store.webhook_ids_by_target) >= ENDPOINTS_PER_STORE_MAX:
        raise LimitExceeded(f"A store has at most {ENDPOINTS_PER_STORE_MAX} webhook endpoints.")
    every = {**store.webhook_ids_by_target, _key(endpoint): endpoint.endpoint_id}
    return replace(store, webhook_ids_by_target=every)


def unlisted(store: Store, endpoint: WebhookEndpoint) -> Store:
    """Return the store without the endpoint's target in its list."""
    gone = _key(endpoint)
    others = {key: each for key, each in store.webhook_ids_by_target.items() if key != gone}
    return replace(store, webhook_ids_by_target=others)


def _key(endpoint: WebhookEndpoint) -> str:
    # A digest, because a URL may be longer than a field's name, and hold a secret in its path.
    return ids.digest(endpoint.kind, endpoint.target)
