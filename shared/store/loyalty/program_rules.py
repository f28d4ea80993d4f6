"""Rules of programs: which type they have, only the program's type says."""

from __future__ import annotations

from shared.domain.loyalty.programs import RULES_BY_TYPE, ProgramType, Rules
from shared.store import codec
from shared.store.client import Document


def decode_rules(program_type: ProgramType, document: Document) -> Rules:
    """Return the rules that ``encode_rules`` has made a document of."""
    rules: Rules = codec.from_document(RULES_BY_TYPE[program_type], document)
    return rules


def encode_rules(rules: Rules) -> Document:
    """Return rules as they are stored."""
    return codec.to_document(rules)
