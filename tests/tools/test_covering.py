"""What tests run through is counted in all processes, and a run that misses too much fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.emulators import ROOT

PRODUCT = """
def sign(number):
    if number < 0:
        return -1
    if number > 0:
        return 1
    return 0
"""
TESTS = """
import pytest
from functions.numbers import sign

@pytest.mark.parametrize(("number", "expected"), [{cases}])
def test_sign(number, expected):
    assert sign(number) == expected
"""
ALL = ["(-3, -1)", "(3, 1)", "(0, 0)"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A product of one function."""
    for name in ("functions", "shared"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "functions" / "numbers.py").write_text(PRODUCT)
    (tmp_path / "pytest.ini").touch()
    return tmp_path


def run(folder: Path, cases: list[str], *options: str) -> tuple[int, str]:
    """Run tests with these cases; return the exit code, and what was written."""
    (folder / "test_numbers.py").write_text(TESTS.format(cases=", ".join(cases)))
    environ = {name: each for name, each in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.covering", "-p", "no:randomly"]
    done = subprocess.run(
        [*command, *options],
        cwd=folder,
        env={**environ, "PYTHONPATH": os.pathsep.join([str(ROOT), environ.get("PYTHONPATH", "")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_all_that_is_there_was_run_through(folder: Path) -> None:
    code, written = run(folder, ALL)

    assert code == 0
    assert "100.00 % of lines and branches, at least 97.5 %" in written


def test_workers_count_together(folder: Path) -> None:
    code, written = run(folder, ALL, "-n", "2")

    assert code == 0
    assert "100.00 % of lines and branches, at least 97.5 %" in written


def test_what_is_missed_is_named_and_fails(folder: Path) -> None:
    code, written = run(folder, ALL[:1])

    assert code == 1
    assert "1 passed" in written
    (line,) = [each for each in written.splitlines() if each.startswith("functions/numbers.py")]
    assert line.endswith(" 5-7")
    assert "FAILED: less than 97.5 %" in written


def test_so_is_a_file_that_nothing_imports(folder: Path) -> None:
    (folder / "shared" / "forgotten.py").write_text("A = 1\nB = 2\n")

    code, written = run(folder, ALL)

    assert code == 1
    assert "shared/forgotten.py" in written


def test_a_run_that_failed_anyway_stays_so(folder: Path) -> None:
    code, written = run(folder, [*ALL, "(5, 2)"])

    assert code == 1
    assert "1 failed" in written
    assert "100.00 % of lines and branches" in written
