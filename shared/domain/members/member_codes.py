"""The codes that a member shows at a till, as QR code or Code 128.

A static code is ``S``, 15 random characters and a check character: 17. A rotating one is ``R``, the
id of the device's code (10), the step (6), the proof (8) and a check character: 26. The step is the
number of half minutes since 1970. The proof is made from the device's secret, so that a device can
make codes without a connection.

The characters are those of Crockford's Base32: digits and capital letters without I, L, O and U.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.errors import (
    ChangingCodeRequired,
    MemberCodeDamaged,
    MemberCodeExpired,
    MemberCodeUsed,
)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
STEP_S = 30
STEPS_OFF_MAX = 1
"""A device's clock may be this many steps off."""
SECRET_BYTES = 32
CODE_CHARS_MAX = 64

STATIC_CHARS = 15
CODE_ID_CHARS = 10
_STEP_CHARS = 6
_PROOF_CHARS = 8
_ROTATING_CHARS = CODE_ID_CHARS + _STEP_CHARS + _PROOF_CHARS
_VALUES = {each: value for value, each in enumerate(ALPHABET)}
_MISREAD = str.maketrans("OIL", "011", " -")
_PROOF_BYTES = _PROOF_CHARS * 5 // 8


class MemberCodeKind(StrEnum):
    """How a code was made."""

    STATIC = "static"
    ROTATING = "rotating"


@dataclass(frozen=True, slots=True)
class StaticMemberCode:
    """A code that stays the same."""

    text: str


@dataclass(frozen=True, slots=True)
class RotatingMemberCode:
    """A code of a device for half a minute. ``proof`` shows that it was made with the secret."""

    code_id: str
    step: int
    proof: str


def new_static() -> str:
    """Return a random static code (75 bits)."""
    return _with_check("S" + _random(STATIC_CHARS))


def new_code_id() -> str:
    """Return a random id for the codes of a device (50 bits)."""
    return _random(CODE_ID_CHARS)


def new_secret() -> str:
    """Return a random secret of a device, in hex."""
    return secrets.token_hex(SECRET_BYTES)


def rotating(code_id: str, secret: str, at: datetime) -> str:
    """Return the code of a device at a time."""
    step = step_of(at)
    return _with_check(f"R{code_id}{_encoded(step, _STEP_CHARS)}{proof(code_id, secret, step)}")


def step_of(at: datetime) -> int:
    """Return the step of a time."""
    return int(at.timestamp()) // STEP_S


def proof(code_id: str, secret: str, step: int) -> str:
    """Return the first 40 bits of HMAC-SHA256 over ``codeId:step``, in Base32."""
    made = hmac.digest(bytes.fromhex(secret), f"{code_id}:{step}".encode(), "sha256")
    return _encoded(int.from_bytes(made[:_PROOF_BYTES], "big"), _PROOF_CHARS)


def read(text: str) -> StaticMemberCode | RotatingMemberCode:
    """Read a code that was scanned or typed: spaces, hyphens, case, and O, I and L do not matter.

    Raises:
        MemberCodeDamaged: It is no code, or a character is wrong.
    """
    code = text.upper().translate(_MISREAD)
    inner = code[1:-1]
    lengths = {"S": STATIC_CHARS, "R": _ROTATING_CHARS}
    is_whole = len(inner) == lengths.get(code[:1]) and set(code) <= _VALUES.keys()
    if not is_whole or _with_check(code[:-1]) != code:
        raise MemberCodeDamaged("The code is not whole: a character is missing or wrong.")
    if code[0] == "S":
        return StaticMemberCode(code)
    code_id, rest = inner[:CODE_ID_CHARS], inner[CODE_ID_CHARS:]
    return RotatingMemberCode(code_id, _decoded(rest[:_STEP_CHARS]), rest[_STEP_CHARS:])


def is_proven(code: RotatingMemberCode, secret: str) -> bool:
    """Tell whether a code was made with a secret."""
    return hmac.compare_digest(code.proof, proof(code.code_id, secret, code.step))


def require_of(code: RotatingMemberCode, seen_at: datetime) -> None:
    """Check that a proven code is of the minute in which it was shown to a till.

    Raises:
        MemberCodeExpired: It is of another time.
    """
    if abs(step_of(seen_at) - code.step) > STEPS_OFF_MAX:
        raise MemberCodeExpired("The code is not of the minute in which it was shown.")


def require_shown_since(code: RotatingMemberCode, earliest: datetime, now: datetime) -> None:
    """Check that a proven code was made between two times, as it was shown then.

    Raises:
        MemberCodeExpired: It is older, or of a clock that is ahead.
    """
    first, last = step_of(earliest) - STEPS_OFF_MAX, step_of(now) + STEPS_OFF_MAX
    if not first <= code.step <= last:
        raise MemberCodeExpired("The code is not of the time in which the member was there.")


def require_changing(code: StaticMemberCode | RotatingMemberCode) -> None:
    """Check that a code changes, as one that stays the same may be a picture of a card.

    Raises:
        ChangingCodeRequired: It stays the same.
    """
    if isinstance(code, StaticMemberCode):
        raise ChangingCodeRequired("The code on the card must be one that changes.")


def require_fresh(code: RotatingMemberCode, last_step: int, now: datetime) -> None:
    """Check that a proven code is of now, and that neither it nor a later one was used.

    Raises:
        MemberCodeExpired: It is older than a minute, or of a clock that is ahead.
        MemberCodeUsed: It was used, or a later one was.
    """
    behind = step_of(now) - code.step
    if abs(behind) > STEPS_OFF_MAX:
        problem = "is older than a minute" if behind > 0 else "is of a clock that is ahead"
        raise MemberCodeExpired(f"The code {problem}.")
    if code.step <= last_step:
        raise MemberCodeUsed("The code was used already.")


def _with_check(text: str) -> str:
    """Append the check character: a polynomial over GF(32), modulo x^5 + x^2 + 1.

    Each place has another weight. So one wrong character is always noticed, and so are two that
    have changed places, in texts of up to 31 characters.
    """
    check = 0
    for each in text:
        check = _doubled(check ^ _VALUES[each])
    return text + ALPHABET[check]


def _doubled(value: int) -> int:
    shifted = value << 1
    return shifted ^ 0b100101 if shifted & 0b100000 else shifted


def _encoded(number: int, length: int) -> str:
    shifts = range(5 * (length - 1), -1, -5)
    return "".join(ALPHABET[number >> each & 31] for each in shifts)


def _decoded(text: str) -> int:
    number = 0
    for each in text:
        number = number << 5 | _VALUES[each]
    return number


def _random(length: int) -> str:
    return "".join(ALPHABET[byte % 32] for byte in secrets.token_bytes(length))
