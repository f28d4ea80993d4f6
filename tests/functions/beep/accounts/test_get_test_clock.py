"""getTestClock: the account's time, which runs as the real one does."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written
from tests.support.test_clocks import set_ahead


def test_shows_both_times(frozen_clock: Clock, new_merchant: Callable[..., Merchant]) -> None:
    tested = new_merchant(is_test=True)
    with nothing_written():
        unmoved = tested.api.ok("getTestClock", {})
    assert unmoved["accountTime"] == unmoved["realTime"] == "2026-03-03T12:00:00.000Z"
    set_ahead(tested, days=2)
    frozen_clock.advance(hours=1)
    with nothing_written():
        moved = tested.api.ok("getTestClock", {})
    assert (moved["accountTime"], moved["realTime"], moved["status"]) == (
        "2026-03-05T13:00:00.000Z",
        "2026-03-03T13:00:00.000Z",
        "ready",
    )
