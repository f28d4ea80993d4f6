"""A short run of what ``make fuzz`` does at length: the same requests each time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tools.emulators import ROOT


@pytest.mark.wide  # Two processes that send some hundred requests each.
@pytest.mark.parametrize("mode", ["test", "live"])
def test_generated_requests_are_answered_as_the_document_says(mode: str) -> None:
    # In a process of its own: it serves the product without its log, and keeps calls at home.
    command = [sys.executable, "-m", "tools.fuzz", "--short", "--examples", "2", "--mode", mode]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
