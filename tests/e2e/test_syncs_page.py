"""The pages on tills and their files, as a newcomer types them."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.e2e.conftest import ROOT, Run

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("suite"), pytest.mark.timeout(200)]


def test_a_receipt_of_now_earns_points_each_time(run: Run) -> None:
    pasted = blocks("syncs.md", "With a file, and points") * 2
    said = paste(run, pasted)
    assert said.count('"receiptsAwarded": 1') == 2, said


def test_the_example_of_a_file_is_read_and_a_sale_comes_back_as_one(run: Run) -> None:
    said = paste(run, blocks("connectors/pos-generic.md", "Call it"))
    assert '"state": "succeeded"' in said, said
    assert '"error": null' in said, said


def blocks(page: str, section: str) -> str:
    """Return what is to be typed in a section of a page."""
    text = (ROOT / "docs" / page).read_text()
    content = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return "".join(re.findall(r"^```sh\n(.*?)^```", content, re.MULTILINE | re.DOTALL))


def paste(run: Run, commands: str) -> str:
    """Type commands into a shell; return what it shows."""
    done = subprocess.run(
        ["bash", "-eu", "-c", f". {run.local}/dev.env\n{commands}"],
        cwd=ROOT,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
