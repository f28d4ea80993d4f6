"""Register and list the URLs that a store's events are sent to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.webhooks import HTTP, SigningSecret, WebhookEndpoint
from shared.errors import LimitExceeded
from shared.services import access, idempotency
from shared.services.vaults import vault
from shared.store import paths, protocol
from shared.store import webhook_endpoints as stored
from shared.store.protocol import Decision, Reads
from shared.webhooks import signing

ENDPOINTS_PER_STORE_MAX = 20


@dataclass(frozen=True, slots=True)
class Registration:
    """An endpoint as it was written; ``secret`` is given here once, if it was made or changed."""

    endpoint: WebhookEndpoint
    secret: str | None
    is_new: bool
    is_replay: bool = False


def register(
    caller: Caller,
    store_id: str,
    *,
    url: str,
    events: Sequence[str],
    secret: str | None,
    source: str | None,
) -> Registration:
    """Register a URL, or change what is registered for it: a store has a URL once.

    Args:
        caller: Whose store it must be.
        store_id: Whose events are sent.
        url: Already checked against the policy for outgoing URLs.
        events: Types or ``loyalty.*``.
        secret: The merchant's own; made if a new endpoint has none, kept if an old one has.
        source: External system behind the URL, which is not told what it caused itself.

    Raises:
        StoreNotFound, LimitExceeded, IdempotencyKeyReused, Busy.
    """
    access.store(caller, store_id)
    now = clock.utc_now()
    endpoint_id = ids.derived("we", store_id, url)
    path = paths.webhook_endpoint(endpoint_id)
    secret_made = secret or signing.new_secret()
    token_made = vault().encrypt(secret_made)
    registered = {each.endpoint_id for each in stored.list_of_store(store_id)}
    if endpoint_id not in registered and len(registered) >= ENDPOINTS_PER_STORE_MAX:
        raise LimitExceeded(f"A store has at most {ENDPOINTS_PER_STORE_MAX} webhook endpoints.")

    def decide(reads: Reads) -> Decision[Registration]:
        earlier = idempotency.earlier_result(caller.claim, reads, now)
        existing = stored.decode(reads[path])
        if earlier is not None and existing is not None:
            token = earlier["secretToken"]
            shown = vault().decrypt(token) if token else None
            return Decision(Registration(existing, shown, earlier["isNew"], is_replay=True))
        if existing is not None and existing.secrets[0].token == token_made:
            # An earlier attempt, whose answer got lost.
            return Decision(Registration(existing, secret_made, existing.created_at == now))
        keeps_secret = existing is not None and secret is None
        shown = None if keeps_secret else secret_made
        endpoint = WebhookEndpoint(
            endpoint_id=endpoint_id,
            account_id=caller.account_id,
            store_id=store_id,
            kind=HTTP,
            target=url,
            events=tuple(events),
            secrets=(
                existing.secrets if existing and keeps_secret else (SigningSecret(token_made),)
            ),
            source=source,
            created_at=existing.created_at if existing else now,
            updated_at=now,
        )
        is_new = existing is None
        result = {"secretToken": endpoint.secrets[0].token if shown else None, "isNew": is_new}
        return Decision(
            Registration(endpoint, shown, is_new),
            [
                stored.write(reads[path], endpoint),
                *idempotency.claim_writes(caller.claim, reads, result, now),
            ],
        )

    return protocol.run([path, *idempotency.claim_paths(caller.claim)], decide)


def list_of_store(caller: Caller, store_id: str) -> list[WebhookEndpoint]:
    """Return a store's endpoints, oldest first.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    access.store(caller, store_id)
    return stored.list_of_store(store_id)
