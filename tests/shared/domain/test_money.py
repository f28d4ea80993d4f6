"""Money is whole minor units; major units are exact, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.money import Money

SCALES = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
currencies = st.sampled_from(sorted(SCALES))


@given(st.integers(-(10**15), 10**15), currencies)
def test_major_units_and_back_is_the_same_money(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    major = money.to_major()
    assert Money.from_major(major, currency) == money
    assert -major.as_tuple().exponent == SCALES[currency]
    assert major * 10 ** SCALES[currency] == amount


@given(st.integers(-(10**9), 10**9), currencies)
def test_finer_than_a_minor_unit_is_refused(amount: int, currency: str) -> None:
    finer = Decimal(amount * 10 + 1).scaleb(-SCALES[currency] - 1)
    with pytest.raises(ValueError, match="is finer than a minor unit"):
        Money.from_major(finer, currency)


@pytest.mark.parametrize("amount", ["1e2000000", "-1e2000000", "1e999990", "10000000000000.01"])
def test_what_nobody_pays_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="is beyond"):
        Money.from_major(Decimal(amount), "EUR")


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no amount"):
        Money.from_major(Decimal(text), "EUR")


@pytest.mark.parametrize(
    ("major", "currency", "minor"),
    [
        ("10.99", "EUR", 1099),
        ("10.9", "EUR", 1090),
        ("10", "EUR", 1000),
        ("1E+1", "EUR", 1000),
        ("10.990000", "EUR", 1099),
        ("1099", "JPY", 1099),
        ("1099.0", "JPY", 1099),
        ("1.099", "KWD", 1099),
        ("0.001", "TND", 1),
        ("-0.01", "EUR", -1),
    ],
)
def test_reads_major_units(major: str, currency: str, minor: int) -> None:
    assert Money.from_major(Decimal(major), currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1090, "EUR"), "10.90 EUR"),
        (Money(5, "EUR"), "0.05 EUR"),
        (Money(0, "EUR"), "0.00 EUR"),
        (Money(1090, "JPY"), "1090 JPY"),
        (Money(1090, "KWD"), "1.090 KWD"),
        (Money(10**15, "EUR"), "10000000000000.00 EUR"),
    ],
)
def test_is_written_with_all_decimals_of_its_currency(money: Money, text: str) -> None:
    assert str(money) == text
