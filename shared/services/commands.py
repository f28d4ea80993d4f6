"""The one way to write: read, decide, commit, and answer a repetition as the first request.

A request is decided on fresh reads. One commit holds its changes, its events and the claim of its
``Idempotency-Key``. A repeated request gets the first answer, and nothing is written. Tasks are
enqueued after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from shared import clock, ids, logs, tasks
from shared.auth.caller import Claim
from shared.errors import Busy
from shared.services import idempotency
from shared.store import client, protocol
from shared.store.client import AnswerLost, Document, Increment, Write
from shared.store.protocol import Decision, Reads, Wanted
from shared.tasks import Task

__all__ = ["Effect", "Reads", "Replay", "Wanted", "count", "find_replay", "keep", "run"]

T = TypeVar("T")

Replay = Callable[[Document, Reads], T]
"""A function that makes the result from what the claim of an earlier request keeps."""


@dataclass(frozen=True, slots=True)
class Effect(Generic[T]):
    """The effect of a command.

    Attributes:
        result: The answer.
        writes: The writes that make the answer true.
        kept: What the claim keeps, to answer a repeated request.
        tasks: The tasks to enqueue after the commit.
    """

    result: T
    writes: Sequence[Write] = ()
    kept: Document = field(default_factory=dict)
    tasks: Sequence[Task] = ()


def run(
    needs: Sequence[str],
    decide: Callable[[Reads], Effect[T]],
    *,
    claim: Claim | None = None,
    replay: Replay[T] | None = None,
    known: Reads | None = None,
) -> T:
    """Carry out a request once: two RPCs if no other writer interferes.

    Args:
        needs: Paths of the documents that the decision needs. Writers with the same first path
            take turns.
        decide: Pure, as for ``protocol.run``. If it raises a refusal, nothing is written; if it
            raises ``Wanted``, those documents are read as well, and it is called again.
        claim: The request's ``Idempotency-Key``, if it has one.
        replay: Needed with ``claim``.
        known: ``needs`` as they were read already; not together with ``claim``.

    Raises:
        IdempotencyKeyReused: The key was used for a different request.
        Busy: Others were faster each time, or Firestore does not answer: see ``protocol.run``.
    """
    assert claim is None or known is None, "the claim would be missing in what is known"
    now, run_id = clock.real_now(), ids.new("run")

    def decided(reads: Reads) -> Decision[Effect[T]]:
        earlier = idempotency.earlier_result(claim, reads, now)
        if earlier is not None:
            assert replay is not None, "a claim needs a replay"
            return Decision(Effect(replay(earlier, reads)))
        effect = decide(reads)
        claimed = idempotency.claim_writes(claim, reads, effect.kept, now, run_id)
        return Decision(effect, [*effect.writes, *claimed])

    done = protocol.run([*needs, *idempotency.claim_paths(claim)], decided, known=known)
    for task in done.tasks:
        tasks.enqueue(task)
    return done.result


def want(reads: Reads, needs: Iterable[str]) -> None:
    """Ask for the documents that a decision needs and that were not read.

    Raises:
        Wanted: There are some.
    """
    missing = [each for each in needs if each not in reads]
    if missing:
        raise Wanted(missing)


def find_replay(claim: Claim | None, replay: Replay[T]) -> T | None:
    """Return the answer of the request that used the key before; ``None`` if there was none.

    Commands with several commits use it, if each commit can be repeated; ``keep`` ends them.

    Raises:
        IdempotencyKeyReused: The key was used for a different request.
    """
    if claim is None:
        return None
    reads = client.get(idempotency.claim_paths(claim))
    earlier = idempotency.earlier_result(claim, reads, clock.real_now())
    return None if earlier is None else replay(earlier, reads)


def keep(claim: Claim | None, kept: Document) -> None:
    """Write the claim that answers a repeated request, after all commits of a command."""
    if claim is not None:
        run([], lambda _: Effect(None, kept=kept), claim=claim, replay=lambda _, __: None)


def count(counter: Increment) -> None:
    """Add to a counter of something that was refused, and that nothing else is written of.

    If Firestore does not answer, it may be missing: the refusal is more important than its count.
    """
    try:
        client.commit([counter])
    except (AnswerLost, Busy):
        logs.warning("not counted", path=counter.path)
