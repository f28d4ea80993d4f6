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


LOOK_TIMEOUT_S = 2.0
"""How long the database may take to answer. Nobody waits longer: callers are anonymous."""

_lock = threading.Lock()
_kept: tuple[float, ServerHealth] | None = None


def check() -> ServerHealth:
    """Return what was found in the last seconds, or look again.

    While one caller looks, the others are told the last finding at once. Only if there is none yet
    they wait for it, ``LOOK_TIMEOUT_S`` at most, so that a new instance is not called unhealthy.

    Raises:
        Unhealthy: Something that is needed does not work; its name is in the details.
    """
    health = _finding()
    # Without task queues webhooks wait for the sweep, and all else works: that is told, no more.
    if not (health.firestore and health.encryption_keys):
        raise Unhealthy(
            "Something that this server needs does not work.",
            firestore=health.firestore,
            taskQueue=health.task_queue,
            encryptionKeys=health.encryption_keys,
        )
    return health


def _finding() -> ServerHealth:
    global _kept  # noqa: PLW0603 - one finding for the whole process
    kept = _kept
    if kept is not None and _is_fresh(kept):
        return kept[1]
    if not _lock.acquire(timeout=LOOK_TIMEOUT_S if kept is None else 0):
        return _look(firestore=False) if kept is None else kept[1]
    try:
        kept = _kept  # another caller may have looked meanwhile
        if kept is None or not _is_fresh(kept):
            found = _look(firestore=_firestore_answers())
            kept = _kept = time.monotonic(), found
        return kept[1]
    finally:
        _lock.release()


def _is_fresh(kept: tuple[float, ServerHealth]) -> bool:
    return time.monotonic() - kept[0] <= KEPT_S


def forget() -> None:
    """Look again the next time."""
    global _kept  # noqa: PLW0603
    with _lock:
        _kept = None


def _look(*, firestore: bool) -> ServerHealth:
    return ServerHealth(
        version=config.VERSION,
        commit=config.commit(),
        firestore=firestore,
        task_queue=tasks.is_configured(),
        encryption_keys=_has_encryption_keys(),
    )


def _firestore_answers() -> bool:
    """Read a document that needs not be there."""
    try:
        with client.within(LOOK_TIMEOUT_S):
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
