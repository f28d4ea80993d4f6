"""Several commands in one commit: what a list of rows takes, without two RPCs for each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from shared.auth.caller import Claim
from shared.errors import PunktwerkError
from shared.services import commands
from shared.services.commands import Effect, Reads, Replay, Wanted
from shared.store import client
from shared.store.client import (
    Create,
    Delete,
    Document,
    Increment,
    Put,
    Remove,
    SetFields,
    Snapshot,
    Update,
    Write,
)
from shared.tasks import Task

T = TypeVar("T")

WRITES_MAX = 500
"""What a commit takes, at most."""


class TooManyWrites(Exception):
    """Commands do not fit into one commit."""


class JointCommand(Protocol[T]):
    """A command apart from its commit: what it needs to read, and how it decides."""

    @property
    def needs(self) -> Sequence[str]:
        """The paths to read."""
        ...

    def decide(self, reads: Reads) -> Effect[T]:
        """Decide, as for ``commands.run``. What it keeps is not kept, as it has no claim."""
        ...


def run(
    asked: Sequence[JointCommand[T]],
    *,
    claim: Claim | None = None,
    kept: Callable[[list[T | PunktwerkError]], Document] = lambda _: {},
    replay: Replay[list[T | PunktwerkError]] | None = None,
    is_dry: bool = False,
) -> list[T | PunktwerkError]:
    """Decide on commands one after the other, and commit all that are not refused: two RPCs.

    Each is decided on what those before it leave behind, as if they had been committed. A refused
    one leaves nothing behind, and does not stop the others.

    Args:
        asked: At least one.
        claim: Of all of them together, if they are to be decided on once.
        kept: What the claim keeps of the results.
        replay: Makes the results from that; needed with ``claim``.
        is_dry: Everything is decided, and nothing is written.

    Returns:
        The result of each, or the refusal of it alone.

    Raises:
        Busy: Nothing is written, or it is not known; see ``commands.run``.
        IdempotencyKeyReused: The claim is that of something else.
        TooManyWrites: They make ``WRITES_MAX`` writes or more; nothing is written.
    """
    assert asked
    needs = list(dict.fromkeys(path for each in asked for path in each.needs))

    def decide(reads: Reads) -> Effect[list[T | PunktwerkError]]:
        state = State(reads)
        outcomes: list[T | PunktwerkError] = []
        wanted: list[str] = []
        tasks: list[Task] = []
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
                tasks += effect.tasks
        if wanted:
            raise Wanted(wanted)
        if is_dry:
            return Effect(outcomes)
        writes = state.writes()
        if len(writes) >= WRITES_MAX:
            raise TooManyWrites
        return Effect(outcomes, writes, kept(outcomes), tasks)

    return commands.run(needs, decide, claim=claim, replay=replay)


class State:
    """Documents as they are after some decisions, of which none is committed yet.

    ``now`` are the documents as the next decision reads them.
    """

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self.now: Reads = dict(reads)
        self._changed: dict[str, None] = {}  # Kept in order, as a set would not.
        self._puts: dict[str, Put] = {}
        self._removed: dict[str, Remove] = {}
        self._others: list[Increment | SetFields] = []

    def apply(self, writes: Sequence[Write]) -> None:
        """Take over the writes of a decision."""
        for write in writes:
            match write:
                case Create(path, data):
                    known = self.now.get(path)
                    assert known is None or known.data is None, "a document is made twice"
                    self._set(path, data)
                case Update(read, data):
                    self._set(read.path, {**(self.now[read.path].data or {}), **data})
                case Delete(read):
                    self._set(read.path, None)
                case Remove(path):
                    self._set(path, None)
                    self._removed[path] = write
                case Put(path):
                    self._puts[path] = write
                case Increment() | SetFields():
                    self._others.append(write)

    def writes(self) -> list[Write]:
        """Return the writes that make of the documents as they were read what they are now."""
        changed = (self._write(path) for path in self._changed)
        return [
            *(each for each in changed if each is not None),
            *self._puts.values(),
            *self._others,
        ]

    def _set(self, path: str, data: Document | None) -> None:
        self.now[path] = Snapshot(path, data, update_time=None)
        self._changed[path] = None

    def _write(self, path: str) -> Write | None:
        read = self._reads.get(path, Snapshot(path, None, None))
        data = self.now[path].data
        if path in self._removed:
            # It may not have been read, or belong to somebody who is written with a precondition.
            return self._removed[path] if data is None else Put(path, data)
        if data is not None:
            return client.replacement(read, data)
        return Delete(read) if read.data is not None else None
