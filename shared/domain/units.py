"""Amounts: exact decimals at the edge, integers of a program's smallest unit everywhere else."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from shared.errors import InvalidParameters

AMOUNT_UNITS_MAX = 1_000_000_000
"""The most that one request may add, redeem or set."""
BALANCE_UNITS_MAX = 10**15
"""The most that a membership may hold: below 2**53, so that every JSON reader keeps it exact."""

_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_CURRENCY_SCALES = {
    **dict.fromkeys(_WITHOUT_DECIMALS.split(), 0),
    **dict.fromkeys(_WITH_THREE_DECIMALS.split(), 3),
}
_CURRENCY_SCALE_DEFAULT = 2
SCALE_MAX = 3
"""The most decimals that a unit has."""


def currency_scale(currency: str) -> int:
    """Return the decimals of an ISO 4217 currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _CURRENCY_SCALES.get(currency, _CURRENCY_SCALE_DEFAULT)


def to_units(amount: Decimal, scale: int, *, field: str) -> int:
    """Convert an amount to integer units; never rounds.

    Args:
        amount: At most ``scale`` decimals, not negative, e.g. ``Decimal("1.50")`` EUR.
        scale: Decimals of the unit: 0 for points and stamps, 2 for EUR.
        field: Name of the request's field, for the message.

    Raises:
        InvalidParameters: The amount is finer than a unit, negative or above ``AMOUNT_UNITS_MAX``.
    """
    units = amount.scaleb(scale)
    if units != units.to_integral_value():
        finest = "a whole number" if scale == 0 else f"a number with at most {scale} decimals"
        raise InvalidParameters(f"{field} must be {finest}.", fields={field: f"must be {finest}"})
    if not 0 <= units <= AMOUNT_UNITS_MAX:
        limit = from_units(AMOUNT_UNITS_MAX, scale)
        problem = f"must be from 0 to {limit}"
        raise InvalidParameters(f"{field} {problem}.", fields={field: problem})
    return int(units)


def from_units(units: int, scale: int) -> Decimal:
    """Convert integer units to the exact decimal of the API."""
    return Decimal(units).scaleb(-scale)


def floor_to_units(amount: Decimal | Fraction) -> int:
    """Round a computed award down to whole units, in the merchant's favor."""
    return math.floor(amount)


def to_json_number(amount: Decimal) -> int | float:
    """Return an amount for JSON: 5 and not 5.0, else the shortest float that reads back the same.

    Amounts have at most 15 significant digits, so nothing is lost.
    """
    return int(amount) if amount == amount.to_integral_value() else float(amount)
