"""The README's tour, as a newcomer pastes it: from a scanned code to a refund."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from tests.e2e.conftest import ROOT, Run

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("suite"), pytest.mark.timeout(400)]


def test_the_tour_leads_from_a_scanned_code_to_a_refund(run: Run) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    section = readme.partition("\n## A tour")[2].partition("\n## ")[0]
    [tour] = re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)

    ran = subprocess.run(
        ["bash", "-eu", "-c", tour.replace(".local/", f"{run.local}/")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    enrolled, visit, earned, rewards, used, returned, history = map(
        json.loads, ran.stdout.splitlines()
    )
    assert enrolled["alreadyEnrolled"] is False
    assert [each["points"] for each in visit["earned"]] == [5]
    assert (earned["pointsAdded"], earned["newBalance"]) == (200, 205)
    assert {each["rewardId"]: each["forMember"]["canRedeem"] for each in rewards["rewards"]} == {
        "rw_demo_discount": True,
        "rw_demo_bag": False,
    }
    assert used["rewardCode"].startswith("RW-")
    assert (returned["pointsReversed"], returned["newBalance"]) == (50, 55)
    assert [each["points"] for each in history["transactions"]] == [-50, -100, 200, 5]
