"""Amounts in the minor units of systems that do not use ISO's decimals for every currency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from shared.domain.money import AMOUNT_MINOR_MAX, Money
from shared.domain.units import currency_scale
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

AmountMinor = Annotated[int, Field(ge=-AMOUNT_MINOR_MAX, le=AMOUNT_MINOR_MAX)]
"""Minor units in an answer. Bounded, because a larger one can neither be true nor be stored."""

_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class MinorUnits:
    """The minor units of one system. It never rounds.

    Attributes:
        system: The system's name, for messages.
        scales: The system's decimals for the currencies where they differ from ISO's.
        steps: Currencies of which the system only takes multiples of some minor units.
    """

    system: str
    scales: Mapping[str, int]
    steps: Mapping[str, int] = field(default_factory=dict)

    def write(self, amount: Money) -> int:
        """Convert to the system's minor units.

        Raises:
            ConnectorRejected: The amount has more decimals than the system takes.
        """
        minor = Decimal(amount.amount_minor).scaleb(self._shift(amount.currency))
        if minor % self.steps.get(amount.currency, 1) != 0:
            raise ConnectorRejected(
                say(
                    "does_not_take_decimals",
                    "{system} does not take {amount}: too many decimals.",
                    system=self.system,
                    amount=amount,
                )
            )
        return int(minor)

    def read(self, minor: int, currency: str) -> Money:
        """Convert from the system's minor units.

        Raises:
            ConnectorAnswerInvalid: The number is not an amount of the currency.
        """
        ours = Decimal(minor).scaleb(-self._shift(currency))
        if not _CURRENCY.fullmatch(currency) or ours % 1 != 0:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "The answer of {system} has no valid amount.",
                    system=self.system,
                )
            )
        return Money(int(ours), currency)

    def _shift(self, currency: str) -> int:
        iso = currency_scale(currency)
        return self.scales.get(currency, iso) - iso


def require_currency(currency: str, amount: Money, *, system: str) -> None:
    """Refuse an amount that is not in the currency of a system.

    Raises:
        ConnectorRejected: It is in another one.
    """
    if amount.currency != currency:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} takes {currency}, not {other}.",
                system=system,
                currency=currency,
                other=amount.currency,
            )
        )
