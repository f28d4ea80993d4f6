"""Paying with points: what points are worth at a checkout. All rounding of it is here.

- An amount costs the fewest whole points that are worth at least as much: 10.00 costs 334 points of
  0.03 each.
- Points pay whole cents: what they are worth, rounded down.
- A quote takes no point that the purchase does not need: of 10.00 such points pay 9.99, and 0.01 is
  left to be paid in money.

Cashback is money already, so it pays as much as it says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared.domain.loyalty.programs import Program, ProgramType
from shared.domain.units import currency_scale, from_units, to_units
from shared.errors import InvalidParameters, PointsHaveNoValue

_MONEY = Decimal(1)
"""The value of cashback: 1.00 is worth 1.00."""


@dataclass(frozen=True, slots=True)
class PointPayment:
    """What is given for a part of a purchase.

    ``units`` are the program's, ``amount_minor`` is what they pay, in minor units of its currency.
    ``point_value`` is what one point is worth, in the currency.
    """

    units: int
    amount_minor: int
    point_value: Decimal


def value_of(program: Program) -> Decimal:
    """Return what one point of a program is worth, in the store's currency.

    Raises:
        PointsHaveNoValue: The program does not say it.
    """
    value = find_value(program)
    if value is None:
        raise PointsHaveNoValue(
            "The points of this program pay for nothing.", programId=program.program_id
        )
    return value


def find_value(program: Program) -> Decimal | None:
    """Return the same, ``None`` if the program does not say it."""
    return _MONEY if program.program_type is ProgramType.CASHBACK else program.point_value


def amount_minor(program: Program, amount: Decimal) -> int:
    """Return an amount of the store's currency in minor units.

    Raises:
        InvalidParameters: It is 0, or finer than a minor unit.
    """
    minor = to_units(amount, currency_scale(program.currency), field="amount")
    if minor == 0:
        problem = "must be greater than 0"
        raise InvalidParameters(f"amount {problem}.", fields={"amount": problem})
    return minor


def price(program: Program, minor: int, point_value: Decimal) -> PointPayment:
    """Return what an amount (> 0) costs: the fewest units that are worth at least as much."""
    units = math.ceil(minor / _unit_value_minor(program, point_value))
    return PointPayment(units, minor, point_value)


def worth(program: Program, units: int, point_value: Decimal) -> PointPayment:
    """Return what units pay: whole minor units, rounded down."""
    minor = math.floor(units * _unit_value_minor(program, point_value))
    return PointPayment(units, minor, point_value)


def most(program: Program, minor: int, available_units: int, point_value: Decimal) -> PointPayment:
    """Return the most that a member can pay of a purchase, with no point too many.

    It is 0 for 0 if the member has less than the smallest amount of money.
    """
    needed_units = math.floor(minor / _unit_value_minor(program, point_value))
    units = max(min(available_units, needed_units), 0)
    return price(program, worth(program, units, point_value).amount_minor, point_value)


def share(program: Program, amount: Decimal, of_units: int, units: int) -> str:
    """Return what ``units`` of those pay that have paid an amount, rounded down, as ``to_text``."""
    minor = amount_minor(program, amount) * units // of_units
    return to_text(program, PointPayment(units, minor, Decimal(0)))


def to_text(program: Program, payment: PointPayment) -> str:
    """Return the paid amount as an entry keeps it: exact, in the store's currency."""
    return format(from_units(payment.amount_minor, currency_scale(program.currency)), "f")


def require_fitting(program: Program) -> None:
    """Refuse a value of points where a program counts in money.

    Raises:
        InvalidParameters.
    """
    if program.program_type is ProgramType.CASHBACK and program.point_value is not None:
        problem = "is not for cashback, which is money already"
        raise InvalidParameters(f"pointValue {problem}.", fields={"pointValue": problem})


def _unit_value_minor(program: Program, point_value: Decimal) -> Fraction:
    """Return what a unit of the program is worth, exactly, in minor units of its currency."""
    return Fraction(point_value.scaleb(currency_scale(program.currency) - program.scale))
