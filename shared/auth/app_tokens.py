"""What apps get: client secrets, codes, refresh and access tokens. Only their hashes are stored.

Codes and refresh tokens begin with the id of their consent, which finds it even if the rest is one
that was used before.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

ACCESS_PREFIX, CODE_PREFIX, REFRESH_PREFIX = "pw_aa_", "pw_ac_", "pw_ar_"
SECRET_PREFIX = "pw_cs_"  # noqa: S105 - how secrets begin
CONSENT_PREFIX = "cons_"
RANDOM_BYTES = 32
_ACCESS = re.compile(r"pw_aa_[A-Za-z0-9_-]{43}")
_OF_CONSENT = re.compile(r"(pw_a[cr]_)([a-z2-9]{20})_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class AppText:
    """A secret text as its client sends it. ``consent_id``: whose it is, if the text says it."""

    text: str = field(repr=False)
    consent_id: str | None = None

    @property
    def hash(self) -> str:
        """SHA-256 of the text, lower-case hex; it is stored and compared."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def new_secret() -> AppText:
    """Make the secret of an app: 256 bits."""
    return AppText(SECRET_PREFIX + _random())


def new_access_token() -> AppText:
    """Make an access token: 256 bits."""
    return AppText(ACCESS_PREFIX + _random())


def new_code(consent_id: str) -> AppText:
    """Make the code of a consent: 256 bits."""
    return _of_consent(CODE_PREFIX, consent_id, _random())


def new_refresh_token(consent_id: str) -> AppText:
    """Make the first refresh token of a consent: 256 bits."""
    return _of_consent(REFRESH_PREFIX, consent_id, _random())


def new_nonce() -> str:
    """Make what the next refresh token is derived from: 256 bits."""
    return _random()


def next_refresh_token(before: AppText, nonce: str) -> AppText:
    """Return the refresh token after another one: the same, whenever both are the same."""
    assert before.consent_id is not None
    digest = hmac.digest(before.text.encode(), nonce.encode(), "sha256")
    secret = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return _of_consent(REFRESH_PREFIX, before.consent_id, secret)


def is_access_token(text: str) -> bool:
    """Tell whether a text begins as access tokens of apps do, and nothing else does."""
    return text.startswith(ACCESS_PREFIX)


def parse_access_token(text: str) -> AppText | None:
    """Read an access token; ``None`` if the text has not the form of one."""
    return AppText(text) if _ACCESS.fullmatch(text) else None


def parse_code(text: str) -> AppText | None:
    """Read a code; ``None`` if the text has not the form of one."""
    return _parsed(CODE_PREFIX, text)


def parse_refresh_token(text: str) -> AppText | None:
    """Read a refresh token; ``None`` if the text has not the form of one."""
    return _parsed(REFRESH_PREFIX, text)


def _of_consent(prefix: str, consent_id: str, secret: str) -> AppText:
    return AppText(f"{prefix}{consent_id.removeprefix(CONSENT_PREFIX)}_{secret}", consent_id)


def _parsed(prefix: str, text: str) -> AppText | None:
    found = _OF_CONSENT.fullmatch(text)
    if found is None or found[1] != prefix:
        return None
    return AppText(text, CONSENT_PREFIX + found[2])


def _random() -> str:
    return secrets.token_urlsafe(RANDOM_BYTES)
