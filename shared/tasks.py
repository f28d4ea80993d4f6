"""The task queues that deliveries wait in: Cloud Tasks, or the emulator of it.

There are two, each of a function of its own, so that endpoints that take long to answer hold up
each other and nobody else.

Tasks name the delivery and its attempt, and the queue takes each name once, so enqueueing twice
is harmless. Losing one is harmless too: the sweep looks for deliveries that are overdue.
"""

from __future__ import annotations

import os
import threading
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from shared import config, logs

if TYPE_CHECKING:
    from firebase_admin.functions import TaskQueue

FAST = "deliverWebhook"
SLOW = "deliverWebhookSlowly"

_app_lock = threading.Lock()


def enqueue(function: str, task_id: str, data: dict[str, Any], at: datetime | None) -> bool:
    """Have a function called with ``data``, not before ``at``.

    Args:
        function: ``FAST`` or ``SLOW``; its queue has the same name.
        task_id: At most 500 letters, digits, hyphens and underscores. A name that the queue had
            lately is not taken again.
        data: What the function gets.
        at: When, UTC; ``None`` for at once.

    Returns:
        Whether the queue took it now. ``False`` if it had the name before, or did not answer, which
        is logged; nothing is raised, because what is to be done stands in Firestore already.
    """
    if config.is_emulated() and not os.environ.get("CLOUD_TASKS_EMULATOR_HOST"):
        # Without it the SDK would look for credentials and enqueue in a real project.
        logs.warning("task not enqueued", taskId=task_id, reason="no CLOUD_TASKS_EMULATOR_HOST")
        return False
    try:
        return _create(function, task_id, data, at)
    except Exception as error:  # noqa: BLE001 - whatever five libraries raise: the sweep repairs it
        logs.warning("task not enqueued", taskId=task_id, reason=str(error))
        return False


def _create(function: str, task_id: str, data: dict[str, Any], at: datetime | None) -> bool:
    from firebase_admin.exceptions import AlreadyExistsError, ConflictError
    from firebase_admin.functions import TaskOptions

    try:
        # The body as callers of task functions wrap it; Python's SDK leaves that to us.
        _queue(function).enqueue({"data": data}, TaskOptions(task_id=task_id, schedule_time=at))
    except (AlreadyExistsError, ConflictError):  # Cloud Tasks says the one, its emulator the other.
        return False
    except ValueError:
        # The SDK cannot read the emulator's answer to a task that was given a name, and says so
        # after the task was taken.
        if not config.is_emulated():
            raise
    return True


@cache
def _queue(function: str) -> TaskQueue:
    import firebase_admin
    from firebase_admin import functions

    with _app_lock:
        try:
            app = firebase_admin.get_app()  # type: ignore[no-untyped-call]
        except ValueError:
            app = firebase_admin.initialize_app(  # type: ignore[no-untyped-call]
                options={"projectId": config.project_id()}
            )
    return functions.task_queue(f"locations/{config.region()}/functions/{function}", app=app)
