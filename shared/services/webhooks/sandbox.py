"""The webhook endpoint that the sandbox shows: that of the documentation, with what a request says.

Nothing is kept, so a value that a request does not name is that of the documentation.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.domain.webhooks.endpoints import BY_OWNER, HTTP, WebhookEndpoint, disabled
from shared.schemas.webhooks.endpoint_bodies import WEBHOOK_EXAMPLE, webhook_body
from shared.services.webhooks.webhook_changes import EndpointChanges

_NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
_ENDPOINT = WebhookEndpoint(
    endpoint_id=WEBHOOK_EXAMPLE["webhookId"],
    account_id="",
    store_id=WEBHOOK_EXAMPLE["storeId"],
    kind=HTTP,
    target=WEBHOOK_EXAMPLE["url"],
    events=tuple(WEBHOOK_EXAMPLE["events"]),
    secrets=(),
    created_at=_NOW,
    updated_at=_NOW,
)


def webhook(
    store_id: str | None, changes: EndpointChanges, webhook_id: str | None = None
) -> dict[str, Any]:
    """Return the body of the endpoint with the ids and changes of a request."""
    after = replace(
        _ENDPOINT,
        endpoint_id=webhook_id or _ENDPOINT.endpoint_id,
        store_id=store_id or _ENDPOINT.store_id,
        events=_ENDPOINT.events if changes.events is None else changes.events,
        header_names=tuple(changes.headers or ()),
        description=changes.description or "",
        source=changes.source,
    )
    if changes.target is not None:
        target = changes.target
        after = replace(after, kind=target.kind, target=target.address, settings=target.settings)
    if changes.is_enabled is False:
        after = disabled(after, BY_OWNER, _NOW)
    return webhook_body(after).model_dump(by_alias=True, mode="json")
