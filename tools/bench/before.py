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
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.bench import cold, measure
from tools.bench.report import Section, Table, Verdict, milliseconds
from tools.bench.world import BenchError
from tools.emulators import ROOT

WORKER = Path(__file__).parent / "before_worker.py"
GOAL_RATIO = 1.15
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
    compared = [*calls, *starts]
    return Section(
        [Table(title, COLUMNS, [each.row() for each in compared])],
        [each.verdict() for each in compared],
    )


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


def _compared(action: str, sides: Mapping[str, Ask], rounds: int) -> Compared:
    turns = {name: partial(ask, action) for name, ask in sides.items()}
    measure.alternate(1, turns)
    return _found(action, measure.alternate(rounds, turns))


def _started(target: str, trees: Mapping[str, Path], rounds: int) -> Compared:
    code = START.format(target=target)
    with tempfile.TemporaryDirectory() as compiled:
        turns = {
            name: partial(_cold_s, code, tree, cold.environment(f"{compiled}/{name}"))
            for name, tree in trees.items()
        }
        measure.alternate(1, turns)
        return _found(f"cold start of {target}", measure.alternate(rounds, turns))


def _cold_s(code: str, tree: Path, env: Mapping[str, str]) -> float:
    return cold.start(code, env, tree).cpu_s


@dataclass(frozen=True, slots=True)
class Compared:
    """Processor times of the same thing, in seconds, in the order of the rounds."""

    name: str
    before_s: list[float]
    now_s: list[float]

    @property
    def ratio(self) -> measure.Ratio:
        """How much longer this code takes."""
        return measure.ratio(self.now_s, self.before_s)

    def row(self) -> tuple[str, ...]:
        """Return a row of the table."""
        medians = (milliseconds(measure.median(each)) for each in (self.before_s, self.now_s))
        return (self.name, *medians, str(self.ratio))

    def verdict(self) -> Verdict:
        """Tell whether it got slower."""
        is_met = self.ratio.middle <= GOAL_RATIO
        return Verdict(
            self.name, f"{self.ratio.middle:.2f}", f"at most {GOAL_RATIO} x before", is_met
        )


def _found(name: str, times_s: Mapping[str, list[float]]) -> Compared:
    return Compared(name, times_s["before"], times_s["now"])
