"""What of the product the tests run through: SlipCover counts it, and a run that misses much fails.

``make test COVERAGE=1`` loads this plugin, before anything of the product is imported. SlipCover
puts counters into the code, and takes them out where a line has been seen: so counting costs a
tenth of the time. What traces every line, as others do with this Python, costs half of it.

A call that is written over five lines counts as five. What tests start as processes of their own is
not counted.
"""

from __future__ import annotations

import json
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from slipcover import FileMatcher, ImportManager, Slipcover, merge_coverage, print_coverage

ROOT = Path(__file__).parents[2]
OPTIONS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["slipcover"]

TAKEN_OUT_EVERY_S = 15
"""It looks through all functions to take counters out; doing so as often as it likes takes longer
than counting."""


class _Counter(Slipcover):
    """Takes counters out now and then, of all lines that were seen until then."""

    _next_s = 0.0

    def deinstrument_seen(self) -> None:
        """Do it if the last time is long ago; SlipCover asks for it when a counter is hit often."""
        now_s = time.monotonic()
        if now_s >= self._next_s:
            super().deinstrument_seen()
            self._next_s = now_s + TAKEN_OUT_EVERY_S


_counter = _Counter(branch=True, exclude_also=OPTIONS["exclude-also"])
_of_workers: list[dict[str, Any]] = []
ImportManager(_counter, FileMatcher(sources=OPTIONS["source"])).__enter__()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker has counted, which it sends at its end; one that died sends nothing."""
    if "covered" in getattr(node, "workeroutput", {}):
        _of_workers.append(json.loads(node.workeroutput["covered"]))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send what a worker has counted; elsewhere, let a run fail that missed too much."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["covered"] = json.dumps(_counter.get_coverage())
        return
    # From now on also the files that nothing has imported.
    _counter.source = OPTIONS["source"]
    _of_workers.insert(0, _counter.get_coverage())
    while len(_of_workers) > 1:
        merge_coverage(_of_workers[0], _of_workers.pop())
    if session.exitstatus == pytest.ExitCode.OK and _percent() < OPTIONS["fail-under"]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which lines and branches were missed, and how many were not."""
    terminalreporter.section("coverage")
    print_coverage(_of_workers[0], outfile=terminalreporter, skip_covered=True, missing_width=60)
    least = OPTIONS["fail-under"]
    word = "FAILED: less than" if _percent() < least else "at least"
    terminalreporter.line(f"{_percent():.2f} % of lines and branches, {word} {least} %")


def _percent() -> float:
    percent: float = _of_workers[0]["summary"]["percent_covered"]
    return percent
