"""Deliver an event to an endpoint: attempt, then success, the next attempt, or the dead letters."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from shared import clock, config, logs
from shared.domain import event_types
from shared.domain.webhooks import (
    ATTEMPTS_KEPT,
    AttemptRecord,
    Delivery,
    DeliveryState,
    WebhookEndpoint,
)
from shared.services import endpoint_secrets, outbox
from shared.store import accounts, client, deliveries, paths, protocol, webhook_endpoints
from shared.store.client import Document, Write
from shared.store.protocol import Decision, Reads
from shared.vault import VaultError
from shared.webhooks import destinations, schedule, signing
from shared.webhooks.message import Message
from shared.webhooks.schedule import Outcome

TIMEOUT_S = 15.0


def attempt(delivery_id: str) -> DeliveryState | None:
    """Make the delivery's attempt that is due.

    Returns:
        Its state afterwards; ``None`` if there is no such delivery.
    """
    delivery = deliveries.decode(client.get_one(paths.webhook_delivery(delivery_id)))
    if delivery is None or not outbox.is_due(delivery):
        return delivery.state if delivery else None
    endpoint_path = paths.webhook_endpoint(delivery.endpoint_id)
    event_path = paths.event(delivery.event_id)
    reads = client.get([endpoint_path, event_path])
    endpoint = webhook_endpoints.decode(reads[endpoint_path])
    event = reads[event_path].data
    refusal = _refusal(delivery, endpoint, has_event=event is not None)
    if refusal is not None or endpoint is None or event is None:
        skipped = replace(
            delivery, state=DeliveryState.SKIPPED, reason=refusal, next_attempt_at=None
        )
        return _record(skipped, delivery.attempt_count)
    made, retry_after_s = _send(endpoint, delivery, event)
    outcome = schedule.outcome(made.status, made.error)
    after = _after(delivery, made, outcome, retry_after_s)
    gone = endpoint if outcome is Outcome.DISABLE else None
    return _record(after, delivery.attempt_count, gone)


def _refusal(
    delivery: Delivery, endpoint: WebhookEndpoint | None, *, has_event: bool
) -> str | None:
    """Say why the delivery is not to be sent any more, ``None`` if it is."""
    if endpoint is None:
        return "endpoint_deleted"
    if not endpoint.is_enabled:
        return "endpoint_disabled"
    if not has_event:
        return "event_expired"
    account = accounts.find_account(delivery.account_id)
    if account is None or not account.is_active:
        return "subscription_inactive"
    if not account.package.includes(event_types.BY_NAME[delivery.event_type].package):
        return "package_insufficient"
    return None


def _send(
    endpoint: WebhookEndpoint, delivery: Delivery, event: Document
) -> tuple[AttemptRecord, int | None]:
    """Send the event once; return what came of it, and how long the receiver asked to wait."""
    at = clock.utc_now()
    try:
        secrets = endpoint_secrets.signing_secrets(endpoint, at)
        credentials = endpoint_secrets.credentials(endpoint)
        headers = endpoint_secrets.headers(endpoint)
    except VaultError:
        # An operator's mistake with the keys. It counts as an attempt, so that what follows is the
        # schedule and not a task that fails for ever.
        logs.exception("webhook secret unreadable", endpointId=endpoint.endpoint_id)
        return AttemptRecord(at, None, 0, "secret_unreadable", ""), None
    body = event["payload"].encode()
    message = Message(
        event_id=delivery.event_id,
        event_type=delivery.event_type,
        delivery_id=delivery.delivery_id,
        group=_group(event),
        body=body,
        signature=signing.sign(
            secrets, message_id=delivery.event_id, timestamp_s=int(at.timestamp()), body=body
        ),
        headers=headers,
    )
    answer = destinations.sender(endpoint.kind)(
        message,
        target=endpoint.target,
        settings=endpoint.settings,
        credentials=credentials,
        timeout_s=TIMEOUT_S,
        is_emulated=config.is_emulated(),
    )
    record = AttemptRecord(
        at=at,
        status=answer.status,
        duration_ms=answer.duration_ms,
        error=answer.error,
        response_text=answer.response_text,
    )
    return record, answer.retry_after_s


def _group(event: Document) -> str:
    """Name what an event's order matters within: its member, else its store."""
    member = [event["programId"], event["userId"]]
    return "_".join(member) if all(member) else str(event["storeId"])


def _after(
    delivery: Delivery, record: AttemptRecord, outcome: Outcome, retry_after_s: int | None
) -> Delivery:
    made = replace(
        delivery,
        attempts=(*delivery.attempts, record)[-ATTEMPTS_KEPT:],
        attempt_count=delivery.attempt_count + 1,
        next_attempt_at=None,
    )
    if outcome is Outcome.SUCCEEDED:
        return replace(made, state=DeliveryState.SUCCEEDED)
    if outcome is Outcome.DISABLE:
        return replace(made, state=DeliveryState.DEAD, reason="endpoint_gone")
    delay_s = schedule.next_delay_s(
        made.attempt_count - made.round_start,
        jitter=random.random(),
        retry_after_s=retry_after_s,
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
        now = deliveries.decode(reads[path])
        if now is None or now.state is not DeliveryState.PENDING:
            return Decision((now.state if now else after.state, False))
        if now.attempt_count != attempts_before:
            return Decision((now.state, False))
        writes: list[Write] = [deliveries.update(reads[path], after)]
        endpoint = webhook_endpoints.decode(reads[endpoint_path]) if gone else None
        if gone and endpoint and endpoint.updated_at == gone.updated_at:
            # Not if its owner has changed it since: it may be another server by now.
            disabled = replace(endpoint, is_enabled=False, disabled_reason="gone")
            writes.append(webhook_endpoints.write(reads[endpoint_path], disabled))
        return Decision((after.state, True), writes)

    reads_needed = [path] if gone is None else [path, endpoint_path]
    state, is_recorded = protocol.run(reads_needed, decide)
    if is_recorded:
        _follow_up(after)
    return state


def _follow_up(after: Delivery) -> None:
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
