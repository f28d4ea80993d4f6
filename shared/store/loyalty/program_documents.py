"""Programs: the store's copy and the top-level one are the same body, written together."""

from __future__ import annotations

from shared.domain.loyalty.programs import RULES_BY_TYPE, Program, ProgramType
from shared.store import client, codec, paths
from shared.store.cache import Cache
from shared.store.client import Create, Put, Snapshot, Update, Write

_programs: Cache[Program] = Cache()


def find(program_id: str) -> Program | None:
    """Return a program, at most 60 s old."""

    def load() -> Program | None:
        return decode(client.get_one(paths.program(program_id)))

    return _programs.get(program_id, load)


def list_of_store(store_id: str) -> list[Program]:
    """Return the programs of a store, oldest first."""
    found = client.query(f"{paths.store(store_id)}/loyaltyPrograms")
    programs = [program for each in found if (program := decode(each))]
    return sorted(programs, key=lambda program: (program.created_at, program.program_id))


def decode(snapshot: Snapshot) -> Program | None:
    """Return the program of a snapshot, ``None`` if there is none."""
    if snapshot.data is None:
        return None
    rules_type = RULES_BY_TYPE[ProgramType(snapshot.data["programType"])]
    rules = codec.from_document(rules_type, snapshot.data["rules"])
    return codec.from_document(Program, {**snapshot.data, "rules": rules})


def creation(program: Program) -> list[Write]:
    """Return the writes of a new program: both copies."""
    body = codec.to_document(program)
    return [
        Create(paths.program(program.program_id), body),
        Put(paths.store_program(program.store_id, program.program_id), body),
    ]


def replacement(read: Snapshot, program: Program) -> list[Write]:
    """Return the writes of a changed program: both copies."""
    body = codec.to_document(program)
    mirror = paths.store_program(program.store_id, program.program_id)
    return [Update(read, body), Put(mirror, body)]


def forget(program_id: str) -> None:
    """Load the program again on its next use: call it after a change is committed."""
    _programs.forget(program_id)
