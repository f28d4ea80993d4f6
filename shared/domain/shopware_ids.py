"""Ids as Shopware has them: 16 bytes, written as 32 hex digits, as a UUID, or as ``0x`` and hex."""

from __future__ import annotations

import re
from itertools import pairwise

from shared import ids

SYSTEM = "shopware"
"""The name of the system in ``externalIds`` of members."""
_PLAIN = re.compile(r"(?:0[xX])?([0-9a-fA-F]{32})")
_DASHED = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def canonical(text: str) -> str:
    """Return an id as 32 lower-case hex digits.

    Raises:
        ValueError: It is none. The message does not repeat it.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        return plain[1].lower()
    if _DASHED.fullmatch(text):
        return text.replace("-", "").lower()
    raise ValueError("must be an id of Shopware: 32 hex digits, with 0x before them or with dashes")


def canonical_or_none(text: str | None) -> str | None:
    """Return an id as ``canonical`` does, ``None`` if the text is none."""
    if text is None:
        return None
    try:
        return canonical(text)
    except ValueError:
        return None


def shown(identifier: str) -> str:
    """Return a canonical id as the loyalty plugin shows it: ``0x`` and hex."""
    return f"0x{identifier}"


def spellings(identifier: str) -> tuple[str, ...]:
    """Return how a merchant may have written a canonical id in ``externalIds``."""
    cuts = (0, 8, 12, 16, 20, 32)
    parts = (identifier[begin:end] for begin, end in pairwise(cuts))
    return (identifier, "-".join(parts), shown(identifier))


def derived(*parts: str) -> str:
    """Return the canonical id of something of ours that Shopware does not know: 128 bits.

    The same parts always give the same id.
    """
    return ids.digest(SYSTEM, *parts)[:32]
