"""Deliver an event to an endpoint: attempt, then success, the next attempt, or the dead letters."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from shared import clock, config
from shared.domain import events
from shared.domain.webhooks import AttemptRecord, Delivery, DeliveryState, WebhookEndpoint
from shared.services.vaults import vault
from shared.store import accounts, client, paths
from shared.store import webhooks as stored
from shared.store.client import Snapshot, Write, WriteConflict
from shared.webhooks import client as http
from shared.webhooks import queue, schedule, signing
from shared.webhooks.client import Attempt
from shared.webhooks.schedule import Outcome

TIMEOUT_S = 15.0
EARLY_S = 2
"""How much too early a queue may be before a task is left to its time."""
OVERDUE_AFTER = timedelta(minutes=2)
OVERDUE_AFTER_EMULATED = timedelta(seconds=1)
OVERDUE_PAGE = 500


def enqueue(delivery: Delivery) -> None:
    """Have the delivery's next attempt made at its time."""
    assert delivery.next_attempt_at is not None
    number = len(delivery.attempts) + 1
    due = delivery.next_attempt_at
    if config.is_emulated() and due > clock.utc_now() + timedelta(seconds=EARLY_S):
        return  # The emulator runs every task at once; the sweep enqueues it when it is due.
    task_id = f"{delivery.delivery_id}-{number}-{int(due.timestamp())}"
    queue.enqueue(task_id, {"deliveryId": delivery.delivery_id}, due if number > 1 else None)


def enqueue_overdue() -> int:
    """Enqueue again what should have been attempted a while ago, because its task was lost."""
    late = OVERDUE_AFTER_EMULATED if config.is_emulated() else OVERDUE_AFTER
    now = clock.utc_now()
    overdue = stored.due_deliveries(now - late, OVERDUE_PAGE)
    for delivery in overdue:
        task_id = (
            f"{delivery.delivery_id}-{len(delivery.attempts) + 1}-sweep-{int(now.timestamp())}"
        )
        queue.enqueue(task_id, {"deliveryId": delivery.delivery_id}, None)
    return len(overdue)


def attempt(delivery_id: str) -> DeliveryState | None:
    """Make the delivery's attempt that is due.

    Returns:
        Its state afterwards; ``None`` if there is no such delivery.
    """
    path = paths.webhook_delivery(delivery_id)
    read = client.get_one(path)
    delivery = stored.decode_delivery(read)
    if delivery is None or not _is_due(delivery):
        return delivery.state if delivery else None
    endpoint_path = paths.webhook_endpoint(delivery.endpoint_id)
    event_path = paths.event(delivery.event_id)
    reads = client.get([endpoint_path, event_path])
    endpoint = stored.decode_endpoint(reads[endpoint_path])
    event = reads[event_path].data
    refusal = _refusal(delivery, endpoint, has_event=event is not None)
    if refusal is not None or endpoint is None or event is None:
        settled = replace(
            delivery, state=DeliveryState.SKIPPED, reason=refusal, next_attempt_at=None
        )
        return _record(read, settled, [])
    started_at = clock.utc_now()
    answer = _send(endpoint, delivery, event["payload"], started_at)
    outcome = schedule.outcome(answer.status, answer.error)
    after = _after(delivery, answer, outcome, started_at)
    disabled = replace(endpoint, is_enabled=False, updated_at=clock.utc_now())
    more = (
        [stored.endpoint_write(reads[endpoint_path], disabled)]
        if outcome is Outcome.DISABLE
        else []
    )
    return _record(read, after, more)


def _is_due(delivery: Delivery) -> bool:
    due = delivery.next_attempt_at
    return due is not None and due <= clock.utc_now() + timedelta(seconds=EARLY_S)


def _refusal(
    delivery: Delivery, endpoint: WebhookEndpoint | None, *, has_event: bool
) -> str | None:
    """Say why the delivery is not to be sent any more, ``None`` if it is."""
    if endpoint is None or not endpoint.is_enabled:
        return "endpoint_disabled"
    if not has_event:
        return "event_expired"
    account = accounts.find_account(delivery.account_id)
    needed = events.PACKAGE_BY_TYPE[delivery.event_type]
    if account is None or not account.is_active or not account.package.includes(needed):
        return "package_insufficient"
    return None


def _send(
    endpoint: WebhookEndpoint, delivery: Delivery, payload: str, started_at: datetime
) -> Attempt:
    body = payload.encode()
    signature = signing.sign(
        [vault().decrypt(endpoint.secret_token)],
        message_id=delivery.event_id,
        timestamp_s=int(started_at.timestamp()),
        body=body,
    )
    headers = {
        "Content-Type": "application/json",
        "X-Beep-Event": delivery.event_type,
        "X-Beep-Delivery": delivery.delivery_id,
        **signature,
    }
    return http.post(
        endpoint.url,
        body=body,
        headers=headers,
        timeout_s=TIMEOUT_S,
        allow_loopback=config.is_emulated(),
    )


def _after(delivery: Delivery, answer: Attempt, outcome: Outcome, started_at: datetime) -> Delivery:
    record = AttemptRecord(
        at=started_at,
        status=answer.status,
        duration_ms=answer.duration_ms,
        error=answer.error,
        response_text=answer.response_text,
    )
    made = replace(delivery, attempts=(*delivery.attempts, record), next_attempt_at=None)
    if outcome is Outcome.SUCCEEDED:
        return replace(made, state=DeliveryState.SUCCEEDED)
    if outcome is Outcome.DISABLE:
        return replace(made, state=DeliveryState.DEAD, reason="endpoint_gone")
    delay_s = schedule.next_delay_s(
        len(made.attempts), jitter=random.random(), retry_after_s=answer.retry_after_s
    )
    if delay_s is None:
        return replace(made, state=DeliveryState.DEAD, reason="attempts_exhausted")
    return replace(made, next_attempt_at=clock.utc_now() + timedelta(seconds=delay_s))


def _record(read: Snapshot, delivery: Delivery, more: list[Write]) -> DeliveryState:
    try:
        client.commit([stored.delivery_update(read, delivery), *more])
    except WriteConflict:
        # Another task made an attempt meanwhile and has recorded it: its record stands.
        return delivery.state
    if delivery.next_attempt_at is not None:
        enqueue(delivery)
    return delivery.state
