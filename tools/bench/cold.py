"""Cold start: the start of a fresh interpreter until it can serve a function, next to bare imports.

Ready means that the first request imports nothing more. All interpreters share a folder of compiled
code that an earlier run has filled, like that of a deployed image.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tools.bench import measure
from tools.bench.report import Section, Table, Verdict, milliseconds
from tools.bench.world import BenchError
from tools.emulators import ROOT

GOAL_RATIO = 1.15
GOAL = f"at most {GOAL_RATIO} x bare"
TOP = 10

BARE = "import functions_framework, google.cloud.firestore, pydantic"
# The first use of pydantic costs more than its import, on both sides.
BARE_MODEL = f"{BARE}\nclass Model(pydantic.BaseModel):\n    points: int = pydantic.Field(gt=0)"
# The last two lines import what the function has not imported by itself, if anything.
READY = """import functions_framework
functions_framework.create_app("{target}", "main.py")
import google.cloud.firestore
import functions.beep.loyalty.redeem_loyalty_points, functions.{entry}"""
SIDES = {
    "bare imports": BARE,
    "bare imports and one model": BARE_MODEL,
    "redeemLoyaltyPoints": READY.format(target="redeemLoyaltyPoints", entry="http"),
    "apiGateway": READY.format(target="apiGateway", entry="api_gateway"),
}
_IMPORT_TIME = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
_OURS = ("shared", "functions", "main")


class Import(NamedTuple):
    """The time of a module itself, without the modules that it imports."""

    module: str
    duration_us: int


class Start(NamedTuple):
    """The wall-clock and processor time of a fresh interpreter until it was ready."""

    wall_s: float
    cpu_s: float


JUDGED = "median"
COLUMNS: dict[str, Callable[[Sequence[Start]], float]] = {
    JUDGED: lambda starts: measure.median([start.wall_s for start in starts]),
    "fastest": lambda starts: min(start.wall_s for start in starts),
    "CPU, median": lambda starts: measure.median([start.cpu_s for start in starts]),
}


def run(*, rounds: int) -> Section:
    """Start each side ``rounds`` times in turn."""
    with tempfile.TemporaryDirectory() as compiled:
        env = environment(compiled)
        starts = {name: partial(start, code, env) for name, code in SIDES.items()}
        measure.alternate(1, starts)
        found = measure.alternate(rounds, starts)
        added = _added("redeemLoyaltyPoints", env)
    rows: list[tuple[str, ...]] = []
    verdicts: list[Verdict] = []
    for name, measured in found.items():
        cells = [name]
        for column, typical in COLUMNS.items():
            value_s, bare_s = typical(measured), typical(found["bare imports"])
            cells += [milliseconds(value_s), f"{value_s / bare_s:.2f}"]
            if column == JUDGED and not name.startswith("bare"):
                is_met = value_s / bare_s <= GOAL_RATIO
                verdicts.append(Verdict(f"Cold start of {name}", cells[-1], GOAL, is_met))
        rows.append(tuple(cells))
    titles = [cell for column in COLUMNS for cell in (column, "ratio")]
    table = Table("Cold start: a fresh interpreter until ready", ("what", *titles), rows)
    return Section([table, _table_of_imports(added)], verdicts)


def environment(compiled: str) -> dict[str, str]:
    """Return the environment of fresh interpreters that keep compiled code in a folder."""
    env = {**os.environ, "PYTHONPYCACHEPREFIX": compiled, "GOOGLE_CLOUD_PROJECT": "demo-bench"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env


def start(code: str, env: Mapping[str, str], folder: Path = ROOT) -> Start:
    """Run a fresh interpreter with the code of a folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall_s = measure.timed(lambda: _python(["-c", code], env, folder))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Start(wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _python(arguments: list[str], env: Mapping[str, str], folder: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchError(f"A fresh interpreter failed:\n{done.stderr}")
    return done.stderr


def _added(name: str, env: Mapping[str, str]) -> list[Import]:
    """Return the modules that a side imports beyond the bare imports, slowest first."""
    imports = {
        each: parse_import_times(_python(["-X", "importtime", "-c", SIDES[each]], env))
        for each in ("bare imports", name)
    }
    bare = {each.module for each in imports["bare imports"]}
    return sorted(
        (each for each in imports[name] if each.module not in bare),
        key=lambda each: -each.duration_us,
    )


def parse_import_times(text: str) -> list[Import]:
    """Read the output of ``python -X importtime``."""
    return [Import(match[2], int(match[1])) for match in _IMPORT_TIME.finditer(text)]


def _table_of_imports(added: list[Import]) -> Table:
    ours = [each for each in added if each.module.partition(".")[0] in _OURS]
    rest = [each for each in added if each not in ours]
    rows = [(each.module, _microseconds(each.duration_us)) for each in added[:TOP]]
    for name, group in (("all of ours", ours), ("all others", rest)):
        total = _microseconds(sum(each.duration_us for each in group))
        rows.append((f"{name}: {len(group)} modules", total))
    title = "What redeemLoyaltyPoints imports beyond the bare imports (-X importtime, by itself)"
    return Table(title, ("module", "time"), list(rows))


def _microseconds(duration_us: int) -> str:
    return milliseconds(duration_us / 1e6)
