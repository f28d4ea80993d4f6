"""Several bookings in one commit: what a list of rows takes, without two RPCs for each row."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import PunktwerkError
from shared.services import commands
from shared.services.commands import Effect, Reads, Wanted
from shared.services.loyalty.bookings import Booking, Prepared
from shared.store import client
from shared.store.client import Create, Delete, Document, Increment, Put, Snapshot, Update, Write

TOGETHER_MAX = 100
"""A booking takes three to five writes, and a commit takes 500."""

Outcome = Booking | PunktwerkError
"""What became of a booking: itself, or the refusal of it alone."""


def run(asked: Sequence[Prepared]) -> list[Outcome]:
    """Decide on bookings one after the other, and commit all that are not refused: two RPCs.

    Each is decided on what those before it leave behind, as if they had been committed. A refused
    one leaves nothing behind, and does not stop the others.

    Args:
        asked: At most ``TOGETHER_MAX``. Several may be of one membership.

    Raises:
        Busy: Nothing is booked, or it is not known; see ``commands.run``.
    """
    assert 0 < len(asked) <= TOGETHER_MAX
    needs = list(dict.fromkeys(path for each in asked for path in each.needs))

    def decide(reads: Reads) -> Effect[list[Outcome]]:
        state = _State(reads)
        outcomes: list[Outcome] = []
        wanted: list[str] = []
        for each in asked:
            try:
                effect = each.decide(state.now)
            except Wanted as more:
                wanted += more.paths
            except PunktwerkError as refusal:
                outcomes.append(refusal)
            else:
                state.apply(effect.writes)
                outcomes.append(effect.result)
        if wanted:
            raise Wanted(wanted)
        return Effect(outcomes, state.writes())

    return commands.run(needs, decide)


class _State:
    """Documents as they are after some decisions, of which none is committed yet."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self.now: Reads = dict(reads)
        self._changed: dict[str, None] = {}  # Kept in order, as a set would not.
        self._puts: dict[str, Put] = {}
        self._increments: list[Increment] = []

    def apply(self, writes: Sequence[Write]) -> None:
        """Take over the writes of a decision."""
        for write in writes:
            match write:
                case Create(path, data):
                    self._set(path, data)
                case Update(read, data):
                    self._set(read.path, {**(self.now[read.path].data or {}), **data})
                case Delete(read):
                    self._set(read.path, None)
                case Put(path):
                    self._puts[path] = write
                case Increment():
                    self._increments.append(write)

    def writes(self) -> list[Write]:
        """Return the writes that make of the documents as they were read what they are now."""
        changed = (self._write(path) for path in self._changed)
        return [
            *(each for each in changed if each is not None),
            *self._puts.values(),
            *self._increments,
        ]

    def _set(self, path: str, data: Document | None) -> None:
        self.now[path] = Snapshot(path, data, update_time=None)
        self._changed[path] = None

    def _write(self, path: str) -> Write | None:
        read = self._reads.get(path, Snapshot(path, None, None))
        data = self.now[path].data
        if data is not None:
            return client.replacement(read, data)
        return Delete(read) if read.data is not None else None
