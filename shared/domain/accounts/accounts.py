"""Merchants and their keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.accounts.packages import Package

KEY_ID_CHARS = 16
"""The number of characters of a key's SHA-256 that name the key: 64 of 256 bits."""


@dataclass(frozen=True, slots=True)
class Account:
    """A merchant. Live keys work while ``is_active``.

    ``allowed_origins``: the web origins whose pages may use a live secret key. ``has_shops``: an
    online shop was connected once; without one nobody looks for orders that wait. ``working_keys``
    is the number of API keys that are not revoked; ``None``: nobody has counted them yet.
    """

    account_id: str
    name: str
    package: Package
    is_active: bool
    created_at: datetime
    allowed_origins: tuple[str, ...] = ()
    has_shops: bool = False
    working_keys: int | None = None


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """The record of an API key. It holds the key's SHA-256, never the key.

    ``created_by`` and ``revoked_by`` are the uids of who did it; ``None``: the operator, or nobody.
    """

    key_hash: str
    account_id: str
    mode: str
    kind: str
    label: str
    prefix: str
    last4: str
    created_at: datetime
    revoked_at: datetime | None = None
    created_by: str | None = None
    revoked_by: str | None = None

    @property
    def is_live_secret(self) -> bool:
        """True for a key that may do everything that the account may."""
        return (self.mode, self.kind) == ("live", "sk")

    @property
    def key_id(self) -> str:
        """The public id, in lists and as the ``client_id`` of OAuth: nobody can call by it."""
        return self.key_hash[:KEY_ID_CHARS]
