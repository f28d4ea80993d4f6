"""The result of an attempt, written once: to its delivery, and to its endpoint if that changes.

Both go into one commit, with the event that an endpoint was disabled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from shared import clock, logs
from shared.domain.webhooks import deliveries, webhook_events
from shared.domain.webhooks.deliveries import Delivery, DeliveryState
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.errors import Busy
from shared.services import commands
from shared.services.accounts import test_clocks
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.events.outbox import Announcement
from shared.store import paths
from shared.store.client import Snapshot, Write
from shared.store.webhooks import delivery_documents, endpoint_documents


@dataclass(frozen=True, slots=True)
class Judgement:
    """An attempt's change of its endpoint: ``judge`` changes ``attempted``, as it was then."""

    attempted: WebhookEndpoint
    judge: Callable[[WebhookEndpoint], WebhookEndpoint]

    def of(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the changed endpoint.

        It stays as it is if its owner has changed it since, because it may be another server by
        now; or if another attempt has disabled it, because the event of that is written already.
        """
        is_same = endpoint.updated_at == self.attempted.updated_at
        return self.judge(endpoint) if is_same and endpoint.is_enabled else endpoint


@dataclass(frozen=True, slots=True)
class _Recorded:
    """The delivery's state; ``disabled`` is the endpoint, if it was disabled."""

    state: DeliveryState
    is_recorded: bool = False
    disabled: WebhookEndpoint | None = None


def record(after: Delivery, known: Reads, judgement: Judgement | None = None) -> DeliveryState:
    """Write the result of an attempt, and enqueue the next attempt, if one is needed.

    Args:
        after: The changed delivery.
        known: Delivery and endpoint as they were read when the attempt began. If the delivery has
            changed since, another task has handled it, and its record stays.
        judgement: The change of the endpoint; ``None`` if it does not change.

    Returns:
        The delivery's state.
    """
    kept = replace(after, expires_at=clock.real_now() + delivery_documents.KEPT)
    try:
        recorded = _record(kept, known, judgement)
    except Busy:
        if judgement is None:
            raise
        # Many attempts change the endpoint at once, and may lose to others. But an attempt
        # without a record is made again.
        recorded = _record(kept, known, None)
    if recorded.is_recorded:
        _follow_up(kept, recorded)
    return recorded.state


def _record(after: Delivery, known: Reads, judgement: Judgement | None) -> _Recorded:
    path = paths.webhook_delivery(after.delivery_id)
    before = delivery_documents.decode(known[path])
    assert before is not None
    endpoint_path = paths.webhook_endpoint(after.endpoint_id)

    def decide(reads: Reads) -> Effect[_Recorded]:
        now = delivery_documents.decode(reads[path])
        if now is None or now.state is not DeliveryState.PENDING:
            return Effect(_Recorded(now.state if now else after.state))
        if now.attempt_count != before.attempt_count:
            return Effect(_Recorded(now.state))
        kept = deliveries.silenced(after) if now.is_silent else after
        writes: list[Write] = [delivery_documents.update(reads[path], kept)]
        if judgement is None:
            return Effect(_Recorded(after.state, is_recorded=True), writes)
        changed = _judged(reads[endpoint_path], judgement)
        if changed is None:
            return Effect(_Recorded(after.state, is_recorded=True), writes)
        writes.append(endpoint_documents.write(reads[endpoint_path], changed))
        if changed.is_enabled:
            return Effect(_Recorded(after.state, is_recorded=True), writes)
        announcement = _disabling(changed)
        recorded = _Recorded(after.state, True, changed)
        writes += announcement.writes
        return Effect(recorded, writes, tasks=announcement.tasks)

    # The endpoint comes first: its writers take turns.
    return commands.run([endpoint_path, path], decide, known=known)


def _judged(read: Snapshot, judgement: Judgement) -> WebhookEndpoint | None:
    """Return the changed endpoint, ``None`` if it stays as it is."""
    endpoint = endpoint_documents.decode(read)
    judged = judgement.of(endpoint) if endpoint else None
    return None if judged == endpoint else judged


def _disabling(endpoint: WebhookEndpoint) -> Announcement:
    """Prepare the event for the store's other endpoints that this one was disabled."""
    others = [
        each
        for each in endpoint_documents.list_of_store(endpoint.store_id)
        if each.endpoint_id != endpoint.endpoint_id
    ]
    with test_clocks.time_of(endpoint.account_id):
        event = webhook_events.from_disabled_endpoint(endpoint, clock.utc_now())
    return outbox.announce_to(others, [event])


def _follow_up(after: Delivery, recorded: _Recorded) -> None:
    if after.next_attempt_at is not None:
        outbox.enqueue(after)
    if after.state is DeliveryState.DEAD:
        logs.warning(
            "webhook delivery dead",
            deliveryId=after.delivery_id,
            endpointId=after.endpoint_id,
            storeId=after.store_id,
            reason=after.reason,
        )
    if recorded.disabled is not None:
        logs.error(
            "webhook endpoint disabled",
            endpointId=recorded.disabled.endpoint_id,
            storeId=recorded.disabled.store_id,
            reason=recorded.disabled.disabled_reason,
        )
