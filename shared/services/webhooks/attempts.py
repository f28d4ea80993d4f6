"""Deliver an event to an endpoint: attempt, then success, the next attempt, or the dead letters."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import partial

from shared import clock, config, logs
from shared.domain.events import event_types
from shared.domain.webhooks import health
from shared.domain.webhooks.deliveries import (
    ATTEMPTS_KEPT,
    AttemptRecord,
    Delivery,
    DeliveryState,
    Lane,
    ids_in,
)
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.services.commands import Reads
from shared.services.events import outbox
from shared.services.webhooks import attempt_results, endpoint_secrets, slots
from shared.services.webhooks.attempt_results import Judgement
from shared.store import client, paths
from shared.store.accounts import account_documents
from shared.store.client import Document
from shared.store.webhooks import delivery_documents, endpoint_documents
from shared.vault import VaultError
from shared.webhooks import destinations, schedule, signing
from shared.webhooks.message import Message
from shared.webhooks.schedule import AttemptOutcome

TIMEOUT_S = 15.0
SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - the code of a failure, not a secret
OF_OPERATORS = frozenset({SECRET_UNREADABLE, "credentials_unavailable"})
"""Errors that are no endpoint's fault."""


def attempt(delivery_id: str, lane: Lane) -> DeliveryState | None:
    """Make the delivery's due attempt, if this is the right queue and the delivery's slot has come.

    Args:
        delivery_id: The delivery.
        lane: The queue whose task this is. A slow endpoint is left to the slow queue. That queue
            also attempts an endpoint that is fast again, until its tasks are done.

    Returns:
        The delivery's state afterwards; ``None`` if there is no such delivery.
    """
    path = paths.webhook_delivery(delivery_id)
    event_id, endpoint_id = ids_in(delivery_id)
    event_path, endpoint_path = paths.event(event_id), paths.webhook_endpoint(endpoint_id)
    reads = client.get([path, endpoint_path, event_path])
    delivery = delivery_documents.decode(reads[path])
    if delivery is None or not outbox.is_due(delivery):
        return delivery.state if delivery else None
    endpoint = endpoint_documents.decode(reads[endpoint_path])
    event = reads[event_path].data
    refusal = _refusal(delivery, endpoint, has_event=event is not None)
    if refusal is not None or endpoint is None or event is None:
        skipped = replace(
            delivery, state=DeliveryState.SKIPPED, reason=refusal, next_attempt_at=None
        )
        return attempt_results.record(skipped, reads)
    if lane is Lane.FAST and health.lane(endpoint.health) is Lane.SLOW:
        outbox.move_over(delivery)
        return delivery.state
    if not slots.is_now(delivery, endpoint):
        return delivery.state
    return _make(endpoint, delivery, event, reads)


def _refusal(
    delivery: Delivery, endpoint: WebhookEndpoint | None, *, has_event: bool
) -> str | None:
    """Return why the delivery must not be sent any more, ``None`` if it may be sent."""
    if endpoint is None:
        return "endpoint_deleted"
    if not endpoint.is_enabled:
        return "endpoint_disabled"
    if not has_event:
        return "event_expired"
    account = account_documents.find_account(delivery.account_id)
    if account is None or not account.is_active:
        return "subscription_inactive"
    if not account.package.includes(event_types.BY_NAME[delivery.event_type].package):
        return "package_insufficient"
    return None


def _make(
    endpoint: WebhookEndpoint, delivery: Delivery, event: Document, reads: Reads
) -> DeliveryState:
    made, retry_after_s = _send(endpoint, delivery, event)
    outcome = schedule.outcome_of(made.status, made.error)
    after = _after(delivery, made, outcome, retry_after_s)
    if delivery.is_test or made.error in OF_OPERATORS:
        # A delivery made by hand, and an operator's mistake, say nothing about the endpoint.
        return attempt_results.record(after, reads)
    judge = partial(
        health.judge,
        attempt=made,
        is_success=outcome is AttemptOutcome.SUCCEEDED,
        is_gone=outcome is AttemptOutcome.DISABLE,
        retry_after_s=retry_after_s,
    )
    judged = judge(endpoint)
    after = replace(after, lane=health.lane(judged.health))
    judgement = None if judged == endpoint else Judgement(endpoint, judge)
    return attempt_results.record(after, reads, judgement)


def _send(
    endpoint: WebhookEndpoint, delivery: Delivery, event: Document
) -> tuple[AttemptRecord, int | None]:
    """Send the event once; return the result, and the wait that the receiver asked for."""
    at = clock.real_now()
    try:
        secrets = endpoint_secrets.signing_secrets(endpoint, at)
        credentials = endpoint_secrets.credentials(endpoint)
        headers = endpoint_secrets.headers(endpoint)
    except VaultError:
        # An operator's mistake with the keys. It counts as an attempt, so that the schedule
        # follows, and not a task that fails for ever.
        logs.exception("webhook secret unreadable", endpointId=endpoint.endpoint_id)
        return AttemptRecord(at, None, 0, SECRET_UNREADABLE, ""), None
    body = event["payload"].encode()
    message = Message(
        event_id=delivery.event_id,
        event_type=delivery.event_type,
        delivery_id=delivery.delivery_id,
        store_id=delivery.store_id,
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
    """Return the group within which the order of events matters: the member, else the store."""
    member = [event["programId"], event["userId"]]
    return "_".join(member) if all(member) else str(event["storeId"])


def _after(
    delivery: Delivery, record: AttemptRecord, outcome: AttemptOutcome, retry_after_s: int | None
) -> Delivery:
    made = replace(
        delivery,
        attempts=(*delivery.attempts, record)[-ATTEMPTS_KEPT:],
        attempt_count=delivery.attempt_count + 1,
        next_attempt_at=None,
        slot_at=None,
    )
    if outcome is AttemptOutcome.SUCCEEDED:
        return replace(made, state=DeliveryState.SUCCEEDED)
    if delivery.is_test:
        return replace(made, state=DeliveryState.DEAD, reason="test_failed")
    if outcome is AttemptOutcome.DISABLE:
        return replace(made, state=DeliveryState.DEAD, reason="endpoint_gone")
    delay_s = schedule.next_delay_s(
        made.attempt_count - made.round_start,
        jitter=random.random(),
        retry_after_s=retry_after_s,
    )
    if delay_s is None:
        return replace(made, state=DeliveryState.DEAD, reason="attempts_exhausted")
    return replace(made, next_attempt_at=clock.real_now() + timedelta(seconds=delay_s))
