"""The clock of a test account only goes forward, and never too far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.accounts import test_clocks
from shared.domain.accounts.test_clocks import (
    AHEAD_MAX,
    MOVE_MAX,
    CannotMoveError,
    TestClock,
    is_test_account,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(st.timedeltas(-MOVE_MAX, MOVE_MAX * 2), st.timedeltas(timedelta(), MOVE_MAX)),
    max_size=20,
)


@given(STEPS)
@settings(max_examples=50)
def test_only_goes_forward_and_never_too_far(steps: list[tuple[timedelta, timedelta]]) -> None:
    clock, real_now = TestClock("acc_test_1", NOW), NOW
    for by, passed in steps:
        real_now += passed
        before = clock
        try:
            clock = test_clocks.asked_to(clock, clock.now(real_now) + by, real_now)
        except CannotMoveError:
            assert by <= timedelta() or by > MOVE_MAX or clock.ahead + by > AHEAD_MAX
            continue
        until = clock.until
        assert until is not None
        clock = test_clocks.at(clock, clock.now(real_now) + by / 2, real_now)
        clock = test_clocks.arrived(clock, until, real_now)
        assert (clock.until, clock.asked) == (None, until)
        assert timedelta() <= until - clock.now(real_now) < timedelta(milliseconds=1)
        assert before.ahead_ms <= clock.ahead_ms <= AHEAD_MAX / timedelta(milliseconds=1)


def test_what_was_asked_for_changes_nothing() -> None:
    clock = test_clocks.asked_to(TestClock("acc_test_1", NOW), timedelta(days=3), NOW)
    assert test_clocks.asked_to(clock, NOW + timedelta(days=3), NOW) is clock
    moved = test_clocks.arrived(clock, NOW + timedelta(days=3), NOW)
    later = NOW + timedelta(hours=1)
    assert test_clocks.asked_to(moved, NOW + timedelta(days=3), later) is moved
    with pytest.raises(CannotMoveError, match="must be later"):
        test_clocks.asked_to(moved, NOW + timedelta(days=2), later)


def test_more_may_be_asked_while_it_moves() -> None:
    clock = test_clocks.asked_to(TestClock("acc_test_1", NOW), timedelta(days=3), NOW)
    more = test_clocks.asked_to(clock, timedelta(days=4), NOW)
    assert more.until == NOW + timedelta(days=7)
    assert test_clocks.arrived(more, NOW + timedelta(days=3), NOW).until == more.until


def test_what_is_refused_while_it_moves_says_from_where_it_counts() -> None:
    clock = test_clocks.asked_to(TestClock("acc_test_1", NOW), timedelta(days=3), NOW)
    with pytest.raises(CannotMoveError, match="must be later than `advancingTo`"):
        test_clocks.asked_to(clock, NOW + timedelta(days=2), NOW)
    with pytest.raises(CannotMoveError, match="must be at most 400 days after `advancingTo`"):
        test_clocks.asked_to(clock, NOW + timedelta(days=404), NOW)


@pytest.mark.parametrize(
    ("account_id", "expected"),
    [("acc_test_1", True), ("acc_test", False), ("acc_1", False), ("my_acc_test_1", False)],
)
def test_is_known_by_its_id(account_id: str, expected: bool) -> None:
    assert is_test_account(account_id) is expected
