"""Recalculate the tiers of a program's members as a task, page by page, or say who would move.

Each member is one commit. The progress is noted after each page, by the one who was first. Who
comes next goes on after the last page that was noted: a member whom somebody has moved already is
known by the id of the entry.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared import clock, ids, tasks
from shared.auth.caller import Caller
from shared.domain.loyalty import ledger, tier_recalculations
from shared.domain.loyalty.membership import MembershipStatus
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.tier_recalculations import (
    KEPT,
    RecalculationState,
    RecalculationTurn,
    TierMove,
    TierRecalculation,
)
from shared.errors import TierRecalculationNotFound, TierRecalculationRunning
from shared.schemas.base import invalid
from shared.services import access, commands
from shared.services.accounts import test_clocks
from shared.services.commands import Effect, Reads
from shared.store import paths, personal
from shared.store.client import Document, Snapshot, Write
from shared.store.loyalty import (
    membership_documents,
    program_documents,
    tier_recalculation_documents,
)
from shared.tasks import Task

CONTINUE = "continueTierRecalculation"
"""The function that goes on with a recalculation; its queue has the same name."""
PAGE = 200
TASK_S = 400.0
"""A task works this long, and leaves the rest to the next one."""
LEFT_BEHIND_AFTER = timedelta(minutes=10)
"""A recalculation that nobody has gone on with for so long was left behind."""
RESUMED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class BegunRecalculation:
    """A recalculation; ``is_replay`` if an earlier request with the same key began it."""

    found: TierRecalculation
    is_replay: bool = False


def start(
    caller: Caller, *, program_id: str, store_id: str | None, is_dry: bool
) -> BegunRecalculation:
    """Begin a recalculation, and enqueue the task that carries it out.

    Of a program at most one moves members at a time, and at most one only says who would move.

    Raises:
        ProgramNotFound, IdempotencyKeyReused, Busy.
        TierRecalculationRunning: Another one is under way.
        InvalidParameters: The program has no tiers.
    """
    program = access.program(caller, program_id, store_id)
    if not program.tiers:
        raise invalid({"programId": "must be of a program with tiers"})
    now = clock.real_now()
    begun = TierRecalculation(
        recalculation_id=ids.new("tr"),
        account_id=caller.account_id,
        program_id=program_id,
        is_dry=is_dry,
        state=RecalculationState.RUNNING,
        started_at=now,
        updated_at=now,
        expires_at=now + KEPT,
    )
    path = paths.tier_recalculation(begun.recalculation_id)
    turn_path = paths.tier_recalculation_turn(program_id, is_dry=is_dry)
    turn = RecalculationTurn(caller.account_id, program_id, is_dry, begun.recalculation_id)

    def decide(reads: Reads) -> Effect[BegunRecalculation]:
        return Effect(
            BegunRecalculation(begun),
            [
                *_latest_ended(reads, reads[turn_path], now),
                tier_recalculation_documents.write_turn(reads[turn_path], turn),
                tier_recalculation_documents.write(reads[path], begun),
            ],
            {"recalculationId": begun.recalculation_id},
            [_task(begun)],
        )

    return commands.run([path, turn_path], decide, claim=caller.claim, replay=_replayed)


def find(caller: Caller, recalculation_id: str, store_id: str | None) -> TierRecalculation:
    """Return a recalculation of the caller's account, and of ``store_id`` if one is given.

    Raises:
        TierRecalculationNotFound: It does not exist, or belongs to another account or store.
    """
    refusal = TierRecalculationNotFound(f"There is no recalculation {recalculation_id}.")
    found = tier_recalculation_documents.find(recalculation_id)
    if found is None or found.account_id != caller.account_id:
        raise refusal
    if store_id is not None:
        access.own(caller, program_documents.find(found.program_id), refusal, store_id)
    return found


def resume(recalculation_id: str) -> None:
    """Go on with a recalculation, unless it has ended."""
    found = tier_recalculation_documents.find(recalculation_id)
    if found is None or found.state is not RecalculationState.RUNNING:
        return
    # The thresholds of this moment, and not those that this process knew a minute ago.
    program_documents.forget(found.program_id)
    program = program_documents.find(found.program_id)
    assert program is not None, "programs are never deleted"
    stop_at_s = time.monotonic() + TASK_S
    while page := membership_documents.list_of_program(found.program_id, found.position, PAGE):
        with test_clocks.time_of(found.account_id):
            moves = [move for each in page if (move := _moved(program, found, each)) is not None]
        is_over = time.monotonic() > stop_at_s
        after = _noted(found, page, moves, goes_on_later=is_over)
        if after is None or is_over:
            return
        found = after
    _end(found)


def resume_open() -> int:
    """Enqueue recalculations whose worker died; return their number."""
    now = clock.real_now()
    left = [
        each
        for each in tier_recalculation_documents.list_open(RESUMED_AT_ONCE)
        if now - each.updated_at >= LEFT_BEHIND_AFTER
    ]
    for each in left:
        tasks.enqueue(_task(replace(each, updated_at=now)))
    return len(left)


def _latest_ended(reads: Reads, turn_read: Snapshot, now: datetime) -> list[Write]:
    """Return the write that gives up the latest recalculation, if it stands still.

    Raises:
        TierRecalculationRunning: It is under way.
        Wanted: It is not read yet.
    """
    turn = tier_recalculation_documents.decode_turn(turn_read)
    if turn is None:
        return []
    path = paths.tier_recalculation(turn.recalculation_id)
    commands.want(reads, [path])
    latest = tier_recalculation_documents.decode(reads[path])
    if latest is None or latest.state is not RecalculationState.RUNNING:
        return []
    if not tier_recalculations.stands_still(latest, now):
        raise TierRecalculationRunning(
            "The tiers of the program are being recalculated.",
            recalculationId=latest.recalculation_id,
        )
    after = tier_recalculations.given_up(latest, now)
    return [tier_recalculation_documents.write(reads[path], after)]


def _moved(program: Program, found: TierRecalculation, read: Snapshot) -> TierMove | None:
    """Move a member, or find out what would become of it; ``None`` if the tier stays."""
    now = clock.utc_now()

    def decide(reads: Reads) -> Effect[TierMove | None]:
        membership = membership_documents.decode(reads[read.path])
        if membership is None or membership.status is MembershipStatus.MERGED:
            return Effect(None)
        if membership.erasure_id is not None or membership.erased_at is not None:
            return Effect(None)
        member_id, user_id = membership.membership_id, membership.user_id
        entry_id = ids.derived("le", "tier", member_id, found.recalculation_id)
        if any(each.entry_id == entry_id for each in membership.recent):
            path = paths.entry(member_id, entry_id)
            commands.want(reads, [path])
            made = membership_documents.decode_entry(reads[path])
            assert made is not None, f"{path} is gone"
            return Effect(TierMove(user_id, made.tier_before, made.tier_after))
        after, caught = ledger.caught_up(membership, program, now)
        after, entry = ledger.recalculate_tier(after, program, now, entry_id=entry_id)
        move = TierMove(user_id, entry.tier_before, entry.tier_after) if entry else None
        if found.is_dry or after == membership:
            return Effect(move)
        entries = [*caught, *([entry] if entry else [])]
        return Effect(move, membership_documents.writes(reads[read.path], after, *entries))

    return commands.run([read.path], decide, known={read.path: read})


def _noted(
    found: TierRecalculation,
    page: Sequence[Snapshot],
    moves: Sequence[TierMove],
    *,
    goes_on_later: bool,
) -> TierRecalculation | None:
    """Write the progress; ``None`` if another worker was faster."""
    path, now = paths.tier_recalculation(found.recalculation_id), clock.real_now()

    def decide(reads: Reads) -> Effect[TierRecalculation | None]:
        stored = tier_recalculation_documents.decode(reads[path])
        if stored is None or (stored.state, stored.position) != (found.state, found.position):
            return Effect(None)
        after = tier_recalculations.went_on(
            stored, moves, position=page[-1].id, checked=len(page), now=now
        )
        after = replace(after, people=_people(after))
        made = [_task(after)] if goes_on_later else []
        return Effect(after, [tier_recalculation_documents.write(reads[path], after)], tasks=made)

    return commands.run([path], decide)


def _people(found: TierRecalculation) -> tuple[str, ...]:
    named = (each.user_id for each in found.shown if each.user_id is not None)
    return tuple(personal.person(found.account_id, each) for each in named)


def _end(found: TierRecalculation) -> None:
    path, now = paths.tier_recalculation(found.recalculation_id), clock.real_now()

    def decide(reads: Reads) -> Effect[None]:
        stored = tier_recalculation_documents.decode(reads[path])
        if stored is None or (stored.state, stored.position) != (found.state, found.position):
            return Effect(None)
        after = tier_recalculations.ended(stored, now)
        return Effect(None, [tier_recalculation_documents.write(reads[path], after)])

    commands.run([path], decide)


def _task(found: TierRecalculation) -> Task:
    task_id = f"{found.recalculation_id}-{found.checked}-{_ms(found.updated_at)}"
    return Task(CONTINUE, task_id, {"recalculationId": found.recalculation_id})


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _replayed(kept: Document, _: Reads) -> BegunRecalculation:
    found = tier_recalculation_documents.find(kept["recalculationId"])
    if found is None:
        raise TierRecalculationNotFound("The recalculation is older than 30 days.")
    return BegunRecalculation(found, is_replay=True)
