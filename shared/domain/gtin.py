"""Article numbers of GS1, as tills print them: EAN-8, UPC-A and EAN-13."""

from __future__ import annotations

_LENGTHS = {8, 12, 13}
_GTIN_14 = 14


def ean_of(text: str | None) -> str | None:
    """Return the valid EAN of a system's text, ``None`` if the text is no EAN.

    A UPC-A of 12 digits becomes the EAN-13 that it is part of, and so does a GTIN-14 of a single
    unit, so that two systems that spell it differently mean one product.
    """
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    if len(digits) == _GTIN_14 and digits.startswith("0"):
        digits = digits[1:]
    if len(digits) not in _LENGTHS or not _is_check_digit_right(digits) or not int(digits):
        return None
    return digits.zfill(13) if len(digits) > min(_LENGTHS) else digits


def _is_check_digit_right(digits: str) -> bool:
    """Tell whether the check digit is right: weights 3 and 1 in turn, from right to left."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits[-2::-1]))
    return (total + int(digits[-1])) % 10 == 0
