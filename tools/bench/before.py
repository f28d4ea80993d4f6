"""An earlier commit and this code, side by side: processor time of each call, and of a cold start.

Both sides run on one emulator, each in a process of its own with an account of its own, in turn.
What is compared is the code alone: both use the packages that are installed now.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from tools.bench import cold, measure
from tools.bench.report import Section, Table, milliseconds
from tools.bench.world import BenchError
from tools.emulators import ROOT

WORKER = Path(__file__).parent / "before_worker.py"
CALLS_EACH = 20
"""Calls in a round: enough for a clock that counts in milliseconds."""
TARGETS = ("redeemLoyaltyPoints", "apiGateway")
START = """import functions_framework
functions_framework.create_app("{target}", "main.py")"""
COLUMNS = ("what", "before, median", "now, median", "ratio")

Ask = Callable[[str], float]


def run(*, base: str, rounds: int, cold_rounds: int) -> Section:
    """Compare with the commit ``base``; rows say how much longer this code takes."""
    with _earlier(base) as earlier:
        trees = {"before": earlier, "now": ROOT}
        with contextlib.ExitStack() as stack:
            sides = {name: stack.enter_context(_worker(tree)) for name, tree in trees.items()}
            calls = [_compared(action, sides, rounds) for action in _actions()]
        starts = [_started(target, trees, cold_rounds) for target in TARGETS]
    title = f"Processor time, compared with {base}"
    return Section([Table(title, COLUMNS, [*calls, *starts])])


def _actions() -> list[str]:
    text = subprocess.run(
        [sys.executable, WORKER, "--list"], capture_output=True, text=True, check=True
    )
    return text.stdout.split()


@contextlib.contextmanager
def _earlier(base: str) -> Iterator[Path]:
    """Check an earlier commit out beside this one."""
    with tempfile.TemporaryDirectory(prefix="before-") as folder:
        tree = Path(folder) / "tree"
        _git("worktree", "add", "--detach", str(tree), base)
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _git(*arguments: str) -> None:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchError(f"git {arguments[0]} failed:\n{done.stderr}")


@contextlib.contextmanager
def _worker(tree: Path) -> Iterator[Ask]:
    """Serve the code of a tree; return what makes calls there, and says what one of them took."""
    with subprocess.Popen(
        [sys.executable, WORKER],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        sending, receiving = process.stdin, process.stdout

        def ask(action: str) -> float:
            sending.write(json.dumps([action, CALLS_EACH]) + "\n")
            sending.flush()
            answer = receiving.readline()
            if not answer:
                raise BenchError(f"{action} failed in {tree}.")
            return float(answer)

        yield ask
        sending.close()


def _compared(action: str, sides: Mapping[str, Ask], rounds: int) -> tuple[str, ...]:
    turns = {name: partial(ask, action) for name, ask in sides.items()}
    measure.alternate(1, turns)
    return _row(action, measure.alternate(rounds, turns))


def _started(target: str, trees: Mapping[str, Path], rounds: int) -> tuple[str, ...]:
    code = START.format(target=target)
    with tempfile.TemporaryDirectory() as compiled:
        turns = {
            name: partial(_cold_s, code, tree, cold.environment(f"{compiled}/{name}"))
            for name, tree in trees.items()
        }
        measure.alternate(1, turns)
        return _row(f"cold start of {target}", measure.alternate(rounds, turns))


def _cold_s(code: str, tree: Path, env: Mapping[str, str]) -> float:
    return cold.start(code, env, tree).cpu_s


def _row(name: str, found: Mapping[str, list[float]]) -> tuple[str, ...]:
    before, now = found["before"], found["now"]
    medians = (milliseconds(measure.median(each)) for each in (before, now))
    return (name, *medians, str(measure.ratio(now, before)))
