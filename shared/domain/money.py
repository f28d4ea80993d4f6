"""Money: whole minor units and a currency; major units only at the edge, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared.domain.units import currency_scale
from shared.said import say

AMOUNT_MINOR_MAX = 10**15
"""The most minor units that others may tell us: below 2**53, and far beyond what anyone pays."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of a currency, e.g. 1,099 minor units of EUR for 10.99 euros.

    ``currency`` is an ISO 4217 code in capitals; ISO defines its number of decimals, not the
    provider.
    """

    amount_minor: int
    currency: str

    @classmethod
    def from_major(cls, amount: Decimal, currency: str) -> Money:
        """Convert a provider's amount in major units; never rounds.

        Raises:
            ValueError: The amount is finer than the currency's minor unit, beyond
                ``AMOUNT_MINOR_MAX`` of them, or is no number.
        """
        if not amount.is_finite():
            raise ValueError(say("no_amount", "{amount} is no amount", amount=amount))
        scale = currency_scale(currency)
        # Before int(), which would write out the zeros of 1e2000000.
        if amount.copy_abs() > Decimal(AMOUNT_MINOR_MAX).scaleb(-scale):
            raise ValueError(
                say(
                    "amount_beyond", "an amount is beyond {most} minor units", most=AMOUNT_MINOR_MAX
                )
            )
        minor = amount.scaleb(scale)
        if minor != minor.to_integral_value():
            raise ValueError(
                say(
                    "too_fine", "{amount} is finer than a minor unit", amount=f"{amount} {currency}"
                )
            )
        return cls(int(minor), currency)

    def to_major(self) -> Decimal:
        """Return the amount in major units, with all decimals of the currency: 10.90 for EUR."""
        scale = currency_scale(self.currency)
        return Decimal(self.amount_minor).scaleb(-scale).quantize(Decimal(1).scaleb(-scale))

    def __str__(self) -> str:
        return f"{self.to_major()} {self.currency}"
