"""Proof that programs' books are right: mirrors, chains, sums, events and counters.

A program is walked member by member, then by its mirrors, in pieces of any size: a ``Position``
says where the next piece begins. One walk serves the operator, merchants and the nightly run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared import clock
from shared.domain.loyalty import chain, erasing, figures, ledger, loyalty_events, proof
from shared.domain.loyalty import liability as liabilities
from shared.domain.loyalty.entries import GENESIS, Entry
from shared.domain.loyalty.figures import NEW_MEMBER, ProgramCounters
from shared.domain.loyalty.liability import Liability
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.proof import Break, Invariant, Position, Tally
from shared.services.events import emission
from shared.store import client, paths
from shared.store.client import Snapshot
from shared.store.loyalty import (
    erasure_documents,
    figure_documents,
    membership_documents,
    program_documents,
)

ATTEMPTS_MAX = 5
"""A membership that changes while it is read is read again."""
TOLD_AFTER = timedelta(minutes=10)
"""Younger causes may still wait for their event: for the trigger, or for the sweep."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in the books. ``path`` is the document that shows it."""

    path: str
    broken: Break
    program_id: str
    user_id: str | None = None

    @property
    def message(self) -> str:
        """What is wrong."""
        return self.broken.message


@dataclass(frozen=True, slots=True)
class Piece:
    """What was checked of a program; ``next`` is ``None`` at its end.

    ``liability`` is what the program owes the members who were read.
    """

    memberships: int
    entries: int
    problems: tuple[Problem, ...]
    next: Position | None
    liability: Liability = field(default_factory=Liability)


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """The number of checked documents, and the mistakes found."""

    memberships: int
    entries: int
    problems: tuple[Problem, ...]


def verify(program_id: str, *, is_told: bool = False) -> VerificationReport | None:
    """Check a program with all its memberships and entries; read each once.

    Args:
        program_id: The program.
        is_told: Events and counters are checked as well.

    Returns:
        ``None`` if there is no such program.
    """
    program = program_documents.decode(client.get_one(paths.program(program_id)))
    if program is None:
        return None
    memberships = entries = 0
    problems: list[Problem] = []
    position: Position | None = Position()
    while position is not None:
        piece = verify_piece(program, position, client.PAGE, is_told=is_told)
        memberships += piece.memberships
        entries += piece.entries
        problems.extend(piece.problems)
        position = piece.next
    return VerificationReport(memberships, entries, tuple(problems))


def verify_piece(
    program: Program, position: Position, limit: int, *, is_told: bool = True
) -> Piece:
    """Check up to ``limit`` memberships of a program, or mirrors of them.

    Args:
        program: The program.
        position: Where to begin.
        limit: The most memberships to check, from 1.
        is_told: Events and counters are checked as well.
    """
    if position.is_in_mirrors:
        return _verify_mirrors(program, position, limit, is_told=is_told)
    problems: list[Problem] = []
    tally = position.tally
    if position.after is None:
        problems += _program_problems(program)
        tally = Tally(*_compared(_counted(program)))
    assert tally is not None, "a walk begins at the begin"
    found = membership_documents.list_of_program(program.program_id, position.after, limit)
    page = [each.id for each in found]
    entries = 0
    owed: list[Liability] = []
    for membership_id in page:
        # Who was erased since is a copy of another id.
        checked = _Checked.of(membership_id, program, is_told=is_told) or _Checked()
        entries += checked.entries
        owed.append(checked.liability)
        problems += checked.problems
        tally = replace(
            tally,
            members=tally.members + checked.counters.members,
            issued_units=tally.issued_units + checked.counters.issued_units,
            redemptions=tally.redemptions + checked.counters.redemptions,
        )
    following = (
        Position(after=page[-1], tally=tally)
        if len(page) == limit
        else Position(is_in_mirrors=True, tally=tally)
    )
    return Piece(len(page), entries, tuple(problems), following, liabilities.total(owed))


def verify_member(program: Program, membership_id: str) -> Piece | None:
    """Check one membership; ``None`` if there is none."""
    checked = _Checked.of(membership_id, program, is_told=True)
    return None if checked is None else Piece(1, checked.entries, tuple(checked.problems), None)


def _verify_mirrors(program: Program, position: Position, limit: int, *, is_told: bool) -> Piece:
    """Check that each mirror has its membership, and at the end the counters."""
    page = membership_documents.list_mirrors(
        program.store_id, program.program_id, position.after, limit
    )
    sources = client.get([paths.member(each.id) for each in page]) if page else {}
    alone = [each.path for each in page if sources[paths.member(each.id)].data is None]
    # Both go at once when a person is erased, perhaps between these reads.
    still = client.get(alone).values() if alone else ()
    problems = [
        _problem(
            program,
            each.path,
            Break(Invariant.MIRROR, "mirrors a membership that does not exist"),
            (each.data or {}).get("userId"),
        )
        for each in still
        if each.data is not None
    ]
    if len(page) == limit:
        return Piece(0, 0, tuple(problems), replace(position, after=page[-1].id))
    if is_told and position.tally is not None:
        problems += _counters_problems(program, position.tally)
    return Piece(0, 0, tuple(problems), None)


def _program_problems(program: Program) -> list[Problem]:
    path = paths.program(program.program_id)
    mirror_path = paths.store_program(program.store_id, program.program_id)
    reads = client.get([path, mirror_path])
    return [
        _problem(program, path, broken)
        for path, broken in _mirror_breaks(reads[path], reads[mirror_path])
    ]


def _counted(program: Program) -> ProgramCounters:
    return figures.total(figure_documents.shards(program.program_id))


def _compared(counters: ProgramCounters) -> tuple[int, int, int]:
    return counters.members, counters.issued_units, counters.redemptions


def _counters_problems(program: Program, tally: Tally) -> list[Problem]:
    counted = _counted(program)
    if _compared(counted) != tally.before:
        return []
    computed = ProgramCounters(tally.members, tally.issued_units, tally.redemptions)
    path = paths.stats_shards(program.program_id)
    return [_problem(program, path, each) for each in proof.counters_breaks(counted, computed)]


@dataclass(frozen=True, slots=True)
class _Checked:
    """What came of one membership: its entries, its part of the counters, its problems."""

    entries: int = 0
    counters: ProgramCounters = field(default_factory=ProgramCounters)
    problems: Sequence[Problem] = ()
    liability: Liability = field(default_factory=Liability)

    @classmethod
    def of(cls, membership_id: str, program: Program, *, is_told: bool) -> _Checked | None:
        """Check a membership; ``None`` if there is none."""
        path = paths.member(membership_id)
        mirror_path = paths.store_member(program.store_id, membership_id)
        checked = cls()
        for _ in range(ATTEMPTS_MAX):
            # One read for both, so that they show the same moment.
            reads = client.get([path, mirror_path])
            membership = membership_documents.decode(reads[path])
            if membership is None:
                return None
            checked = _checked(membership, reads[path], reads[mirror_path], program, is_told)
            if not checked.problems or client.get_one(path).update_time == reads[path].update_time:
                break
        return checked


def _checked(
    membership: Membership, source: Snapshot, mirror: Snapshot, program: Program, is_told: bool
) -> _Checked:
    entries = membership_documents.list_entries(membership.membership_id)
    told = _Told.of(membership, entries) if is_told else None
    broken = [*proof.sums_breaks(membership, entries), *_chain_breaks(membership, entries)]
    untold = [*told.breaks(membership, entries)] if told else []
    breaks = [(source.path, each) for each in (*broken, *untold)]
    found = [*_mirror_breaks(source, mirror), *breaks]
    return _Checked(
        len(entries),
        told.counters(membership, entries, program.time_zone) if told else ProgramCounters(),
        [_problem(program, path, each, membership.user_id) for path, each in found],
        # Nothing can be booked on books that are broken: they are taken as they are.
        liabilities.of_membership(
            membership if broken else ledger.current(membership, program, clock.utc_now()), program
        ),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """Which events of a membership and its entries are there, of those that are not too old."""

    recent: frozenset[str]
    found: frozenset[str]
    now: datetime

    @classmethod
    def of(cls, membership: Membership, entries: Sequence[Entry]) -> _Told:
        now = clock.utc_now()
        since = now - emission.TOLD_WITHIN
        recent = [
            loyalty_events.event_id_of(each)
            for each in entries
            if each.copied_at is None and each.recorded_at > since
        ]
        if _has_event(membership) and membership.enrolled_at > since:
            recent.append(loyalty_events.enrollment_event_id_of(membership))
        found: set[str] = set()
        for start in range(0, len(recent), client.PAGE):
            page = {paths.event(each): each for each in recent[start : start + client.PAGE]}
            found |= {page[path] for path, read in client.get([*page]).items() if read.data}
        return cls(frozenset(recent), frozenset(found), now)

    def breaks(self, membership: Membership, entries: Sequence[Entry]) -> Iterator[Break]:
        """Yield what should have been told by now, and was not."""
        until = self.now - TOLD_AFTER
        enrolled = loyalty_events.enrollment_event_id_of(membership)
        if enrolled in self._missing and membership.enrolled_at < until:
            yield Break(Invariant.EVENTS, "the enrolment has no event", "an event", "none")
        for entry in entries:
            if loyalty_events.event_id_of(entry) in self._missing and entry.recorded_at < until:
                message = f"entry {entry.entry_id} has no event"
                yield Break(
                    Invariant.EVENTS, message, "an event", "none", entry.seq, entry.entry_id
                )

    def counters(
        self, membership: Membership, entries: Sequence[Entry], time_zone: str
    ) -> ProgramCounters:
        """Return what was counted of them: each together with its event."""
        parts = [
            figures.from_entry(each, time_zone)
            for each in entries
            if loyalty_events.event_id_of(each) not in self._missing
        ]
        enrolled = loyalty_events.enrollment_event_id_of(membership)
        if not membership.is_taken_over and enrolled not in self._missing:
            parts.append(NEW_MEMBER)
        return figures.total(parts)

    @property
    def _missing(self) -> frozenset[str]:
        return self.recent - self.found


def _has_event(membership: Membership) -> bool:
    """Tell whether a membership's enrolment is told under its own id."""
    return not membership.is_taken_over and membership.erased_at is None


def _chain_breaks(membership: Membership, entries: Sequence[Entry]) -> Iterator[Break]:
    """Yield what is wrong with a chain; that of a copy begins with the record of the erasure."""
    genesis = GENESIS
    if membership.erased_at is not None:
        record = erasure_documents.find(membership.membership_id)
        if record is None:
            yield Break(Invariant.ERASURE, "the record of the erasure is missing")
            return
        genesis = erasing.genesis(record)
        for message in erasing.problems(record, entries):
            yield Break(Invariant.ERASURE, message)
    broken = chain.first_break(entries, membership.head_hash, genesis=genesis)
    if broken is not None:
        yield Break(
            Invariant.CHAIN,
            broken.message,
            broken.expected,
            broken.found,
            broken.seq,
            broken.entry_id,
        )


def _mirror_breaks(source: Snapshot, mirror: Snapshot) -> list[tuple[str, Break]]:
    """Return the path of a mirror that is not as its source is, and how it differs."""
    if mirror.data is None:
        return [(mirror.path, Break(Invariant.MIRROR, "is missing"))]
    if source.data == mirror.data:
        return []
    names = sorted(
        name
        for name in (source.data or {}).keys() | mirror.data.keys()
        if (source.data or {}).get(name) != mirror.data.get(name)
    )
    message = f"differs from {source.path} in {', '.join(names)}"
    return [(mirror.path, Break(Invariant.MIRROR, message))]


def _problem(program: Program, path: str, broken: Break, user_id: str | None = None) -> Problem:
    return Problem(path, broken, program.program_id, user_id)
