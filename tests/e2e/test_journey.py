"""The whole journey in the browser, from no program to a redeemed reward; docs/tour.md shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import Run
from tests.support.chromium import PICTURES, needs_chromium, run_flow
from tools.emulators import ROOT

DOCS = ROOT / "docs"
FILM_BYTES_MAX = 1_000_000


@needs_chromium
@pytest.mark.wide
@pytest.mark.xdist_group("suite")
@pytest.mark.timeout(400)
def test_a_merchant_and_a_customer_need_no_terminal(run: Run, tmp_path: Path) -> None:
    run_flow("journey.mjs", run.facts, tmp_path)

    taken = {each.name for each in (PICTURES / "journey").iterdir()}
    assert taken == {each.name for each in (DOCS / "tour").iterdir()}


def test_the_film_shows_each_picture_and_is_small() -> None:
    pictures = sorted((DOCS / "tour").iterdir())

    shown = re.findall(r"\(tour/([^)]+)\)", (DOCS / "tour.md").read_text())
    assert shown == [each.name for each in pictures]
    assert sum(each.stat().st_size for each in pictures) <= FILM_BYTES_MAX
