"""The task queue that deliveries wait in: Cloud Tasks, or the emulator of it.

Tasks name the delivery and its attempt, and the queue takes each name once, so enqueueing twice
is harmless. Losing one is harmless too: the sweep looks for deliveries that are overdue.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from shared import config, logs

if TYPE_CHECKING:
    from firebase_admin.functions import TaskQueue

QUEUE = "deliverWebhook"


def enqueue(task_id: str, data: dict[str, Any], at: datetime | None) -> bool:
    """Have ``deliverWebhook`` called with ``data``, not before ``at``.

    Returns:
        Whether the queue took it. It is logged if not; nothing is raised, because what is to be
        done stands in Firestore already.
    """
    from firebase_admin.exceptions import FirebaseError
    from firebase_admin.functions import TaskOptions

    try:
        _queue().enqueue(data, TaskOptions(task_id=task_id, schedule_time=at))
    except (FirebaseError, OSError, ValueError) as error:
        if getattr(error, "code", None) == "ALREADY_EXISTS":
            return True
        logs.warning("task not enqueued", taskId=task_id, reason=str(error))
        return False
    return True


@cache
def _queue() -> TaskQueue:
    import firebase_admin
    from firebase_admin import functions

    try:
        app = firebase_admin.get_app()  # type: ignore[no-untyped-call]
    except ValueError:
        app = firebase_admin.initialize_app(  # type: ignore[no-untyped-call]
            options={"projectId": config.project_id()}
        )
    return functions.task_queue(f"locations/{config.region()}/functions/{QUEUE}", app=app)
