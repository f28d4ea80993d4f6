"""Turns at an overloaded endpoint: its deliveries are sent one after the other, at its pace."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from shared import clock
from shared.domain.webhooks import health
from shared.domain.webhooks.deliveries import Delivery, Lane
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.events import due_tasks, outbox
from shared.store import paths
from shared.store.client import Write
from shared.store.webhooks import delivery_documents, endpoint_documents


def is_now(delivery: Delivery, endpoint: WebhookEndpoint) -> bool:
    """Tell whether a delivery may be sent now; if not, it gets a later slot.

    Nothing is read or written for an endpoint that is not overloaded. A delivery that has a slot is
    sent in that slot, and one that was made by hand is sent at once.

    Args:
        delivery: A delivery that is due.
        endpoint: The endpoint as it was read just now.
    """
    if not endpoint.health.pace_s or delivery.slot_at is not None or delivery.is_test:
        return True
    path = paths.webhook_delivery(delivery.delivery_id)
    endpoint_path = paths.webhook_endpoint(delivery.endpoint_id)
    jitter = random.random()

    def decide(reads: Reads) -> Effect[bool]:
        now = clock.real_now()
        paced = endpoint_documents.decode(reads[endpoint_path])
        if delivery_documents.decode(reads[path]) != delivery:
            return Effect(result=False)  # Another task has handled it meanwhile.
        if paced is None or not paced.health.pace_s:
            return Effect(result=True)
        after, at, is_own = health.reserve(paced.health, now, jitter=jitter)
        writes: list[Write] = []
        if after != paced.health:
            changed = replace(paced, health=after)
            writes.append(endpoint_documents.write(reads[endpoint_path], changed))
        if at <= now + timedelta(seconds=due_tasks.EARLY_S):
            return Effect(result=True, writes=writes)
        postponed = replace(
            delivery,
            next_attempt_at=clock.to_milliseconds(at),
            slot_at=clock.to_milliseconds(at) if is_own else None,
            expires_at=now + delivery_documents.KEPT,
            lane=Lane.SLOW,
        )
        writes.append(delivery_documents.update(reads[path], postponed))
        return Effect(result=False, writes=writes, tasks=outbox.tasks_of(postponed))

    # The endpoint comes first: its writers take turns.
    return commands.run([endpoint_path, path], decide)
