"""The web apps' own tests, of what needs no page: amounts, and who a text names."""

from __future__ import annotations

import subprocess

from tools.emulators import ROOT


def test_their_own_tests_pass() -> None:
    command = ["npm", "--prefix", "web", "test"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
