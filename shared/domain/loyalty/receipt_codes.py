"""The text on a receipt that its customer claims it with: signed, so that nobody can make one.

A code is ``PWB1:<receipt id>:<signature>:<checksum>``. The signature is an HMAC-SHA256 under a key
of the receipt; the checksum needs no key, and tells a code that was read badly from a forged one.
What the receipt earns is stored under its id, and stands in no code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import zlib
from collections.abc import Callable, Sequence

from shared.errors import ReceiptCodeDamaged, ReceiptNotFound

KEYS_PURPOSE = "receipt codes"
"""The purpose of the keys, as the vault derives them for each receipt."""
_SIGNATURE_BYTES = 12
_FORM = re.compile(
    r"PWB1:(?P<receipt>rcp_[0-9a-f]{40}):(?P<signature>[A-Za-z0-9_-]{16}):(?P<checksum>[0-9a-f]{8})"
)

KeysOf = Callable[[str], Sequence[bytes]]
"""Returns the keys of a receipt by its id, newest first; no receipt needs to exist."""


def text_of(receipt_id: str, keys: Sequence[bytes]) -> str:
    """Return the code of a receipt, signed with the newest of its keys."""
    body = f"PWB1:{receipt_id}:{_signature(receipt_id, keys[0])}"
    return f"{body}:{_checksum(body)}"


def verify(text: str, keys_of: KeysOf) -> str:
    """Return the id of the receipt whose code was read.

    Raises:
        ReceiptCodeDamaged: The text is no such code, or a part of it was read badly.
        ReceiptNotFound: None of its keys has signed it.
    """
    form = _FORM.fullmatch(text.strip())
    if form is None or _checksum(form.string[: form.start("checksum") - 1]) != form["checksum"]:
        raise ReceiptCodeDamaged("This is no code of a receipt, or not all of it was read.")
    expected = (_signature(form["receipt"], each) for each in keys_of(form["receipt"]))
    if not any(hmac.compare_digest(form["signature"], each) for each in expected):
        raise not_found()
    return form["receipt"]


def not_found() -> ReceiptNotFound:
    """Return the refusal of a code that is not this account's; it tells nothing else."""
    return ReceiptNotFound("There is no receipt with this code.")


def _signature(receipt_id: str, key: bytes) -> str:
    digest = hmac.digest(key, receipt_id.encode(), hashlib.sha256)[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(digest).decode()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
