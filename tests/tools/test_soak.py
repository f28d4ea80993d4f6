"""make soak: it finds nothing where all is right, and a balance that nobody was told of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.support.merchants import Merchant
from tools.soak import DifferenceError, Round

ROOT = Path(__file__).resolve().parents[2]


def test_a_balance_that_no_answer_told_of_is_found(merchant: Merchant) -> None:
    round_ = Round(merchant, Random(1))
    operations = round_.operations(3)
    assert operations
    round_.prove()
    adjust = {"points": 5, "reason": "Nobody is told", "actor": "test"}
    merchant.api.ok("adjustLoyaltyPoints", {**round_.ids(round_.users[0]), **adjust})

    with pytest.raises(DifferenceError, match="has 5 and 0 expired; the answers say 0"):
        round_.prove()


@pytest.mark.wide
def test_a_short_run_finds_nothing() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tools.soak", "--operations", "30", "--seed", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert (run.returncode, run.stdout.splitlines()[-1]) == (0, "Nothing was found."), run.stdout
