"""Returned shares: in total what one return of everything takes, and never more than earned."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty.returns import units_to_take

UNITS = st.integers(0, 10**9)
MONEY = st.integers(1, 10**12)


@pytest.mark.parametrize(
    ("earned_units", "returned_minor", "earning_minor", "taken_units"),
    [
        (100, 0, 1000, 0),
        (100, 333, 1000, 33),
        (100, 999, 1000, 99),
        (100, 1000, 1000, 100),
        (100, 1001, 1000, 100),
        (1, 999, 1000, 0),
        (0, 1000, 1000, 0),
        (100, -1, 1000, 0),
        (100, 0, 0, 0),
        (100, 1, 0, 100),
    ],
)
def test_takes_the_returned_share_rounded_down(
    earned_units: int, returned_minor: int, earning_minor: int, taken_units: int
) -> None:
    assert units_to_take(earned_units, returned_minor, earning_minor) == taken_units


@given(UNITS, MONEY, st.integers(-(10**12), 10**13))
def test_takes_never_more_than_earned_and_never_more_than_the_share(
    earned_units: int, earning_minor: int, returned_minor: int
) -> None:
    taken_units = units_to_take(earned_units, returned_minor, earning_minor)
    share = Fraction(min(max(returned_minor, 0), earning_minor), earning_minor) * earned_units
    assert 0 <= taken_units <= earned_units
    assert share - 1 < taken_units <= share


@given(UNITS, MONEY, MONEY, MONEY)
def test_more_returned_takes_no_less(
    earned_units: int, earning_minor: int, returned_minor: int, more_minor: int
) -> None:
    before = units_to_take(earned_units, returned_minor, earning_minor)
    assert before <= units_to_take(earned_units, returned_minor + more_minor, earning_minor)


@given(UNITS, st.lists(st.integers(0, 10**6), min_size=1, max_size=12), st.integers(0, 10**6))
def test_parts_take_in_total_what_one_return_takes(
    earned_units: int, parts: list[int], kept_minor: int
) -> None:
    earning_minor = sum(parts) + kept_minor
    taken_units = returned_minor = 0
    for part in parts:
        returned_minor += part
        step = units_to_take(earned_units, returned_minor, earning_minor) - taken_units
        assert step >= 0
        taken_units += step
    assert taken_units == units_to_take(earned_units, sum(parts), earning_minor)
    if kept_minor == 0 and returned_minor > 0:
        assert taken_units == earned_units
