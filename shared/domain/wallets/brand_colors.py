"""A merchant's colour as a background, and the ink that can be read on it: as in the card app.

Source: WCAG 2.2, 1.4.3; ``web/shared/lib/contrast.ts``, whose results a test compares.
"""

from __future__ import annotations

import re

BRAND_DEFAULT = "#1d5fbf"
DARK, LIGHT = "#111318", "#ffffff"
DARKEST = "#000000"
CONTRAST_MIN = 4.5
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def brand_of(color: str | None) -> str:
    """Return a colour as ``#rrggbb``; ours if there is none."""
    if color is None or not _HEX.fullmatch(color):
        return BRAND_DEFAULT
    digits = color[1:]
    return f"#{digits if len(digits) == 6 else ''.join(2 * each for each in digits)}".lower()  # noqa: PLR2004


def ink_on(color: str) -> str:
    """Return the ink with the higher contrast, at least 4.5 to 1: black, where else none has it."""
    ink = DARK if contrast_of(color, DARK) >= contrast_of(color, LIGHT) else LIGHT
    return ink if contrast_of(color, ink) >= CONTRAST_MIN else DARKEST


def contrast_of(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rgb_of(color: str) -> tuple[int, int, int]:
    """Return the parts of ``#rrggbb``, from 0 to 255."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def _luminance(color: str) -> float:
    red, green, blue = (_linear(each / 255) for each in rgb_of(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
