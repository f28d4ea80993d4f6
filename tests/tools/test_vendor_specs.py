"""Where vendors' specs are missing, a run fails, or says at its very end what it has not done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.without_specs import LABEL
from tools.emulators import ROOT

CONFTEST = """
from pathlib import Path
from tests.support import vendors
vendors.BESIDE = Path(__file__).parent / "specs"
"""
TESTS = """
import pytest
from tests.support.vendors import vendor_spec
from tests.support.without_specs import UNCHECKED

@pytest.fixture
def spec():
    return vendor_spec("vendor/there.json")

def test_in_the_test():
    assert vendor_spec("vendor/there.json").read_text() == "{}"

def test_in_a_fixture(spec):
    assert spec.read_text() == "{}"

def test_another():
    assert vendor_spec("vendor/missing.json")

def test_with_a_double(record_property):
    record_property(UNCHECKED, "vendor/there.json")

def test_of_something_else():
    pytest.skip("for another reason")
"""
STUB = """#!/bin/sh
echo "$1 says something"
case "$1" in *test*) echo "$LAST_LINE";; esac
echo "$1 ends" >&2
[ "$1" != "$FAILING" ] || exit 3
"""


def run_pytest(folder: Path, *options: str, specs: Path | None = None) -> tuple[int, list[str]]:
    """Run the tests above; return the exit code and the lines written."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_tiny.py").write_text(TESTS)
    (folder / "pytest.ini").touch()
    environ = {name: each for name, each in os.environ.items() if not name.startswith("PYTEST_")}
    environ |= {
        "PYTHONPATH": str(ROOT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # loading them takes longer than the tests
        "VENDOR_SPECS_DIR": str(specs or ""),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.support.without_specs", *options],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def make_specs(folder: Path) -> Path:
    (folder / "vendor").mkdir(parents=True)
    (folder / "vendor" / "there.json").write_text("{}")
    return folder


@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "2"), ("-q",)], ids=" ".join)
def test_without_specs_the_last_line_says_how_many_tests_were_skipped(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    exit_code, lines = run_pytest(tmp_path, *options)

    assert exit_code == 0, lines
    assert any("1 passed, 4 skipped" in line for line in lines)
    assert lines[-1].startswith(f"{LABEL}3 tests skipped, 1 ran with a double")
    assert "set VENDOR_SPECS_DIR" in lines[-1]


@pytest.mark.parametrize("is_named", [True, False])
def test_a_missing_spec_fails_its_test_where_others_are(tmp_path: Path, *, is_named: bool) -> None:
    specs = make_specs(tmp_path / ("named" if is_named else "specs"))
    exit_code, lines = run_pytest(tmp_path, specs=specs if is_named else None)

    assert exit_code == 1
    assert any("1 failed, 3 passed, 1 skipped" in line for line in lines), lines
    missing = f"AssertionError: the vendor's spec vendor/missing.json is missing in {specs}"
    assert any(missing in line for line in lines)


def test_a_folder_that_is_named_and_missing_fails_them_all(tmp_path: Path) -> None:
    exit_code, lines = run_pytest(tmp_path, specs=tmp_path / "nowhere")

    assert exit_code == 1
    assert any("2 failed, 1 passed, 1 skipped, 1 error" in line for line in lines), lines


def test_nothing_is_said_where_nothing_was_skipped(tmp_path: Path) -> None:
    make_specs(tmp_path / "specs")
    exit_code, lines = run_pytest(tmp_path, "-k", "in_ or something")

    assert exit_code == 0
    assert "2 passed, 1 skipped" in lines[-1]
    assert not any(LABEL in line for line in lines)


def run_ci(folder: Path, last_line: str = "", failing: str = "") -> tuple[int, list[str]]:
    """Run ``.ci/run`` with a ``make`` that does nothing; return its exit code and lines."""
    for name in ("make", "apt-get"):
        (folder / name).write_text(STUB)
        (folder / name).chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    done = subprocess.run(
        [ROOT / ".ci" / "run"],
        env={**os.environ, "PATH": path, "LAST_LINE": last_line, "FAILING": failing},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def test_ci_says_it_last_of_all(tmp_path: Path) -> None:
    line = f"{LABEL}99 tests skipped"
    exit_code, lines = run_ci(tmp_path, line, failing="check")

    assert exit_code == 3
    assert lines[-1] == line
    assert "make check failed with exit code 3; its output is above." in lines


@pytest.mark.parametrize(
    "line",
    [
        "===== 2 passed, 1 skipped in 3.21s =====",
        "97.87 % of lines and branches, at least 97.5 %",
    ],
)
def test_ci_says_at_its_end_what_has_passed_and_how_long_it_took(tmp_path: Path, line: str) -> None:
    _, lines = run_ci(tmp_path, line)

    assert [each for each in lines if each == line] == [line] * 4
    assert [each.partition(" took ")[0] for each in lines[-8:] if " took " in each] == [
        f"make {target}" for target in ("check", "test", "test-wide")
    ]


def test_ci_runs_every_part_and_passes_if_all_do(tmp_path: Path) -> None:
    exit_code, lines = run_ci(tmp_path)

    assert exit_code == 0
    assert [line for line in lines if line.endswith("says something")] == [
        f"{target} says something" for target in ("check", "test", "test-wide")
    ]


@pytest.mark.parametrize("failing", ["test", "test-wide"])
def test_ci_fails_if_the_tests_do(tmp_path: Path, failing: str) -> None:
    assert run_ci(tmp_path, failing=failing)[0] == 3
