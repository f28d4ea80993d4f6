"""Numbers of programs: percentages and amounts of money with as many decimals as they may have."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from shared.schemas.base import Number


def decimals(most: int) -> Callable[[Decimal], Decimal]:
    """Return the validator of numbers with at most so many decimals."""

    def check(number: Decimal) -> Decimal:
        if number != round(number, most):
            raise ValueError(f"must have at most {most} decimals")
        return number

    return check


Percentage = Annotated[Number, Field(gt=0, le=100), AfterValidator(decimals(2))]
Money = Annotated[Number, Field(ge=0, le=1_000_000), AfterValidator(decimals(3))]
PositiveMoney = Annotated[Number, Field(gt=0, le=1_000_000), AfterValidator(decimals(3))]
