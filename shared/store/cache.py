"""Rarely changed values, kept in the process for 60 s: keys, accounts, stores and programs.

So a revoked key or a deactivated program may work for up to 60 s more in another process. The
process that makes a change forgets its own copy at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

TTL_S = 60.0
ENTRIES_MAX = 10_000

_caches: list[Cache[object]] = []


class Cache(Generic[T]):
    """Values by key, each for ``TTL_S``. Absence is not cached, so a new value is found at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[float, T]] = {}
        self._forgotten = 0
        _caches.append(self)  # type: ignore[arg-type]

    def get(self, key: str, load: Callable[[], T | None]) -> T | None:
        """Return the cached value, or load and keep it."""
        entry = self._entries.get(key)
        if entry is not None and entry[0] > time.monotonic():
            return entry[1]
        forgotten, expires_s = self._forgotten, time.monotonic() + TTL_S
        value = load()
        with self._lock:
            # If the key was forgotten during the load, the loaded value may be old: it is not kept.
            if value is not None and forgotten == self._forgotten:
                if len(self._entries) >= ENTRIES_MAX:
                    self._entries.clear()
                self._entries[key] = (expires_s, value)
        return value

    def forget(self, key: str) -> None:
        """Forget a value, so that it is loaded again on the next use."""
        with self._lock:
            self._forgotten += 1
            self._entries.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._forgotten += 1
            self._entries.clear()


def clear_all() -> None:
    """Forget everything that the process has cached."""
    for each in _caches:
        each.clear()
