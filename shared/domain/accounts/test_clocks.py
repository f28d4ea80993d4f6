"""Test accounts, and how far each one's time was moved.

A test account is known by its id, so nothing has to be read to know that an account is none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

PREFIX = "acc_test"
MOVE_MAX = timedelta(days=400)
"""The farthest that one request moves a clock."""
AHEAD_MAX = timedelta(days=3660)
"""The farthest that a clock is ahead of the real time: ten years."""


class CannotMoveError(Exception):
    """The clock cannot be moved to this time; the message says why."""


@dataclass(frozen=True, slots=True)
class TestClock:
    """The clock of a test account.

    ``ahead_ms`` is how far its time is ahead of the real time, in milliseconds; it never falls.
    ``until`` is the time to which it is being moved, in the account's time, ``None`` if it runs.
    ``asked`` is the last ``until``. ``updated_at`` is the real time of the last change.
    """

    __test__ = False  # Its name makes pytest curious.

    account_id: str
    updated_at: datetime
    ahead_ms: int = 0
    until: datetime | None = None
    asked: datetime | None = None

    @property
    def ahead(self) -> timedelta:
        """How far the account's time is ahead of the real time."""
        return timedelta(milliseconds=self.ahead_ms)

    def now(self, real_now: datetime) -> datetime:
        """Return the account's time."""
        return real_now + self.ahead


def is_test_account(account_id: str) -> bool:
    """Tell whether an account is a test account."""
    return account_id.startswith(f"{PREFIX}_")


def asked_to(clock: TestClock, to: datetime | timedelta, real_now: datetime) -> TestClock:
    """Return the clock that is to be moved to a time, or by a while from now.

    A time that was asked for before, and to which it was moved or is being moved, changes nothing.

    Args:
        clock: The clock.
        to: The time to move it to, or how far from the account's time.
        real_now: The real time.

    Raises:
        CannotMoveError: It is not later than the account's time, or than that to which it is being
            moved; or it is too far.
    """
    now, name = clock.now(real_now), "the account's time"
    if clock.until is not None and clock.until > now:
        now, name = clock.until, "`advancingTo`, to which it is being moved"
    until = to if isinstance(to, datetime) else now + to
    if to == clock.asked:
        return clock
    if until <= now:
        raise CannotMoveError(f"must be later than {name}; getTestClock shows it")
    if until - now > MOVE_MAX:
        raise CannotMoveError(f"must be at most {MOVE_MAX.days} days after {name}")
    if until - real_now > AHEAD_MAX:
        raise CannotMoveError(f"must be at most {AHEAD_MAX.days} days after the real time")
    return replace(clock, until=until, asked=until, updated_at=real_now)


def at(clock: TestClock, moment: datetime, real_now: datetime) -> TestClock:
    """Return the clock moved to a moment, as far as that is not over."""
    ahead_ms = (moment - real_now) // timedelta(milliseconds=1)
    return replace(clock, ahead_ms=max(clock.ahead_ms, ahead_ms), updated_at=real_now)


def arrived(clock: TestClock, until: datetime, real_now: datetime) -> TestClock:
    """Return the clock after everything until a time has happened; it goes on if more is asked."""
    moved = at(clock, until, real_now)
    return replace(moved, until=None) if clock.until is None or clock.until <= until else moved
