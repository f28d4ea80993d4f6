"""Amounts: exact, never rounded on the way in, never a binary float inside."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.units import (
    AMOUNT_UNITS_MAX,
    BALANCE_UNITS_MAX,
    currency_scale,
    floor_to_units,
    from_units,
    to_json_number,
    to_units,
)
from shared.errors import InvalidParameters


@pytest.mark.parametrize(
    ("currency", "scale"),
    [("EUR", 2), ("USD", 2), ("CHF", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3)],
)
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, scale: int) -> None:
    assert currency_scale(currency) == scale


@pytest.mark.parametrize(
    ("amount", "scale", "units"),
    [
        ("0", 0, 0),
        ("5", 0, 5),
        ("5.0", 0, 5),
        ("5E+2", 0, 500),
        ("-0", 0, 0),
        ("1.55", 2, 155),
        ("1.550", 2, 155),
        ("0.01", 2, 1),
        ("1.555", 3, 1555),
        ("1000000000", 0, 1_000_000_000),
        ("10000000.00", 2, 1_000_000_000),
    ],
)
def test_an_amount_becomes_whole_units(amount: str, scale: int, units: int) -> None:
    converted = to_units(Decimal(amount), scale, field="points")
    assert converted == units
    assert type(converted) is int


@pytest.mark.parametrize(
    ("amount", "scale", "problem"),
    [
        ("1.5", 0, "must be a whole number"),
        ("0.1", 0, "must be a whole number"),
        ("NaN", 0, "must be a whole number"),
        ("1.555", 2, "must be a number with at most 2 decimals"),
        ("1.5555", 3, "must be a number with at most 3 decimals"),
        ("-1", 0, "must be from 0 to 1000000000"),
        ("-0.01", 2, "must be from 0 to 10000000.00"),
        ("1000000001", 0, "must be from 0 to 1000000000"),
        ("10000000.01", 2, "must be from 0 to 10000000.00"),
        ("1000000.001", 3, "must be from 0 to 1000000.000"),
        ("9007199254740993", 0, "must be from 0 to 1000000000"),
        ("1E+309", 0, "must be from 0 to 1000000000"),
        ("Infinity", 0, "must be from 0 to 1000000000"),
    ],
)
def test_an_amount_that_is_no_number_of_units_is_refused(
    amount: str, scale: int, problem: str
) -> None:
    with pytest.raises(InvalidParameters) as refusal:
        to_units(Decimal(amount), scale, field="points")
    assert refusal.value.message == f"points {problem}."
    assert refusal.value.details == {"fields": {"points": problem}}


@given(st.integers(0, AMOUNT_UNITS_MAX), st.sampled_from([0, 2, 3]))
def test_units_come_back_from_the_wire_as_they_were(units: int, scale: int) -> None:
    written = json.dumps(to_json_number(from_units(units, scale)))
    read = json.loads(written, parse_float=Decimal, parse_int=Decimal)
    assert to_units(read, scale, field="points") == units


@given(st.integers(-BALANCE_UNITS_MAX, BALANCE_UNITS_MAX), st.sampled_from([0, 2, 3]))
def test_every_balance_is_exact_for_a_reader_with_binary_floats(units: int, scale: int) -> None:
    amount = from_units(units, scale)
    read_by_float = float(json.dumps(to_json_number(amount)))
    assert round(read_by_float * 10**scale) == units
    assert Decimal(repr(read_by_float)) == amount


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("5", "5"),
        ("5.00", "5"),
        ("0.00", "0"),
        ("1E+3", "1000"),
        ("5.50", "5.5"),
        ("-0.01", "-0.01"),
    ],
)
def test_json_has_no_superfluous_decimals(amount: str, written: str) -> None:
    assert json.dumps(to_json_number(Decimal(amount))) == written


@pytest.mark.parametrize(
    ("amount", "units"), [("99.9", 99), ("99", 99), ("0.9999999999", 0), ("-0.1", -1)]
)
def test_a_computed_award_is_rounded_down(amount: str, units: int) -> None:
    floored = floor_to_units(Decimal(amount))
    assert floored == units
    assert type(floored) is int
