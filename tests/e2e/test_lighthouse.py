"""The pages of customers and the console's start page, as Lighthouse judges them on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Run
from tests.support.chromium import needs_chromium, run_flow

pytestmark = [
    needs_chromium,
    pytest.mark.wide,
    pytest.mark.alone,
    pytest.mark.xdist_group("suite"),
    pytest.mark.timeout(400),
]


def test_each_page_has_95_of_100_at_least(run: Run, tmp_path: Path) -> None:
    run_flow("lighthouse.mjs", run.facts, tmp_path)
