"""Send an endpoint an example event, so that its owner can see what arrives."""

from __future__ import annotations

from dataclasses import dataclass

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.errors import EndpointNotAllowed, WebhookDisabled
from shared.schemas.events import event_data as event_schemas
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.store import paths
from shared.store.client import Document
from shared.store.events import event_documents
from shared.store.webhooks import delivery_documents, endpoint_documents


@dataclass(frozen=True, slots=True)
class Sent:
    """A new event and its delivery; ``is_replay`` if an earlier request made them."""

    event_id: str
    delivery_id: str
    is_replay: bool = False


def send(caller: Caller, webhook_id: str, store_id: str | None, event_type: str) -> Sent:
    """Send the example of a type to one endpoint only, even if it is not subscribed to the type.

    It is an event like any other, with a mark that nothing really happened.

    Args:
        caller: Must own the endpoint.
        webhook_id: The endpoint.
        store_id: The endpoint's store, if one is given.
        event_type: A name of ``event_types.BY_NAME``.

    Raises:
        WebhookNotFound, WebhookDisabled, IdempotencyKeyReused, Busy,
        EndpointNotAllowed: The package does not include the type, so it would be skipped.
    """
    _require_included(caller, event_type)
    now = clock.utc_now()
    event_id = ids.new("evt")
    path = paths.webhook_endpoint(webhook_id)

    def replay(kept: Document, _: Reads) -> Sent:
        return Sent(kept["eventId"], kept["deliveryId"], is_replay=True)

    def decide(reads: Reads) -> Effect[Sent]:
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
        delivery = outbox.new_delivery(event, endpoint, clock.real_now())
        return Effect(
            Sent(event_id, delivery.delivery_id),
            [
                event_documents.creation(event, outbox.payload(event)),
                delivery_documents.creation(delivery),
            ],
            {"eventId": event_id, "deliveryId": delivery.delivery_id},
            outbox.tasks_of(delivery),
        )

    return commands.run([path], decide, claim=caller.claim, replay=replay)


def _require_included(caller: Caller, event_type: str) -> None:
    needed = event_types.BY_NAME[event_type].package
    if not caller.package.includes(needed):
        raise EndpointNotAllowed(
            f"Events of the type {event_type} need the package {needed}.",
            requiredUpgrade=needed,
            currentPackage=caller.package,
        )
