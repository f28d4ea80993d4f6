"""An endpoint's statistics: its deliveries by state, and its health."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from shared import clock
from shared.auth.caller import Caller
from shared.domain.webhooks.deliveries import DeliveryState
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.schemas.base import invalid
from shared.services import access
from shared.store.webhooks import delivery_documents

SINCE_DEFAULT = timedelta(days=7)
SINCE_MAX = delivery_documents.KEPT
"""Older deliveries may be deleted already, so their counts would be wrong."""
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class WebhookStats:
    """An endpoint, and the number of its deliveries since a moment in each state."""

    endpoint: WebhookEndpoint
    since: datetime
    counts: Mapping[DeliveryState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def success_rate(self) -> Decimal:
        """Percent of the settled deliveries, to one decimal, half up; 0 if there are none."""
        succeeded = self.counts[DeliveryState.SUCCEEDED]
        ended = succeeded + self.counts[DeliveryState.DEAD]
        if ended == 0:
            return Decimal(0)
        return (Decimal(succeeded) * 100 / ended).quantize(TENTH, rounding=ROUND_HALF_UP)


def of_webhook(
    caller: Caller, webhook_id: str, store_id: str | None, since: datetime | None
) -> WebhookStats:
    """Count an endpoint's deliveries, test events left out: one RPC for each state.

    Args:
        caller: Must own the endpoint.
        webhook_id: The endpoint.
        store_id: The endpoint's store, if one is given.
        since: The earliest time to count, UTC, at most 30 days ago; by default 7 days ago.

    Raises:
        WebhookNotFound, Busy,
        InvalidParameters: ``since`` is in the future, or too long ago.
    """
    now = clock.real_now()
    start = now - SINCE_DEFAULT if since is None else since
    if not now - SINCE_MAX <= start <= now:
        raise invalid({"since": f"must be within the last {SINCE_MAX.days} days"})
    endpoint = access.webhook(caller, webhook_id, store_id)
    counts = {
        state: delivery_documents.count_of_endpoint(webhook_id, state, start)
        for state in DeliveryState
    }
    return WebhookStats(endpoint, start, counts)
