"""Change and delete the endpoints that a store's events are sent to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from shared import clock
from shared.auth.caller import Caller
from shared.domain.webhooks import webhook_targets
from shared.domain.webhooks.endpoints import (
    BY_OWNER,
    HTTP,
    Health,
    WebhookEndpoint,
    disabled,
    enabled,
    previous_secrets_expire_at,
    rotated,
)
from shared.domain.webhooks.webhook_targets import Target
from shared.encrypted import Encrypted
from shared.schemas.base import invalid
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.webhooks import endpoint_secrets
from shared.services.webhooks.webhook_endpoints import SavedEndpoint, kept_of, replayed
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.stores import store_documents
from shared.store.webhooks import endpoint_documents
from shared.webhooks import signing


@dataclass(frozen=True, slots=True)
class EndpointChanges:
    """The changes of an endpoint; ``None`` changes nothing.

    ``target`` must be of the endpoint's kind. Empty ``headers`` remove all headers.
    ``removes_source`` removes the source, because ``source`` cannot say that.
    """

    target: Target | None = None
    events: tuple[str, ...] | None = None
    is_enabled: bool | None = None
    headers: Mapping[str, str] | None = None
    description: str | None = None
    source: str | None = None
    removes_source: bool = False


@dataclass(frozen=True, slots=True)
class DeletedEndpoint:
    """The time of a deletion; ``is_replay`` if an earlier request with the same key did it."""

    deleted_at: datetime
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class SecretRotation:
    """The secret in use now, and the time from which it is the only one: ``None`` if at once."""

    secret: str
    previous_expire_at: datetime | None
    is_replay: bool = False


def update(
    caller: Caller, webhook_id: str, store_id: str | None, changes: EndpointChanges
) -> SavedEndpoint:
    """Change an endpoint.

    A new target is a new start: the old target's health is forgotten, and the endpoint is enabled,
    unless its owner has disabled it.

    Raises:
        WebhookNotFound, IdempotencyKeyReused, Busy,
        WebhookExists: The store has another endpoint for the new target.
        InvalidParameters: The target is of another kind, or headers are for a queue or bus.
    """
    known = endpoint_documents.find(webhook_id)
    now = clock.real_now()
    path = paths.webhook_endpoint(webhook_id)
    headers_token = endpoint_secrets.seal(changes.headers or {}, webhook_id)
    credentials = changes.target.credentials if changes.target else {}
    credentials_token = endpoint_secrets.seal(credentials, webhook_id)

    def decide(reads: Reads) -> Effect[SavedEndpoint]:
        before = access.own_webhook(
            caller, endpoint_documents.decode(reads[path]), webhook_id, store_id
        )
        _require_possible(before, changes)
        after = _described(before, changes, headers_token)
        if changes.target is not None:
            after = _pointed_at(after, changes.target, credentials_token)
        if changes.is_enabled is not None:
            after = enabled(after) if changes.is_enabled else disabled(after, BY_OWNER, now)
        after = replace(after, updated_at=now)
        writes = [endpoint_documents.write(reads[path], after)]
        if after.target != before.target:
            writes.append(_store_write(reads, before, after))
        return Effect(SavedEndpoint(after), writes, kept_of(after, None))

    replay = partial(replayed, caller.claim)
    return commands.run(_needs(known, path), decide, claim=caller.claim, replay=replay)


def delete(caller: Caller, webhook_id: str, store_id: str | None) -> DeletedEndpoint:
    """Delete an endpoint. Waiting deliveries are skipped when they are due.

    Raises:
        WebhookNotFound, IdempotencyKeyReused, Busy.
    """
    known = endpoint_documents.find(webhook_id)
    now = clock.real_now()
    path = paths.webhook_endpoint(webhook_id)

    def replay(kept: Document, _: Reads) -> DeletedEndpoint:
        return DeletedEndpoint(kept["deletedAt"], is_replay=True)

    def decide(reads: Reads) -> Effect[DeletedEndpoint]:
        access.own_webhook(caller, known, webhook_id, store_id)
        kept = {"deletedAt": now}
        endpoint = endpoint_documents.decode(reads[path])
        if endpoint is None:  # Another request did it just now.
            return Effect(DeletedEndpoint(now), kept=kept)
        writes: list[Write] = [
            endpoint_documents.deletion(reads[path]),
            _store_write(reads, endpoint, None),
        ]
        return Effect(DeletedEndpoint(now), writes, kept)

    return commands.run(_needs(known, path), decide, claim=caller.claim, replay=replay)


def rotate(
    caller: Caller,
    webhook_id: str,
    store_id: str | None,
    *,
    secret: str | None,
    overlap: timedelta,
) -> SecretRotation:
    """Put a new secret in use; the ones before it go on signing as well until ``overlap`` is over.

    Args:
        caller: Must own the endpoint.
        webhook_id: The endpoint.
        store_id: The endpoint's store, if one is given.
        secret: The merchant's own, checked already; ``None`` to make one.
        overlap: 0 if the old secret must not be trusted any more.

    Raises:
        WebhookNotFound, IdempotencyKeyReused, Busy.
    """
    now = clock.real_now()
    path = paths.webhook_endpoint(webhook_id)
    secret_new = secret or signing.new_secret()
    sealed = endpoint_secrets.sealed_secret(secret_new, webhook_id)
    kept_token = endpoint_secrets.keep(secret_new, caller.claim)

    def replay(kept: Document, _: Reads) -> SecretRotation:
        shown = endpoint_secrets.kept(kept["secretToken"], caller.claim)
        assert shown is not None
        return SecretRotation(shown, kept["previousExpireAt"], is_replay=True)

    def decide(reads: Reads) -> Effect[SecretRotation]:
        before = access.own_webhook(
            caller, endpoint_documents.decode(reads[path]), webhook_id, store_id
        )
        secrets = rotated(before.secrets, sealed.token, now=now, overlap=overlap)
        after = replace(before, secrets=secrets, updated_at=now)
        rotation = _rotation(after, secret_new, now)
        kept = {"secretToken": kept_token, "previousExpireAt": rotation.previous_expire_at}
        return Effect(rotation, [endpoint_documents.write(reads[path], after)], kept)

    return commands.run([path], decide, claim=caller.claim, replay=replay)


def _needs(known: WebhookEndpoint | None, path: str) -> list[str]:
    """Return the paths that a change reads: the store first, so that its writers take turns."""
    store_paths = [paths.store(known.store_id)] if known else []
    return [*store_paths, path]


def _require_possible(before: WebhookEndpoint, changes: EndpointChanges) -> None:
    target = changes.target
    if target is not None and target.kind != before.kind:
        name = "url" if target.kind == HTTP else "destination"
        raise invalid({name: f"must be of the kind {before.kind}, which cannot be changed"})
    if changes.headers and before.kind != HTTP:
        raise invalid({"headers": "can be sent to a url only"})


def _described(
    before: WebhookEndpoint, changes: EndpointChanges, headers_token: Encrypted | None
) -> WebhookEndpoint:
    after = before
    if changes.headers is not None:
        names = tuple(changes.headers)
        after = replace(after, header_names=names, headers_token=headers_token)
    if changes.events is not None:
        after = replace(after, events=changes.events)
    if changes.description is not None:
        after = replace(after, description=changes.description)
    if changes.source is not None or changes.removes_source:
        after = replace(after, source=changes.source)
    return after


def _pointed_at(
    before: WebhookEndpoint, target: Target, credentials_token: Encrypted | None
) -> WebhookEndpoint:
    if target.address == before.target and credentials_token is None:
        return before
    after = replace(
        before,
        target=target.address,
        settings=target.settings,
        credentials_token=credentials_token,
        health=Health(),
    )
    return after if before.disabled_reason == BY_OWNER else enabled(after)


def _store_write(reads: Reads, before: WebhookEndpoint, after: WebhookEndpoint | None) -> Write:
    """Return the write of the store after a change or deletion of an endpoint's target.

    Raises:
        WebhookExists: The store has another endpoint for that target.
    """
    read = reads[paths.store(before.store_id)]
    store = store_documents.decode(read)
    assert store is not None, f"endpoint {before.endpoint_id} of unknown store"
    others = webhook_targets.unlisted(store, before)
    return store_documents.write(read, webhook_targets.listed(others, after) if after else others)


def _rotation(endpoint: WebhookEndpoint, secret: str, now: datetime) -> SecretRotation:
    return SecretRotation(secret, previous_secrets_expire_at(endpoint.secrets, now))
