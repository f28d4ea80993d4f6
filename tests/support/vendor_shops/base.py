"""What the shops of all systems can do, in the words of none of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from shared import clock

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

    def paid(self, number: int, euros: int, buyer: Buyer = ANNA) -> Notice:
        """Have an order paid."""

    def refunded(self, number: int, euros: int) -> Notice:
        """Have a part of that order paid back."""

    def customer(self, buyer: Buyer) -> Notice | None:
        """Tell of a customer; ``None`` if the system tells of none."""


def now() -> datetime:
    """Return when something is bought."""
    return clock.real_now()


def later() -> datetime:
    """Return when it is changed: in another second, by which a change is known."""
    return clock.real_now() + timedelta(seconds=1)
