"""An endpoint's encrypted values: signing secrets, credentials, custom headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from shared.auth.caller import Claim
from shared.domain.webhooks.endpoints import SigningSecret, WebhookEndpoint
from shared.encrypted import Encrypted
from shared.services.vaults import vault
from shared.store import paths


def seal(values: Mapping[str, object], endpoint_id: str) -> Encrypted | None:
    """Encrypt a JSON object of an endpoint; ``None`` stands for an empty one."""
    return _sealed(json.dumps(values), endpoint_id) if values else None


def sealed_secret(secret: str, endpoint_id: str) -> SigningSecret:
    """Encrypt a signing secret of an endpoint."""
    return SigningSecret(_sealed(secret, endpoint_id))


def keep(secret: str | None, claim: Claim | None) -> Encrypted | None:
    """Encrypt the secret of an answer, for the claim that answers a repeated request."""
    if secret is None or claim is None:
        return None
    return vault().encrypt(secret, paths.idempotency_key(claim.claim_id))


def kept(token: Encrypted | None, claim: Claim | None) -> str | None:
    """Return the secret that ``keep`` encrypted for this claim.

    Raises:
        VaultError: It cannot be decrypted, or is another claim's.
    """
    if token is None or claim is None:
        return None
    return vault().decrypt(token, paths.idempotency_key(claim.claim_id))


def signing_secrets(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """Return the secrets that sign now, the newest first.

    Raises:
        VaultError: One of them cannot be decrypted.
    """
    path = paths.webhook_endpoint(endpoint.endpoint_id)
    return [vault().decrypt(each.token, path) for each in endpoint.secrets if each.is_valid(now)]


def credentials(endpoint: WebhookEndpoint) -> dict[str, str]:
    """Return the credentials of a destination; empty for a URL.

    Raises:
        VaultError: They cannot be decrypted.
    """
    return _open(endpoint.credentials_token, endpoint)


def headers(endpoint: WebhookEndpoint) -> dict[str, str]:
    """Return the merchant's own headers.

    Raises:
        VaultError: They cannot be decrypted.
    """
    return _open(endpoint.headers_token, endpoint)


def _sealed(text: str, endpoint_id: str) -> Encrypted:
    return vault().encrypt(text, paths.webhook_endpoint(endpoint_id))


def _open(token: Encrypted | None, endpoint: WebhookEndpoint) -> dict[str, str]:
    path = paths.webhook_endpoint(endpoint.endpoint_id)
    opened: dict[str, str] = json.loads(vault().decrypt(token, path)) if token else {}
    return opened
