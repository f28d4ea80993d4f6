"""From a ledger entry or a new membership to events, counters and deliveries: once, in one commit.

Triggers run at least once and in any order; what a second run finds is the event of the first.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from shared import clock, logs
from shared.domain import events, stats
from shared.domain.events import Event
from shared.domain.stats import Counters
from shared.domain.units import to_json_number
from shared.domain.webhooks import Delivery, DeliveryState, WebhookEndpoint
from shared.services import deliveries
from shared.store import members, paths, programs, protocol
from shared.store import stats as stored_stats
from shared.store import webhooks as stored_webhooks
from shared.store.client import Write
from shared.store.protocol import Decision, Reads

TOLD_WITHIN = timedelta(days=25)
"""What is older is history: the event that would show it was told may have expired by now."""


def entry_recorded(membership_id: str, entry_id: str) -> int:
    """Tell the world about an entry.

    Returns:
        How many deliveries were made; 0 if an earlier run did it all.
    """
    entry_path = paths.entry(membership_id, entry_id)
    marker = paths.event(events.booking_event_id(membership_id, entry_id))

    def decide(reads: Reads) -> Decision[Sequence[Delivery]]:
        entry = members.decode_entry(reads[entry_path])
        if entry is None:
            logs.warning("entry not found", path=entry_path)
            return Decision([])
        if reads[marker].data is not None or _is_history(entry.recorded_at):
            return Decision([])
        program = programs.find(entry.program_id)
        assert program is not None, f"entry {entry_id} of unknown program"
        counters = stats.from_entry(entry, program.time_zone)
        return _announce(events.from_entry(entry), entry.program_id, counters)

    return _dispatch(protocol.run([marker, entry_path], decide))


def member_enrolled(membership_id: str) -> int:
    """Tell the world about a new membership.

    Returns:
        How many deliveries were made; 0 if an earlier run did it all.
    """
    member_path = paths.member(membership_id)
    marker = paths.event(events.enrollment_event_id(membership_id))

    def decide(reads: Reads) -> Decision[Sequence[Delivery]]:
        membership = members.decode(reads[member_path])
        if membership is None:
            logs.warning("membership not found", path=member_path)
            return Decision([])
        if reads[marker].data is not None or _is_history(membership.enrolled_at):
            return Decision([])
        happened = [events.from_enrollment(membership)]
        return _announce(happened, membership.program_id, stats.NEW_MEMBER)

    return _dispatch(protocol.run([marker, member_path], decide))


def payload(event: Event) -> str:
    """Return the text that every endpoint is sent, byte for byte, on every attempt."""
    envelope = {
        "id": event.event_id,
        "type": event.type,
        "createdAt": clock.to_wire(event.created_at),
        "apiVersion": events.API_VERSION,
        "livemode": True,
        "storeId": event.store_id,
        "data": {name: _json_value(value) for name, value in event.data.items()},
    }
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False)


def _is_history(moment: datetime) -> bool:
    return moment < clock.utc_now() - TOLD_WITHIN


def _announce(
    happened: Sequence[Event], program_id: str, counters: Counters
) -> Decision[Sequence[Delivery]]:
    endpoints = stored_webhooks.endpoints_of_store(happened[0].store_id)
    now = clock.utc_now()
    made = [
        _delivery(event, endpoint, now)
        for event in happened
        for endpoint in endpoints
        if _wants(endpoint, event)
    ]
    writes: list[Write] = [
        *(stored_webhooks.event_creation(event, payload(event)) for event in happened),
        *(stored_webhooks.delivery_creation(delivery) for delivery in made),
        *stored_stats.increment(program_id, counters),
    ]
    return Decision(made, writes)


def _wants(endpoint: WebhookEndpoint, event: Event) -> bool:
    """An external system is not told what it caused: it would book it again."""
    is_echo = event.source is not None and endpoint.source == event.source
    return endpoint.is_enabled and not is_echo and events.subscribes(endpoint.events, event.type)


def _delivery(event: Event, endpoint: WebhookEndpoint, now: datetime) -> Delivery:
    return Delivery(
        delivery_id=f"{event.event_id}_{endpoint.endpoint_id}",
        event_id=event.event_id,
        endpoint_id=endpoint.endpoint_id,
        account_id=endpoint.account_id,
        store_id=endpoint.store_id,
        event_type=event.type,
        state=DeliveryState.PENDING,
        created_at=now,
        expires_at=now + stored_webhooks.KEPT,
        next_attempt_at=now,
    )


def _dispatch(made: Sequence[Delivery]) -> int:
    # After the commit: a task that is lost here is found by the sweep of due deliveries.
    for delivery in made:
        deliveries.enqueue(delivery)
    return len(made)


def _json_value(value: object) -> object:
    return to_json_number(value) if isinstance(value, Decimal) else value
