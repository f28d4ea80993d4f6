"""Limits of requests for tokens, a minute and process at a time.

Who has the right secret is never kept out by others: what fails is counted apart, and only another
failure is answered with "slow down". What works is counted by client, and only its key counts.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from math import inf

from shared.domain.accounts.oauth import OAuthError, OAuthRefused

WINDOW_S = 60
ISSUED_PER_CLIENT_MAX = 120
"""Tokens of a client: who keeps a token for its life needs one in an hour."""
FAILED_PER_CLIENT_MAX = 20
FAILED_MAX = 600
"""Failures of all clients together."""


class Window:
    """Counts by name, from zero again in each minute.

    ``total_max``: how many are counted in all, where anybody can make up names.
    """

    def __init__(self, total_max: float = inf) -> None:
        self._total_max = total_max
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._ends_s = 0.0

    def add(self, name: str) -> tuple[int, int]:
        """Count one more; return how many of the name, and how many in all."""
        with self._lock:
            if time.monotonic() >= self._ends_s:
                self.forget()
            if self._counts.total() <= self._total_max:
                self._counts[name] += 1
            return self._counts[name], self._counts.total()

    def counted(self, name: str) -> int:
        """Return how many of the name there are; nothing is counted, and no name kept."""
        with self._lock:
            return 0 if time.monotonic() >= self._ends_s else self._counts.get(name, 0)

    def forget(self) -> None:
        """Begin from zero."""
        self._counts.clear()
        self._ends_s = time.monotonic() + WINDOW_S


_TOO_MANY = "A token can be used until its life ends: keep it, and ask less often."
_ISSUED, _FAILED = Window(), Window(FAILED_MAX)


def count_issued(client_id: str) -> None:
    """Count a token that is about to be issued.

    Raises:
        OAuthRefused: ``slow_down``: the client has had too many in this minute.
    """
    of_client, _ = _ISSUED.add(client_id)
    if of_client > ISSUED_PER_CLIENT_MAX:
        raise _slow_down(_TOO_MANY)


def require_room(consent_id: str) -> None:
    """Refuse a token of a consent that has had too many; it may be the id of none.

    Raises:
        OAuthRefused: ``slow_down``.
    """
    if _ISSUED.counted(consent_id) >= ISSUED_PER_CLIENT_MAX:
        raise _slow_down(_TOO_MANY)


def note_issued(consent_id: str) -> None:
    """Count a token that was issued, so that made-up ids are never counted."""
    _ISSUED.add(consent_id)


def count_failed(client_id: str | None) -> None:
    """Count a request whose client did not authenticate.

    Raises:
        OAuthRefused: ``slow_down``: too many have failed, by this name or in all.
    """
    of_client, of_all = _FAILED.add((client_id or "")[:64])
    if of_client > FAILED_PER_CLIENT_MAX or of_all > FAILED_MAX:
        raise _slow_down("Too many requests have failed to authenticate.")


def forget() -> None:
    """Forget all that was counted."""
    _ISSUED.forget()
    _FAILED.forget()


def _slow_down(description: str) -> OAuthRefused:
    return OAuthRefused(OAuthError.SLOW_DOWN, description, status=429, retry_after_s=WINDOW_S)
