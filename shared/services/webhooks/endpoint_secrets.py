"""An endpoint's encrypted values: signing secrets, credentials, custom headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.encrypted import Encrypted
from shared.services.vaults import vault


def seal(values: Mapping[str, object]) -> Encrypted | None:
    """Encrypt a JSON object; ``None`` stands for an empty one."""
    return vault().encrypt(json.dumps(values)) if values else None


def signing_secrets(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """Return the secrets that sign now, the newest first.

    Raises:
        VaultError: One of them cannot be decrypted.
    """
    return [vault().decrypt(each.token) for each in endpoint.secrets if each.is_valid(now)]


def credentials(endpoint: WebhookEndpoint) -> dict[str, str]:
    """Return the credentials of a destination; empty for a URL.

    Raises:
        VaultError: They cannot be decrypted.
    """
    return _open(endpoint.credentials_token)


def headers(endpoint: WebhookEndpoint) -> dict[str, str]:
    """Return the merchant's own headers.

    Raises:
        VaultError: They cannot be decrypted.
    """
    return _open(endpoint.headers_token)


def _open(token: Encrypted | None) -> dict[str, str]:
    opened: dict[str, str] = json.loads(vault().decrypt(token)) if token else {}
    return opened
