"""Make and list the endpoints that a store's events are sent to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from shared import clock, ids
from shared.auth.caller import Caller, Claim
from shared.domain.stores.stores import Store
from shared.domain.webhooks import webhook_targets
from shared.domain.webhooks.endpoints import WebhookEndpoint, enabled
from shared.domain.webhooks.webhook_targets import Target
from shared.encrypted import Encrypted
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.webhooks import endpoint_secrets
from shared.store import client, paths
from shared.store.client import Document, Snapshot
from shared.store.stores import store_documents
from shared.store.webhooks import endpoint_documents
from shared.webhooks import signing


@dataclass(frozen=True, slots=True)
class EndpointDraft:
    """A merchant's description of a new endpoint; without a ``secret`` one is made."""

    target: Target
    events: tuple[str, ...]
    secret: str | None = None
    source: str | None = None
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedEndpoint:
    """An endpoint as it was written; ``is_replay`` if an earlier request with the same key did it.

    ``secret`` is given when it was made or changed, and never again. The endpoint of a replay has
    no encrypted values.
    """

    endpoint: WebhookEndpoint
    secret: str | None = None
    is_replay: bool = False


def create(caller: Caller, store_id: str, draft: EndpointDraft) -> SavedEndpoint:
    """Make an endpoint for a target that the store does not have yet.

    A call that is repeated without a key must not double every delivery: so a known target is
    refused.

    Args:
        caller: Must own the store.
        store_id: The store whose events are sent.
        draft: The endpoint; URL, headers and secret are checked already.

    Raises:
        StoreNotFound, WebhookExists, LimitExceeded, IdempotencyKeyReused, Busy.
    """
    return _save(caller, store_id, draft, replaces=False)


def register(caller: Caller, store_id: str, draft: EndpointDraft) -> SavedEndpoint:
    """Make an endpoint for a target, or change the one that the store has for it.

    An existing endpoint gets the draft's events and source, and its secret if there is one. It is
    enabled, and keeps its description and headers.

    Raises:
        StoreNotFound, LimitExceeded, IdempotencyKeyReused, Busy.
    """
    return _save(caller, store_id, draft, replaces=True)


def list_of_store(caller: Caller, store_id: str) -> list[WebhookEndpoint]:
    """Return a store's endpoints, oldest first.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    access.store(caller, store_id)
    return endpoint_documents.list_of_store(store_id)


def kept_of(endpoint: WebhookEndpoint, secret_token: Encrypted | None) -> Document:
    """Return the record that answers a repeated request.

    Of the secrets it holds only the one that is shown, encrypted: no other is needed twice.
    """
    shown = replace(
        endpoint,
        secrets=tuple(replace(each, token=Encrypted("")) for each in endpoint.secrets),
        credentials_token=None,
        headers_token=None,
    )
    return {"endpoint": endpoint_documents.to_document(shown), "secretToken": secret_token}


def replayed(claim: Claim | None, kept: Document, _: Reads) -> SavedEndpoint:
    """Return the endpoint that ``kept_of`` kept.

    Raises:
        VaultError: The key that its secret was encrypted with is gone.
    """
    secret = endpoint_secrets.kept(kept["secretToken"], claim)
    return SavedEndpoint(endpoint_documents.from_document(kept["endpoint"]), secret, is_replay=True)


def _save(caller: Caller, store_id: str, draft: EndpointDraft, *, replaces: bool) -> SavedEndpoint:
    access.store(caller, store_id)
    now = clock.real_now()
    secret = draft.secret or signing.new_secret()
    endpoint = _new_endpoint(caller, store_id, draft, secret, now)
    kept_token = endpoint_secrets.keep(secret, caller.claim)
    store_path = paths.store(store_id)

    def decide(reads: Reads) -> Effect[SavedEndpoint]:
        store = access.own_store(caller, store_documents.decode(reads[store_path]), store_id)
        if replaces:
            read, known = _known(store, endpoint)
            if read is not None and known is not None:
                return _registered_again(read, known, draft, endpoint, kept_token)
            # A listed endpoint that does not exist was deleted after the store was read. So the
            # list has changed: this commit will fail, and the next attempt reads the new list.
            store = webhook_targets.unlisted(store, endpoint)
        listed = webhook_targets.listed(store, endpoint)
        writes = [
            endpoint_documents.creation(endpoint),
            store_documents.write(reads[store_path], listed),
        ]
        kept = kept_of(endpoint, kept_token)
        return Effect(SavedEndpoint(endpoint, secret), writes, kept)

    replay = partial(replayed, caller.claim)
    return commands.run([store_path], decide, claim=caller.claim, replay=replay)


def _new_endpoint(
    caller: Caller, store_id: str, draft: EndpointDraft, secret: str, now: datetime
) -> WebhookEndpoint:
    endpoint_id = ids.new("we")
    return WebhookEndpoint(
        endpoint_id=endpoint_id,
        account_id=caller.account_id,
        store_id=store_id,
        kind=draft.target.kind,
        target=draft.target.address,
        events=draft.events,
        secrets=(endpoint_secrets.sealed_secret(secret, endpoint_id),),
        created_at=now,
        updated_at=now,
        settings=draft.target.settings,
        credentials_token=endpoint_secrets.seal(draft.target.credentials, endpoint_id),
        header_names=tuple(draft.headers),
        headers_token=endpoint_secrets.seal(draft.headers, endpoint_id),
        description=draft.description,
        source=draft.source,
    )


def _known(
    store: Store, endpoint: WebhookEndpoint
) -> tuple[Snapshot, WebhookEndpoint | None] | tuple[None, None]:
    """Return the store's endpoint for the same target, if it has one."""
    known_id = webhook_targets.find(store, endpoint)
    if known_id is None:
        return None, None
    read = client.get_one(paths.webhook_endpoint(known_id))
    return read, endpoint_documents.decode(read)


def _registered_again(
    read: Snapshot,
    known: WebhookEndpoint,
    draft: EndpointDraft,
    endpoint: WebhookEndpoint,
    kept_token: Encrypted | None,
) -> Effect[SavedEndpoint]:
    """Return the known endpoint, changed to the values of the new ``endpoint``."""
    secrets = known.secrets
    if draft.secret:
        secrets = (endpoint_secrets.sealed_secret(draft.secret, known.endpoint_id),)
    after = enabled(
        replace(
            known,
            events=endpoint.events,
            source=endpoint.source,
            secrets=secrets,
            updated_at=endpoint.updated_at,
        )
    )
    secret_token = kept_token if draft.secret else None
    writes = [endpoint_documents.write(read, after)]
    return Effect(SavedEndpoint(after, draft.secret), writes, kept_of(after, secret_token))
