"""API keys: `bk_{test|live}_{pk|sk}_` and 32 characters. Only a key's hash is ever stored."""

import hashlib
import re
import secrets
import string
from dataclasses import dataclass, field
from enum import StrEnum

TAIL_CHARS = 32

_ALPHABET = string.ascii_uppercase + string.digits
_KEY = re.compile(r"bk_(?P<mode>test|live)_(?P<kind>pk|sk)_(?P<tail>[A-Za-z0-9]{32})")
# The form of the documentation's samples.
_SAMPLE = re.compile(r"(?P<kind>pk|sk)_(?P<mode>test|live)_(?P<tail>[A-Za-z0-9]{32})")
# A JSON object in base64, its claims, its signature (which the Auth emulator leaves out).
_SIGNED_TOKEN = re.compile(r"ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_BEARER = re.compile(r"bearer +([\x21-\x7e]+)", re.IGNORECASE)


class KeyMode(StrEnum):
    """Sandbox or real data."""

    TEST = "test"
    LIVE = "live"


class KeyKind(StrEnum):
    """Publishable (identifies the account) or secret (full access, servers only)."""

    PUBLISHABLE = "pk"
    SECRET = "sk"  # noqa: S105 - a kind of key, not one


KIND_BY_NAME = {"secret": KeyKind.SECRET, "publishable": KeyKind.PUBLISHABLE}
"""The kinds as people call them."""


class MissingHeaderError(ValueError):
    """There is no Authorization header, or an empty one."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in canonical form."""

    mode: KeyMode
    kind: KeyKind
    text: str = field(repr=False)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical text, lower-case hex; it is stored and looked up."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def prefix(self) -> str:
        """The part that is not secret, for display: `bk_live_sk_`."""
        return self.text[:-TAIL_CHARS]

    @property
    def last4(self) -> str:
        """The last four characters, for display."""
        return self.text[-4:]


def generate(mode: KeyMode, kind: KeyKind) -> ApiKey:
    """Make a key from a cryptographic source: 32 characters of A-Z and 0-9, 165 bits."""
    return _key(mode, kind, "".join(secrets.choice(_ALPHABET) for _ in range(TAIL_CHARS)))


def from_number(mode: KeyMode, kind: KeyKind, number: int) -> ApiKey:
    """Return the key that a number writes, lowest digit first: only for demo data.

    Args:
        mode: Sandbox or real data.
        kind: Publishable or secret.
        number: At least 36 to the power of 32, or what is above is A; only as secret as itself.
    """
    digits = []
    for _ in range(TAIL_CHARS):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return _key(mode, kind, "".join(digits))


def parse(text: str) -> ApiKey:
    """Read a key, in its own form or in the form of the samples (`sk_live_...`).

    Raises:
        ValueError: The text has neither form. The message does not repeat it.

    Source: authentication page, "Anatomy"; quick start, samples.
    """
    match = _KEY.fullmatch(text) or _SAMPLE.fullmatch(text)
    if match is None:
        raise ValueError("An API key has the form bk_live_sk_ and 32 letters or digits.")
    return _key(KeyMode(match["mode"]), KeyKind(match["kind"]), match["tail"])


def parse_or_none(text: str) -> ApiKey | None:
    """Read a key as `parse` does; return `None` if the text has no key's form."""
    try:
        return parse(text)
    except ValueError:
        return None


def is_signed_token(text: str) -> bool:
    """Tell whether a text has the form of a JSON Web Token, which no key has."""
    return _SIGNED_TOKEN.fullmatch(text) is not None


def bearer(header: str | None) -> str:
    """Extract the token from an Authorization header; the scheme's case does not matter.

    Raises:
        MissingHeaderError: The header is absent or empty.
        ValueError: The header is not `Bearer` and one token.
    """
    value = (header or "").strip(" \t")
    if not value:
        raise MissingHeaderError("The Authorization header is missing.")
    match = _BEARER.fullmatch(value)
    if match is None:
        raise ValueError("The Authorization header must be `Bearer` and the API key.")
    return match[1]


def _key(mode: KeyMode, kind: KeyKind, tail: str) -> ApiKey:
    return ApiKey(mode, kind, f"bk_{mode}_{kind}_{tail}")
