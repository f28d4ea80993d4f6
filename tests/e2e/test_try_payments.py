"""The script that a newcomer runs: a payment and its refunds through the running product."""

from __future__ import annotations

import json
import re

import pytest

from tests.e2e.conftest import Run
from tools import try_payments
from tools.psp_stand_in import API_KEY, NOTIFICATION_SECRET

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("suite"), pytest.mark.timeout(400)]


def test_pays_refunds_and_shows_the_events(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert try_payments.main(run.local / "dev.json") == 0

    printed = capsys.readouterr().out
    told = re.findall(r"^  (payment\.\w+|integration\.\S+)  (.*)$", printed, re.MULTILINE)
    assert sorted(name for name, _ in told) == sorted(try_payments.EVENTS)
    refunds = [json.loads(data) for name, data in told if name == "payment.refunded"]
    assert sorted(each["refundAmount"] for each in refunds) == [500, 599]
    assert API_KEY not in printed
    assert NOTIFICATION_SECRET not in printed


def test_says_what_is_missing(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    assert try_payments.main(tmp_path / "dev.json") == 1
    assert "make run" in capsys.readouterr().err
