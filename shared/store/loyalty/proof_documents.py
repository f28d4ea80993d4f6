"""How far the nightly proof of all books has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.loyalty.liability import Liability
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.proof import Position
from shared.store import client, paths
from shared.store.client import Put
from shared.store.documents import Documents
from shared.store.loyalty.program_documents import PROGRAMS
from shared.store.personal import NoPersonalData


@dataclass(frozen=True, slots=True)
class ProofRound:
    """A round through all programs, in the order of their ids; ``ended_at`` when it is over.

    ``program_id`` is the program that it is in, or the last one that is done if ``position`` is
    ``None``. ``position`` is where in it. ``program_begun_at`` is when that program was begun, and
    ``owed`` what it owes the members who were read so far. ``tries`` is how often the piece that
    follows was begun: more than once if a run has died with it.
    """

    started_at: datetime
    ended_at: datetime | None = None
    program_id: str | None = None
    position: Position | None = None
    programs: int = 0
    memberships: int = 0
    entries: int = 0
    problems: int = 0
    program_begun_at: datetime | None = None
    owed: Liability = field(default_factory=Liability)
    tries: int = 0


ROUNDS = Documents(
    ProofRound,
    lambda: paths.sweep("ledgerProof"),
    personal=NoPersonalData(
        "Where a round stands may name a membership, for the minutes until it goes on."
    ),
)

find = ROUNDS.find


def save(proof_round: ProofRound) -> None:
    """Write how far the round is. Only one run at a time writes it."""
    client.commit([Put(paths.sweep("ledgerProof"), ROUNDS.to_document(proof_round))])


def next_program(after: str | None) -> Program | None:
    """Return the program whose id comes next, of all accounts."""
    found = PROGRAMS.query(
        order_by=["__name__"], after={"__name__": paths.encode(after)} if after else None, limit=1
    )
    return found[0] if found else None
