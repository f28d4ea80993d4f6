"""Events, written in the commit of their cause, and the queue that their deliveries wait in.

An event, and a delivery for each endpoint that wants it, go into the same commit as their change,
or as the mark that a trigger has seen the change: the database never has only one of the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared import clock, tasks
from shared.domain import exact_json
from shared.domain.accounts.test_clocks import is_test_account
from shared.domain.events import event as events
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.webhooks import health
from shared.domain.webhooks.deliveries import Delivery, DeliveryState, Lane, delivery_id
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.services.events import due_tasks
from shared.services.events.due_tasks import EARLY_S, OVERDUE_PAGE
from shared.store.client import Write
from shared.store.events import event_documents
from shared.store.events.event_documents import StoredEvent
from shared.store.webhooks import delivery_documents, endpoint_documents
from shared.tasks import Task

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
    return due_tasks.in_time(_task(delivery))


def enqueue(delivery: Delivery) -> None:
    """Enqueue the delivery's next attempt, at its time."""
    for task in tasks_of(delivery):
        tasks.enqueue(task)


def move_over(delivery: Delivery) -> None:
    """Enqueue the attempt that is due in the queue for slow endpoints.

    The delivery is not written: if the sweep finds it, the delivery comes this way again.
    """
    due_tasks.enqueue_again(_task(replace(delivery, lane=Lane.SLOW)), clock.real_now())


def enqueue_overdue(page_size: int = OVERDUE_PAGE) -> int:
    """Enqueue overdue attempts again: their tasks were lost; return their number."""
    return due_tasks.enqueue_overdue(delivery_documents.list_due, _task, page_size)


def is_due(delivery: Delivery) -> bool:
    """Tell whether the delivery's next attempt may be made now."""
    due = delivery.next_attempt_at
    return due is not None and due <= clock.real_now() + timedelta(seconds=EARLY_S)


def _task(delivery: Delivery) -> Task:
    due = delivery.next_attempt_at
    assert due is not None
    task_id = f"{delivery.delivery_id}-{delivery.attempt_count + 1}-{int(due.timestamp())}"
    data = {"deliveryId": delivery.delivery_id}
    return Task(_FUNCTIONS[delivery.lane], task_id, data, due)
