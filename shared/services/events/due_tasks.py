"""Tasks for work that is stored with the time when it is due: at that time, and again if lost.

Such a task has that time as ``at``. Its name follows from the work and the time, so that the queue
takes it once, however often it is asked to.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from shared import clock, config, tasks
from shared.tasks import Task

EARLY_S = 2
"""A queue may run a task this many seconds too early; an earlier one is put off."""
OVERDUE_AFTER = timedelta(minutes=2)
OVERDUE_AFTER_EMULATED = timedelta(seconds=1)
OVERDUE_PAGE = 500
OVERDUE_RUN_S_MAX = 60.0

Work = TypeVar("Work")


class ListDue(Protocol[Work]):
    """Lists work that was due before a moment, longest due first."""

    def __call__(self, before: datetime, limit: int, after: Work | None = None) -> Sequence[Work]:
        """Return at most ``limit`` of it, from the one after ``after`` on."""


def in_time(task: Task) -> list[Task]:
    """Return a task as the queue is to take it, at its time; none if the sweep enqueues it."""
    due, now = task.at, clock.real_now()
    assert due is not None, "it is due at no time"
    if config.is_emulated() and due > now + timedelta(seconds=EARLY_S):
        return []  # The emulator runs every task at once; the sweep enqueues it when it is due.
    return [replace(task, at=due if due > now else None)]


def enqueue_again(task: Task, now: datetime) -> bool:
    """Enqueue a task whose time has come; return whether the queue took it.

    A task that still waits has the same name, so the queue does not take it twice. If the work
    stays overdue for 4, 8, 16 ... minutes, its task gets a new name each time: the queue
    remembers the names of tasks that it has run, also of those that failed.
    """
    assert task.at is not None, "it is due at no time"
    doublings = math.floor(math.log2(max((now - task.at) / OVERDUE_AFTER, 1)))
    name = f"{task.task_id}-{doublings}" if doublings else task.task_id
    return tasks.enqueue(replace(task, task_id=name, at=None))


def enqueue_overdue(
    list_due: ListDue[Work], task_of: Callable[[Work], Task], page_size: int
) -> int:
    """Enqueue overdue work again: its tasks were lost.

    Returns:
        The number of tasks that the queue took.
    """
    late = OVERDUE_AFTER_EMULATED if config.is_emulated() else OVERDUE_AFTER
    now = clock.real_now()
    stop_at_s = time.monotonic() + OVERDUE_RUN_S_MAX
    enqueued, last = 0, None
    while True:
        page = list_due(now - late, page_size, after=last)
        enqueued += sum(enqueue_again(task_of(each), now) for each in page)
        if len(page) < page_size or time.monotonic() > stop_at_s:
            return enqueued
        last = page[-1]
