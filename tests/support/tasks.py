"""Task queues on this machine, with the surface of the Firebase CLI's emulator of Cloud Tasks.

They keep the given tasks, and run them only when a test says so.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flask import Flask


@dataclass(frozen=True)
class Task:
    """A task as it was created: queue, its own name, its body, its time, the call's headers."""

    queue: str
    id: str
    body: Any
    schedule_time: str | None
    headers: dict[str, str]

    @property
    def delivery_id(self) -> str | None:
        return self.body["data"].get("deliveryId")


@dataclass
class TaskQueue:
    """The queues of the functions in ``apps``, by name.

    ``pending`` are tasks that have not run; ``all`` are all tasks ever taken; ``refused`` are the
    names that were used again. While ``is_losing``, tasks are taken and forgotten.
    """

    host: str
    apps: dict[str, Flask]
    pending: list[Task] = field(default_factory=list)
    all: list[Task] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    status: int | None = None
    is_losing: bool = False
    _names: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        """Forget the tasks of other tests."""
        with self._lock:
            self.pending.clear()
            self.all.clear()
            self.refused.clear()
            self.status, self.is_losing = None, False

    def create(self, path: str, task: dict[str, Any], headers: dict[str, str]) -> tuple[int, Any]:
        """Take a task, as the emulator does."""
        with self._lock:
            if self.status is not None:
                return self.status, "as told"
            if self.is_losing:
                return 200, {"task": task}
            if task["name"] in self._names:
                self.refused.append(task["name"].rpartition("/")[2])
                return 409, "A task with the same name already exists"
            self._names.add(task["name"])
            location, _, task_id = task["name"].rpartition("/")
            assert path == f"/{location}"
            name = location.split("/")[-2]
            assert location.split("/")[-3:] == ["queues", name, "tasks"]
            request = task["httpRequest"]
            body = json.loads(base64.b64decode(request["body"]))
            task["httpRequest"] = {**request, "body": body}
            taken = Task(name, task_id, body, task.get("scheduleTime"), headers)
            self.pending.append(taken)
            self.all.append(taken)
            return 200, {"task": task}

    def run(self, task: Task) -> int:
        """Post a task to the function, as the queue does; return the function's status."""
        headers = {"X-CloudTasks-TaskName": task.id, "X-CloudTasks-QueueName": task.queue}
        client = self.apps[task.queue].test_client()
        return client.post("/", json=task.body, headers=headers).status_code

    def run_pending(
        self, wanted: Callable[[Task], bool] = lambda _: True, *, threads: int = 1
    ) -> int:
        """Run the present tasks, but not the ones that they create; return the number that ran."""
        with self._lock:
            chosen = [task for task in self.pending if wanted(task)]
            self.pending = [task for task in self.pending if not wanted(task)]
        with ThreadPoolExecutor(threads) as pool:
            statuses = list(pool.map(self.run, chosen))
        assert set(statuses) <= {200}, statuses
        return len(chosen)


@contextmanager
def task_queue(apps: dict[str, Flask]) -> Iterator[TaskQueue]:
    """Run queues for functions on a free port of the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else an answer waits 40 ms for the ACK of its headers

        def do_POST(self) -> None:
            data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = queue.create(self.path, data["task"], headers)
            body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    queue = TaskQueue(f"127.0.0.1:{server.server_port}", apps)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield queue
    finally:
        server.shutdown()
        server.server_close()
