"""Events, written in the commit of their cause, and the queue that their deliveries wait in.

An event, and a delivery for each endpoint that wants it, go into the same commit as their change,
or as the mark that a trigger has seen the change: the database never has only one of the two.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared import clock, config, tasks
from shared.domain import exact_json
from shared.domain.accounts.test_clocks import is_test_account
from shared.domain.events import event as events
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.webhooks import health
from shared.domain.webhooks.deliveries import Delivery, DeliveryState, Lane, delivery_id
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.store.client import Write
from shared.store.events import event_documents
from shared.store.events.event_documents import StoredEvent
from shared.store.webhooks import delivery_documents, endpoint_documents
from shared.tasks import Task

EARLY_S = 2
"""A queue may run a task this many seconds too early; an earlier one is put off."""
OVERDUE_AFTER = timedelta(minutes=2)
OVERDUE_AFTER_EMULATED = timedelta(seconds=1)
OVERDUE_PAGE = 500
OVERDUE_RUN_S_MAX = 60.0

FAST = "deliverWebhook"
SLOW = "deliverWebhookSlowly"
"""Two functions, each with its own queue: slow endpoints delay only each other."""
_FUNCTIONS = {Lane.FAST: FAST, Lane.SLOW: SLOW}


@dataclass(frozen=True, slots=True)
class Announcement:
    """The writes that a commit needs to tell events, and the deliveries that wait after it."""

    writes: Sequence[Write] = ()
    deliveries: Sequence[Delivery] = ()

    @property
    def tasks(self) -> list[Task]:
        """The tasks that attempt the deliveries; the sweep replaces lost ones."""
        return [task for each in self.deliveries for task in tasks_of(each)]


def announce(happened: Sequence[Event]) -> Announcement:
    """Prepare the events of one store for its present endpoints: at most one query."""
    if not happened:
        return Announcement()
    return announce_to(endpoint_documents.list_of_store(happened[0].store_id), happened)


def announce_to(endpoints: Iterable[WebhookEndpoint], happened: Iterable[Event]) -> Announcement:
    """Prepare events for those of the endpoints that want them."""
    now = clock.real_now()
    news, every = list(happened), list(endpoints)
    made = [
        new_delivery(event, endpoint, now)
        for event in news
        for endpoint in every
        if wants(endpoint, event)
    ]
    writes: list[Write] = [
        *(event_documents.creation(event, payload(event)) for event in news),
        *(delivery_documents.creation(delivery) for delivery in made),
    ]
    return Announcement(writes, made)


def payload(event: Event) -> str:
    """Return the text that every endpoint gets, byte for byte, on every attempt."""
    envelope = {
        "id": event.event_id,
        "type": event.type,
        "createdAt": clock.to_wire(event.created_at),
        "apiVersion": events.API_VERSION,
        "livemode": not event.is_test and not is_test_account(event.account_id),
        "storeId": event.store_id,
        "data": dict(event.data),
    }
    if event.is_test:
        envelope["test"] = True
    return json.dumps(
        envelope, separators=(",", ":"), ensure_ascii=False, default=exact_json.default
    )


def wants(endpoint: WebhookEndpoint, event: Event | StoredEvent) -> bool:
    """Tell whether an endpoint is to get an event.

    An external system does not get the events that it caused: it would book them again.
    """
    is_echo = event.source is not None and endpoint.source == event.source
    is_subscribed = event_types.subscribes(endpoint.events, event.type)
    return endpoint.is_enabled and not is_echo and is_subscribed


def new_delivery(event: Event | StoredEvent, endpoint: WebhookEndpoint, now: datetime) -> Delivery:
    """Return a delivery whose first attempt is due."""
    return Delivery(
        delivery_id=delivery_id(event.event_id, endpoint.endpoint_id),
        event_id=event.event_id,
        endpoint_id=endpoint.endpoint_id,
        account_id=endpoint.account_id,
        store_id=endpoint.store_id,
        event_type=event.type,
        state=DeliveryState.PENDING,
        created_at=now,
        expires_at=now + delivery_documents.KEPT,
        next_attempt_at=now,
        is_test=event.is_test,
        lane=health.lane(endpoint.health),
    )


def due_again(delivery: Delivery, endpoint: WebhookEndpoint, now: datetime) -> Delivery:
    """Return a delivery that is due now: a waiting one goes on, a settled one starts over."""
    is_settled = delivery.state is not DeliveryState.PENDING
    return replace(
        delivery,
        state=DeliveryState.PENDING,
        reason=None,
        next_attempt_at=now,
        slot_at=None,
        round_start=delivery.attempt_count if is_settled else delivery.round_start,
        expires_at=now + delivery_documents.KEPT,
        lane=health.lane(endpoint.health),
    )


def tasks_of(delivery: Delivery) -> list[Task]:
    """Return the task of a delivery's next attempt, at its time; none if the sweep enqueues it."""
    assert delivery.next_attempt_at is not None
    due, now = delivery.next_attempt_at, clock.real_now()
    if config.is_emulated() and due > now + timedelta(seconds=EARLY_S):
        return []  # The emulator runs every task at once; the sweep enqueues it when it is due.
    return [_task(delivery, _task_id(delivery, due), due if due > now else None)]


def enqueue(delivery: Delivery) -> None:
    """Enqueue the delivery's next attempt, at its time."""
    for task in tasks_of(delivery):
        tasks.enqueue(task)


def move_over(delivery: Delivery) -> None:
    """Enqueue the attempt that is due in the queue for slow endpoints.

    The delivery is not written: if the sweep finds it, the delivery comes this way again.
    """
    _enqueue_again(replace(delivery, lane=Lane.SLOW), clock.real_now())


def enqueue_overdue(page_size: int = OVERDUE_PAGE) -> int:
    """Enqueue overdue attempts again: their tasks were lost.

    A task that still waits has the same name, so the queue does not take it twice. If an attempt
    stays overdue for 4, 8, 16 ... minutes, its task gets a new name each time: the queue
    remembers the names of tasks that it has run, also of those that failed.

    Returns:
        The number of tasks that the queue took.
    """
    late = OVERDUE_AFTER_EMULATED if config.is_emulated() else OVERDUE_AFTER
    now = clock.real_now()
    stop_at_s = time.monotonic() + OVERDUE_RUN_S_MAX
    enqueued, last = 0, None
    while True:
        page = delivery_documents.list_due(now - late, page_size, after=last)
        enqueued += sum(_enqueue_again(delivery, now) for delivery in page)
        if len(page) < page_size or time.monotonic() > stop_at_s:
            return enqueued
        last = page[-1]


def is_due(delivery: Delivery) -> bool:
    """Tell whether the delivery's next attempt may be made now."""
    due = delivery.next_attempt_at
    return due is not None and due <= clock.real_now() + timedelta(seconds=EARLY_S)


def _task_id(delivery: Delivery, due: datetime) -> str:
    return f"{delivery.delivery_id}-{delivery.attempt_count + 1}-{int(due.timestamp())}"


def _task(delivery: Delivery, task_id: str, at: datetime | None) -> Task:
    return Task(_FUNCTIONS[delivery.lane], task_id, {"deliveryId": delivery.delivery_id}, at)


def _enqueue_again(delivery: Delivery, now: datetime) -> bool:
    due = delivery.next_attempt_at
    assert due is not None
    doublings = math.floor(math.log2(max((now - due) / OVERDUE_AFTER, 1)))
    task_id = _task_id(delivery, due)
    name = f"{task_id}-{doublings}" if doublings else task_id
    return tasks.enqueue(_task(delivery, name, None))
