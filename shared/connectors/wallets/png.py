"""The picture of a pass: a card in the merchant's colour, drawn here, so nothing is loaded.

Merchants' logos may be of any format and size, and of any server.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB_8_BITS = bytes((8, 2, 0, 0, 0))
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.18, 0.82, 0.30, 0.70
_STRIPE_TOP, _STRIPE_BOTTOM = 0.40, 0.50

Color = tuple[int, int, int]


@lru_cache(maxsize=64)
def icon(side: int, color: Color, ink: Color) -> bytes:
    """Return a square PNG: a card of ``ink`` on ``color``, with a stripe.

    Args:
        side: Pixels.
        color: The background.
        ink: What can be read on it.
    """
    plain = bytes(color) * side
    left, right = round(side * _LEFT), round(side * _RIGHT)
    card = bytes(color) * left + bytes(ink) * (right - left) + bytes(color) * (side - right)
    rows = []
    for y in range(side):
        at = (y + 0.5) / side
        is_card = _TOP <= at < _BOTTOM and not _STRIPE_TOP <= at < _STRIPE_BOTTOM
        rows.append(b"\0" + (card if is_card else plain))
    size = struct.pack(">II", side, side)
    return (
        _SIGNATURE
        + _chunk(b"IHDR", size + _RGB_8_BITS)
        + _chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
