"""Programs: the store's copy and the top-level one are the same body, written together."""

from __future__ import annotations

from shared.domain.loyalty.programs import RULES_BY_TYPE, Program, ProgramType, Rules
from shared.store import codec, paths
from shared.store.client import Document
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData


def _from_document(document: Document) -> Program:
    """Return a program with the rules of its type; the field's type does not show which."""
    rules = decode_rules(ProgramType(document["programType"]), document["rules"])
    return codec.from_document(Program, {**document, "rules": rules})


def decode_rules(program_type: ProgramType, document: Document) -> Rules:
    """Return the rules that ``encode_rules`` has made a document of."""
    rules: Rules = codec.from_document(RULES_BY_TYPE[program_type], document)
    return rules


def encode_rules(rules: Rules) -> Document:
    """Return rules as they are stored."""
    return codec.to_document(rules)


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
creation = PROGRAMS.creations
replacement = PROGRAMS.writes


def list_of_store(store_id: str) -> list[Program]:
    """Return the programs of a store, oldest first."""
    programs = PROGRAMS.query(collection=f"{paths.store(store_id)}/loyaltyPrograms")
    return sorted(programs, key=lambda program: (program.created_at, program.program_id))
