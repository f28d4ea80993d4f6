"""Send an endpoint its missed events: those that failed, were skipped, or had no delivery."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from shared import clock
from shared.auth.caller import Caller
from shared.domain.events import event_types
from shared.domain.webhooks.deliveries import Delivery, DeliveryState, delivery_id
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.errors import WebhookDisabled
from shared.schemas.base import invalid
from shared.schemas.paging import CursorPosition
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.events import event_documents
from shared.store.events.event_documents import StoredEvent
from shared.store.webhooks import delivery_documents

SINCE_AT_MOST = timedelta(days=30)
RECOVERED_MAX = 10_000
RUN_S_MAX = 40.0
"""A client that waits a minute gets its answer in time."""
PAGE = 100
ENQUEUERS = 8


@dataclass(frozen=True, slots=True)
class Recovery:
    """The number of deliveries that are sent again, and of those that need not be.

    If there may be more, go on at ``continue_since``: some events are looked at twice then, and
    their deliveries found waiting.
    """

    recovered: int = 0
    already_succeeded: int = 0
    already_pending: int = 0
    continue_since: datetime | None = None
    is_replay: bool = False


def recover(
    caller: Caller,
    webhook_id: str,
    store_id: str | None,
    *,
    since: datetime,
    until: datetime | None,
) -> Recovery:
    """Send all events that an endpoint wants now and has not received.

    Goes through the store's events, the oldest first. Deliveries that have succeeded or still wait
    are left alone, so a second call, or two at once, send nothing twice. Every batch is committed
    and then enqueued; if the process dies in between, the sweep finds the due deliveries.

    Args:
        caller: Must own the endpoint.
        webhook_id: The endpoint.
        store_id: Its store, if one is given.
        since: The earliest time of an event, inclusive, at most 30 days ago.
        until: The end, exclusive; ``None`` for all events until now.

    Raises:
        WebhookNotFound, WebhookDisabled, IdempotencyKeyReused, Busy.
        InvalidParameters: ``since`` is too long ago.
    """
    endpoint = access.webhook(caller, webhook_id, store_id)
    now = clock.utc_now()
    earlier = commands.find_replay(caller.claim, _replayed)
    if earlier is not None:
        return earlier
    if since < now - SINCE_AT_MOST:
        raise invalid({"since": f"must be at most {SINCE_AT_MOST.days} days ago"})
    if not endpoint.is_enabled:
        raise WebhookDisabled(f"The webhook endpoint {webhook_id} is disabled.")
    recovery = _walk(caller, endpoint, since, until, clock.real_now())
    kept = {name: value for name, value in asdict(recovery).items() if name != "is_replay"}
    commands.keep(caller.claim, kept)
    return recovery


def _walk(
    caller: Caller,
    endpoint: WebhookEndpoint,
    since: datetime,
    until: datetime | None,
    now: datetime,
) -> Recovery:
    stop_at_s = time.monotonic() + RUN_S_MAX
    done, after = Recovery(), None
    with ThreadPoolExecutor(ENQUEUERS) as pool:
        while True:
            limit = min(PAGE, RECOVERED_MAX - done.recovered)
            page = event_documents.list_oldest(
                endpoint.store_id, since=since, until=until, after=after, limit=limit
            )
            wanted = [event for event in page if _is_wanted(caller, endpoint, event)]
            made, batch = _recover_batch(endpoint, wanted, now)
            list(pool.map(outbox.enqueue, made))
            done = _sum(done, batch)
            if len(page) < limit:
                return done
            after = CursorPosition(page[-1].created_at, page[-1].event_id)
            if done.recovered >= RECOVERED_MAX or time.monotonic() > stop_at_s:
                return replace(done, continue_since=page[-1].created_at)


def _is_wanted(caller: Caller, endpoint: WebhookEndpoint, event: StoredEvent) -> bool:
    package = event_types.BY_NAME[event.type].package
    return not event.is_test and outbox.wants(endpoint, event) and caller.package.includes(package)


def _recover_batch(
    endpoint: WebhookEndpoint, wanted: Sequence[StoredEvent], now: datetime
) -> tuple[Sequence[Delivery], Recovery]:
    """Return the deliveries that are due now, and the states found."""
    if not wanted:
        return [], Recovery()
    path_by_event = {
        event.event_id: paths.webhook_delivery(delivery_id(event.event_id, endpoint.endpoint_id))
        for event in wanted
    }

    def decide(reads: Reads) -> Effect[tuple[Sequence[Delivery], Recovery]]:
        made: list[Delivery] = []
        writes: list[Write] = []
        succeeded = pending = 0
        for event in wanted:
            read = reads[path_by_event[event.event_id]]
            found = delivery_documents.decode(read)
            if found is None:
                made.append(outbox.new_delivery(event, endpoint, now))
                writes.append(delivery_documents.creation(made[-1]))
            elif found.state is DeliveryState.SUCCEEDED:
                succeeded += 1
            elif found.state is DeliveryState.PENDING:
                pending += 1
            else:
                made.append(outbox.due_again(found, endpoint, now))
                writes.append(delivery_documents.update(read, made[-1]))
        return Effect((made, Recovery(len(made), succeeded, pending)), writes)

    return commands.run(list(path_by_event.values()), decide)


def _sum(one: Recovery, other: Recovery) -> Recovery:
    return Recovery(
        one.recovered + other.recovered,
        one.already_succeeded + other.already_succeeded,
        one.already_pending + other.already_pending,
    )


def _replayed(kept: Document, _: Reads) -> Recovery:
    return Recovery(**kept, is_replay=True)
