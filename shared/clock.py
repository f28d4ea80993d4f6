"""The only source of the current time: UTC, to the millisecond.

The API's timestamps have milliseconds, so a time is the same when it is stored, hashed and sent.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_time


def utc_now() -> datetime:
    """Return the current time, UTC, truncated to milliseconds."""
    return to_milliseconds(_source())


def to_milliseconds(moment: datetime) -> datetime:
    """Drop fractions of a millisecond, so that stored and sent times agree."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_wire(moment: datetime) -> str:
    """Return the time as the API documents it: ``2026-03-03T12:00:00.000Z``."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


@contextmanager
def use(source: Callable[[], datetime]) -> Iterator[None]:
    """Take the time from ``source`` instead of the system while the block runs."""
    global _source  # noqa: PLW0603 - the clock is the one thing a test must be able to set
    previous, _source = _source, source
    try:
        yield
    finally:
        _source = previous
