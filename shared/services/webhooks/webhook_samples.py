"""Send an endpoint the example of an event, to see what arrives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.webhooks.deliveries import Delivery
from shared.errors import EndpointNotAllowed, WebhookDisabled
from shared.schemas.events import event_data as event_schemas
from shared.services import access, idempotency
from shared.services.events import outbox
from shared.store import paths, protocol
from shared.store.events import event_documents
from shared.store.protocol import Decision, Reads
from shared.store.webhooks import delivery_documents, endpoint_documents


@dataclass(frozen=True, slots=True)
class Sent:
    """What was made; ``is_replay`` if an earlier request with the same key made it."""

    event_id: str
    delivery_id: str
    is_replay: bool = False


def send(caller: Caller, webhook_id: str, store_id: str | None, event_type: str) -> Sent:
    """Have the example of a type sent to one endpoint, subscribed to or not, and to no other.

    It is an event like any other, but for its mark: nothing happened.

    Args:
        caller: Whose endpoint it must be.
        webhook_id: Which endpoint.
        store_id: Of which store it must be, if one is given.
        event_type: A name of ``event_types.BY_NAME``.

    Raises:
        WebhookNotFound, WebhookDisabled, IdempotencyKeyReused, Busy,
        EndpointNotAllowed: The package does not include the type, so it would be skipped.
    """
    _require_included(caller, event_type)
    now = clock.utc_now()
    event_id = ids.new("evt")
    path, event_path = paths.webhook_endpoint(webhook_id), paths.event(event_id)

    def decide(reads: Reads) -> Decision[tuple[Sent, Sequence[Delivery]]]:
        earlier = idempotency.earlier_result(caller.claim, reads, now)
        if earlier is not None:
            return Decision((Sent(earlier["eventId"], earlier["deliveryId"], is_replay=True), ()))
        found = endpoint_documents.decode(reads[path])
        endpoint = access.own_webhook(caller, found, webhook_id, store_id)
        if not endpoint.is_enabled:
            raise WebhookDisabled(f"The webhook endpoint {webhook_id} is disabled.")
        event = Event(
            event_id=event_id,
            type=event_type,
            account_id=endpoint.account_id,
            store_id=endpoint.store_id,
            program_id=None,
            user_id=None,
            source=None,
            created_at=now,
            data=event_schemas.example(event_type),
            is_test=True,
        )
        delivery = outbox.new_delivery(event, endpoint, now)
        sent = Sent(event_id, delivery.delivery_id)
        if reads[event_path].data is not None:  # An earlier attempt, whose answer got lost.
            return Decision((sent, (delivery,)))
        result = {"eventId": sent.event_id, "deliveryId": sent.delivery_id}
        writes = [
            event_documents.creation(event, outbox.payload(event)),
            delivery_documents.creation(delivery),
            *idempotency.claim_writes(caller.claim, reads, result, now),
        ]
        return Decision((sent, (delivery,)), writes)

    needed = [path, event_path, *idempotency.claim_paths(caller.claim)]
    sent, made = protocol.run(needed, decide)
    outbox.dispatch(made)
    return sent


def _require_included(caller: Caller, event_type: str) -> None:
    needed = event_types.BY_NAME[event_type].package
    if not caller.package.includes(needed):
        raise EndpointNotAllowed(
            f"Events of the type {event_type} need the package {needed}.",
            requiredUpgrade=needed,
            currentPackage=caller.package,
        )
