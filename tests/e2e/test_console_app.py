"""The merchant's console, in a browser: who signs in, the till, and the members."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Run
from tests.support.chromium import needs_chromium, run_flow

pytestmark = [
    needs_chromium,
    pytest.mark.wide,
    pytest.mark.xdist_group("suite"),
    pytest.mark.timeout(400),
]


FLOWS = [
    "shell",
    "start",
    "till",
    "till-again",
    "till-balance",
    "till-camera",
    "till-hand-outs",
    "till-landing",
    "till-leaving",
    "till-offline",
    "till-outbox",
    "till-rules",
    "till-stamps",
    "till-vouchers",
    "late-answers",
    "members",
    "members-people",
    "members-cards",
    "members-reserved",
    "members-import",
    "members-merge",
    "programs",
    "program",
    "program-rules",
    "unsaved",
    "poster",
    "earning",
    "developers",
    "invitations",
    "developers-connections",
    "payments",
    "syncs",
    "shops",
    "shop-writes",
    "apps",
    "queues",
    "try",
]


@pytest.mark.parametrize("flow", FLOWS)
def test_staff_work_with_it(run: Run, tmp_path: Path, flow: str) -> None:
    run_flow(f"console/{flow}.mjs", run.facts, tmp_path)
