"""Apps of others that act for a merchant: who they are, and where their users are sent back to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

REDIRECT_URIS_MAX = 20
REDIRECT_URI_CHARS_MAX = 500
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_URI = re.compile(r"https?://[A-Za-z0-9._~:/?\[\]@!$&'()+,;=%-]+")


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """An app, as the operator has registered it.

    ``secret_hash`` is the SHA-256 of its secret; ``None``: it is public, such as an app on a
    phone, and has none.
    """

    app_id: str
    name: str
    redirect_uris: tuple[str, ...]
    created_at: datetime
    secret_hash: str | None = None
    is_disabled: bool = False

    @property
    def is_public(self) -> bool:
        """True if it can keep no secret."""
        return self.secret_hash is None


def checked_redirect_uris(uris: Iterable[str]) -> tuple[str, ...]:
    """Return redirect URIs, each once.

    A code goes to who is there. So it must be https; http only to the machine of the user. There
    are no wildcards, and no fragment, which is the browser's own.

    Raises:
        ValueError: There is none, too many, or one that is not allowed; the message says which.
    """
    found = tuple(dict.fromkeys(uris))
    if not 1 <= len(found) <= REDIRECT_URIS_MAX:
        raise ValueError(f"An app has 1 to {REDIRECT_URIS_MAX} redirect URIs.")
    for each in found:
        _require_redirect_uri(each)
    return found


def redirected(uri: str, parameters: dict[str, str]) -> str:
    """Return a redirect URI with parameters added to those that it has."""
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(parameters)}"


def _require_redirect_uri(uri: str) -> None:
    problem = ValueError(
        f"{uri!r} is no redirect URI: https with a host, or http to localhost, 127.0.0.1 or [::1]; "
        f"no user, no fragment, no *; at most {REDIRECT_URI_CHARS_MAX} characters of ASCII."
    )
    if len(uri) > REDIRECT_URI_CHARS_MAX or not _URI.fullmatch(uri):
        raise problem
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise problem from None
    if not host or "@" in parts.netloc:
        raise problem
    if parts.scheme != "https" and host not in _LOOPBACK:
        raise problem
