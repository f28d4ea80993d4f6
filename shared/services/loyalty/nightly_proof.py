"""Prove the books of all accounts, a piece after the other, and tell what does not hold.

A round begins once a day. Each run of the schedule goes on where the one before has stopped, until
the round is over; a round of many members may take several nights. What is found is told to the
endpoints of its store once, and logged every time.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from shared import clock, logs
from shared.domain.loyalty import liability, proof, proof_events
from shared.domain.loyalty.liability import Liability
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.proof import Break, Position
from shared.services.accounts import test_clocks
from shared.services.events import emission
from shared.services.loyalty import verification
from shared.services.loyalty.verification import Piece, Problem
from shared.store import paths
from shared.store.loyalty import liability_documents, program_documents, proof_documents
from shared.store.loyalty.liability_documents import LiabilityRecord
from shared.store.loyalty.proof_documents import ProofRound

PAGE = 100
RUN_S_MAX = 400.0
"""The schedule's function may take 540 s."""
TRIES_MAX = 3
"""So many runs may die with a piece, as by more entries than fit into memory or the time."""
ROUND_EVERY = timedelta(hours=20)
"""So that a round begins in each night, whenever the last one began."""


def run(page_size: int = PAGE) -> ProofRound:
    """Go on with the round, or begin one if the last one is over and was not tonight.

    Returns:
        How far it is.
    """
    now = clock.real_now()
    current = proof_documents.find()
    if current is None or (current.ended_at and now - current.started_at >= ROUND_EVERY):
        current = ProofRound(started_at=now)
    if current.ended_at is not None:
        return current
    stop_at_s = time.monotonic() + RUN_S_MAX
    while current.ended_at is None:
        begun = replace(current, tries=current.tries + 1)
        proof_documents.save(begun)
        current = replace(_next(begun, page_size), tries=0)
        if time.monotonic() > stop_at_s:
            break
    proof_documents.save(current)
    return current


def _next(current: ProofRound, page_size: int) -> ProofRound:
    """Check the next piece."""
    if current.position is None or current.program_id is None:
        program, position = proof_documents.next_program(current.program_id), Position()
    else:
        program, position = program_documents.find(current.program_id), current.position
        if program is None:
            return replace(current, position=None)  # It is gone: the next one follows.
    if program is None:
        return _ended(current)
    begun_at, owed = _time_of(program), Liability()
    if current.position is not None:
        begun_at, owed = current.program_begun_at or begun_at, current.owed
    piece = _try(program, position, page_size, current.tries)
    if piece is None:
        return replace(current, program_id=program.program_id, position=None)
    _tell(program, piece.problems)
    is_done = piece.next is None
    owed = liability.total([owed, piece.liability])
    if is_done:
        record = LiabilityRecord(program.program_id, begun_at, _time_of(program), owed)
        liability_documents.save(record)
    return replace(
        current,
        program_id=program.program_id,
        position=piece.next,
        programs=current.programs + is_done,
        memberships=current.memberships + piece.memberships,
        entries=current.entries + piece.entries,
        problems=current.problems + len(piece.problems),
        program_begun_at=begun_at,
        owed=owed,
    )


def _ended(current: ProofRound) -> ProofRound:
    logs.info(
        "ledgers verified",
        programs=current.programs,
        memberships=current.memberships,
        entries=current.entries,
        problems=current.problems,
    )
    return replace(current, ended_at=clock.real_now(), program_id=None, position=None)


def _try(program: Program, position: Position, page_size: int, tries: int) -> Piece | None:
    """Return what was checked; a program that cannot be checked is left out, and logged."""
    if tries > TRIES_MAX:
        logs.error("ledger not verified", programId=program.program_id, tries=tries)
        return None
    try:
        with test_clocks.time_of(program.account_id):
            return verification.verify_piece(program, position, page_size)
    except Exception:  # noqa: BLE001 - what fails must not keep the other programs from their proof
        logs.exception("ledger not verified", programId=program.program_id)
        return None


def _tell(program: Program, problems: Iterable[Problem]) -> None:
    """Log the first break of each member, and of the program, and tell it if it is news."""
    by_user: dict[str | None, list[Break]] = {}
    for each in problems:
        by_user.setdefault(each.user_id, []).append(each.broken)
    for user_id, breaks in by_user.items():
        broken = proof.first(breaks)
        assert broken is not None
        logs.error(
            "ledger broken",
            programId=program.program_id,
            storeId=program.store_id,
            member=logs.digest(paths.membership_id(program.program_id, user_id))
            if user_id
            else None,
            invariant=broken.invariant.value,
            sequence=broken.seq,
        )
        _announce(program, user_id, broken)


def _announce(program: Program, user_id: str | None, broken: Break) -> None:
    # A break that lasts has the same event every night.
    emission.emit_once(proof_events.from_break(program, user_id, broken, _time_of(program)))


def _time_of(program: Program) -> datetime:
    with test_clocks.time_of(program.account_id):
        return clock.utc_now()
