"""Access tokens that stand for a key, and what a token endpoint refuses.

Source: RFC 6749, "The OAuth 2.0 Authorization Framework".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain.accounts.scopes import Scopes

LIFE_S = 3600
"""How long a token lives, in seconds, unless the way it was asked for says otherwise."""


class OAuthError(StrEnum):
    """The codes of refusals. Source: RFC 6749, 4.1.2.1 and 5.2; RFC 8628, 3.5."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_SCOPE = "invalid_scope"
    INVALID_GRANT = "invalid_grant"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    ACCESS_DENIED = "access_denied"
    SLOW_DOWN = "slow_down"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"


class OAuthRefused(Exception):
    """A request for tokens is refused, and nothing was written.

    ``description`` is for people: ASCII without quotes and backslashes, as RFC 6749 wants it, and
    nothing of the request's secrets.
    """

    def __init__(
        self,
        error: OAuthError,
        description: str,
        *,
        status: int = 400,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class AccessToken:
    """The record of an access token. It holds the token's SHA-256, never the token.

    ``key_hash`` is the key that it stands for, and ``client_id`` that key's id: a token works only
    while its key does. ``mode`` is that of the key: ``test`` or ``live``.
    """

    token_hash: str
    account_id: str
    key_hash: str
    client_id: str
    mode: str
    scopes: Scopes
    issued_at: datetime
    expires_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether its life has ended, by the real time."""
        return now >= self.expires_at
