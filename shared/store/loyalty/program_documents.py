"""Programs: the store's copy and the top-level one are the same body, written together.

So is the card in the store's profile, which everybody may read.
"""

from __future__ import annotations

from shared.domain.loyalty.programs import Program, ProgramType
from shared.store import codec, paths
from shared.store.client import Document, Snapshot, Write
from shared.store.documents import Documents
from shared.store.loyalty import profile_documents
from shared.store.loyalty.program_rules import decode_rules
from shared.store.personal import NoPersonalData


def _from_document(document: Document) -> Program:
    """Return a program with the rules of its type; the field's type does not show which."""
    rules = decode_rules(ProgramType(document["programType"]), document["rules"])
    return codec.from_document(Program, {**document, "rules": rules})


PROGRAMS = Documents(
    Program,
    paths.program,
    collection="loyaltyPrograms",
    path_of=lambda program: paths.program(program.program_id),
    mirror_of=lambda program: paths.store_program(program.store_id, program.program_id),
    from_document=_from_document,
    is_cached=True,
    personal=NoPersonalData("Texts of the merchant's offers."),
)

decode = PROGRAMS.decode
find = PROGRAMS.find
forget = PROGRAMS.forget


def creation(program: Program) -> list[Write]:
    """Return the writes of a new program."""
    return [*PROGRAMS.creations(program), profile_documents.of_program(program)]


def replacement(read: Snapshot, program: Program) -> list[Write]:
    """Return the writes of a changed program; they fail if it changed since it was read."""
    return [*PROGRAMS.writes(read, program), profile_documents.of_program(program)]


def list_of_store(store_id: str) -> list[Program]:
    """Return the programs of a store, oldest first."""
    programs = PROGRAMS.query(collection=f"{paths.store(store_id)}/loyaltyPrograms")
    return sorted(programs, key=lambda program: (program.created_at, program.program_id))
