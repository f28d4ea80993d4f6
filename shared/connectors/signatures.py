"""Signatures of notifications, in the forms that several systems use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from shared import clock

TOLERANCE_S = 300

_TIME = re.compile(r"[0-9]{1,12}")


def is_valid(
    header: str, secret: str, body: bytes, *, prefix: str = "", separator: str = "."
) -> bool:
    """Tell whether one of ``t=<unix time>,v1=<hex>`` is the HMAC-SHA256 of both, and recent.

    Args:
        header: ``t=...,v1=...``; several ``v1`` while the secret is changed.
        secret: The key, as text.
        body: The raw body.
        prefix: The signed text before the time.
        separator: The signed text between time and body.
    """
    pairs = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]):
        return False
    age_s = abs(clock.real_now().timestamp() - int(times[0]))
    signed = f"{prefix}{times[0]}{separator}".encode() + body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()
    given = [value.encode(errors="replace") for name, _, value in pairs if name == "v1"]
    is_known = [hmac.compare_digest(expected, each) for each in given]
    return any(is_known) and age_s <= TOLERANCE_S


def is_hmac(given: str | None, secret: str, signed: bytes) -> bool:
    """Tell whether a text is the HMAC-SHA256 of the signed bytes, in hex of either case."""
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return _is_same((given or "").lower(), expected)


def is_hmac_base64(given: str | None, secret: str, signed: bytes) -> bool:
    """Tell whether a text is the HMAC-SHA256 of the signed bytes, in base64."""
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return _is_same(given or "", base64.b64encode(digest).decode())


def _is_same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
