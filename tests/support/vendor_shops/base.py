"""What the shops of all systems can do, in the words of none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from shared import clock
from tests.support.faults import Faults

Row: TypeAlias = dict[str, Any]
Notice: TypeAlias = tuple[dict[str, str], bytes]
"""Headers and bytes."""


@dataclass(frozen=True)
class Buyer:
    """A customer of a shop. The address is verified there if ``is_verified``."""

    number: int = 17
    email: str = "anna@example.com"
    is_verified: bool = False


ANNA = Buyer()


class VendorShop(Protocol):
    """A shop of some system. Prices are whole euros, of goods alone."""

    @property
    def credentials(self) -> Row:
        """What configureSync needs."""

    def id_of(self, buyer: Buyer) -> str:
        """Return the shop's id of a customer."""

    def paid(
        self, number: int, euros: int, buyer: Buyer = ANNA, codes: Sequence[str] = ()
    ) -> Notice:
        """Have an order paid; ``codes`` have taken something off before."""

    def refunded(self, number: int, euros: int) -> Notice:
        """Have a part of that order paid back."""

    def customer(self, buyer: Buyer) -> Notice | None:
        """Tell of a customer; ``None`` if the system tells of none."""


class WrittenShop(VendorShop, Protocol):
    """A shop into which cards and codes are written."""

    @property
    def faults(self) -> Faults:
        """What the next calls of the shop meet."""

    def join(self, buyer: Buyer) -> None:
        """Give a customer an account, into which a card can be written."""

    def card_of(self, buyer: Buyer) -> tuple[Any, ...]:
        """Return what a customer sees: balance, unit, tier and code of the card, or ``None``."""

    def uses(self, code: str, buyer: Buyer = ANNA) -> bool:
        """Order with a code; tell whether it took something off."""


def now() -> datetime:
    """Return when something is bought."""
    return clock.real_now()


def later() -> datetime:
    """Return when it is changed: in another second, by which a change is known."""
    return clock.real_now() + timedelta(seconds=1)
