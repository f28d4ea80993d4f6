"""What a customer reads of a balance: what is free, and beside it what is reserved or owed.

The one rule of the card, of passes in wallets, of messages to devices, and of what shops show. The
web app decides the same in ``web/shared/card/standing.ts``, and a test compares both. The balance
of the API is ``free + reserved - owed``.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.loyalty.membership import Membership


@dataclass(frozen=True, slots=True)
class CustomerBalance:
    """What a member has. All in units, none below zero; only one of the last two is above it.

    ``free_units`` can be spent now. ``reserved_units`` are set aside until a till or shop takes
    them, or the reservation ends. ``owed_units`` came back after they were spent: what is earned
    next pays them first.
    """

    free_units: int
    reserved_units: int
    owed_units: int


def of(membership: Membership) -> CustomerBalance:
    """Return what a customer reads of a membership as it is now, so without what has expired."""
    have = max(membership.balance_units, 0)
    # What a shop takes back may be reserved: then less is reserved than was asked for.
    reserved = min(membership.held_units, have)
    return CustomerBalance(have - reserved, reserved, max(-membership.balance_units, 0))


@dataclass(frozen=True, slots=True)
class StampCard:
    """Stamps as a card draws them: at most a full card, and what was collected beyond it."""

    drawn: int
    more: int


def stamps_of(balance: CustomerBalance, needed: int) -> StampCard:
    """Return what a card for ``needed`` stamps shows."""
    free = balance.free_units
    return StampCard(min(free, needed), max(free - needed, 0))
