"""The clocks of test accounts, moved by hand: nothing that time brings is done."""

from __future__ import annotations

from datetime import timedelta

from shared import clock
from shared.domain.accounts.test_clocks import TestClock
from shared.store import client, paths
from shared.store.accounts import test_clock_documents
from tests.support.merchants import Merchant


def set_ahead(merchant: Merchant, **delta: float) -> None:
    """Let a test account's time be ahead of the real one."""
    ahead_ms = timedelta(**delta) // timedelta(milliseconds=1)
    moved = TestClock(merchant.account_id, clock.real_now(), ahead_ms)
    read = client.get_one(paths.test_clock(merchant.account_id))
    client.commit([test_clock_documents.write(read, moved)])
