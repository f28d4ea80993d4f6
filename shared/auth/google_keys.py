"""The public keys of Google's token services, fetched when they are needed and kept."""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field

import jwt

from shared import config
from shared.outgoing import session
from shared.outgoing.session import OutgoingError

TIMEOUT_S = 5.0
ANSWER_BYTES_MAX = 256 * 1024
KEPT_S_DEFAULT = 3600.0
KEPT_S_MAX = 24 * 3600.0
AGAIN_AFTER_S = 30.0
"""A key that is not there is not asked for again at once: anybody can name one."""
_MAX_AGE = re.compile(r"max-age=([0-9]{1,9})")


class KeysUnavailableError(Exception):
    """The keys cannot be fetched, and there are none from before."""


@dataclass
class KeySet:
    """The keys that a URL serves as a JSON Web Key Set."""

    url: str
    _keys: dict[str, jwt.PyJWK] = field(default_factory=dict)
    _fresh_until_s: float = 0.0
    _asked_at_s: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, key_id: str) -> jwt.PyJWK | None:
        """Return the key of this id, ``None`` if the service has none.

        Raises:
            KeysUnavailableError: The keys cannot be fetched, and there are none from before.
        """
        now_s = time.monotonic()
        known = self._keys.get(key_id)
        if known is not None and now_s < self._fresh_until_s:
            return known  # Without waiting for somebody who asks for another key.
        with self._lock:
            is_due = now_s >= self._fresh_until_s or key_id not in self._keys
            if is_due and now_s - self._asked_at_s >= AGAIN_AFTER_S:
                self._fetch(now_s)
            if not self._keys:
                raise KeysUnavailableError(self.url)
            return self._keys.get(key_id)

    def forget(self) -> None:
        """Forget all keys."""
        with self._lock:
            self._keys, self._fresh_until_s, self._asked_at_s = {}, 0.0, float("-inf")

    def _fetch(self, now_s: float) -> None:
        """Replace the keys; keep those from before if the service does not answer."""
        self._asked_at_s = now_s
        try:
            answer = session.request(
                "GET",
                self.url,
                body=None,
                headers={},
                timeout_s=TIMEOUT_S,
                answer_bytes_max=ANSWER_BYTES_MAX,
                allow_loopback=config.is_emulated(),
                user_agent="Punktwerk",
            )
            if answer.status != 200 or not answer.is_complete:  # noqa: PLR2004 - OK
                return
            found = jwt.PyJWKSet.from_dict(json.loads(answer.data)).keys
        except (OutgoingError, ValueError, TypeError, AttributeError, jwt.PyJWTError):
            return
        self._keys = {each.key_id: each for each in found if each.key_id}
        age = _MAX_AGE.search(answer.headers.get("Cache-Control", ""))
        kept_s = min(float(age[1]), KEPT_S_MAX) if age else KEPT_S_DEFAULT
        self._fresh_until_s = now_s + kept_s
