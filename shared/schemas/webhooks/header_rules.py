"""Rules for a merchant's own headers on every webhook: names, number and length."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.outgoing.guard import check_header

HEADERS_MAX = 20
BYTES_MAX = 8_000
NAME_CHARS_SHOWN = 100
_SEPARATORS_BYTES = len(": \r\n")

# Headers that frame the message, or name its sender and signatures. Another value would change
# the message, or be taken for ours.
_RESERVED = re.compile(
    r"host|content-.*|transfer-encoding|connection|keep-alive|te|trailer|upgrade|proxy-.*|expect"
    r"|user-agent|accept-encoding|webhook-.*|svix-.*|x-beep-.*",
    re.IGNORECASE,
)


def check(headers: Mapping[str, str]) -> dict[str, str]:
    """Check a merchant's own headers.

    Args:
        headers: At most 20, with lines of at most 8,000 bytes together. Names of our own headers
            and of HTTP's are refused, and so is a name twice in different spellings.

    Returns:
        The same headers.

    Raises:
        ValueError: The headers are refused; the message may name one, but never has a value.
    """
    if len(headers) > HEADERS_MAX:
        raise ValueError(f"There may be at most {HEADERS_MAX} headers.")
    size = sum(len(name) + len(value) + _SEPARATORS_BYTES for name, value in headers.items())
    if size > BYTES_MAX:
        raise ValueError(f"The headers may have at most {BYTES_MAX} bytes together.")
    seen: set[str] = set()
    for name, value in headers.items():
        try:
            check_header(name, value)
        except ValueError as error:
            raise ValueError(f"The header {name[:NAME_CHARS_SHOWN]}: {error}") from None
        if _RESERVED.fullmatch(name):
            raise ValueError(f"The header {name} is not a merchant's to set.")
        if name.lower() in seen:
            raise ValueError(f"The header {name} is given twice.")
        seen.add(name.lower())
    return dict(headers)
