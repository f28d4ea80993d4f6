"""Recalculations of tiers."""

from __future__ import annotations

from shared.domain.loyalty import tier_recalculations
from shared.domain.loyalty.tier_recalculations import (
    RecalculationState,
    RecalculationTurn,
    TierRecalculation,
)
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData, Personal

RECALCULATIONS = Documents(
    TierRecalculation,
    paths.tier_recalculation,
    collection="tierRecalculations",
    path_of=lambda found: paths.tier_recalculation(found.recalculation_id),
    personal=Personal(
        "tierRecalculations",
        personal.of_people("tierRecalculations"),
        tier_recalculations.erased,
        exported=tier_recalculations.of_user_alone,
    ),
)

TURNS = Documents(
    RecalculationTurn,
    paths.tier_recalculation_turn,
    collection="tierRecalculationTurns",
    path_of=lambda turn: paths.tier_recalculation_turn(turn.program_id, is_dry=turn.is_dry),
    personal=NoPersonalData("Ids of a program and of its latest recalculation."),
)

decode_turn = TURNS.decode
write_turn = TURNS.write
decode = RECALCULATIONS.decode
find = RECALCULATIONS.find
write = RECALCULATIONS.write


def list_open(limit: int) -> list[TierRecalculation]:
    """Return recalculations that have not ended."""
    return RECALCULATIONS.query(("state", "==", RecalculationState.RUNNING.value), limit=limit)
