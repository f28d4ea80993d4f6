"""What apps get: client secrets, codes, refresh and access tokens. Only their hashes are stored.

Codes and refresh tokens begin with the id of their consent, which finds it even if the rest is one
that was used before. That id is no secret: so each refresh token has a part that all of its consent
have in common, by which one that was used is told from one that somebody made up.
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
FAMILY_BYTES = 16
_ACCESS = re.compile(r"pw_aa_[A-Za-z0-9_-]{43}")
_CODE = re.compile(r"pw_ac_([a-z2-9]{20})_()[A-Za-z0-9_-]{43}")
_REFRESH = re.compile(r"pw_ar_([a-z2-9]{20})_([A-Za-z0-9_-]{22})[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class AppText:
    """A secret text as its client sends it. ``consent_id``: whose it is, if the text says it.

    ``family``: what all refresh tokens of a consent have in common, and only they.
    """

    text: str = field(repr=False)
    consent_id: str | None = None
    family: str = field(default="", repr=False)

    @property
    def hash(self) -> str:
        """SHA-256 of the text, lower-case hex; it is stored and compared."""
        return _hash(self.text)

    @property
    def family_hash(self) -> str:
        """SHA-256 of the family."""
        return _hash(self.family)


def new_secret() -> AppText:
    """Make the secret of an app: 256 bits."""
    return AppText(SECRET_PREFIX + _random())


def new_access_token() -> AppText:
    """Make an access token: 256 bits."""
    return AppText(ACCESS_PREFIX + _random())


def new_code(consent_id: str) -> AppText:
    """Make the code of a consent: 256 bits."""
    return AppText(f"{CODE_PREFIX}{_shown(consent_id)}_{_random()}", consent_id)


def new_refresh_token(consent_id: str) -> AppText:
    """Make the first refresh token of a consent, 256 bits, and its family, 128 bits."""
    return _refresh_token(consent_id, secrets.token_urlsafe(FAMILY_BYTES), _random())


def new_nonce() -> str:
    """Make what the next refresh token is derived from: 256 bits."""
    return _random()


def next_refresh_token(before: AppText, nonce: str) -> AppText:
    """Return the refresh token after another one: the same, whenever both are the same."""
    assert before.consent_id is not None
    digest = hmac.digest(before.text.encode(), nonce.encode(), "sha256")
    secret = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return _refresh_token(before.consent_id, before.family, secret)


def is_access_token(text: str) -> bool:
    """Tell whether a text begins as access tokens of apps do, and nothing else does."""
    return text.startswith(ACCESS_PREFIX)


def parse_access_token(text: str) -> AppText | None:
    """Read an access token; ``None`` if the text has not the form of one."""
    return AppText(text) if _ACCESS.fullmatch(text) else None


def parse_code(text: str) -> AppText | None:
    """Read a code; ``None`` if the text has not the form of one."""
    return _parsed(_CODE, text)


def parse_refresh_token(text: str) -> AppText | None:
    """Read a refresh token; ``None`` if the text has not the form of one."""
    return _parsed(_REFRESH, text)


def _refresh_token(consent_id: str, family: str, secret: str) -> AppText:
    text = f"{REFRESH_PREFIX}{_shown(consent_id)}_{family}{secret}"
    return AppText(text, consent_id, family)


def _shown(consent_id: str) -> str:
    return consent_id.removeprefix(CONSENT_PREFIX)


def _parsed(form: re.Pattern[str], text: str) -> AppText | None:
    found = form.fullmatch(text)
    return None if found is None else AppText(text, CONSENT_PREFIX + found[1], found[2])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _random() -> str:
    return secrets.token_urlsafe(RANDOM_BYTES)
