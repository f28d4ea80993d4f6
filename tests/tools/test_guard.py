from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.support.liveness import is_alive, wait_for
from tools.guard import Guarded

PARENT = """
import sys, time
from pathlib import Path
from tools.guard import Guarded
child = Guarded(["sh", "-c", "echo $$ > {pids}; exec sleep 1000"], log=Path("{log}"))
time.sleep(1000)
"""


def pids_in(path: Path, count: int) -> list[int]:
    wait_for(lambda: path.exists() and len(path.read_text().split()) == count)
    return [int(pid) for pid in path.read_text().split()]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "command.log"


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux only")
def test_stopping_ends_children_grandchildren_and_those_in_other_sessions(
    tmp_path: Path, log: Path
) -> None:
    pids = tmp_path / "pids"
    script = f"""
        (sleep 1000 & echo $! >> {pids}; wait) &
        setsid sleep 1000 & echo $! >> {pids}
        trap '' TERM; echo $$ >> {pids}; while :; do sleep 1000; done
    """
    guarded = Guarded(["sh", "-c", script], log=log, grace_s=0.2)
    started = pids_in(pids, 3)
    guarded.stop()
    assert [pid for pid in started if is_alive(pid)] == []
    assert guarded.exit_code() == 128 + signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux only")
def test_orphan_is_ended_while_the_command_goes_on(tmp_path: Path, log: Path) -> None:
    pids = tmp_path / "pids"
    script = f"sh -c 'sleep 1000 & echo $! > {pids}'; exec sleep 1000"
    guarded = Guarded(["sh", "-c", script], log=log)
    [orphan] = pids_in(pids, 1)
    wait_for(lambda: not is_alive(orphan))
    assert guarded.exit_code() is None
    guarded.stop()


@pytest.mark.wide
@pytest.mark.skipif(sys.platform != "linux", reason="other sessions are found on Linux only")
def test_a_guard_that_the_machine_keeps_waiting_still_ends_all(tmp_path: Path, log: Path) -> None:
    pids = tmp_path / "pids"
    script = f"setsid sleep 1000 & echo $! >> {pids}; wait"
    guarded = Guarded(["sh", "-c", script], log=log)
    [child] = pids_in(pids, 1)
    os.kill(guarded.pid, signal.SIGSTOP)
    threading.Timer(7, os.kill, (guarded.pid, signal.SIGCONT)).start()

    guarded.stop()

    assert not is_alive(child)


def test_death_of_the_parent_ends_the_command(tmp_path: Path, log: Path) -> None:
    pids = tmp_path / "pids"
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(pids=pids, log=log)])
    [child] = pids_in(pids, 1)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: not is_alive(child))


def test_command_has_its_time_to_end(tmp_path: Path, log: Path) -> None:
    ready = tmp_path / "ready"
    script = f"trap 'sleep 0.2; echo bye; exit 5' TERM; touch {ready}; while :; do sleep 0.05; done"
    guarded = Guarded(["sh", "-c", script], log=log, grace_s=5)
    wait_for(ready.exists)
    guarded.stop()
    assert (guarded.exit_code(), log.read_text()) == (5, "bye\n")


def test_end_of_the_command_is_seen_with_its_exit_code_and_log(log: Path) -> None:
    guarded = Guarded(["sh", "-c", "echo out; echo err >&2; exit 3"], log=log)
    wait_for(lambda: guarded.exit_code() is not None)
    assert (guarded.exit_code(), log.read_text()) == (3, "out\nerr\n")
    guarded.stop()
    assert guarded.exit_code() == 3


def test_ctrl_c_in_the_terminal_does_not_reach_the_command(log: Path) -> None:
    script = "import os, time; print(os.getsid(0), flush=True); time.sleep(1000)"
    guarded = Guarded([sys.executable, "-c", script], log=log)
    wait_for(lambda: log.read_text().endswith("\n"))
    assert int(log.read_text()) == guarded.pid
    os.kill(guarded.pid, signal.SIGINT)
    time.sleep(0.3)
    assert guarded.exit_code() is None
    guarded.stop()
