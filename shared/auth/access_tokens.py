"""Access tokens: `pw_at_` and 43 characters. Only a token's hash is ever stored."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

PREFIX = "pw_at_"
RANDOM_BYTES = 32
_TOKEN = re.compile(r"pw_at_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class AccessTokenText:
    """A token as its client sends it."""

    text: str = field(repr=False)

    @property
    def hash(self) -> str:
        """SHA-256 of the text, lower-case hex; it is stored and looked up."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def generate() -> AccessTokenText:
    """Make a token from a cryptographic source: 256 bits, in base64url."""
    return AccessTokenText(PREFIX + secrets.token_urlsafe(RANDOM_BYTES))


def parse_or_none(text: str) -> AccessTokenText | None:
    """Read a token; return ``None`` if the text has no token's form."""
    return AccessTokenText(text) if _TOKEN.fullmatch(text) else None


def is_meant(text: str) -> bool:
    """Tell whether a text begins as access tokens do, and as keys and signed tokens never do."""
    return text.startswith(PREFIX)
