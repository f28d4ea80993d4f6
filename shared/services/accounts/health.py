"""Whether this server has what it needs: for monitors, so without a key and at a bounded cost."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from shared import config, tasks
from shared.errors import Unhealthy
from shared.services import vaults
from shared.store import client, paths
from shared.vault import VaultError

KEPT_S = 5.0
"""How long a finding is told again: one read each 5 s and instance at most, whoever asks."""


@dataclass(frozen=True, slots=True)
class ServerHealth:
    """What was found. ``commit`` is ``None`` if the operator has not named it."""

    version: str
    commit: str | None
    firestore: bool
    task_queue: bool
    encryption_keys: bool


_lock = threading.Lock()
_kept: tuple[float, ServerHealth] | None = None


def check() -> ServerHealth:
    """Return what was found in the last seconds, or look again.

    Raises:
        Unhealthy: Something that is needed does not work; its name is in the details.
    """
    global _kept  # noqa: PLW0603 - one finding for the whole process
    with _lock:  # who asks meanwhile waits for the same finding
        if _kept is None or time.monotonic() - _kept[0] > KEPT_S:
            found = _look()
            _kept = time.monotonic(), found
    health = _kept[1]
    # Without task queues webhooks wait for the sweep, and all else works: that is told, no more.
    if not (health.firestore and health.encryption_keys):
        raise Unhealthy(
            "Something that this server needs does not work.",
            firestore=health.firestore,
            taskQueue=health.task_queue,
            encryptionKeys=health.encryption_keys,
        )
    return health


def forget() -> None:
    """Look again the next time."""
    global _kept  # noqa: PLW0603
    with _lock:
        _kept = None


def _look() -> ServerHealth:
    return ServerHealth(
        version=config.VERSION,
        commit=config.commit(),
        firestore=_firestore_answers(),
        task_queue=tasks.is_configured(),
        encryption_keys=_has_encryption_keys(),
    )


def _firestore_answers() -> bool:
    """Read a document that needs not be there."""
    try:
        client.get_one(paths.sweep("health"))
    except Exception:  # noqa: BLE001 - whatever a library raises: it does not answer
        return False
    return True


def _has_encryption_keys() -> bool:
    try:
        vaults.vault()
    except VaultError:
        return False
    return True
