"""The code by which a member refers others: ten characters, told to friends, good for no till."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from shared.domain.members.member_codes import ALPHABET

CHARS = 10
_MISREAD = str.maketrans("OIL", "011", " -")
_NAME = "referralCode"


def new() -> str:
    """Return a random code (50 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CHARS))


def read(text: str) -> str:
    """Return a code as it is kept: without spaces and dashes, in capitals, ``O`` read as ``0``."""
    return text.upper().translate(_MISREAD)


def link(app_url: str, code: str) -> str:
    """Return the address of an app with a code in its query; the rest of it stays."""
    parts = urlsplit(app_url)
    # Taken apart and encoded anew it might say something else, or be too long for a QR code.
    others = [each for each in parts.query.split("&") if each and each.split("=")[0] != _NAME]
    return parts._replace(query="&".join([*others, f"{_NAME}={code}"])).geturl()
