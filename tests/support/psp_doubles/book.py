"""The payments that a provider has really made, whatever its answers were."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

UNHEARD_OF = "SETTLED_SOMEHOW"


@dataclass
class Refund:
    """A refund. ``reference`` is ours, if the provider keeps one."""

    number: int
    reference: str
    amount_minor: int


@dataclass
class Payment:
    """A payment at the provider. ``stage``: open, authorized, paid or canceled.

    ``said_minor`` is the amount that the provider reports.
    """

    number: int
    reference: str
    amount_minor: int
    currency: str
    captures_later: bool
    stage: str = "open"
    said_minor: int = 0
    captures: list[int] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    @property
    def captured_minor(self) -> int:
        return sum(self.captures)

    @property
    def refunded_minor(self) -> int:
        return sum(each.amount_minor for each in self.refunds)


@dataclass
class Book:
    """All payments of one provider. It refuses nothing: a repeated call makes a second object.

    ``is_odd``: the provider uses an unknown word for every state.
    """

    payments: list[Payment] = field(default_factory=list)
    is_odd: bool = False
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def begin(
        self, reference: str, amount_minor: int, currency: str, *, captures_later: bool = False
    ) -> Payment:
        made = Payment(next(self._numbers), reference, amount_minor, currency, captures_later)
        made.said_minor = amount_minor
        self.payments.append(made)
        return made

    def pay(self, made: Payment) -> None:
        """Pay as a customer does."""
        assert made.stage == "open"
        if made.captures_later:
            made.stage = "authorized"
        else:
            self.capture(made, made.said_minor)

    def capture(self, made: Payment, amount_minor: int) -> None:
        made.stage = "paid"
        made.captures.append(amount_minor)

    def refund(self, made: Payment, reference: str, amount_minor: int) -> Refund:
        refund = Refund(next(self._numbers), reference, amount_minor)
        made.refunds.append(refund)
        return refund

    def of(self, reference: str) -> list[Payment]:
        """Return the payments that were made with our reference."""
        return [each for each in self.payments if each.reference == reference]

    def number(self, number: str | int) -> Payment | None:
        """Return the payment with this number."""
        return next((each for each in self.payments if each.number == int(number)), None)

    def says(self, word: str) -> str:
        """Return the word for a state, or an unknown word."""
        return UNHEARD_OF if self.is_odd else word
