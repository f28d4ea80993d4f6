"""``python tools/guard.py GRACE_S COMMAND...``: run a command so that nothing outlives it.

The command runs in its own POSIX session: a terminal's Ctrl-C does not reach it. When the guard's
standard input closes, because the parent asks for the end or has died in any way, the command gets
SIGTERM and ``GRACE_S`` seconds; then all processes that it has started get SIGKILL. The same
happens when the command ends by itself.

On Linux the guard adopts orphans ("child subreaper"). The Firebase CLI leaves two kinds: its Java
runs in another session, and a functions worker is the child of a shell, and only the shell gets
the CLI's kill. Such a worker is killed at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

PR_SET_CHILD_SUBREAPER = 36
TICK_S = 0.1
ORPHANS_EVERY_S = 1.0
KILLED = 128 + signal.SIGKILL
GUARD_S = 60.0
"""Time for the guard to end what is left. Only it finds that all: if it dies, the rest lives on."""


class Guarded:
    """A command under guard, seen from the parent."""

    def __init__(
        self,
        command: list[str],
        *,
        log: Path,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        grace_s: float = 0,
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        self._grace_s = grace_s
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", __file__, str(grace_s), *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The guard's process id. All processes that the command starts are its descendants."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return the command's exit code, ``None`` while it runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Begin the end without waiting for it, so that several commands can end at once."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def stop(self) -> None:
        """End the command and all processes that it has started."""
        self.ask_to_stop()
        try:
            self._process.wait(self._grace_s + GUARD_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Process(NamedTuple):
    """A row of the process table."""

    pid: int
    parent: int
    group: int


def guard(grace_s: float, command: list[str]) -> int:
    """Run the command until it ends or standard input closes; return its exit code."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Only the pipe ends a guard. A handler, unlike SIG_IGN, is not inherited by the command.
        signal.signal(number, lambda *_: None)
    # Keep the object: when it is deleted, it reaps an ended process, which `_reap` then misses.
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    child = process.pid
    exit_code = _watch(child)
    if exit_code is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
        deadline = time.monotonic() + grace_s
        while (exit_code := _reap(child)) is None and time.monotonic() < deadline:
            time.sleep(TICK_S / 10)
    while leftovers := _descendants():
        _kill(leftovers)
        time.sleep(TICK_S / 10)
        killed = _reap(child)
        exit_code = killed if exit_code is None else exit_code
    return KILLED if exit_code is None else exit_code


def _watch(child: int) -> int | None:
    """Return the child's exit code when it ends, or ``None`` when standard input closes."""
    orphans_at = 0.0
    while (exit_code := _reap(child)) is None:
        if select.select([sys.stdin], [], [], TICK_S)[0] and not os.read(sys.stdin.fileno(), 1):
            return None
        if time.monotonic() >= orphans_at:
            _kill([row for row in _processes() if row.parent == os.getpid() and row.pid != child])
            orphans_at = time.monotonic() + ORPHANS_EVERY_S
    return exit_code


def _reap(child: int) -> int | None:
    """Collect ended processes; return the child's exit code if the child is one of them."""
    exit_code = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == child:
                code = os.waitstatus_to_exitcode(status)
                exit_code = code if code >= 0 else 128 - code
    return exit_code


def _kill(rows: list[Process]) -> None:
    for row in rows:
        with contextlib.suppress(ProcessLookupError):
            os.kill(row.pid, signal.SIGKILL)


def _descendants() -> list[Process]:
    """Return all processes that descend from this one or share its group."""
    me = os.getpid()
    table = _processes()
    family = {me}
    while more := {row.pid for row in table if row.parent in family} - family:
        family |= more
    return [
        row for row in table if row.pid != me and (row.pid in family or row.group == os.getpgrp())
    ]


def _processes() -> list[Process]:
    """Return the process table."""
    if sys.platform != "linux":
        rows = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,pgid="], capture_output=True, text=True, check=True
        ).stdout
        return [Process(*map(int, row.split())) for row in rows.splitlines()]
    table = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # the process has ended meanwhile
            # pid (name) state parent group ...; the name may hold anything, also ") ".
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            table.append(Process(int(stat.parent.name), int(fields[1]), int(fields[2])))
    return table


if __name__ == "__main__":
    sys.exit(guard(float(sys.argv[1]), sys.argv[2:]))
