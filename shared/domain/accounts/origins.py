"""Web origins: where a page was loaded from, as browsers write it into ``Origin``."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

ORIGIN_CHARS_MAX = 255
ORIGINS_PER_ACCOUNT_MAX = 50
OPAQUE = "null"
"""What browsers send for sandboxed frames, and often for files: it tells no page from another."""
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#@\s,\\]*")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical(text: str) -> str:
    """Return an origin as browsers write it: lower case, without the scheme's usual port.

    Besides pages (``https://till.example``) there are ``null``, ``file://`` and those of web views,
    such as ``capacitor://localhost``.

    Raises:
        ValueError: It is no origin; a URL with a path is none.
    """
    origin = text.strip().lower()
    if origin == OPAQUE:
        return OPAQUE
    if len(origin) > ORIGIN_CHARS_MAX or not _ORIGIN.fullmatch(origin):
        raise ValueError("An origin is a scheme and a host, such as https://till.example, or null.")
    scheme, _, authority = origin.partition("://")
    if scheme in _DEFAULT_PORTS:
        parts = urlsplit(origin)  # raises for a port that is none
        if not parts.hostname:
            raise ValueError(f"The origin {origin} has no host.")
        if parts.port == _DEFAULT_PORTS[scheme]:
            authority = authority.rpartition(":")[0]
    return f"{scheme}://{authority}"
