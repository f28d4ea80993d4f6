"""Deliver an event to an endpoint: attempt, then success, the next attempt, or the dead letters."""

from __future__ import annotations

import math
import random
import time
from dataclasses import replace
from datetime import datetime, timedelta

from shared import clock, config, logs
from shared.domain import events
from shared.domain.webhooks import AttemptRecord, Delivery, DeliveryState, WebhookEndpoint
from shared.services.vaults import vault
from shared.store import accounts, client, paths, protocol
from shared.store import webhooks as stored
from shared.store.client import Write
from shared.store.protocol import Decision, Reads
from shared.vault import VaultError
from shared.webhooks import client as http
from shared.webhooks import queue, schedule, signing
from shared.webhooks.schedule import Outcome

TIMEOUT_S = 15.0
EARLY_S = 2
"""How much too early a queue may be before a task is left to its time."""
OVERDUE_AFTER = timedelta(minutes=2)
OVERDUE_AFTER_EMULATED = timedelta(seconds=1)
OVERDUE_PAGE = 500
OVERDUE_RUN_S_MAX = 60.0


def enqueue(delivery: Delivery) -> None:
    """Have the delivery's next attempt made at its time."""
    assert delivery.next_attempt_at is not None
    due = delivery.next_attempt_at
    if config.is_emulated() and due > clock.utc_now() + timedelta(seconds=EARLY_S):
        return  # The emulator runs every task at once; the sweep enqueues it when it is due.
    _enqueue(delivery, _task_id(delivery, due), due if delivery.attempts else None)


def enqueue_overdue(page_size: int = OVERDUE_PAGE) -> int:
    """Enqueue again what should have been attempted a while ago, because its task was lost.

    A task that only waits its turn has the same name, so the queue does not take it twice. What
    stays overdue for 4, 8, 16 ... minutes gets a new name each time: the queue remembers the names
    of tasks that it has run, also of those that failed.

    Returns:
        How many tasks the queue took.
    """
    late = OVERDUE_AFTER_EMULATED if config.is_emulated() else OVERDUE_AFTER
    now = clock.utc_now()
    stop_at_s = time.monotonic() + OVERDUE_RUN_S_MAX
    enqueued, last = 0, None
    while True:
        page = stored.due_deliveries(now - late, page_size, after=last)
        enqueued += sum(_enqueue_again(delivery, now) for delivery in page)
        if len(page) < page_size or time.monotonic() > stop_at_s:
            return enqueued
        last = page[-1]


def attempt(delivery_id: str) -> DeliveryState | None:
    """Make the delivery's attempt that is due.

    Returns:
        Its state afterwards; ``None`` if there is no such delivery.
    """
    delivery = stored.decode_delivery(client.get_one(paths.webhook_delivery(delivery_id)))
    if delivery is None or not _is_due(delivery):
        return delivery.state if delivery else None
    endpoint_path = paths.webhook_endpoint(delivery.endpoint_id)
    event_path = paths.event(delivery.event_id)
    reads = client.get([endpoint_path, event_path])
    endpoint = stored.decode_endpoint(reads[endpoint_path])
    event = reads[event_path].data
    refusal = _refusal(delivery, endpoint, has_event=event is not None)
    if refusal is not None or endpoint is None or event is None:
        skipped = replace(
            delivery, state=DeliveryState.SKIPPED, reason=refusal, next_attempt_at=None
        )
        return _record(skipped, len(delivery.attempts))
    made, retry_after_s = _send(endpoint, delivery, event["payload"])
    outcome = schedule.outcome(made.status, made.error)
    after = _after(delivery, made, outcome, retry_after_s)
    gone = endpoint if outcome is Outcome.DISABLE else None
    return _record(after, len(delivery.attempts), gone)


def _task_id(delivery: Delivery, due: datetime) -> str:
    return f"{delivery.delivery_id}-{len(delivery.attempts) + 1}-{int(due.timestamp())}"


def _enqueue(delivery: Delivery, task_id: str, at: datetime | None) -> bool:
    return queue.enqueue(task_id, {"deliveryId": delivery.delivery_id}, at)


def _enqueue_again(delivery: Delivery, now: datetime) -> bool:
    due = delivery.next_attempt_at
    assert due is not None
    doublings = math.floor(math.log2(max((now - due) / OVERDUE_AFTER, 1)))
    task_id = _task_id(delivery, due)
    return _enqueue(delivery, f"{task_id}-{doublings}" if doublings else task_id, None)


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
    if account is None or not account.is_active:
        return "subscription_inactive"
    if not account.package.includes(events.PACKAGE_BY_TYPE[delivery.event_type]):
        return "package_insufficient"
    return None


def _send(
    endpoint: WebhookEndpoint, delivery: Delivery, payload: str
) -> tuple[AttemptRecord, int | None]:
    """Post the event once; return what came of it, and for how long the receiver asked to wait."""
    at = clock.utc_now()
    try:
        secret = vault().decrypt(endpoint.secret_token)
    except VaultError:
        # An operator's mistake with the keys. It counts as an attempt, so that what follows is the
        # schedule and not a task that fails for ever.
        logs.exception("webhook secret unreadable", endpointId=endpoint.endpoint_id)
        return AttemptRecord(at, None, 0, "secret_unreadable", ""), None
    body = payload.encode()
    signature = signing.sign(
        [secret], message_id=delivery.event_id, timestamp_s=int(at.timestamp()), body=body
    )
    headers = {
        "Content-Type": "application/json",
        "X-Beep-Event": delivery.event_type,
        "X-Beep-Delivery": delivery.delivery_id,
        **signature,
    }
    answer = http.post(
        endpoint.url,
        body=body,
        headers=headers,
        timeout_s=TIMEOUT_S,
        allow_loopback=config.is_emulated(),
    )
    record = AttemptRecord(
        at=at,
        status=answer.status,
        duration_ms=answer.duration_ms,
        error=answer.error,
        response_text=answer.response_text,
    )
    return record, answer.retry_after_s


def _after(
    delivery: Delivery, record: AttemptRecord, outcome: Outcome, retry_after_s: int | None
) -> Delivery:
    made = replace(delivery, attempts=(*delivery.attempts, record), next_attempt_at=None)
    if outcome is Outcome.SUCCEEDED:
        return replace(made, state=DeliveryState.SUCCEEDED)
    if outcome is Outcome.DISABLE:
        return replace(made, state=DeliveryState.DEAD, reason="endpoint_gone")
    delay_s = schedule.next_delay_s(
        len(made.attempts), jitter=random.random(), retry_after_s=retry_after_s
    )
    if delay_s is None:
        return replace(made, state=DeliveryState.DEAD, reason="attempts_exhausted")
    return replace(made, next_attempt_at=clock.utc_now() + timedelta(seconds=delay_s))


def _record(
    after: Delivery, attempts_before: int, gone: WebhookEndpoint | None = None
) -> DeliveryState:
    """Write what came of an attempt, and enqueue the next one if there is to be one.

    Args:
        after: The delivery as it is to be.
        attempts_before: How many attempts it had when this one began. If it has more by now,
            another task has made an attempt meanwhile, and its record stands.
        gone: The endpoint as it was when it answered that it wants no more; ``None`` if it did not.
    """
    path = paths.webhook_delivery(after.delivery_id)
    endpoint_path = paths.webhook_endpoint(after.endpoint_id)

    def decide(reads: Reads) -> Decision[tuple[DeliveryState, bool]]:
        now = stored.decode_delivery(reads[path])
        if now is None or now.state is not DeliveryState.PENDING:
            return Decision((now.state if now else after.state, False))
        if len(now.attempts) != attempts_before:
            return Decision((now.state, False))
        writes: list[Write] = [stored.delivery_update(reads[path], after)]
        if gone is not None and stored.decode_endpoint(reads[endpoint_path]) == gone:
            # Not if its owner has changed it since: it may be another server by now.
            disabled = replace(gone, is_enabled=False, updated_at=clock.utc_now())
            writes.append(stored.endpoint_write(reads[endpoint_path], disabled))
        return Decision((after.state, True), writes)

    reads_needed = [path] if gone is None else [path, endpoint_path]
    state, is_recorded = protocol.run(reads_needed, decide)
    if is_recorded:
        _follow_up(after)
    return state


def _follow_up(after: Delivery) -> None:
    if after.next_attempt_at is not None:
        enqueue(after)
    if after.state is DeliveryState.DEAD:
        logs.warning(
            "webhook delivery dead",
            deliveryId=after.delivery_id,
            endpointId=after.endpoint_id,
            storeId=after.store_id,
            reason=after.reason,
        )
