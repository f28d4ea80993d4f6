"""Tokens of the functions' own service account, from Google's metadata server.

The server is called directly: it has a private address, which the session refuses for good reasons,
and google-auth would retry for up to 15 s.
"""

from __future__ import annotations

import threading
import time

import requests

from shared import config

TIMEOUT_S = 2.0
EARLY_S = 60.0
"""A token is renewed that long before it ends."""
_PATH = "/computeMetadata/v1/instance/service-accounts/default/token"
_FLAVOR = {"Metadata-Flavor": "Google"}
_lock = threading.Lock()
_kept: list[tuple[float, str]] = []


def access_token() -> str | None:
    """Return a token for Google's APIs, ``None`` if there is no metadata server."""
    with _lock:
        if _kept and _kept[0][0] > time.monotonic():
            return _kept[0][1]
        asked_at_s = time.monotonic()
        try:
            with requests.Session() as session:
                session.trust_env = False  # No proxy may see the token.
                answer = session.get(
                    f"http://{config.metadata_host()}{_PATH}",
                    headers=_FLAVOR,
                    timeout=TIMEOUT_S,
                    allow_redirects=False,
                )
            is_google = answer.headers.items() >= _FLAVOR.items()
            if not is_google or answer.status_code != requests.codes.ok:
                return None
            said = answer.json()
            token, life_s = str(said["access_token"]), float(said["expires_in"])
        except (requests.RequestException, ValueError, KeyError, TypeError):
            return None
        _kept[:] = [(asked_at_s + life_s - EARLY_S, token)]
        return token
