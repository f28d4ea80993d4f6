"""Identifiers: derived from a thing's other keys if it has any, else random."""

from __future__ import annotations

import hashlib
import secrets

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_CODE_PREFIX = "RW-"
_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_GROUPS, _CODE_GROUP = 4, 4
RANDOM_LENGTH = 20  # 32 letters: 100 bits


def new(prefix: str) -> str:
    """Return a random identifier such as ``lp_k3v9...`` (100 bits)."""
    return f"{prefix}_{_random(_ALPHABET, RANDOM_LENGTH)}"


def derived(prefix: str, *parts: str) -> str:
    """Return the identifier of the parts: the same parts give the same one (160 bits of SHA-256).

    Parts are length-prefixed before they are hashed, so ``("a", "bc")`` and ``("ab", "c")`` differ.
    """
    return f"{prefix}_{digest(*parts)[:40]}"


def digest(*parts: str) -> str:
    """Return the SHA-256 of length-prefixed parts, in hex."""
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(framed.encode()).hexdigest()


def reward_code() -> str:
    """Return a code that nobody can guess: ``RW-XXXX-XXXX-XXXX-XXXX`` (80 bits)."""
    groups = (_random(_CODE_ALPHABET, _CODE_GROUP) for _ in range(_CODE_GROUPS))
    return _CODE_PREFIX + "-".join(groups)


def is_our_reward_code(text: str) -> bool:
    """Tell whether a text begins as the codes that ``reward_code`` makes, in whatever case."""
    return text.upper().startswith(_CODE_PREFIX)


def typed_reward_code(text: str) -> str:
    """Return a code that somebody may have typed as it was made, if it is one of ours.

    Capitals do not matter, nor spaces and dashes after ``RW``. Other texts stay as they are: codes
    of others may tell them apart, and none of theirs has a space or begins with ``RW-``.
    """
    typed = text.strip().upper()
    if typed[:3] not in {_CODE_PREFIX, "RW "}:
        return text.strip()
    letters = "".join(typed[3:].replace("-", " ").split())
    if len(letters) != _CODE_GROUPS * _CODE_GROUP:
        return typed
    groups = (letters[n : n + _CODE_GROUP] for n in range(0, len(letters), _CODE_GROUP))
    return _CODE_PREFIX + "-".join(groups)


def _random(alphabet: str, length: int) -> str:
    # Both alphabets have 32 letters, so five bits of a byte choose each letter equally often.
    return "".join(alphabet[byte % 32] for byte in secrets.token_bytes(length))
