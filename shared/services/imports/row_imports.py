"""Imports of files: store the rows, then carry them out as a task, part by part."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared import clock, ids, logs, tasks
from shared.auth.caller import Caller
from shared.domain.imports import imports
from shared.domain.imports.imports import KEPT, LEASE, Import, ImportKind, ImportPart, ImportState
from shared.domain.loyalty.row_results import RowOutcome, RowResult
from shared.domain.members.member_rows import MemberImport, MemberRowResult
from shared.errors import ImportNotFound
from shared.schemas.loyalty.row_bodies import AwardRowBody
from shared.schemas.rows import judged
from shared.services import access, commands
from shared.services.accounts import callers, test_clocks
from shared.services.commands import Effect, Reads
from shared.services.imports import import_files, member_files
from shared.services.imports.import_files import RowsFile
from shared.services.loyalty import row_bookings
from shared.services.loyalty.row_bookings import AskedRow
from shared.services.members import member_imports
from shared.services.vaults import vault
from shared.store import paths, personal
from shared.store.client import Document
from shared.store.imports import import_documents
from shared.store.loyalty import program_documents
from shared.tasks import Task

CONTINUE = "continueImport"
"""The function that goes on with an import; its queue has the same name."""
TASK_S = 400.0
"""A task works this long, and leaves the rest to the next one."""
PART_ROWS = 500
PART_CHARS_MAX = 300_000
"""Of the rows of a part: a document takes 1 MiB, also of letters of three bytes."""
RESUMED_PER_SWEEP = 50
FORGOTTEN_AT_ONCE = 20
"""Parts; each may have a third of a MiB, and more once it is encrypted."""


@dataclass(frozen=True, slots=True)
class BegunImport:
    """An import after a request; ``is_replay`` if an earlier request with the same key began it."""

    found: Import
    is_replay: bool = False


def start(
    caller: Caller,
    file: RowsFile,
    program_id: str | None,
    store_id: str | None,
    *,
    members: MemberImport | None = None,
) -> BegunImport:
    """Store the rows of a file, and enqueue the task that carries them out.

    They are members if ``members`` is given, and awards otherwise.

    The import is named by the request's key. If the process dies before all rows are stored, the
    same request stores them again.

    Raises:
        IdempotencyKeyReused, Busy.
    """
    earlier = commands.find_replay(caller.claim, _replayed)
    if earlier is not None:
        return earlier
    now, lease_id = clock.real_now(), ids.new("lease")
    import_id = (
        ids.derived("imp", caller.claim.claim_id) if caller.claim is not None else ids.new("imp")
    )
    begun = Import(
        import_id=import_id,
        account_id=caller.account_id,
        program_id=program_id,
        store_id=store_id,
        state=ImportState.RECEIVING,
        started_at=clock.utc_now(),
        updated_at=now,
        expires_at=now + KEPT,
        rows=len(file.rows),
        notes=tuple(note[:300] for note in file.notes),
        lease_id=lease_id,
        lease_until=now + LEASE,
        kind=ImportKind.AWARDS if members is None else ImportKind.MEMBERS,
        members=members,
        staff_id=caller.staff_id,
    )
    path = paths.import_(import_id)

    def receive(reads: Reads) -> Effect[Import]:
        found = import_documents.decode(reads[path])
        if found is not None and found.state is not ImportState.RECEIVING:
            return Effect(found)
        return Effect(begun, [import_documents.write(reads[path], begun)])

    received = commands.run([path], receive)
    if received.state is not ImportState.RECEIVING:
        return BegunImport(received, is_replay=True)
    parts = _store(begun, file)

    def release(reads: Reads) -> Effect[BegunImport]:
        found = import_documents.decode(reads[path])
        assert found is not None, f"{path} is gone"
        if found.lease_id != lease_id or found.state is not ImportState.RECEIVING:
            return Effect(BegunImport(found), kept={"importId": import_id})
        after = replace(found, state=ImportState.RUNNING, parts=parts, lease_until=None)
        written = [import_documents.write(reads[path], after)]
        return Effect(BegunImport(after), written, {"importId": import_id}, [_task(after)])

    return commands.run([path], release, claim=caller.claim, replay=_replayed)


def find(caller: Caller, import_id: str, store_id: str | None) -> Import:
    """Return an import of the caller's account, and of ``store_id`` if one is given.

    Raises:
        ImportNotFound: It does not exist, or belongs to another account or store.
    """
    found = _own(caller, import_documents.find(import_id), import_id)
    if store_id is not None and found.program_id is not None:
        program = program_documents.find(found.program_id)
        access.own(caller, program, _not_found(import_id), store_id)
    elif store_id is not None and found.store_id not in {None, store_id}:
        raise _not_found(import_id)
    return found


def part_of(found: Import, number: int) -> ImportPart | None:
    """Return a part with its results; ``None`` if there is none, or it is not done yet."""
    return (
        import_documents.find_part(found.import_id, number) if number < found.parts_done else None
    )


def cancel(caller: Caller, import_id: str, store_id: str | None) -> BegunImport:
    """End an import; what is booked stays. One that has ended stays as it is.

    Raises:
        ImportNotFound, IdempotencyKeyReused, Busy.
    """
    if store_id is not None:
        find(caller, import_id, store_id)  # What is another store's is not there.
    path = paths.import_(import_id)

    def decide(reads: Reads) -> Effect[BegunImport]:
        found = _own(caller, import_documents.decode(reads[path]), import_id)
        kept = {"importId": import_id}
        if found.finished_at is not None:
            return Effect(BegunImport(found), kept=kept)
        now = clock.real_now()
        # Its worker, if it has one, still writes the results of the part that it is at.
        after = imports.ended(found, ImportState.CANCELLED, now)
        return Effect(BegunImport(after), [import_documents.write(reads[path], after)], kept)

    begun = commands.run([path], decide, claim=caller.claim, replay=_replayed)
    _forget_rows(begun.found)
    return begun


def resume(import_id: str) -> None:
    """Go on with an import, unless it has ended or another worker holds it."""
    now, lease_id, path = clock.real_now(), ids.new("lease"), paths.import_(import_id)

    def decide(reads: Reads) -> Effect[Import | None]:
        found = import_documents.decode(reads[path])
        if found is None or found.state is not ImportState.RUNNING or found.is_held(now):
            return Effect(None)
        after = imports.held(found, lease_id, now)
        return Effect(after, [import_documents.write(reads[path], after)])

    found = commands.run([path], decide)
    if found is None:
        return
    if found.state is not ImportState.RUNNING:
        _forget_rows(found)
        return
    with test_clocks.time_of(found.account_id):
        _work(found, time.monotonic() + TASK_S)


def resume_open() -> int:
    """Enqueue imports whose worker died; give up those whose file was not stored as a whole."""
    now = clock.real_now()
    waiting = [
        each for each in import_documents.list_open(RESUMED_PER_SWEEP) if not each.is_held(now)
    ]
    for each in waiting:
        if each.state is ImportState.RECEIVING:
            _give_up(each)
        else:
            tasks.enqueue(_task(replace(each, updated_at=now)))
    return len(waiting)


def _store(begun: Import, file: RowsFile) -> int:
    """Store the rows; return the number of parts."""
    count = 0
    for some in import_files.pieces(file.rows, PART_ROWS, PART_CHARS_MAX):
        path = paths.import_part(begun.import_id, count)
        text = "\n".join(row for _, row in some)
        part = ImportPart(
            begun.import_id,
            count,
            begun.expires_at,
            tuple(line for line, _ in some),
            vault().encrypt(text, path),
        )

        def decide(reads: Reads, path: str = path, part: ImportPart = part) -> Effect[None]:
            return Effect(None, [import_documents.write_part(reads[path], part)])

        commands.run([path], decide)
        count += 1
    return count


def _work(found: Import, stop_at_s: float) -> None:
    """Book part after part, until none is left or the time is up."""
    caller = callers.acting_for(found.account_id, staff_id=found.staff_id)
    index = sum(found.counts.values())
    while found.state is ImportState.RUNNING:
        if time.monotonic() > stop_at_s:
            _release(found)
            return
        part = import_documents.find_part(found.import_id, found.parts_done)
        assert part is not None, f"part {found.parts_done} of {found.import_id} is gone"
        results = _carried_out(caller, found, part, index)
        if any(each.outcome.value == RowOutcome.NOT_DONE.value for each in results):
            logs.warning("import waits", importId=found.import_id, reason="others write the same")
            _release(found)
            return
        after = _commit(found, part, results)
        if after is None:
            return
        found = after
        index += len(results)


def _carried_out(
    caller: Caller, found: Import, part: ImportPart, first: int
) -> Sequence[RowResult | MemberRowResult]:
    assert part.rows_token is not None, "it was done already"
    text = vault().decrypt(part.rows_token, paths.import_part(part.import_id, part.number))
    rows = [import_files.from_json(line) for line in text.split("\n")]
    if found.members is not None:
        return member_imports.carry_out(
            caller,
            found.import_id,
            [member_files.row(caller, first + place, each) for place, each in enumerate(rows)],
            found.members,
            program_id=found.program_id,
            store_id=found.store_id,
            started_at=found.started_at,
        )
    awards = [_award(first + place, each, found) for place, each in enumerate(rows)]
    results = row_bookings.book(caller, found.import_id, awards, stop_at_s=None)
    return sorted(results, key=lambda each: each.index)


def _award(index: int, row: dict[str, Any], found: Import) -> AskedRow:
    bad = import_files.reason(row)
    return row_bookings.award_row(
        index, bad or judged(AwardRowBody, row), found.program_id, found.store_id
    )


def _with_results(
    found: Import, part: ImportPart, results: Sequence[RowResult | MemberRowResult]
) -> ImportPart:
    """Return a part that is done. Its rows are gone."""
    members = tuple(each for each in results if isinstance(each, MemberRowResult))
    named = dict.fromkeys(each.user_id for each in members if each.user_id is not None)
    return replace(
        part,
        rows_token=None,
        results=tuple(each for each in results if isinstance(each, RowResult)),
        members=members,
        people=tuple(personal.person(found.account_id, each) for each in named),
    )


def _commit(
    found: Import, part: ImportPart, results: Sequence[RowResult | MemberRowResult]
) -> Import | None:
    """Write results and progress at once; ``None`` if another worker holds the import."""
    path = paths.import_(found.import_id)
    part_path = paths.import_part(found.import_id, part.number)

    def decide(reads: Reads) -> Effect[Import | None]:
        now, stored = clock.real_now(), import_documents.decode(reads[path])
        if stored is None or stored.lease_id != found.lease_id:
            return Effect(None)
        if stored.parts_done != part.number:
            return Effect(None)
        after = imports.part_done(stored, results, now)
        done = _with_results(stored, part, results)
        return Effect(
            after,
            [
                import_documents.write(reads[path], after),
                import_documents.write_part(reads[part_path], done),
            ],
        )

    return commands.run([path, part_path], decide)


def _release(found: Import) -> None:
    """Let the next worker begin at once."""
    path = paths.import_(found.import_id)

    def decide(reads: Reads) -> Effect[None]:
        stored = import_documents.decode(reads[path])
        if stored is None or stored.lease_id != found.lease_id:
            return Effect(None)
        after = replace(stored, lease_until=None, updated_at=clock.real_now())
        return Effect(None, [import_documents.write(reads[path], after)], tasks=[_task(after)])

    commands.run([path], decide)


def _give_up(found: Import) -> None:
    path = paths.import_(found.import_id)

    def decide(reads: Reads) -> Effect[None]:
        stored = import_documents.decode(reads[path])
        if stored is None or stored.lease_id != found.lease_id or stored.state is not found.state:
            return Effect(None)
        after = imports.ended(stored, ImportState.FAILED, clock.real_now())
        return Effect(None, [import_documents.write(reads[path], after)])

    commands.run([path], decide)
    _forget_rows(found)


def _forget_rows(found: Import) -> None:
    """Delete the parts that nobody carries out any more: they hold personal data.

    Whoever is at one still writes its results. How many there are is not known before all are
    stored.
    """
    first = found.parts_done
    while found.parts == 0 or first < found.parts:
        last = first + FORGOTTEN_AT_ONCE
        numbers = range(first, min(last, found.parts) if found.parts else last)
        part_paths = [paths.import_part(found.import_id, each) for each in numbers]

        def decide(reads: Reads) -> Effect[int]:
            parts = [each for each in reads.values() if each.data is not None]
            return Effect(len(parts), [import_documents.delete_part(each) for each in parts])

        if commands.run(part_paths, decide) < FORGOTTEN_AT_ONCE:
            return
        first = last


def _own(caller: Caller, found: Import | None, import_id: str) -> Import:
    if found is None or found.account_id != caller.account_id:
        raise _not_found(import_id)
    return found


def _not_found(import_id: str) -> ImportNotFound:
    return ImportNotFound(f"There is no import {import_id}.")


def _task(found: Import) -> Task:
    task_id = f"{found.import_id}-{int(found.updated_at.timestamp() * 1000)}"
    return Task(CONTINUE, task_id, {"importId": found.import_id})


def _replayed(kept: Document, _: Reads) -> BegunImport:
    found = import_documents.find(kept["importId"])
    assert found is not None, f"import {kept['importId']} is gone"
    return BegunImport(found, is_replay=True)
