"""Messages to a device: from the switch in the card, over a booking, to what the device shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.schemas.members.push_bodies import EXAMPLE_KEY
from tests.e2e.conftest import Run
from tests.support.chromium import needs_chromium, run_flow
from tests.support.fcm import Fcm

pytestmark = needs_chromium


@pytest.mark.wide
@pytest.mark.xdist_group("suite")
@pytest.mark.timeout(400)
def test_a_customer_is_told_on_this_device(run: Run, fcm_of_run: Fcm, tmp_path: Path) -> None:
    facts = {**run.facts, "fcmUrl": fcm_of_run.url, "pushKey": EXAMPLE_KEY}
    run_flow("push.mjs", facts, tmp_path)
