"""The code by which a member refers others: ten characters, told to friends, good for no till."""

from __future__ import annotations

import secrets

from shared.domain.members.member_codes import ALPHABET

CHARS = 10
_MISREAD = str.maketrans("OIL", "011", " -")


def new() -> str:
    """Return a random code (50 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CHARS))


def read(text: str) -> str:
    """Return a code as it is kept: without spaces and dashes, in capitals, ``O`` read as ``0``."""
    return text.upper().translate(_MISREAD)
