"""The schedule gives all test accounts their time: in turns, and past what fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from shared import clock
from shared.services.accounts import test_clock_moves
from shared.services.accounts.test_clock_moves import DueWork
from tests.support.merchants import Merchant

pytestmark = pytest.mark.usefixtures("own_database", "frozen_clock")  # it works through all clocks


def fails() -> None:
    raise RuntimeError


def moved(new_merchant: Callable[..., Merchant], accounts: int) -> set[str]:
    """Return test accounts whose clocks are an hour ahead."""
    made = [new_merchant(is_test=True) for _ in range(accounts)]
    for each in made:
        each.api.ok("advanceTestClock", {"hours": 1})
    return {each.account_id for each in made}


def test_each_clock_has_its_turn_however_many_there_are(
    new_merchant: Callable[..., Merchant], monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts, asked = moved(new_merchant, 3), list[str]()
    monkeypatch.setattr(test_clock_moves, "CLOCKS_PAGE", 1)

    def find(account_id: str, until: datetime, limit: int) -> Sequence[DueWork]:
        asked.append(account_id)
        return []

    test_clock_moves.run_moved([find])
    assert sorted(asked) == sorted(accounts)
    monkeypatch.setattr(test_clock_moves, "RUN_S_MAX", -1.0)
    test_clock_moves.run_moved([find])
    assert len(asked) == 3


def test_what_fails_hides_nothing_that_is_due_later(
    new_merchant: Callable[..., Merchant], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(new_merchant, 1)
    monkeypatch.setattr(test_clock_moves, "PAGE", 2)
    done: list[int] = []

    def find(account_id: str, until: datetime, limit: int) -> Sequence[DueWork]:
        now = clock.real_now()
        bad = [DueWork(now, f"bad {number}", fails) for number in range(5)]
        good = [] if done else [DueWork(now, "good", lambda: done.append(1))]
        return [*bad, *good][:limit]

    assert test_clock_moves.run_moved([find]) == 6
    assert done == [1]
