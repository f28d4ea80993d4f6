"""Events of webhook endpoints, in the words of the webhook documentation."""

from __future__ import annotations

from datetime import datetime

from shared import ids
from shared.clock import to_wire
from shared.domain.events.event import Event
from shared.domain.events.event_types import WEBHOOK_ENDPOINT_DISABLED
from shared.domain.webhooks.endpoints import WebhookEndpoint


def from_disabled_endpoint(endpoint: WebhookEndpoint, now: datetime) -> Event:
    """Return the event of a disabled endpoint, for the other endpoints of its store.

    It does not contain the URL, because a URL's path may be a secret. ``now`` is the account's
    time: that of the endpoint is real.
    """
    assert endpoint.disabled_at is not None
    return Event(
        event_id=ids.derived(
            "evt", endpoint.endpoint_id, WEBHOOK_ENDPOINT_DISABLED, to_wire(endpoint.disabled_at)
        ),
        type=WEBHOOK_ENDPOINT_DISABLED,
        account_id=endpoint.account_id,
        store_id=endpoint.store_id,
        program_id=None,
        user_id=None,
        source=None,
        created_at=now,
        data={
            "webhookId": endpoint.endpoint_id,
            "reason": endpoint.disabled_reason,
            "failingSince": endpoint.health.failing_since,
        },
    )
