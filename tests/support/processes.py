"""Requests served by separate processes, which may be killed between any two RPCs.

One process imports everything and makes no connection; each request is served by a fork of that
process, with the real gateway against the same database. Run as a program, this module is that
process: it reads a line of JSON with jobs and the environment in which they are done, and writes a
line with their results.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tools.emulators import FirestoreEmulator

ROOT = Path(__file__).parents[2]
KILLED = 137


@dataclass(frozen=True)
class Job:
    """A request. The process is killed after ``rpcs`` Firestore RPCs have returned."""

    action: str
    body: dict[str, Any]
    key: str
    idempotency_key: str | None = None
    rpcs: int | None = None


@dataclass(frozen=True)
class Outcome:
    """The result of a request: an answer, or nothing if its process was killed."""

    exit_code: int
    status: int | None = None
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def is_killed(self) -> bool:
        """True if there is no answer."""
        return self.exit_code == KILLED


@dataclass(frozen=True)
class Processes:
    """Serves jobs at the same time, each in its own process."""

    parent: subprocess.Popen[str]

    def run(self, *jobs: Job) -> list[Outcome]:
        """Return the results of the jobs."""
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        line = {"environment": dict(os.environ), "jobs": [asdict(job) for job in jobs]}
        self.parent.stdin.write(json.dumps(line) + "\n")
        self.parent.stdin.flush()
        return [Outcome(**each) for each in json.loads(self.parent.stdout.readline())]


@pytest.fixture(scope="session")
def servers(firestore_emulator: FirestoreEmulator) -> Iterator[Processes]:
    """Processes that serve the database that the test has, at the time of each call.

    The process that serves the jobs is started once, because that takes seconds; it ends when its
    input ends.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.processes"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        yield Processes(parent)
        assert parent.stdin is not None
        parent.stdin.close()


def _serve_lines() -> None:
    import functions_framework

    from functions.catalog import ENDPOINTS

    app = functions_framework.create_app("apiGateway", "main.py")
    for endpoint in ENDPOINTS:
        importlib.import_module(endpoint.module)
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.clear()
        os.environ.update(asked["environment"])
        outcomes = _serve_at_once(app, [Job(**job) for job in asked["jobs"]])
        sys.stdout.write(json.dumps(outcomes) + "\n")
        sys.stdout.flush()


def _serve_at_once(app: Any, jobs: list[Job]) -> list[dict[str, Any]]:
    """Serve jobs in processes that begin together, each with an open connection."""
    ready_reader, ready_writer = os.pipe()
    start_reader, start_writer = os.pipe()
    children = []
    for job in jobs:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(start_writer)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the log
            _connect()
            os.write(ready_writer, b".")
            os.read(start_reader, 1)  # returns when the pipe is closed
            os.write(writer, json.dumps(_serve(app, job)).encode())
            os._exit(0)
        os.close(writer)
        children.append((child, reader))
    os.close(ready_writer)
    for _ in jobs:
        assert os.read(ready_reader, 1), "a process ended before it began"
    os.close(start_writer)
    os.close(start_reader)
    os.close(ready_reader)
    return [_outcome(*child) for child in children]


def _connect() -> None:
    from shared.store import client

    client.get_one("nothing/here")


def _serve(app: Any, job: Job) -> dict[str, Any]:
    from tests.support.api import Api

    if job.rpcs is not None:
        _kill_after(job.rpcs)
    answer = Api(app, job.key)(job.action, job.body, idempotency_key=job.idempotency_key)
    return {"status": answer.status, "body": answer.body}


def _kill_after(rpcs: int) -> None:
    """End the process like a power cut, after a number of RPCs (0: before the first)."""
    from shared.store import rpc

    real, returned = rpc.send, 0

    def send(name: str, request: Any) -> list[Any]:
        nonlocal returned
        if returned >= rpcs:
            os._exit(KILLED)
        answers = real(name, request)
        returned += 1
        if returned >= rpcs:
            os._exit(KILLED)
        return answers

    rpc.send = send


def _outcome(child: int, reader: int) -> dict[str, Any]:
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    exit_code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {"exit_code": exit_code, **(json.loads(text) if text else {})}


if __name__ == "__main__":
    _serve_lines()
