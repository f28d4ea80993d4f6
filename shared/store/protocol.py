"""The commit protocol: read, decide, commit with preconditions; repeat if another was faster.

No locks are held on the server while a request decides, so two writers of one membership may cause
a repetition, but never a deadlock. Writers in the same process take turns, which makes repetitions
rare; correctness does not depend on it.

A commit whose answer is lost may have been applied. Its documents are checked before the next
decision, so no decision has to recognise its own work.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.errors import Busy
from shared.store import client
from shared.store.client import AnswerLost, Snapshot, Write, WriteConflict

T = TypeVar("T")

ATTEMPTS_MAX = 20
BACKOFF_BASE_S = 0.02
BACKOFF_MAX_S = 1.0
TURN_TIMEOUT_S = 20.0
WANTED_MAX = 12
"""Others may add to what is wanted while it is read."""

Reads = dict[str, Snapshot]


@dataclass(frozen=True, slots=True)
class Decision(Generic[T]):
    """The answer, and the writes that make the answer true."""

    result: T
    writes: Sequence[Write] = ()


class Wanted(Exception):
    """A decision needs more documents: they are read, and it is made anew."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(*paths)
        self.paths = tuple(paths)


_TURNS = tuple(threading.Lock() for _ in range(1024))


def run(
    paths: Sequence[str],
    decide: Callable[[Reads], Decision[T]],
    *,
    known: Reads | None = None,
) -> T:
    """Read ``paths``, decide, and commit the decision; repeat after a conflict.

    Args:
        paths: Documents that the decision needs. Writers with the same first path take turns.
        decide: Pure: the same reads give the same decision. May raise a refusal, which ends the
            run with nothing written, or ``Wanted``, if what it has read names documents that it
            needs as well: all are read again, at one moment. Called again with fresh reads after
            a conflict, so ids and codes that it uses must be made before the run.
        known: The documents of ``paths``, if they were read already; this saves the first read. If
            one has changed since, the precondition of its write fails, and it is read again.

    Raises:
        Busy: Conflicts exhausted the attempts, and nothing was written; or Firestore does not
            answer any more, and it is not known whether the last decision was written.
    """
    turn = _TURNS[hash(paths[0]) % len(_TURNS)]
    if not turn.acquire(timeout=TURN_TIMEOUT_S):
        raise Busy("Too many requests write the same document.")
    try:
        unanswered: list[Decision[T]] = []
        needs = list(paths)
        for attempt in range(ATTEMPTS_MAX):
            if attempt:
                time.sleep(_backoff_s(attempt - 1))
            if (applied := _find_applied(unanswered)) is not None:
                return applied.result
            reads = known if known is not None and attempt == 0 else client.get(needs)
            decision, needs = _decided(decide, reads, needs)
            if not decision.writes:
                return decision.result
            try:
                client.commit(decision.writes)
            except WriteConflict:
                continue
            except AnswerLost:
                unanswered.append(decision)
                continue
            return decision.result
        if (applied := _find_applied(unanswered)) is not None:
            return applied.result
    finally:
        turn.release()
    raise Busy("Too many requests write the same document.")


def _decided(
    decide: Callable[[Reads], Decision[T]], reads: Reads, needs: list[str]
) -> tuple[Decision[T], list[str]]:
    """Return the decision, and all documents that it needed."""
    for _ in range(WANTED_MAX):
        try:
            return decide(reads), needs
        except Wanted as wanted:
            more = [each for each in dict.fromkeys(wanted.paths) if each not in reads]
            assert more, "a decision wants what it has"
            needs = [*needs, *more]
        reads = client.get(needs)
    raise AssertionError(f"a decision wants more {WANTED_MAX} times: {needs}")


def _find_applied(unanswered: Sequence[Decision[T]]) -> Decision[T] | None:
    """Return the decision that was committed after all: also one that was not there before."""
    if not unanswered:
        return None
    index = client.find_applied([each.writes for each in unanswered])
    return None if index is None else unanswered[index]


def _backoff_s(attempt: int) -> float:
    """Return a wait with full jitter: anything from 0 to the doubled bound."""
    return random.uniform(0, min(BACKOFF_MAX_S, BACKOFF_BASE_S * 2**attempt))
