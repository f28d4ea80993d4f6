"""Calls at a pace that the other system bears."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Lets a call begin every so many seconds.

    It knows of its own calls only: what others make with the same credentials is answered with
    429, and retried or reported by the client.
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
