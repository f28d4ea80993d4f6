"""``Retry-After``: the time at which another system wants the next request."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil

RETRY_AFTER_S_MAX = 86_400


def parse_retry_after(value: str | None, *, date: str | None, now: datetime) -> int | None:
    """Read an answer's Retry-After header: seconds, or a date.

    Args:
        value: The header, ``None`` if absent.
        date: The answer's Date header: the other system's clock, to which its dates refer.
        now: Our clock, UTC, for an answer without a Date header.

    Returns:
        0 to 86,400 seconds; ``None`` if the header is absent or is neither seconds nor a date.

    Source: RFC 9110, section 10.2.3.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]+", text):
        # Without leading zeros the limit has 5 digits, and int() raises from 4,301 digits on.
        return min(int(text.lstrip("0")[:6] or 0), RETRY_AFTER_S_MAX)
    until = _parse_date(text)
    if until is None:
        return None
    since = _parse_date(date or "") or now
    return min(max(ceil((until - since).total_seconds()), 0), RETRY_AFTER_S_MAX)


def _parse_date(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
