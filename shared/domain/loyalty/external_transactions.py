"""Transactions of other systems: each is booked once, whichever endpoint tells of it.

One purchase may reach us twice, from a till and from the loyalty system behind it. For one member,
one program and one direction these are the same transaction if their ids are equal and their
sources do not contradict each other: a request without a source may come from any system. Two
different named sources are two systems, which number their transactions independently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared import ids
from shared.domain.loyalty.entries import Entry, EntryKind


class Direction(StrEnum):
    """The effect of a transaction. One id may earn, redeem and set: these are three bookings."""

    EARN = "earn"
    REDEEM = "redeem"
    SET = "set"


_DIRECTION_BY_KIND = {
    EntryKind.EARN: Direction.EARN,
    EntryKind.PENDING: Direction.EARN,
    EntryKind.REDEEM: Direction.REDEEM,
    EntryKind.ADJUST: Direction.SET,
}


@dataclass(frozen=True, slots=True)
class ExternalTransaction:
    """A transaction that a request tells of.

    ``units`` are the points to earn or to redeem (> 0), or the balance to set; ``reward_id`` is the
    reward that they buy; ``is_sync`` tells whether the endpoint is syncExternalLoyalty.
    """

    direction: Direction
    transaction_id: str
    source: str | None
    units: int
    reward_id: str | None = None
    is_sync: bool = False

    @property
    def entry_ids(self) -> tuple[str, ...]:
        """The ids of the entries that may have booked it, ``first_id`` first."""
        second = () if self.second_id is None else (self.second_id,)
        return (self.first_id, *second, self.former_id)

    @property
    def first_id(self) -> str:
        """The id of the entry, unless another source has booked the same transaction id before.

        It does not depend on the source, so that every request about the id finds it.
        """
        if self.direction is Direction.SET:
            return ids.derived("le", "sync", "set", self._source_and_id)
        return ids.derived("le", self.direction, self.transaction_id)

    @property
    def second_id(self) -> str | None:
        """The id of the entry if another source has the first one; ``None`` without a source."""
        if self.direction is Direction.SET or self.source is None:
            return None
        return ids.derived("le", self.direction, "source", self.source, self.transaction_id)

    @property
    def former_id(self) -> str:
        """The id that syncExternalLoyalty gave once: the direction was no part of it."""
        return ids.derived("le", "sync", self._source_and_id)

    def find(self, entries: Sequence[Entry], fingerprint: str) -> Entry | None:
        """Return the one of the entries that has booked this transaction; ``None`` if none has.

        Args:
            entries: Those of ``entry_ids`` that exist.
            fingerprint: Of the request; an entry that booked the same request comes first.
        """
        same = [each for each in entries if self._is_booked_by(each)]
        exact = [each for each in same if each.fingerprint == fingerprint]
        return next(iter(exact or same), None)

    def is_repeated(self, entry: Entry, fingerprint: str) -> bool:
        """Tell whether the entry that has booked this transaction says the same as this request.

        A request of the same endpoint must say exactly the same. One of another endpoint, which
        knows other fields, must name the same points, and no reward that was not given.
        """
        if entry.fingerprint == fingerprint:
            return True
        is_other_endpoint = self.is_sync is not (entry.action is not None)
        has_reward = self.reward_id is None or self.reward_id == entry.reward_id
        return is_other_endpoint and has_reward and abs(entry.granted_units) == self.units

    def _is_booked_by(self, entry: Entry) -> bool:
        has_source = self.source is None or entry.source is None or self.source == entry.source
        return has_source and _DIRECTION_BY_KIND.get(entry.kind) is self.direction

    @property
    def _source_and_id(self) -> str:
        source = self.source or ""
        return f"{len(source)}:{source}:{self.transaction_id}"


def booked_by(entry: Entry) -> str | None:
    """Return the endpoint that books such entries; ``None`` if they have no endpoint."""
    if entry.action is not None:
        return "syncExternalLoyalty"
    if entry.actor is not None:
        return "extendExpiry" if entry.kind is EntryKind.EXTEND else "adjustLoyaltyPoints"
    endpoints = {
        EntryKind.EARN: "addLoyaltyPoints",
        EntryKind.PENDING: "addLoyaltyPoints",
        EntryKind.REDEEM: "redeemLoyaltyPoints",
    }
    return endpoints.get(entry.kind)
