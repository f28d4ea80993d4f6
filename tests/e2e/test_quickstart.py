"""The quick start, as a newcomer types it: from nothing to a verified webhook."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import textwrap

import pytest

from tests.e2e.conftest import ROOT, Run
from tools.emulators import free_port

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("suite"), pytest.mark.timeout(400)]

EVENTS = ("enrollment", "points_earned", "reward_unlocked", "milestone_reached", "points_redeemed")


def test_the_quick_start_ends_with_five_verified_events_each_time(run: Run) -> None:
    page = (ROOT / "docs" / "quickstart.md").read_text()
    take_over, make, listen, book, leave = re.findall(
        r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL
    )
    [client] = re.findall(r"^  ```python\n(.*?)^  ```", page, re.MULTILINE | re.DOTALL)
    settings = take_over.replace(".local/", f"{run.local}/")
    seen = run.local / "quickstart.log"
    python = f'"{sys.executable}" -c {shlex.quote(textwrap.dedent(client))}'
    once = f"{settings}\n{make}\n{listen}\n{book}\n{leave}\n{python}\n"

    with seen.open("w") as output:
        done = subprocess.run(
            ["bash", "-eu", "-c", once + once],
            cwd=ROOT,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "PORT": str(free_port())},
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
            check=False,
        )

    assert done.returncode == 0, done.stderr + seen.read_text()
    # The receiver writes while answers are shown, and may go on in a line that one has begun.
    verified = re.findall(r"verified (loyalty\.\w+) ", seen.read_text())
    assert sorted(verified) == sorted(f"loyalty.{name}" for name in EVENTS * 2)
    assert seen.read_text().count('"currentBalance": 29') == 2
    assert (
        seen.read_text().count('"deletedAt": ') == 2
    )  # nothing is sent to a receiver that is gone
    assert seen.read_text().count("'currentBalance': 29") == 2  # what the official client prints
