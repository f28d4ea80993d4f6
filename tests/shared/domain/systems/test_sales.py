"""The tax in a gross amount: rounded half up to the minor unit, as receipts do."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.money import Money
from shared.domain.systems.sales import SaleLine, vat_in


@pytest.mark.parametrize(
    ("gross", "percent", "vat"),
    [
        (298, Decimal(7), 19),
        (1190, Decimal(19), 190),
        (107, Decimal(7), 7),
        (-298, Decimal(7), -19),
        (5, Decimal(100), 3),
        (-5, Decimal(100), -3),
        (298, Decimal(0), 0),
    ],
)
def test_tax_is_rounded_half_away_from_zero(gross: int, percent: Decimal, vat: int) -> None:
    assert vat_in(Money(gross, "EUR"), percent) == Money(vat, "EUR")


@given(st.integers(-100_000_000, 100_000_000), st.decimals(0, 100, places=2))
def test_tax_is_the_nearest_cent(gross: int, percent: Decimal) -> None:
    rate = Fraction(percent)
    exact = gross * rate / (100 + rate)

    assert abs(vat_in(Money(gross, "EUR"), percent).amount_minor - exact) <= Fraction(1, 2)


def test_a_line_knows_its_tax() -> None:
    milk = Money(149, "EUR")
    line = SaleLine("Milk", Decimal(2), milk, Money(298, "EUR"), Decimal(7))

    assert line.vat == Money(19, "EUR")
