"""Recalculations of tiers."""

from __future__ import annotations

from shared.domain.loyalty import tier_recalculations
from shared.domain.loyalty.tier_recalculations import RecalculationState, TierRecalculation
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import Personal

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

decode = RECALCULATIONS.decode
find = RECALCULATIONS.find
write = RECALCULATIONS.write


def list_open(limit: int) -> list[TierRecalculation]:
    """Return recalculations that have not ended."""
    return RECALCULATIONS.query(("state", "==", RecalculationState.RUNNING.value), limit=limit)
