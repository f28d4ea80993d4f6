"""The picture of a pass, as another reader sees it."""

from __future__ import annotations

import struct
import zlib

from shared.connectors.wallets import png

BLUE, WHITE = (29, 95, 191), (255, 255, 255)


def pixels(data: bytes) -> list[list[tuple[int, ...]]]:
    """Read a PNG of ours by the format's own rules."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + length
    width, height, depth, color_type = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, color_type) == (8, 2)
    raw = zlib.decompress(chunks[b"IDAT"])
    stride = 1 + 3 * width
    assert len(raw) == stride * height
    rows = [raw[y * stride : (y + 1) * stride] for y in range(height)]
    assert {row[0] for row in rows} == {0}
    return [[tuple(row[1 + 3 * x : 4 + 3 * x]) for x in range(width)] for row in rows]


def test_is_a_card_in_the_merchants_colours() -> None:
    found = pixels(png.icon(58, BLUE, WHITE))

    assert len(found) == len(found[0]) == 58
    assert found[0][0] == found[57][57] == BLUE
    assert found[20][29] == WHITE
    assert found[26][29] == BLUE  # the stripe
    assert {each for row in found for each in row} == {BLUE, WHITE}
