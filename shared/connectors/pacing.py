"""Limits calls to a pace that the other system accepts."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Lets a call begin every so many seconds.

    It only knows its own calls. If others call with the same credentials, the system may answer
    429, and the client retries or reports that.
    """

    def __init__(
        self,
        every_s: float,
        *,
        now_s: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._every_s = every_s
        self._now_s = now_s
        self._pause = pause
        self._next_s = 0.0

    def wait(self) -> None:
        """Wait until the next call may begin: at most ``every_s``."""
        wait_s = self._next_s - self._now_s()
        if wait_s > 0:
            self._pause(wait_s)
        self._next_s = self._now_s() + self._every_s
