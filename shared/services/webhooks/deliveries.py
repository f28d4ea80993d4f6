"""Deliveries as their merchant sees them: the sent event, its result, and a new attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared import clock
from shared.auth.caller import Caller
from shared.domain.webhooks.deliveries import Delivery, DeliveryState
from shared.errors import DeliveryNotFound, EventNotFound, WebhookDisabled
from shared.schemas import paging
from shared.schemas.paging import CursorPosition, Page
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.store import paths
from shared.store.client import Document
from shared.store.events import event_documents
from shared.store.webhooks import delivery_documents, endpoint_documents


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of deliveries; ``None`` does not filter.

    ``since`` is inclusive and ``until`` exclusive, UTC: the time when the delivery was made.
    """

    endpoint_id: str | None = None
    state: DeliveryState | None = None
    event_id: str | None = None
    event_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, delivery: Delivery) -> bool:
        """Tell whether a delivery fits all filters except the event's."""
        return (
            self.endpoint_id in {None, delivery.endpoint_id}
            and self.state in {None, delivery.state}
            and self.event_type in {None, delivery.event_type}
            and (self.since is None or delivery.created_at >= self.since)
            and (self.until is None or delivery.created_at < self.until)
        )


@dataclass(frozen=True, slots=True)
class Retried:
    """The time of a delivery's next attempt; ``is_replay`` if a repeated request asked for it."""

    delivery: Delivery
    at: datetime
    is_replay: bool = False


def get(caller: Caller, delivery_id: str, store_id: str | None) -> Delivery:
    """Return a delivery of the caller's account, and of ``store_id`` if one is given.

    Raises:
        DeliveryNotFound: It does not exist, or belongs to another account or store.
    """
    return _own(caller, delivery_documents.find(delivery_id), delivery_id, store_id)


def page(
    caller: Caller, store_id: str, wanted: Filter, *, after: CursorPosition | None, limit: int
) -> Page[Delivery]:
    """Return some of a store's deliveries, the newest first.

    Args:
        caller: Must own the store.
        store_id: The store.
        wanted: The choice of deliveries.
        after: The end of the page before.
        limit: The most deliveries to return.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    access.store(caller, store_id)
    if wanted.event_id is not None:
        # These are few: one for each endpoint.
        of_event = delivery_documents.list_of_event(store_id, wanted.event_id)
        last = (after.at, after.id) if after else None
        found = [
            each
            for each in of_event
            if wanted.fits(each) and (last is None or (each.created_at, each.delivery_id) < last)
        ]
    else:
        found = delivery_documents.list_of_store(
            store_id,
            limit + 1,
            endpoint_id=wanted.endpoint_id,
            state=wanted.state,
            event_type=wanted.event_type,
            since=wanted.since,
            until=wanted.until,
            after=after,
        )
    return paging.cut(found, limit, lambda last: CursorPosition(last.created_at, last.delivery_id))


def retry(caller: Caller, delivery_id: str, store_id: str | None) -> Retried:
    """Attempt a delivery again now, in any state.

    A settled delivery starts over with all attempts of the schedule; a waiting one goes on with it.

    Raises:
        DeliveryNotFound: It does not exist, or belongs to another account or store.
        WebhookNotFound: Its endpoint was deleted.
        WebhookDisabled, IdempotencyKeyReused, Busy.
        EventNotFound: Its event is not kept any more.
    """
    known = get(caller, delivery_id, store_id)
    now = clock.real_now()
    path = paths.webhook_delivery(delivery_id)
    endpoint_path = paths.webhook_endpoint(known.endpoint_id)
    event_path = paths.event(known.event_id)

    def own(reads: Reads) -> Delivery:
        return _own(caller, delivery_documents.decode(reads[path]), delivery_id, store_id)

    def replay(kept: Document, reads: Reads) -> Retried:
        return Retried(own(reads), kept["nextAttemptAt"], is_replay=True)

    def decide(reads: Reads) -> Effect[Retried]:
        delivery = own(reads)
        found = endpoint_documents.decode(reads[endpoint_path])
        endpoint = access.own_webhook(caller, found, known.endpoint_id, store_id)
        if not endpoint.is_enabled:
            raise WebhookDisabled(f"The webhook endpoint {endpoint.endpoint_id} is disabled.")
        event = event_documents.decode(reads[event_path])
        if event is None or event.expires_at <= clock.utc_now():
            raise EventNotFound(f"There is no event {known.event_id}.")
        again = outbox.due_again(delivery, endpoint, now)
        writes = [delivery_documents.update(reads[path], again)]
        return Effect(Retried(again, now), writes, {"nextAttemptAt": now})

    needs = [path, endpoint_path, event_path]
    retried = commands.run(needs, decide, claim=caller.claim, replay=replay)
    if retried.delivery.state is DeliveryState.PENDING:
        # A replay enqueues too: the earlier request may have died before this step.
        outbox.enqueue(retried.delivery)
    return retried


def _own(
    caller: Caller, found: Delivery | None, delivery_id: str, store_id: str | None
) -> Delivery:
    refusal = DeliveryNotFound(f"There is no delivery {delivery_id}.")
    return access.own(caller, found, refusal, store_id)
