"""Firebase App Check: a token by which Google says that an untampered app of the project calls.

Source: Firebase, "Verify App Check tokens from a custom backend".
"""

from __future__ import annotations

from typing import Any

import jwt

from shared import config
from shared.auth import google_keys

KEYS = google_keys.KeySet("https://firebaseappcheck.googleapis.com/v1/jwks")
ISSUER = "https://firebaseappcheck.googleapis.com/"
LEEWAY_S = 60
TOKEN_CHARS_MAX = 8192


class AppCheckError(ValueError):
    """The token is absent, over, changed, or another project's."""


def verify(token: str | None) -> str:
    """Return the id of the app that calls.

    Raises:
        AppCheckError: The token is absent, over, changed, or another project's.
        google_keys.KeysUnavailableError: Google's keys cannot be fetched.
    """
    if not token or len(token) > TOKEN_CHARS_MAX:
        raise AppCheckError("There is no App Check token.")
    try:
        header = jwt.get_unverified_header(token)
        key = KEYS.find(str(header.get("kid")))
        if key is None:
            raise AppCheckError("signed with an unknown key")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=f"projects/{config.project_id()}",
            leeway=LEEWAY_S,
            options={"require": ["exp", "iat", "aud", "iss", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise AppCheckError("not a good token of this project") from error
    if not str(claims["iss"]).startswith(ISSUER):
        raise AppCheckError("of another issuer")
    return str(claims["sub"])
