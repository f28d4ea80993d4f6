"""The script that a newcomer runs: a store and its till systems through the running product."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Run
from tools import try_syncs
from tools.korona_stand_in import COUPLING_ID, PASSWORD

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("suite"), pytest.mark.timeout(400)]


def test_syncs_pushes_and_awards_with_the_official_client(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beep.client.API_BASE", "")  # which the script sets, and others after it
    assert try_syncs.main(run.local / "dev.json") == 0

    printed = capsys.readouterr().out
    assert PASSWORD not in printed
    assert COUPLING_ID not in printed


def test_says_what_is_missing(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    assert try_syncs.main(tmp_path / "dev.json") == 1
    assert "make run" in capsys.readouterr().err
