"""The only source of the current time: UTC, to the millisecond.

The API's timestamps have milliseconds, so a time is the same when it is stored, hashed and sent.

There are two times. ``utc_now`` is the time of the account that is worked for: what is promised to
members and merchants happens by it. It differs from ``real_now`` only for test accounts whose clock
was moved (``shared/services/accounts``), and is never earlier. ``real_now`` is for what
machines agree on with each other: leases, retries, tasks, deliveries of webhooks and their
signatures, the life of an ``Idempotency-Key`` and of access tokens, sign-ins, codes that phones and
screens compute, and what vendors are asked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, 23, 59, 59, 999_000, UTC)
"""A day before the end of all time, so that it has a date in every time zone."""


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_time
_ahead: ContextVar[timedelta | None] = ContextVar("ahead", default=None)
"""How far the time of the account that this thread works for is ahead; ``None``: it is not."""


def utc_now() -> datetime:
    """Return the current time of the account that is worked for, UTC, truncated to milliseconds."""
    ahead = _ahead.get()
    return real_now() if ahead is None else real_now() + ahead


def real_now() -> datetime:
    """Return the current time of the world, UTC, truncated to milliseconds."""
    return to_milliseconds(_source())


@contextmanager
def moved(ahead: timedelta) -> Iterator[None]:
    """Let ``utc_now`` be ahead of the real time while the block runs, in this thread alone."""
    token = _ahead.set(ahead)
    try:
        yield
    finally:
        _ahead.reset(token)


def to_milliseconds(moment: datetime) -> datetime:
    """Drop fractions of a millisecond, so that stored and sent times agree."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def is_usable(moment: datetime) -> bool:
    """Tell whether a time from outside may be taken: from 1970 to 9999, a day before the end."""
    return EARLIEST <= moment <= LATEST


def to_wire(moment: datetime) -> str:
    """Return the time as the API documents it: ``2026-03-03T12:00:00.000Z``."""
    # Not by `strftime`, which writes the year 99 with two digits.
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


@contextmanager
def use(source: Callable[[], datetime]) -> Iterator[None]:
    """Take the time from ``source`` instead of the system while the block runs."""
    global _source  # noqa: PLW0603 - the clock is the one thing a test must be able to set
    previous, _source = _source, source
    try:
        yield
    finally:
        _source = previous
