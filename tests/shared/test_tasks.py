"""The queue takes each name once, and nothing that goes wrong with it reaches the caller."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import firebase_admin
import pytest

from functions.catalog import QUEUES
from shared import ids
from shared import tasks as queue
from shared.services.accounts import test_clock_moves
from shared.services.events import outbox, push_outbox, shop_outbox, wallet_outbox
from shared.services.imports import row_imports
from shared.services.loyalty import tier_recalculations
from shared.services.members import erasures
from shared.services.systems import shop_card_fills, sync_worker
from shared.tasks import Task
from tests.support.events import Pipeline
from tests.support.tasks import TaskQueue

DATA = {"deliveryId": "evt_1_we_1"}


@pytest.fixture
def tasks(pipeline: Pipeline) -> TaskQueue:
    return pipeline.tasks


@pytest.fixture
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if this process had used neither the queue nor the SDK."""
    monkeypatch.setattr(firebase_admin, "_apps", {})
    queue._queue.cache_clear()
    yield
    queue._queue.cache_clear()


def warnings(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_puts_in_a_task_as_task_functions_read_it(
    tasks: TaskQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    task_id = ids.new("task")

    assert queue.enqueue(Task(outbox.FAST, task_id, DATA)) is True

    (task,) = tasks.pending
    assert (task.queue, task.id) == ("deliverWebhook", task_id)
    assert (task.body, task.schedule_time) == ({"data": DATA}, None)
    assert task.headers["authorization"] == "Bearer owner"
    assert warnings(capsys) == []


def test_puts_in_a_task_for_later(tasks: TaskQueue) -> None:
    at = datetime(2026, 3, 3, 12, 0, 5, 250_000, UTC)

    assert queue.enqueue(Task(outbox.FAST, ids.new("task"), DATA, at)) is True

    (task,) = tasks.pending
    assert task.schedule_time == "2026-03-03T12:00:05.250000Z"


def test_takes_a_name_once(tasks: TaskQueue, capsys: pytest.CaptureFixture[str]) -> None:
    task_id = ids.new("task")

    assert [queue.enqueue(Task(outbox.FAST, task_id, DATA)) for _ in range(3)] == [
        True,
        False,
        False,
    ]

    assert len(tasks.pending) == 1
    assert tasks.refused == [task_id] * 2
    assert warnings(capsys) == []


def test_each_function_has_a_queue_of_its_own(tasks: TaskQueue) -> None:
    task_id = ids.new("task")

    assert queue.enqueue(Task(outbox.FAST, task_id, DATA)) is True
    assert queue.enqueue(Task(outbox.SLOW, task_id, DATA)) is True

    assert [(each.queue, each.id) for each in tasks.pending] == [
        ("deliverWebhook", task_id),
        ("deliverWebhookSlowly", task_id),
    ]


def test_the_queues_are_those_of_the_catalog() -> None:
    assert [each.name for each in QUEUES] == [
        outbox.FAST,
        outbox.SLOW,
        push_outbox.FUNCTION,
        sync_worker.CONTINUE,
        shop_outbox.FUNCTION,
        wallet_outbox.FUNCTION,
        shop_card_fills.CONTINUE,
        erasures.FUNCTION,
        row_imports.CONTINUE,
        tier_recalculations.CONTINUE,
        test_clock_moves.CONTINUE,
    ]


def test_the_names_of_deliveries_are_allowed() -> None:
    # What the SDK and Cloud Tasks take: letters, digits, hyphens, underscores, at most 500.
    event_id, endpoint_id = ids.derived("evt", "m", "e"), ids.derived("we", "s", "u")
    longest = f"{event_id}_{endpoint_id}-10-{2**34}-99"
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,500}", longest)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that are interrupted as often as can be."""
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval_s)


@pytest.mark.usefixtures("fresh_process", "hasty_threads")
def test_eight_threads_may_be_the_first(
    tasks: TaskQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    together = Barrier(8, timeout=10)

    def put_in(_: int) -> bool:
        together.wait()
        return queue.enqueue(Task(outbox.FAST, ids.new("task"), DATA))

    for _ in range(5):
        firebase_admin._apps.clear()
        queue._queue.cache_clear()
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(put_in, range(8))) == [True] * 8

    assert len(tasks.pending) == 5 * 8
    assert warnings(capsys) == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429])
def test_logs_what_the_queue_refuses(
    tasks: TaskQueue, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    tasks.status = status
    task_id = ids.new("task")

    assert queue.enqueue(Task(outbox.FAST, task_id, DATA)) is False

    (line,) = warnings(capsys)
    assert (line["severity"], line["message"]) == ("WARNING", "task not enqueued")
    assert line["taskId"] == task_id
    assert str(status) in line["reason"]
    assert tasks.all == []


@pytest.mark.usefixtures("fresh_process", "tasks")
def test_logs_a_queue_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLOUD_TASKS_EMULATOR_HOST", "127.0.0.1:9")

    assert queue.enqueue(Task(outbox.FAST, ids.new("task"), DATA)) is False

    (line,) = warnings(capsys)
    assert line["message"] == "task not enqueued"


@pytest.mark.usefixtures("fresh_process", "tasks")
def test_asks_for_no_credentials_under_the_emulator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CLOUD_TASKS_EMULATOR_HOST")
    task_id = ids.new("task")

    assert queue.enqueue(Task(outbox.FAST, task_id, DATA)) is False

    assert warnings(capsys) == [
        {
            "severity": "WARNING",
            "message": "task not enqueued",
            "taskId": task_id,
            "reason": "no CLOUD_TASKS_EMULATOR_HOST",
        }
    ]


@pytest.mark.usefixtures("fresh_process", "tasks")
def test_survives_missing_credentials_in_production(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CLOUD_TASKS_EMULATOR_HOST", "FIRESTORE_EMULATOR_HOST"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent/credentials.json")

    assert queue.enqueue(Task(outbox.FAST, ids.new("task"), DATA)) is False

    (line,) = warnings(capsys)
    assert "/nonexistent/credentials.json" in line["reason"]
