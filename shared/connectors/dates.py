"""German times in files: ``29.11.2026 10:00`` is day, month and year."""

from __future__ import annotations

import re

_GERMAN = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:(?:,? +|T)(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII
)


def to_iso(text: str) -> str:
    """Write a German time as ISO 8601; every other text is returned as it is.

    The result may be no time, such as ``2026-13-40``.
    """
    found = _GERMAN.fullmatch(text.strip())
    if found is None:
        return text
    day, month, year, hour, minute, second = found.groups()
    date = f"{year}-{month:>02}-{day:>02}"
    return date if hour is None else f"{date}T{hour:>02}:{minute}:{second or '00'}"
