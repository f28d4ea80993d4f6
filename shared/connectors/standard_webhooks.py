"""Signatures of notices from shops and of writings to them, in the form of our own webhooks.

Source: Standard Webhooks, "Signature scheme": ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature`` are ``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping

from shared import clock
from shared.domain.webhooks.secret_format import decoded_key

TOLERANCE_S = 300

_TIME = re.compile(r"[0-9]{1,12}")


def is_valid(headers: Mapping[str, str], secret: str, body: bytes) -> bool:
    """Tell whether one of the signatures is that of the id, the time and the body, and is recent.

    Args:
        headers: The headers of the notice, their names in any case.
        secret: ``whsec_`` and the base64 of the key, or the key itself.
        body: The bytes that came.
    """
    message_id, time = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not _TIME.fullmatch(time):
        return False
    age_s = abs(clock.real_now().timestamp() - int(time))
    expected = _signature(message_id, time, secret, body)
    given = headers.get("webhook-signature", "").split(" ")
    is_known = [hmac.compare_digest(expected, each.encode(errors="replace")) for each in given]
    return any(is_known) and age_s <= TOLERANCE_S


def headers_of(message_id: str, secret: str, body: bytes) -> dict[str, str]:
    """Return the headers that sign a body now.

    Args:
        message_id: Equal on all tries of the message; without full stops.
        secret: ``whsec_`` and the base64 of the key, or the key itself.
        body: The bytes that are sent.
    """
    time = str(int(clock.real_now().timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": time,
        "webhook-signature": _signature(message_id, time, secret, body).decode(),
    }


def _signature(message_id: str, time: str, secret: str, body: bytes) -> bytes:
    key = decoded_key(secret) or secret.encode()
    signed = f"{message_id}.{time}.".encode() + body
    return b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
