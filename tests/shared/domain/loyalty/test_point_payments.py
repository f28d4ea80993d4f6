"""What points pay: never more than they are worth, the purchase, or the balance."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import point_payments
from shared.domain.loyalty.point_payments import PointPayment
from shared.domain.loyalty.programs import CashbackRules, Program
from shared.errors import InvalidParameters, PointsHaveNoValue
from tests.support.strategies import make_program

POINTS = replace(make_program(), point_value=Decimal("0.01"))
CASHBACK = make_program(CashbackRules(Decimal(3)))
values = st.decimals("0.0001", 50, places=4, allow_nan=False, allow_infinity=False)
programs = st.builds(
    lambda value, currency: replace(POINTS, point_value=value, currency=currency),
    values,
    st.sampled_from(["EUR", "JPY", "KWD"]),
) | st.just(CASHBACK)
amounts = st.integers(1, 10**9)
balances = st.integers(-1_000, 10**9)


@pytest.mark.parametrize(
    ("point_value", "minor", "balance", "units", "paid"),
    [
        ("0.01", 2850, 142, 142, 142),
        ("0.01", 100, 142, 100, 100),
        ("0.03", 1000, 500, 333, 999),
        ("0.005", 100, 7, 6, 3),
        ("0.005", 100, 1, 0, 0),
        ("5", 499, 9, 0, 0),
        ("5", 1600, 9, 3, 1500),
        ("0.015", 2, 9, 1, 1),
        ("0.01", 100, -5, 0, 0),
    ],
)
def test_the_most_that_a_member_can_pay(
    point_value: str, minor: int, balance: int, units: int, paid: int
) -> None:
    value = Decimal(point_value)

    assert point_payments.most(POINTS, minor, balance, value) == PointPayment(units, paid, value)


@given(programs, amounts, balances)
def test_a_quote_is_within_balance_and_purchase(program: Program, minor: int, balance: int) -> None:
    value = point_payments.value_of(program)

    found = point_payments.most(program, minor, balance, value)

    assert 0 <= found.units <= max(balance, 0)
    assert 0 <= found.amount_minor <= minor
    assert point_payments.price(program, found.amount_minor, value) == found
    assert (found.units == 0) is (found.amount_minor == 0)


@given(programs, amounts, balances)
def test_no_other_number_of_points_pays_more(program: Program, minor: int, balance: int) -> None:
    value = point_payments.value_of(program)
    found = point_payments.most(program, minor, balance, value)

    for units in {balance, balance // 2, found.units + 1, found.units + 2}:
        other = point_payments.worth(program, units, value)
        # One that is worth more than the purchase would be wasted in part.
        if 0 <= units <= balance and other.amount_minor < minor:
            assert other.amount_minor <= found.amount_minor


@given(programs, amounts)
def test_an_amount_costs_the_fewest_points_that_are_worth_it(program: Program, minor: int) -> None:
    value = point_payments.value_of(program)

    cost = point_payments.price(program, minor, value)

    assert cost.amount_minor == minor
    assert point_payments.worth(program, cost.units, value).amount_minor >= minor
    assert point_payments.worth(program, cost.units - 1, value).amount_minor < minor


def test_cashback_pays_what_it_says() -> None:
    one = Decimal(1)

    assert point_payments.value_of(CASHBACK) == one
    assert point_payments.price(CASHBACK, 155, one) == PointPayment(155, 155, one)
    assert point_payments.to_text(CASHBACK, PointPayment(150, 150, one)) == "1.50"


def test_points_without_a_value_pay_nothing() -> None:
    with pytest.raises(PointsHaveNoValue):
        point_payments.value_of(make_program())


@pytest.mark.parametrize("amount", ["0", "1.005"])
def test_an_amount_is_at_least_a_cent(amount: str) -> None:
    with pytest.raises(InvalidParameters):
        point_payments.amount_minor(POINTS, Decimal(amount))


def test_cashback_has_no_other_value() -> None:
    point_payments.require_fitting(POINTS)
    with pytest.raises(InvalidParameters):
        point_payments.require_fitting(replace(CASHBACK, point_value=Decimal(2)))


def test_some_of_the_points_pay_their_share_rounded_down() -> None:
    shares = [point_payments.share(POINTS, Decimal("9.99"), 333, units) for units in (333, 332, 1)]

    assert shares == ["9.99", "9.96", "0.03"]
    assert point_payments.share(POINTS, Decimal("1.00"), 3, 2) == "0.66"
