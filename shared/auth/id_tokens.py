"""Firebase ID tokens: who has signed in to the customers' app.

Source: Firebase, "Verify ID tokens using a third-party JWT library".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from shared import config
from shared.auth import google_keys
from shared.auth.caller import SignedInCustomer

KEYS = google_keys.KeySet(
    "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"
)
ISSUER = "https://securetoken.google.com/"
ALGORITHM = "RS256"
SKEW = timedelta(seconds=60)
"""How far the clocks of Google and of this machine may be apart."""
UID_CHARS_MAX = 128
TOKEN_CHARS_MAX = 8192
_PROVING_PROVIDERS = frozenset({"password", "custom"})
"""Sign-ins by the password or a mailed link, and by the operator's own server. All others can be
linked to a person by whoever finds a browser open, and serve that one from then on."""
_REQUIRED = ("exp", "iat", "aud", "iss", "sub", "auth_time")
_VOUCHED_PROVIDERS = frozenset({"custom", "apple.com"})
"""Sign-ins by the operator's own server, which has checked the person by its own means, and by
Apple, which tells a web page no e-mail address, and has asked for two factors."""


class IdTokenError(ValueError):
    """The token is not one of this project's, or was changed."""


class ExpiredIdTokenError(IdTokenError):
    """The token was good, and its time is over."""


def verify(token: str, now: datetime) -> SignedInCustomer:
    """Return who has signed in.

    Checked are the signature, the issuer, the audience and the times. An unsigned token is taken
    only where the Auth emulator is configured, which makes no others. Whether the sign-in was
    revoked since is not asked: a token lives for one hour.

    Raises:
        ExpiredIdTokenError: Its time is over.
        IdTokenError: It is malformed, unsigned, changed, or another project's.
        google_keys.KeysUnavailableError: Google's keys cannot be fetched.
    """
    claims = _claims(token)
    _require_times(claims, now)
    return _customer(claims)


def _claims(token: str) -> dict[str, Any]:
    """Return the claims of a token with a good signature, issuer and audience."""
    if len(token) > TOKEN_CHARS_MAX:
        raise IdTokenError("too long")
    project_id = config.project_id()
    options: dict[str, Any] = {
        "require": list(_REQUIRED),
        "verify_exp": False,  # by our own clock, see _require_times
        "verify_iat": False,
        "verify_nbf": False,
        "verify_aud": True,
        "verify_iss": True,
    }
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") == "none" and config.is_auth_emulated():
            key: Any = None
            options["verify_signature"] = False
        else:
            key = _key(header)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=project_id,
            issuer=f"{ISSUER}{project_id}",
            options=options,  # type: ignore[arg-type]
        )
    except jwt.PyJWTError as error:
        raise IdTokenError("not a good token of this project") from error
    return claims


def _key(header: dict[str, Any]) -> jwt.PyJWK:
    """Return Google's key that a token says it is signed with."""
    key_id = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(key_id, str):
        raise IdTokenError("not signed as Google does")
    key = KEYS.find(key_id)
    if key is None:
        raise IdTokenError("signed with an unknown key")
    return key


def _require_times(claims: dict[str, Any], now: datetime) -> None:
    """Refuse a token that is over, or that is from the future."""
    times = {name: claims[name] for name in ("exp", "iat", "auth_time")}
    if any(isinstance(each, bool) or not isinstance(each, int) for each in times.values()):
        raise IdTokenError("a time is no whole number")
    now_s, skew_s = now.timestamp(), SKEW.total_seconds()
    if times["iat"] > now_s + skew_s or times["auth_time"] > now_s + skew_s:
        raise IdTokenError("from the future")
    if times["exp"] <= now_s - skew_s:
        raise ExpiredIdTokenError("over")


def _customer(claims: dict[str, Any]) -> SignedInCustomer:
    uid = claims["sub"]
    if not isinstance(uid, str) or not 0 < len(uid) <= UID_CHARS_MAX:
        raise IdTokenError("no uid")
    firebase = claims.get("firebase")
    provider = firebase.get("sign_in_provider") if isinstance(firebase, dict) else None
    is_confirmed = claims.get("email_verified") is True and provider != "anonymous"
    email = _text(claims, "email") if is_confirmed else None
    phone = _text(claims, "phone_number")  # Firebase sets none that it has not called or texted.
    is_vouched = provider in _VOUCHED_PROVIDERS
    signed_in_at = datetime.fromtimestamp(claims["auth_time"], UTC)
    return SignedInCustomer(
        uid,
        bool(email or phone or is_vouched),
        email,
        phone,
        signed_in_at,
        proved_at=signed_in_at if provider in _PROVING_PROVIDERS else None,
    )


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and value else None
