"""Task queues: Cloud Tasks, or its emulator. Each queue belongs to the function that it calls.

The queue takes each name once, so enqueueing twice is harmless. Losing a task is harmless, too:
sweeps look for overdue work.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from shared import config, logs

if TYPE_CHECKING:
    from firebase_admin.functions import TaskQueue

_app_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Task:
    """One call of a function, not before its time.

    Attributes:
        function: The function's name, which is also the queue's name.
        task_id: At most 500 letters, digits, hyphens and underscores. The queue does not take a
            name again that it had lately.
        data: The function's argument.
        at: The time of the call, UTC; ``None`` for at once.
    """

    function: str
    task_id: str
    data: Mapping[str, Any]
    at: datetime | None = None


def enqueue(task: Task) -> bool:
    """Enqueue a call of a function.

    Returns:
        True if the queue took it now; false if it had the name before, or did not answer, which is
        logged. Nothing is raised, because the work to do is stored in Firestore already.
    """
    if config.is_emulated() and not os.environ.get("CLOUD_TASKS_EMULATOR_HOST"):
        # Without it the SDK would look for credentials and enqueue in a real project.
        logs.warning(
            "task not enqueued", taskId=task.task_id, reason="no CLOUD_TASKS_EMULATOR_HOST"
        )
        return False
    try:
        return _create(task)
    except Exception as error:  # noqa: BLE001 - whatever five libraries raise: the sweep repairs it
        logs.warning("task not enqueued", taskId=task.task_id, reason=str(error))
        return False


def is_configured() -> bool:
    """Tell whether tasks can be enqueued, by the settings alone: no queue is called."""
    if config.is_emulated():
        return bool(os.environ.get("CLOUD_TASKS_EMULATOR_HOST"))
    return bool(os.environ.get("GOOGLE_CLOUD_PROJECT") or os.environ.get("GCLOUD_PROJECT"))


def _create(task: Task) -> bool:
    from firebase_admin.exceptions import AlreadyExistsError, ConflictError
    from firebase_admin.functions import TaskOptions

    try:
        # Callers of task functions wrap the body like this; Python's SDK does not.
        options = TaskOptions(task_id=task.task_id, schedule_time=task.at)
        _queue(task.function).enqueue({"data": dict(task.data)}, options)
    except (AlreadyExistsError, ConflictError):  # the second is the emulator's
        return False
    except ValueError:
        # The SDK cannot read the emulator's answer to a task with a name, and raises this after
        # the task was taken.
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
